from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_followup_procedure_id = fields.Many2one(
        "credit.followup.procedure",
        string="Follow-up Procedure",
        ondelete="restrict",
        help="Reminds every customer who has none of its own, nor of its class. Without it, nobody is reminded.",
    )
    credit_followup_unattended = fields.Boolean(
        string="Unattended Reminders",
        help="Each day what is due is sent without anybody's approval, except levels that ask for one",
    )
