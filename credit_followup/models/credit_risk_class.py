from odoo import fields, models


class CreditRiskClass(models.Model):
    _inherit = "credit.risk.class"

    followup_procedure_id = fields.Many2one(
        "credit.followup.procedure",
        tracking=True,
        ondelete="restrict",
        help="Reminds the customers of the class who have no procedure of their own",
    )
