from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules import ratios as rules

#: figures typed on the form, each a field of ``rules.ratios.Accounts``
ASSETS = ("fixed_assets", "stocks", "receivables", "cash")
LIABILITIES = ("equity", "provisions", "debts")
_ZONES = [("distress", "Distress"), ("grey", "Grey zone"), ("safe", "Safe")]


def _figure(label, **values):
    return fields.Monetary(string=label, **values)


class CreditFinancialStatement(models.Model):
    """A year of a customer's accounts, typed on one page, with ratios and failure scores."""

    _name = "credit.financial.statement"
    _description = "Financial Statement"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "date_end desc, id desc"
    _rec_name = "date_end"
    _kept_fields = ("partner_id",)

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.root_id.currency_id
    )
    date_end = fields.Date(string="Year Ended", required=True, tracking=True)
    source = fields.Char(help="Where the figures come from, such as the register or the customer")
    is_confidential = fields.Boolean(
        string="Filed as Confidential", help="The customer does not publish its accounts"
    )
    note = fields.Text(string="Notes")

    # Assets
    fixed_assets = _figure("Fixed Assets")
    stocks = _figure("Stocks")
    receivables = _figure("Receivables")
    cash = _figure("Cash")
    total_assets = _figure("Total Assets", compute="_compute_totals")

    # Liabilities
    equity = _figure("Equity")
    capital = _figure("of which Share Capital")
    retained = _figure("of which Reserves and Profits Kept")
    provisions = _figure("Provisions")
    debts = _figure("Debts")
    short_debts = _figure("of which Due Within a Year")
    financial_debts = _figure("of which Financial")
    total_liabilities = _figure("Total Liabilities", compute="_compute_totals")

    # Result
    sales = _figure("Turnover")
    added_value = _figure("Value Added")
    staff_costs = _figure("Staff Costs")
    gross_surplus = _figure("Gross Operating Surplus")
    operating_result = _figure("Operating Result")
    interest = _figure("Interest")

    # What follows
    equity_ratio = fields.Float(
        string="Equity Ratio (%)",
        compute="_compute_ratios",
        help="Equity in the total; 30 or more is good",
    )
    gearing = fields.Float(
        compute="_compute_ratios", help="Financial debts less cash, to equity; below 1 is good"
    )
    liquidity = fields.Float(
        compute="_compute_ratios",
        help="Current assets to debts due within a year; above 1 is good",
    )
    quick_liquidity = fields.Float(
        compute="_compute_ratios", help="The same without stocks; above 0.8 is good"
    )
    interest_share = fields.Float(
        string="Interest (% of Surplus)", compute="_compute_ratios", help="Below 30 is good"
    )
    surplus_rate = fields.Float(string="Surplus (% of Turnover)", compute="_compute_ratios")
    z1 = fields.Float(string="Altman Z′", compute="_compute_ratios", digits=(16, 3))
    z1_zone = fields.Selection(_ZONES, compute="_compute_ratios", string="Zone of Z′")
    z2 = fields.Float(string="Altman Z″", compute="_compute_ratios", digits=(16, 3))
    z2_zone = fields.Selection(_ZONES, compute="_compute_ratios", string="Zone of Z″")
    conan = fields.Float(string="Conan-Holder", compute="_compute_ratios", digits=(16, 4))
    conan_zone = fields.Selection(_ZONES, compute="_compute_ratios", string="Zone of Conan-Holder")
    is_capital_lost = fields.Boolean(
        string="Half of the Capital Lost",
        compute="_compute_ratios",
        help="Equity below half of the share capital",
    )

    _year_unique = models.Constraint(
        "UNIQUE(partner_id, company_id, date_end)",
        "This customer already has accounts for the year that ended on this day. Open them instead.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "date_end")
    def _compute_display_name(self):
        for statement in self:
            parts = [statement.partner_id.display_name, str(statement.date_end or "")]
            statement.display_name = " ".join(filter(None, parts))

    @api.depends(*ASSETS, *LIABILITIES)
    def _compute_totals(self):
        for statement in self:
            statement.total_assets = sum(statement[name] for name in ASSETS)
            statement.total_liabilities = sum(statement[name] for name in LIABILITIES)

    @api.depends(*rules.Accounts.__dataclass_fields__)
    def _compute_ratios(self):
        for statement in self:
            accounts = statement._to_accounts()
            for name, value in rules.ratios(accounts).items():
                statement[name] = value or 0.0
            z1, z2 = rules.altman(accounts)
            found = {"z1": z1, "z2": z2, "conan": rules.conan_holder(accounts)}
            for name, value in found.items():
                statement[name] = value or 0.0
                statement[f"{name}_zone"] = rules.zone(name, value) or False
            statement.is_capital_lost = rules.is_capital_lost(accounts)

    def _to_accounts(self):
        """:rtype: rules.Accounts"""
        return rules.Accounts(**{name: self[name] for name in rules.Accounts.__dataclass_fields__})

    # === CONSTRAINTS === #

    @api.constrains(*ASSETS, *LIABILITIES)
    def _check_balance(self):
        for statement in self:
            gap = statement._to_accounts().gap
            if not statement.currency_id.is_zero(gap):
                raise ValidationError(
                    self.env._(
                        "The balance sheet does not balance: assets are %(assets)s, liabilities %(liabilities)s. Correct the difference of %(gap)s.",
                        assets=statement.currency_id.format(statement.total_assets),
                        liabilities=statement.currency_id.format(statement.total_liabilities),
                        gap=statement.currency_id.format(abs(gap)),
                    )
                )

    @api.constrains("capital", "retained", "equity", "short_debts", "financial_debts", "debts")
    def _check_parts(self):
        for statement in self:
            if max(statement.short_debts, statement.financial_debts) > statement.debts:
                raise ValidationError(
                    self.env._("A part of the debts is larger than all debts. Correct one of them.")
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._of_customer(vals) for vals in vals_list])

    def _of_customer(self, vals):
        """Accounts are those of the customer, not of a contact."""
        if not vals.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}

    @api.model
    def _read_last(self, profiles):
        """``{credit file: last statement}`` of those that have one."""
        found = {}
        statements = self.search([("partner_id", "in", profiles.partner_id.ids)], order="date_end")
        for statement in statements:
            found[statement.partner_id, statement.company_id] = statement
        return {
            profile: found[profile.partner_id, profile.company_id]
            for profile in profiles
            if (profile.partner_id, profile.company_id) in found
        }

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Accounts entered")
