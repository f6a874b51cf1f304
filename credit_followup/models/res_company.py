import logging

from odoo import fields, models

_logger = logging.getLogger(__name__)

#: groups that may read the settings, so not portal users or users without rights
_READERS = "credit_management.group_credit_user,account.group_account_invoice,base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_followup_procedure_id = fields.Many2one(
        "credit.followup.procedure",
        string="Follow-up Procedure",
        ondelete="restrict",
        help="Applies to customers without a procedure in their credit file or risk class. Leave empty to remind nobody.",
        groups=_READERS,
    )
    credit_followup_unattended = fields.Boolean(
        string="Unattended Reminders",
        help="Due reminders are sent every day without approval, except at levels that require it",
        groups=_READERS,
    )

    credit_late_policy_id = fields.Many2one(
        "credit.late.policy",
        string="Late Charge Policy",
        ondelete="restrict",
        domain="[('company_id', 'in', (False, id))]",
        help="For customers of the types it covers, if neither the credit file nor the risk class names one. Leave empty to use a policy of the country",
        groups=_READERS,
    )
    credit_late_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Debit Notes",
        domain="[('type', '=', 'sale'), ('company_id', '=', id)]",
        help="Leave empty to use the first sales journal",
        groups=_READERS,
    )
    credit_late_interest_account_id = fields.Many2one(
        "account.account",
        string="Late Interest Account",
        domain="[('internal_group', '=', 'income'), ('company_ids', 'in', id)]",
        groups=_READERS,
    )
    credit_late_indemnity_account_id = fields.Many2one(
        "account.account",
        string="Recovery Costs Account",
        domain="[('internal_group', '=', 'income'), ('company_ids', 'in', id)]",
        groups=_READERS,
    )
    credit_interest_fetch = fields.Boolean(
        string="Fetch Reference Rates",
        help="While a rate is missing, it is fetched once a day from the address of the reference rate. No other connection is made.",
        groups=_READERS,
    )
    credit_late_date_start = fields.Date(
        string="Late Charges Since",
        # at installation the column is filled while others of the company are missing: no company can be read yet
        default=fields.Date.context_today,
        help="Items paid before this date are not proposed for late charges. Leave empty to list unpaid items only.",
        groups=_READERS,
    )

    def _get_late_country(self):
        """The country whose late payment law applies to the company."""
        return self.account_fiscal_country_id or self.country_id

    def _get_credit_managers(self):
        """The credit manager to notify, one per company: its credit analyst if a manager, otherwise the first manager."""
        group = self.env.ref("credit_management.group_credit_manager")
        managers = (
            group.sudo()
            .all_user_ids.filtered(lambda user: user.active and not user._is_superuser())
            .sorted("id")
        )
        keepers = self.env["res.users"]
        for company in self:
            own = managers.filtered(lambda user, company=company: company in user.company_ids)
            keepers |= (company.credit_management_analyst_id & own) or own[:1]
        return keepers

    def _notify_manager(self, record, summary, error):
        """Log a failed job and give a credit manager one activity until it is done.

        :param record: the record concerned, which has activities
        :param summary: what failed
        """
        self.ensure_one()
        _logger.warning("%s: %s", self.name, summary, exc_info=error)
        manager = self._get_credit_managers()
        if not manager or summary in record.activity_ids.mapped("summary"):
            return
        record.activity_schedule(
            "credit_management.mail_activity_type_credit",
            summary=summary,
            note=self._explain_error(error),
            user_id=manager.id,
        )

    def _explain_error(self, error):
        """The root cause of an error, and what to do about it."""
        while error.__cause__ or error.__context__:
            error = error.__cause__ or error.__context__
        # server paths stay in the log, for the administrator
        detail = error.strerror if isinstance(error, OSError) else error
        return self.env._(
            "Error: %(error)s. Correct the data it names, or ask your administrator to look in the server log. Daily jobs are retried the next day; restart a run of your own.",
            error=f"{type(error).__name__}: {detail}".strip().rstrip("."),
        )
