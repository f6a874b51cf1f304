from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache


class AccountAccount(models.Model):
    _inherit = "account.account"

    doubtful_customers = fields.Boolean(
        tracking=True,
        help="Account for doubtful receivables (416 in France). They remain part of the customer's exposure.",
    )

    @api.constrains("doubtful_customers", "reconcile")
    def _check_doubtful_customers(self):
        for account in self:
            if account.doubtful_customers and not account.reconcile:
                raise ValidationError(
                    self.env._(
                        "Allow reconciliation on the account %s first. Without it, the open balance cannot be determined.",
                        account.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account'
        accounts = super().create(vals_list)
        self.env.registry.clear_cache()
        return accounts

    def write(self, vals):
        # EXTENDS 'account'
        result = super().write(vals)
        if vals.keys() & {"account_type", "doubtful_customers", "reconcile"}:
            self.env.registry.clear_cache()
        return result

    @api.model
    @ormcache()
    def _get_exposure_account_ids(self):
        """Ids of the accounts that hold customers' debts, in every company; never empty."""
        accounts = self.sudo().with_context(active_test=False)
        domain = ["|", ("account_type", "=", "asset_receivable"), ("doubtful_customers", "=", True)]
        return tuple(accounts.search(domain, order="id").ids) or (0,)

    @api.model
    @ormcache()
    def _get_outstanding_account_ids(self):
        """Ids of the outstanding accounts, where payments wait for the bank statement, in every company; never
        empty."""
        lines = (
            self.env["account.payment.method.line"]
            .sudo()
            .search([("payment_account_id", "!=", False)])
        )
        accounts = lines.payment_account_id | self.sudo()._get_default_outstanding_accounts()
        waiting = accounts.filtered(
            lambda account: account.reconcile and account.account_type != "asset_cash"
        )
        debts = self._get_exposure_account_ids()
        return tuple(sorted(set(waiting.ids).difference(debts))) or (0,)

    @api.model
    @ormcache()
    def _get_money_account_ids(self):
        """Ids of the bank, cash and outstanding accounts, in every company; never empty."""
        banks = (
            self.sudo()
            .with_context(active_test=False)
            .search([("account_type", "=", "asset_cash")])
        )
        return tuple(sorted({*banks.ids, *self._get_outstanding_account_ids()}))

    def _get_default_outstanding_accounts(self):
        """Accounts on which Odoo Community books payments whose method has no account, in every company."""
        roots = self.env["res.company"].search([("parent_id", "=", False)])
        found = roots.transfer_account_id
        for root in roots:
            charts = self.env["account.chart.template"].with_context(allowed_company_ids=root.ids)
            name = "account_journal_payment_debit_account_id"
            found |= charts.ref(name, raise_if_not_found=False) or found
        return found
