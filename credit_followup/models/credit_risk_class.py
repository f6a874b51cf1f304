from odoo import fields, models


class CreditRiskClass(models.Model):
    _inherit = "credit.risk.class"

    followup_procedure_id = fields.Many2one(
        "credit.followup.procedure",
        tracking=True,
        ondelete="restrict",
        help="Reminds the customers of the class who have no procedure of their own",
    )
    late_policy_id = fields.Many2one(
        "credit.late.policy",
        tracking=True,
        ondelete="restrict",
        help="For the customers of the class whom it fits and who have none of their own",
    )
