from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_followup_procedure_id = fields.Many2one(
        related="credit_management_company_id.credit_followup_procedure_id", readonly=False
    )
    credit_followup_unattended = fields.Boolean(
        related="credit_management_company_id.credit_followup_unattended", readonly=False
    )
    credit_late_policy_id = fields.Many2one(
        related="credit_management_company_id.credit_late_policy_id",
        readonly=False,
        domain="[('company_id', 'in', (False, credit_management_company_id))]",
    )
    credit_late_journal_id = fields.Many2one(
        related="credit_management_company_id.credit_late_journal_id",
        readonly=False,
        domain="[('type', '=', 'sale'), ('company_id', '=', credit_management_company_id)]",
    )
    credit_late_interest_account_id = fields.Many2one(
        related="credit_management_company_id.credit_late_interest_account_id",
        readonly=False,
        domain="[('internal_group', '=', 'income'), ('company_ids', 'in', credit_management_company_id)]",
    )
    credit_late_indemnity_account_id = fields.Many2one(
        related="credit_management_company_id.credit_late_indemnity_account_id",
        readonly=False,
        domain="[('internal_group', '=', 'income'), ('company_ids', 'in', credit_management_company_id)]",
    )
    credit_interest_fetch = fields.Boolean(
        related="credit_management_company_id.credit_interest_fetch", readonly=False
    )
    credit_late_date_start = fields.Date(
        related="credit_management_company_id.credit_late_date_start", readonly=False
    )
    credit_late_rate_warning = fields.Text(compute="_compute_credit_late_rate_warning")

    @api.depends("credit_management_company_id", "credit_late_policy_id")
    @api.depends_context("lang")
    def _compute_credit_late_rate_warning(self):
        """Reference rates missing now or soon in the company's policies, including the default ones of its country."""
        for settings in self.sudo():
            policies = self.env["credit.late.policy"]._get_of_country(
                settings.credit_management_company_id
            )
            warnings = (settings.credit_late_policy_id | policies).mapped("rate_warning")
            settings.credit_late_rate_warning = "\n".join(
                dict.fromkeys(warning for warning in warnings if warning)
            )
