from odoo import fields, models


class CreditRiskClass(models.Model):
    _inherit = "credit.risk.class"

    followup_procedure_id = fields.Many2one(
        "credit.followup.procedure",
        tracking=True,
        ondelete="restrict",
        help="Applies to customers of the class without a specific procedure",
    )
    late_policy_id = fields.Many2one(
        "credit.late.policy",
        tracking=True,
        ondelete="restrict",
        help="For customers of the class who have no specific policy, if their type is covered",
    )
