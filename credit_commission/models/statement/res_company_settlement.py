from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: account code prefix of each setting in the French chart (plan comptable général)
FRENCH_CODES = {
    "credit_commission_agent_expense_id": "6222",
    "credit_commission_agent_accrual_id": "4081",
    "credit_commission_employee_expense_id": "641",
    "credit_commission_employee_accrual_id": "4286",
    "credit_commission_agent_vat_id": "44586",
    "credit_commission_charge_expense_id": "6451",
    "credit_commission_charge_accrual_id": "4386",
}

#: groups that may read the settings, so not portal users or users without rights
_READERS = (
    "credit_commission.group_commission_reader,account.group_account_invoice,base.group_system"
)


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_commission_period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        string="Commission Period",
        default="month",
        required=True,
        help="Default period of commission statements",
        groups=_READERS,
    )
    credit_commission_factor_account_ids = fields.Many2many(
        "account.account",
        "commission_factor_account_rel",
        string="Accounts of Factors",
        check_company=True,
        domain=[("account_type", "in", ("asset_receivable", "asset_current", "liability_current"))],
        help="Invoices moved to one of these accounts are assigned to a factor. Set the accounts first: earlier entries in the log do not change.",
        groups=_READERS,
    )
    credit_commission_doubtful_account_ids = fields.Many2many(
        "account.account",
        "credit_commission_doubtful_account_rel",
        string="Accounts of Doubtful Customers",
        check_company=True,
        domain=[("account_type", "in", ("asset_receivable", "asset_current"))],
        help="Payments of invoices moved to one of these accounts wait, if the plan says so. If empty in a French chart: 416.",
        groups=_READERS,
    )
    credit_commission_agent_expense_id = fields.Many2one(
        "account.account",
        string="Commission of Agents",
        check_company=True,
        help="Expense account of the agents' bills. If empty in a French chart: 622200.",
        groups=_READERS,
    )
    credit_commission_agent_accrual_id = fields.Many2one(
        "account.account",
        string="Accrued Commission of Agents",
        check_company=True,
        help="Agents' commission earned but not billed. If empty in a French chart: 408100.",
        groups=_READERS,
    )
    credit_commission_employee_expense_id = fields.Many2one(
        "account.account",
        string="Commission of Employees",
        check_company=True,
        help="Expense account of the employees' commission. If empty in a French chart: 641100.",
        groups=_READERS,
    )
    credit_commission_employee_accrual_id = fields.Many2one(
        "account.account",
        string="Accrued Commission of Employees",
        check_company=True,
        help="Employees' commission not yet sent to payroll. If empty in a French chart: 428600.",
        groups=_READERS,
    )
    credit_commission_agent_vat_id = fields.Many2one(
        "account.account",
        string="VAT on Commission not Billed Yet",
        check_company=True,
        help="Agents' accruals include the taxes of their bills, booked on this account. If empty: 445860 in a French chart, otherwise no taxes.",
        groups=_READERS,
    )
    credit_commission_charge_percent = fields.Float(
        string="Social Charges (%)",
        digits=(16, 2),
        help="Employer's social charges in percent of the commission, for accruals. Leave 0 for none.",
        groups=_READERS,
    )
    credit_commission_charge_expense_id = fields.Many2one(
        "account.account",
        string="Social Charges",
        check_company=True,
        help="Expense account of the employer's social charges. If empty in a French chart: 645100.",
        groups=_READERS,
    )
    credit_commission_charge_accrual_id = fields.Many2one(
        "account.account",
        string="Accrued Social Charges",
        check_company=True,
        help="Social charges on commission not yet sent to payroll. If empty in a French chart: 438600.",
        groups=_READERS,
    )
    credit_commission_product_id = fields.Many2one(
        "product.product",
        string="Commission Product",
        check_company=True,
        help="Product of the agents' bills. Its purchase taxes apply, mapped by the agent's fiscal position. Leave empty to use the product “Commission”.",
        groups=_READERS,
    )
    credit_commission_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Agents' Bills",
        check_company=True,
        domain=[("type", "=", "purchase")],
        help="A self-billing journal numbers each agent's bills separately. Leave empty to use the first purchase journal.",
        groups=_READERS,
    )
    credit_commission_accrual_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Commission Accruals",
        check_company=True,
        domain=[("type", "=", "general")],
        help="Leave empty to use the first miscellaneous journal.",
        groups=_READERS,
    )
    credit_commission_accrue_expected = fields.Boolean(
        string="Accrue Expected Commission",
        help="Also accrue the commission on unpaid invoices.",
        groups=_READERS,
    )

    _commission_charge_percent_in_range = models.Constraint(
        "CHECK (credit_commission_charge_percent IS NULL OR credit_commission_charge_percent >= 0)",
        "Social charges cannot be negative. Enter zero or more.",
    )

    # === BUSINESS METHODS === #

    def _get_commission_account(self, setting):
        """The account of a setting: the company's, or by its code in a French chart.

        :param setting: a key of :data:`FRENCH_CODES`
        :raise UserError: if there is none, naming the setting to fill in
        """
        account = self._find_commission_account(setting)
        if not account:
            raise UserError(
                self.env._(
                    "Choose the account “%(setting)s” in the commission settings of %(company)s.",
                    setting=self._fields[setting]._description_string(self.env),
                    company=self.root_id.name,
                )
            )
        return account

    def _find_commission_account(self, setting):
        """Like :meth:`_get_commission_account`, but empty if there is none."""
        self.ensure_one()
        return self.root_id[setting] or self.root_id._find_french_account(setting)

    def _get_commission_product(self):
        """The product of agents' bills: the one in the settings, or the add-on's."""
        company = self.root_id
        product = self.env.ref("credit_commission.product_commission", raise_if_not_found=False)
        if company.credit_commission_product_id or not product or not product.active:
            return company.credit_commission_product_id
        return product

    def _get_commission_taxes(self, agent):
        """The taxes of an agent's bills: those of the commission product, mapped by the agent's fiscal position."""
        company = self.root_id
        position = (
            self.env["account.fiscal.position"].with_company(company)._get_fiscal_position(agent)
        )
        taxes = company._get_commission_product().supplier_taxes_id
        return position.map_tax(taxes._filter_taxes_by_company(company))

    def _get_commission_doubtful_accounts(self):
        """Accounts of doubtful customers: those in the settings, or 416 in a French chart."""
        company = self.root_id
        accounts = company.credit_commission_doubtful_account_ids
        if accounts or not (company.chart_template or "").startswith("fr"):
            return accounts
        domain = Domain(accounts._check_company_domain(company)) & Domain("code", "=like", "416%")
        return accounts.with_company(company).search(domain)

    def _find_french_account(self, setting):
        accounts = self.env["account.account"].with_company(self)
        if not (self.chart_template or "").startswith("fr"):
            return accounts
        domain = Domain(accounts._check_company_domain(self)) & Domain(
            "code", "=like", f"{FRENCH_CODES[setting]}%"
        )
        return accounts.search(domain, order="code", limit=1)

    def _get_commission_journal(self, setting, journal_type):
        """The journal of a setting, or the first of its type.

        :raise UserError: if the company has none
        """
        self.ensure_one()
        root = self.root_id
        journals = self.env["account.journal"]
        journal = root[setting] or journals.search(
            [*journals._check_company_domain(root), ("type", "=", journal_type)], limit=1
        )
        if not journal:
            raise UserError(
                self.env._(
                    "Choose the “%(setting)s” in the commission settings of %(company)s.",
                    setting=self._fields[setting]._description_string(self.env),
                    company=root.name,
                )
            )
        return journal
