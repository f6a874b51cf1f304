from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_followup_procedure_id = fields.Many2one(
        related="credit_company_id.credit_followup_procedure_id", readonly=False
    )
    credit_followup_unattended = fields.Boolean(
        related="credit_company_id.credit_followup_unattended", readonly=False
    )
