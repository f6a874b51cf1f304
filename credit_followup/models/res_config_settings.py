from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_followup_procedure_id = fields.Many2one(
        related="credit_company_id.credit_followup_procedure_id", readonly=False
    )
    credit_followup_unattended = fields.Boolean(
        related="credit_company_id.credit_followup_unattended", readonly=False
    )
    credit_late_policy_id = fields.Many2one(
        related="credit_company_id.credit_late_policy_id",
        readonly=False,
        domain="[('company_id', 'in', (False, credit_company_id))]",
    )
    credit_late_journal_id = fields.Many2one(
        related="credit_company_id.credit_late_journal_id",
        readonly=False,
        domain="[('type', '=', 'sale'), ('company_id', '=', credit_company_id)]",
    )
    credit_late_interest_account_id = fields.Many2one(
        related="credit_company_id.credit_late_interest_account_id",
        readonly=False,
        domain="[('internal_group', '=', 'income'), ('company_ids', 'in', credit_company_id)]",
    )
    credit_late_indemnity_account_id = fields.Many2one(
        related="credit_company_id.credit_late_indemnity_account_id",
        readonly=False,
        domain="[('internal_group', '=', 'income'), ('company_ids', 'in', credit_company_id)]",
    )
    credit_late_date_start = fields.Date(
        related="credit_company_id.credit_late_date_start", readonly=False
    )
