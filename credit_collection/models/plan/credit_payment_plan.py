from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ...rules import plan as rules

STATES = [
    ("draft", "Draft"),
    ("proposed", "Proposed"),
    ("agreed", "Agreed"),
    ("kept", "Completed"),
    ("defaulted", "Defaulted"),
    ("cancelled", "Cancelled"),
]


class CreditPaymentPlan(models.Model):
    """A debt paid in instalments, which replace the due dates of its items until one is missed."""

    _name = "credit.payment.plan"
    _description = "Payment Plan"
    _inherit = ["credit.answer.mixin"]
    _order = "date desc, id desc"
    _first_state = "draft"
    _editable_states = ("draft",)
    _decided_fields = (
        "state",
        "date_agreed",
        "date_ended",
        "agreed_by",
        "debit_move_id",
        "proposed_by",
        "previous_id",
        "version",
    )
    _said_fields = (
        "date",
        "line_ids",
        "instalment_ids",
        "partner_id",
        "company_id",
        "currency_id",
        "date",
        "method",
        "number",
        "each",
        "percents",
        "date_first",
        "first_amount",
        "interest_rate",
        "charge_amount",
        "tolerance_days",
        "interval",
    )

    name = fields.Char(required=True, readonly=True, default="/", copy=False)
    date = fields.Date(
        string="Drawn Up On",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
        copy=False,
    )
    line_ids = fields.One2many("credit.payment.plan.line", "plan_id", string="Items", copy=False)
    amount = fields.Monetary(string="Debt", compute="_compute_amount", store=True)
    method = fields.Selection(
        [
            ("number", "Equal instalments"),
            ("amount", "Fixed amount per instalment"),
            ("percent", "By percentage"),
        ],
        required=True,
        default="number",
    )
    number = fields.Integer(string="Number of Instalments", default=3)
    each = fields.Monetary(string="Amount per Instalment")
    percents = fields.Char(string="Percentages", help="Separated by semicolons, e.g. 50; 25; 25")
    first_amount = fields.Monetary(
        string="First Payment", help="Paid on the first day; the rest is split into instalments"
    )
    date_first = fields.Date(
        string="First Instalment",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today() + timedelta(7),
    )
    interval = fields.Selection(
        [("week", "Every week"), ("fortnight", "Every two weeks"), ("month", "Every month")],
        required=True,
        default="month",
    )
    interest_rate = fields.Float(
        string="Interest (%)", help="Simple interest per year on the remaining debt. 0: none"
    )
    charge_amount = fields.Monetary(string="Plan Fee", help="For drawing up the plan. 0: none")
    interest_amount = fields.Monetary(string="Interest", compute="_compute_amount", store=True)
    tolerance_days = fields.Integer(
        string="Tolerance (days)",
        default=lambda self: self.env.company.root_id.sudo().credit_collection_plan_tolerance,
        help="Days of grace after an instalment before the plan defaults",
    )
    instalment_ids = fields.One2many(
        "credit.payment.plan.instalment", "plan_id", string="Instalments", copy=False
    )
    amount_paid = fields.Monetary(string="Paid", compute="_compute_amount_paid")
    date_next = fields.Date(string="Next Instalment", compute="_compute_amount_paid")
    date_last = fields.Date(string="Last Instalment", compute="_compute_amount", store=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False
    )
    beyond_margin = fields.Char(compute="_compute_beyond_margin")
    date_agreed = fields.Date(string="Agreed On", readonly=True, copy=False)
    date_ended = fields.Date(string="Ended On", readonly=True, copy=False)
    proposed_by = fields.Many2one("res.users", readonly=True, copy=False)
    agreed_by = fields.Many2one("res.users", readonly=True, copy=False)
    previous_id = fields.Many2one(
        "credit.payment.plan", string="Replaces", readonly=True, copy=False, ondelete="restrict"
    )
    version = fields.Integer(readonly=True, default=1, copy=False)

    _tolerance = models.Constraint(
        "CHECK(tolerance_days BETWEEN 0 AND 60)", "Enter a tolerance of 0 to 60 days."
    )
    _not_negative = models.Constraint(
        "CHECK(interest_rate BETWEEN 0 AND 100 AND charge_amount >= 0 AND first_amount >= 0)",
        "Interest, charge and first payment cannot be negative, and interest cannot exceed 100 %. Correct the figures.",
    )

    # === CONSTRAINTS === #

    @api.constrains("date", "date_first")
    def _check_dates(self):
        for plan in self:
            today = plan.company_id._get_credit_today()
            if plan.state == "draft" and plan.date_first < today:
                raise ValidationError(plan._explain_past(plan.date_first))
            if plan.date > today:
                raise ValidationError(
                    self.env._(
                        "A plan is not drawn up in the future. Enter today or an earlier date."
                    )
                )
            if plan.date_first > fields.Date.add(today, years=1):
                raise ValidationError(
                    self.env._(
                        "The first instalment is more than a year away. Enter an earlier date."
                    )
                )

    def _explain_past(self, day):
        return self.env._(
            "The first instalment, due on %s, is in the past. Enter today or a later date.",
            format_date(self.env, day),
        )

    # === COMPUTE METHODS === #

    @api.depends("name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            version = self.env._("version %s", plan.version) if plan.version > 1 else ""
            number = plan.name if plan.name != "/" else ""
            plan.display_name = ", ".join(filter(None, (number, version)))

    @api.depends("line_ids.amount", "instalment_ids.interest", "instalment_ids.date")
    def _compute_amount(self):
        for plan in self:
            plan.amount = sum(plan.line_ids.mapped("amount"))
            plan.interest_amount = sum(plan.instalment_ids.mapped("interest"))
            plan.date_last = max(filter(None, plan.instalment_ids.mapped("date")), default=False)

    @api.depends("amount", "state", "line_ids.amount_open", "instalment_ids.amount")
    def _compute_amount_paid(self):
        for plan in self:
            plan.amount_paid = plan._get_paid()
            paid = plan._get_paid_by_instalment()
            plan.date_next = next(
                (
                    each.date
                    for each, part in paid.items()
                    if plan.currency_id.compare_amounts(each.amount, part) > 0
                ),
                False,
            )

    @api.depends("instalment_ids.date", "partner_id", "company_id", "date")
    def _compute_beyond_margin(self):
        for plan in self:
            plan.beyond_margin = plan._explain_margin()

    def _get_paid(self):
        """Amount of the debt settled since the plan was agreed; 0.0 before."""
        if self.state not in ("agreed", "kept", "defaulted"):
            return 0.0
        return max(self.amount - sum(self.line_ids.mapped("amount_open")), 0.0)

    def _get_paid_by_instalment(self):
        """``{instalment: amount paid}`` by date."""
        instalments = self._get_ordered()
        return dict(
            zip(instalments, rules.paid_of(self._to_rules(), self._get_paid()), strict=True)
        )

    def _get_ordered(self):
        return self.instalment_ids.sorted(
            lambda each: (each.date or self.company_id._get_credit_today(), each._origin.id)
        )

    def _to_rules(self):
        return [rules.Instalment(each.date, each.amount) for each in self._get_ordered()]

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id", "company_id", "currency_id")
    def _onchange_partner_id(self):
        """Suggest all overdue items, or all open items if none is overdue."""
        if not self.partner_id or self.env.context.get("default_line_ids"):
            return
        today = self.company_id._get_credit_today()
        owed = self._read_owed(self.partner_id, self.company_id, self.currency_id)
        late = owed.filtered(lambda item: (item.date_maturity or item.date) < today) or owed
        self._set_items(late)

    def _set_items(self, items):
        parts = {item: item.amount_residual_currency for item in items}
        lines = self.env["credit.payment.plan.line"]._prepare(parts)
        self.line_ids = [Command.clear(), *map(Command.create, lines)]

    @api.onchange(
        "line_ids",
        "method",
        "number",
        "each",
        "percents",
        "first_amount",
        "date_first",
        "interval",
        "interest_rate",
    )
    def _onchange_terms(self):
        """Preview the instalments; none while the terms are incomplete."""
        self.amount = sum(self.line_ids.mapped("amount"))
        try:
            self._split()
        except (rules.PlanError, ValueError):
            self.instalment_ids = [Command.clear()]

    # === INSTALMENTS === #

    def _split(self):
        """:raise rules.PlanError: if the terms are not valid"""
        terms = self._to_terms()
        found = rules.split(self.amount, terms) if self.amount and self.date_first else []
        bears = rules.interest(found, self.date, self.interest_rate, terms.digits)
        self.instalment_ids = [
            Command.clear(),
            *(
                Command.create({"date": each.date, "amount": each.amount, "interest": interest})
                for each, interest in zip(found, bears, strict=True)
            ),
        ]

    def _to_terms(self):
        days = {"week": 7, "fortnight": 14}.get(self.interval, 0)
        return rules.Terms(
            self.date_first,
            self.method,
            number=self.number,
            each=self.each,
            percents=rules.parse_percents(self.percents),
            first_amount=self.first_amount,
            months=0 if days else 1,
            days=days,
            digits=self.currency_id.decimal_places,
            rounding=self.currency_id.rounding,
        )

    def action_split(self):
        """Split the debt by the terms, replacing instalments entered by hand."""
        self.check_access("write")
        for plan in self:
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "A proposed plan cannot be split again. Cancel or renegotiate it instead."
                    )
                )
            plan._split_or_explain()
        return True

    def _split_or_explain(self):
        try:
            self._split()
        except (rules.PlanError, ValueError) as error:
            raise UserError(self._explain_terms(str(error))) from error

    def _explain_terms(self, reason):
        return {
            "percents": self.env._("Enter percentages above zero that total 100, e.g. 50; 25; 25."),
            "number": self.env._("Reduce the number of instalments: each must be above zero."),
            "each": self.env._(
                "Enter an amount above zero, large enough for at most 120 instalments."
            ),
            "first_amount": self.env._(
                "The first payment must be less than the debt. Enter a smaller amount."
            ),
        }.get(
            reason,
            self.env._("Enter percentages separated by semicolons, e.g. 50; 25; 25."),
        )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()
        for plan in plans:
            if plan.name == "/":
                number = sequence.with_company(plan.company_id).next_by_code("credit.payment.plan")
                plan.sudo().name = number or plan.name
            if not plan.line_ids:
                plan._set_items(plan._read_free())
            if not plan.line_ids:
                raise ValidationError(
                    self.env._(
                        "%s has no open item for a payment plan: nothing is owed, or all of it is already promised or in a plan. Withdraw that promise or cancel that plan first.",
                        plan.partner_id.display_name,
                    )
                )
            if not plan.instalment_ids and plan.amount:
                plan._split_or_explain()
        plans._check_items()
        plans.sudo().is_said = True
        return plans

    def _read_free(self):
        """Open items of the customer in no promise or plan."""
        owed = self.sudo()._read_owed(self.partner_id, self.company_id, self.currency_id)
        engaged = self._read_engaged(owed)
        return owed.filtered(lambda item: item.id not in engaged)

    # === WHAT MUST ADD UP === #

    def _check_adds_up(self):
        """:raise ValidationError: if the plan cannot be proposed or agreed"""
        self._check_items()
        for plan in self:
            plan._check_debt()
            plan._check_instalments()
            (plan | plan.previous_id)._check_free(plan.line_ids.item_id)

    def _check_debt(self):
        for line in self.line_ids:
            if self.currency_id.compare_amounts(line.amount, line.amount_open) != 0:
                raise ValidationError(
                    self.env._(
                        "%(item)s: the plan covers %(planned)s, but %(open)s is open now. Remove the item, add it again and press Split Again.",
                        item=line.document_name or "",
                        planned=self.currency_id.format(line.amount),
                        open=self.currency_id.format(line.amount_open),
                    )
                )

    def _check_instalments(self):
        total = sum(self.instalment_ids.mapped("amount"))
        if not self.line_ids or self.currency_id.compare_amounts(total, self.amount) != 0:
            raise ValidationError(
                self.env._(
                    "The instalments total %(total)s, but the debt is %(debt)s. Correct the instalments, or press Split Again.",
                    total=self.currency_id.format(total),
                    debt=self.currency_id.format(self.amount),
                )
            )
        first = min(self.instalment_ids.mapped("date"))
        today = self.company_id._get_credit_today()
        if first < today:
            raise ValidationError(self._explain_past(first))
