from odoo import fields, models
from odoo.exceptions import UserError

#: groups that may read the settings, so not portal users or users without rights
_READERS = "credit_management.group_credit_user,account.group_account_invoice,base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_provision_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Provisions",
        domain="[('type', '=', 'general'), ('company_id', '=', id)]",
        help="Leave empty to use the first journal of miscellaneous entries",
        groups=_READERS,
    )
    credit_provision_expense_account_id = fields.Many2one(
        "account.account",
        string="Impairment Expense Account",
        domain="[('internal_group', '=', 'expense'), ('company_ids', 'in', id)]",
        groups=_READERS,
    )
    credit_provision_account_id = fields.Many2one(
        "account.account",
        string="Impairment Account",
        domain="[('internal_group', '=', 'asset'), ('company_ids', 'in', id)]",
        help="Reduces what customers owe on the balance sheet",
        groups=_READERS,
    )
    credit_provision_income_account_id = fields.Many2one(
        "account.account",
        string="Impairment Reversal Account",
        domain="[('internal_group', '=', 'income'), ('company_ids', 'in', id)]",
        groups=_READERS,
    )
    credit_write_off_account_id = fields.Many2one(
        "account.account",
        string="Bad Debt Account",
        domain="[('internal_group', '=', 'expense'), ('company_ids', 'in', id)]",
        help="Losses on debts of the year",
        groups=_READERS,
    )
    credit_write_off_earlier_account_id = fields.Many2one(
        "account.account",
        string="Bad Debt Account, Earlier Years",
        domain="[('internal_group', '=', 'expense'), ('company_ids', 'in', id)]",
        help="Losses on debts of earlier years. Leave empty to use the other account",
        groups=_READERS,
    )

    def _get_provision_journal(self):
        """:raise UserError: without a journal of miscellaneous entries"""
        journal = self.sudo().credit_provision_journal_id or self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self.id)], limit=1
        )
        if not journal:
            raise UserError(
                self.env._("Create a journal of miscellaneous entries in %s first.", self.name)
            )
        return journal

    def _get_provision_accounts(self):
        """The accounts of expense, impairment and reversal, in this order.

        :raise UserError: where one is missing in the settings
        """
        names = (
            "credit_provision_expense_account_id",
            "credit_provision_account_id",
            "credit_provision_income_account_id",
        )
        company = self.sudo()
        for name in names:
            if not company[name]:
                raise UserError(
                    self.env._(
                        'Choose the "%s" in Credit > Configuration > Settings, then post again.',
                        self._fields[name]._description_string(self.env),
                    )
                )
        return [company[name].with_env(self.env) for name in names]

    def _get_loss_account(self, debt_date, loss_date):
        """The account of a loss: debts of the fiscal year of the loss, and those of earlier years.

        :raise UserError: where it is missing in the settings
        """
        company = self.sudo()
        year = company.compute_fiscalyear_dates(loss_date)
        earlier = (
            company.credit_write_off_earlier_account_id if debt_date < year["date_from"] else None
        )
        account = earlier or company.credit_write_off_account_id
        if not account:
            raise UserError(
                self.env._(
                    'Choose the "%s" in Credit > Configuration > Settings, then post again.',
                    self._fields["credit_write_off_account_id"]._description_string(self.env),
                )
            )
        return account.with_env(self.env)
