from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ...rules.calendar import parse_payment_days
from ...rules.promise import last_day, spread

STATES = [
    ("open", "In Progress"),
    ("kept", "Kept"),
    ("partly", "Kept in Part"),
    ("broken", "Broken"),
    ("withdrawn", "Withdrawn"),
]


class CreditPromise(models.Model):
    """An amount promised by a date. The ledger shows whether it was paid; broken promises are never deleted."""

    _name = "credit.promise"
    _description = "Promise to Pay"
    _inherit = ["credit.answer.mixin"]
    _order = "date desc, id desc"
    _decided_fields = ("state", "amount_paid", "date_judged", "last_day")
    _said_fields = ("amount", "date", "date_made", "line_ids", "partner_id", "company_id")

    amount = fields.Monetary(
        required=True, tracking=True, help="In the currency of the items, taxes included"
    )
    date = fields.Date(string="Promised For", required=True, tracking=True)
    date_made = fields.Date(
        string="Promised On",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
        copy=False,
    )
    last_day = fields.Date(
        string="Kept Until",
        compute="_compute_last_day",
        store=True,
        precompute=True,
        help="Last day on which the payment is in time: the next payment day of the customer that is a bank working day, plus the tolerance",
    )
    source = fields.Selection(
        [
            ("call", "Call"),
            ("mail", "E-mail"),
            ("visit", "Visit"),
            ("portal", "Portal"),
            ("link", "Link in a Reminder"),
            ("other", "Other"),
        ],
        required=True,
        default="call",
        help="How the customer promised it",
    )
    line_ids = fields.One2many("credit.promise.line", "promise_id", string="Items", copy=False)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True, tracking=True, copy=False
    )
    amount_paid = fields.Monetary(
        string="Paid",
        readonly=True,
        copy=False,
        help="Payments received in time, according to the ledger",
    )
    date_judged = fields.Date(string="Assessed On", readonly=True, copy=False)
    kept_share = fields.Float(
        string="Kept (%)",
        compute="_compute_kept_share",
        store=True,
        aggregator="avg",
        help="Share of the promised amount received in time; open and withdrawn promises do not count",
    )

    _positive = models.Constraint("CHECK(amount > 0)", "Enter a promised amount above zero.")
    _to_come = models.Constraint(
        "CHECK(date >= date_made)",
        "The promised day is before the day of the promise. Enter that day or a later one.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "date", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(amount)s for %(date)s",
                amount=promise.currency_id.format(promise.amount),
                date=format_date(self.env, promise.date),
            )

    @api.depends("date", "partner_id", "company_id")
    def _compute_last_day(self):
        days = self._read_payment_days()
        for promise in self.filtered("date"):
            promise.last_day = last_day(
                promise.date,
                promise.company_id.sudo().credit_collection_promise_tolerance,
                days.get((promise.partner_id.id, promise.company_id.id), ()),
            )

    @api.depends("state", "amount", "amount_paid")
    def _compute_kept_share(self):
        for promise in self:
            judged = promise.state in ("kept", "partly", "broken")
            kept = promise.state == "kept" or not promise.amount
            promise.kept_share = (
                False if not judged else 100 if kept else 100 * promise.amount_paid / promise.amount
            )

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'base': a number is stored as 0 where there is none, and would count in an average
        sql = super()._field_to_sql(alias, field_expr, query)
        if field_expr != "kept_share":
            return sql
        state = super()._field_to_sql(alias, "state", query)
        return SQL("CASE WHEN %s IN ('kept', 'partly', 'broken') THEN %s END", state, sql)

    def _read_payment_days(self):
        """``{(customer id, company id): payment days of the month}`` of the credit files that have some."""
        files = (
            self.env["credit.profile"]
            .sudo()
            .search([("partner_id", "in", self.partner_id.ids), ("payment_days", "!=", False)])
        )
        return {
            (file.partner_id.id, file.company_id.id): parse_payment_days(file.payment_days)
            for file in files
        }

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id", "company_id", "currency_id")
    def _onchange_partner_id(self):
        """Suggest all overdue items, or all open items if none is overdue."""
        if not self.partner_id or self.env.context.get("default_line_ids"):
            return
        today = self.company_id._get_credit_today()
        owed = self._read_owed(self.partner_id, self.company_id, self.currency_id)
        late = owed.filtered(lambda item: (item.date_maturity or item.date) < today) or owed
        self._set_parts({item: item.amount_residual_currency for item in late})
        self.amount = sum(self.line_ids.mapped("amount"))

    @api.onchange("amount")
    def _onchange_amount(self):
        """Allocate the promised amount to the items, oldest first."""
        owed = {line.item_id: line.amount_open for line in self.line_ids if line.item_id}
        total = sum(owed.values())
        if not owed or self._is_same(self.amount, sum(self.line_ids.mapped("amount"))):
            return None
        if self.currency_id.compare_amounts(self.amount, total) > 0:
            return {"warning": self._get_too_much_warning(total)}
        parts = spread(self.amount, owed)
        for line in self.line_ids:
            line.amount = parts.get(line.item_id, 0.0)
        return None

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        total = sum(self.line_ids.mapped("amount"))
        owed = sum(self.line_ids.mapped("amount_open"))
        if self.line_ids and self.currency_id.compare_amounts(self.amount or 0.0, owed) <= 0:
            self.amount = total

    def _set_parts(self, parts):
        lines = self.env["credit.promise.line"]._prepare(parts)
        self.line_ids = [Command.clear(), *map(Command.create, lines)]

    def _is_same(self, amount, other):
        return not self.currency_id or self.currency_id.compare_amounts(amount, other) == 0

    def _get_too_much_warning(self, total):
        return {
            "title": self.env._("More than is owed"),
            "message": self.env._(
                "These items total %s. Enter that amount or less, or add items.",
                self.currency_id.format(total),
            ),
        }

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # rights come before what is said of an item, and the sentence before the constraint of the database
        self.check_access("create")
        for vals in vals_list:
            self._refuse_decided(vals)
        self._check_free(self._get_named_items(vals_list))
        promises = super().create(vals_list)
        promises._complete_items()
        promises._check_said()
        promises._require_days()
        promises.sudo().is_said = True
        for company, of_company in promises.sudo().grouped("company_id").items():
            of_company._judge(company._get_credit_today())
        return promises

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"amount", "line_ids"}:
            self._check_said()
        return result

    def _require_days(self):
        """:raise RedirectWarning: for more days than the user may grant alone, wherever the promise was recorded"""
        for promise in self.browse() if self.env.su else self:
            file = self.env["credit.profile"].sudo()._ensure(promise.partner_id, promise.company_id)
            today = promise.company_id._get_credit_today()
            file.with_env(self.env)._require_margin("days", (promise.date - today).days)

    def _complete_items(self):
        """Add the oldest items to a promise without lines, and drop lines without an amount."""
        for promise in self:
            if promise.line_ids:
                promise._drop_empty()
                continue
            # what the customer owes is on its credit file, whichever branch invoiced it
            owed = promise.sudo()._read_owed(
                promise.partner_id, promise.company_id, promise.currency_id
            )
            engaged = promise._read_engaged(owed)
            free = {item: item.amount_residual_currency for item in owed if item.id not in engaged}
            promise.sudo()._set_parts(spread(promise.amount, free))

    def _drop_empty(self):
        """Remove the items that the amount does not cover."""
        self.line_ids.filtered(lambda line: line.currency_id.is_zero(line.amount)).sudo().unlink()

    def _check_said(self):
        """:raise ValidationError: if the items or amounts are inconsistent"""
        self._check_items()
        for promise in self:
            promise._check_amount()

    @api.constrains("date", "date_made")
    def _check_dates(self):
        for promise in self:
            if promise.date > fields.Date.add(promise.date_made, years=1):
                raise ValidationError(
                    self.env._(
                        "The promised day is more than a year away. Enter an earlier day, or agree a payment plan."
                    )
                )

    def _check_amount(self):
        owed = sum(self.line_ids.mapped("amount_open"))
        named = sum(self.line_ids.mapped("amount"))
        too_much = any(
            line.item_id and self.currency_id.compare_amounts(line.amount, line.amount_open) > 0
            for line in self.line_ids
        )
        if too_much or self.currency_id.compare_amounts(self.amount, owed) > 0:
            raise ValidationError(self._explain_too_much(owed))
        if not self._is_same(named, self.amount):
            raise ValidationError(
                self.env._(
                    "The promise is for %(amount)s, but its items total %(named)s. Correct the amount, or the amounts of the items.",
                    amount=self.currency_id.format(self.amount),
                    named=self.currency_id.format(named),
                )
            )

    def _explain_too_much(self, owed):
        customer = self.partner_id.display_name
        if self.currency_id.is_zero(owed):
            return self.env._(
                "%s has no open item left to promise: nothing is owed, or all of it is already promised or in a payment plan. Withdraw that promise or cancel that plan first.",
                customer,
            )
        return self.env._(
            "%(amount)s is more than %(customer)s can promise: %(owed)s is open on these items. Enter that amount or less.",
            amount=self.currency_id.format(self.amount),
            customer=customer,
            owed=self.currency_id.format(owed),
        )

    # === ACTIONS === #

    def action_withdraw(self):
        """Withdraw a promise: reminders resume, and it does not count as broken."""
        self.check_access("write")
        if closed := self.filtered(lambda promise: promise.state != "open"):
            raise UserError(
                self.env._(
                    "%s is already closed and cannot be withdrawn. Record a new promise if needed.",
                    closed[0].display_name,
                )
            )
        self.sudo().write({"state": "withdrawn"})
        return True

    @api.readonly
    def action_view_items(self):
        """Open the promised items."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_followup.action_credit_followup_item"
        )
        return {**action, "domain": [("id", "in", self.line_ids.item_id.ids)], "context": {}}
