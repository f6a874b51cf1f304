from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, formatLang

from ...rules.interest import Terms, flat, lowest_rate
from .credit_late_measure import Rules

#: debtor types: business-to-business law does not apply to consumers
DEBTOR_TYPES = [("business", "Business"), ("public", "Public buyer"), ("consumer", "Consumer")]


class CreditLatePolicy(models.Model):
    """What a customer owes for paying late: interest, and a fixed sum per debt.

    Rates are percent per year; amounts include taxes.
    """

    _name = "credit.late.policy"
    _description = "Late Charge Policy"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(
        default=10,
        help="If several policies of a country apply to a customer, the first one is used",
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        domain="[('parent_id', '=', False)]",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env.company.root_id,
        help="Leave empty for all companies",
    )
    country_id = fields.Many2one(
        "res.country",
        tracking=True,
        help="Used by companies of this country unless the company, the risk class or the credit file names another one",
    )
    description = fields.Text(translate=True, help="Legal provision or contract clause")

    for_business = fields.Boolean(string="Businesses", default=True, tracking=True)
    for_public = fields.Boolean(string="Public Buyers", tracking=True)
    for_consumer = fields.Boolean(
        string="Consumers",
        tracking=True,
        help="Individuals buying for private purposes. In most countries far less can be claimed from them.",
    )

    rate_basis = fields.Selection(
        [
            ("reference", "Reference rate and margin"),
            ("own", "Rate agreed by contract or set by law"),
            ("none", "No interest"),
        ],
        string="Interest",
        required=True,
        default="reference",
        tracking=True,
    )
    series_id = fields.Many2one(
        "credit.interest.series", string="Reference Rate", tracking=True, ondelete="restrict"
    )
    margin = fields.Float(
        string="Margin (points)",
        digits=(16, 4),
        min_display_digits=2,
        tracking=True,
        help="Percentage points added to the reference rate",
    )
    own_rate = fields.Float(
        string="Rate (%)", digits=(16, 4), min_display_digits=2, tracking=True, help="Per year"
    )
    floor_series_id = fields.Many2one(
        "credit.interest.series",
        string="Floor Reference Rate",
        tracking=True,
        ondelete="restrict",
        help="A contractual rate may not be below this rate times the factor. Other rates have no floor.",
    )
    floor_factor = fields.Float(default=1.0, tracking=True)
    floor_reference = fields.Char(
        translate=True, string="Legal Basis of the Floor", help="Law and article that set the floor"
    )
    floor_warning = fields.Char(compute="_compute_floor_warning")
    rate_warning = fields.Char(compute="_compute_rate_warning")
    mode = fields.Selection(
        [
            ("variable", "The rate of each period"),
            ("fixed", "The rate on the first day of interest"),
        ],
        string="Applicable Rate",
        required=True,
        default="variable",
        tracking=True,
    )
    day_count = fields.Selection(
        [("365", "365 days"), ("actual", "365 or 366 days"), ("360", "360 days")],
        string="Days per Year",
        required=True,
        default="365",
        tracking=True,
    )
    runs_from = fields.Selection(
        [("due", "The due date"), ("formal_notice", "The formal notice")],
        string="Interest Runs From",
        required=True,
        default="due",
        tracking=True,
        help="Interest runs from the day after. “The formal notice”: no interest until a formal notice listing the item is sent.",
    )
    grace_days = fields.Integer(
        string="Grace (days)",
        tracking=True,
        help="Number of days after the due date within which payment is still on time. After that, interest runs from the due date.",
    )
    allocation = fields.Selection(
        [("principal", "The debt"), ("interest", "Accrued interest, then the debt")],
        string="Partial Payments Settle",
        required=True,
        default="principal",
        tracking=True,
        help="For the calculation of interest only: reconciliations do not change",
    )
    fee_per = fields.Selection(
        [("invoice", "For each invoice"), ("instalment", "For each instalment paid late")],
        string="Fixed Sum Is Due",
        required=True,
        default="invoice",
        tracking=True,
        help="For invoices with several instalments. “For each invoice” charges it once, when the first instalment is late.",
    )
    fee_ids = fields.One2many("credit.late.policy.fee", "policy_id", string="Fixed Sums", copy=True)
    currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the Fixed Sums",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )

    _not_negative = models.Constraint(
        "CHECK(margin >= 0 AND own_rate >= 0 AND floor_factor >= 0 AND grace_days >= 0)",
        "Rates, margins and grace days cannot be negative. Enter zero or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "rate_basis",
        "own_rate",
        "floor_series_id.rate_ids.rate",
        "floor_series_id.rate_ids.date_from",
        "floor_factor",
        "floor_reference",
        "company_id",
    )
    @api.depends_context("lang")
    def _compute_floor_warning(self):
        for policy in self:
            today = policy.company_id._get_credit_today()
            floor = policy._get_floor(today)
            policy.floor_warning = (
                policy.rate_basis == "own"
                and floor > policy.own_rate
                and self.env._(
                    "A rate of %(rate)s %% is below the floor of %(floor)s %% in force on %(day)s: %(factor)s × %(series)s%(article)s. Agree a rate of at least %(floor)s %%.",
                    rate=formatLang(self.env, policy.own_rate),
                    floor=formatLang(self.env, floor),
                    day=format_date(self.env, today),
                    factor=formatLang(self.env, policy.floor_factor, digits=0),
                    series=policy.floor_series_id.name,
                    article=f" ({policy.floor_reference})" if policy.floor_reference else "",
                )
            )

    @api.depends(
        "rate_basis", "series_id.rate_ids.date_from", "series_id.rate_ids.date_to", "company_id"
    )
    @api.depends_context("lang")
    def _compute_rate_warning(self):
        for policy in self:
            today = policy.company_id._get_credit_today()
            by_reference = policy.rate_basis == "reference" and policy.series_id
            policy.rate_warning = by_reference and by_reference._explain_unknown(today)

    # === CONSTRAINTS === #

    @api.constrains("rate_basis", "series_id")
    def _check_series(self):
        if lacking := self.filtered(lambda p: p.rate_basis == "reference" and not p.series_id):
            raise ValidationError(
                self.env._("Choose the reference rate of %s, or enter a rate.", lacking[0].name)
            )

    @api.constrains("for_business", "for_public", "for_consumer")
    def _check_debtor_types(self):
        for policy in self:
            if not policy._get_debtor_types():
                raise ValidationError(
                    self.env._(
                        "Choose the debtor types of %s: businesses, public buyers or consumers.",
                        policy.name,
                    )
                )

    @api.constrains("rate_basis", "own_rate", "floor_series_id", "floor_factor")
    def _check_floor(self):
        if low := self.filtered("floor_warning"):
            raise ValidationError(low[0].floor_warning)

    def _get_floor(self, day):
        """The lowest rate a contract may set, as known on a day; 0.0 if there is no floor."""
        known = self.floor_series_id._get_known_rate(day) if self.floor_series_id else None
        return lowest_rate(self.floor_factor, known.rate) if known else 0.0

    # === RULES === #

    def _get_debtor_types(self):
        """The debtor types that the policies cover."""
        return {name for name, _label in DEBTOR_TYPES if any(self.mapped(f"for_{name}"))}

    def _to_terms(self):
        """:rtype: Terms"""
        self.ensure_one()
        referenced = self.rate_basis == "reference"
        own = self.own_rate if self.rate_basis == "own" else 0.0
        return Terms(
            rates=self.series_id._to_rates() if referenced else flat(own),
            margin=self.margin if referenced else 0.0,
            fixed=self.mode == "fixed",
            year=self.day_count,
            grace_days=self.grace_days,
            interest_first=self.allocation == "interest",
        )

    def _to_rules(self, company, day):
        """:rtype: Rules"""
        rounding = company.currency_id.rounding
        return Rules(self, self._to_terms(), self._get_tiers(company, day), rounding)

    def _get_tiers(self, company, day):
        """``((from amount, fee), …)`` in the company's currency, at the exchange rate of a day."""

        def convert(amount):
            return self.currency_id._convert(amount, company.currency_id, company, day)

        return tuple((convert(tier.amount_from), convert(tier.fee)) for tier in self.fee_ids)

    def _usable_by(self, company_id):
        """The active policies of ``self`` that belong to the root company or to all; a risk class may name another
        company's.
        """
        return self.filtered(
            lambda policy: policy.active and policy.company_id.id in (False, company_id)
        )

    @api.model
    def _choose(self, debtor_type, candidates):
        """The first policy for a debtor type, if any."""
        return next(
            (policy for policy in candidates if debtor_type in policy._get_debtor_types()),
            self.browse(),
        )

    @api.model
    def _get_of_country(self, company):
        """Country policies that a root company uses by default, in sequence."""
        country = company._get_late_country()
        return self.sudo().search(
            [("country_id", "=", country.id), ("company_id", "in", (False, company.id))]
            if country
            else [("id", "=", False)]
        )

    def _is_of(self, company):
        """Whether a root company uses it by default, as in :meth:`_get_of_country`."""
        self.ensure_one()
        country = company._get_late_country()
        return bool(country and self.country_id == country and self._usable_by(company.id))

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Late charge policy created")
