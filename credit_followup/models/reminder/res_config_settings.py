from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_followup_waits_for_bank = fields.Boolean(
        related="credit_management_company_id.credit_followup_waits_for_bank", readonly=False
    )
    credit_followup_bank_days = fields.Integer(
        related="credit_management_company_id.credit_followup_bank_days", readonly=False
    )
    credit_followup_bank_unmatched = fields.Integer(
        related="credit_management_company_id.credit_followup_bank_unmatched", readonly=False
    )
