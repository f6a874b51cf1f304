from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL

from ...rules.dispute import split_decision
from ...rules.promise import spread
from .credit_dispute_category import TEAMS

STATES = [
    ("open", "In Progress"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("settled", "Paid"),
    ("cancelled", "Cancelled"),
]


class CreditDispute(models.Model):
    """A customer's objection to one or several items. Only the disputed part is left out of reminders and late charges.

    It ends by a credit note or a discount that is accepted, by a refusal, or by the payment of the customer.
    """

    _name = "credit.dispute"
    _description = "Dispute"
    _inherit = ["credit.internal.thread", "credit.answer.mixin"]
    _order = "date desc, id desc"
    _mail_post_access = "read"
    _decided_fields = (
        "state",
        "amount_accepted",
        "amount_refused",
        "amount_paid",
        "date_closed",
        "decision",
        "reason",
        "decided_by",
    )
    _said_fields = ("line_ids", "partner_id", "company_id", "date")

    name = fields.Char(string="Number", required=True, readonly=True, default="/", copy=False)
    user_id = fields.Many2one(default=lambda self: self._get_default_collector())
    date = fields.Date(
        string="Opened On",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
        copy=False,
    )
    date_target = fields.Date(
        string="Target Date",
        compute="_compute_date_target",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    date_closed = fields.Date(string="Closed On", readonly=True, copy=False)
    days_to_close = fields.Integer(
        compute="_compute_days_to_close", store=True, aggregator="avg", string="Days to Close"
    )
    category_id = fields.Many2one(
        "credit.dispute.category", required=True, tracking=True, ondelete="restrict"
    )
    cause_id = fields.Many2one(
        "credit.dispute.cause",
        string="Root Cause",
        tracking=True,
        ondelete="restrict",
        help="Why it happened, once known",
    )
    team = fields.Selection(
        TEAMS, compute="_compute_team", store=True, readonly=False, precompute=True
    )
    owner_id = fields.Many2one(
        "res.users",
        tracking=True,
        index=True,
        domain=[("share", "=", False)],
        compute="_compute_owner_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Investigates the dispute; sees it, its documents and its discussion without any credit access",
    )
    source = fields.Selection(
        [
            ("call", "Call"),
            ("mail", "E-mail"),
            ("visit", "Visit"),
            ("portal", "Portal"),
            ("link", "Link in a Reminder"),
            ("payment", "Short Payment"),
            ("sales", "Salesperson"),
            ("other", "Other"),
        ],
        required=True,
        default=lambda self: "call" if self._get_default_collector() else "sales",
    )
    customer_reference = fields.Char(help="The customer's complaint number")
    line_ids = fields.One2many("credit.dispute.line", "dispute_id", string="Items", copy=False)
    amount = fields.Monetary(
        string="Disputed",
        compute="_compute_amount",
        store=True,
        help="In the currency of the items",
    )
    amount_withheld = fields.Monetary(
        string="Not Collected",
        compute="_compute_amount",
        store=True,
        help="Amount currently without reminders or late charges",
    )
    amount_accepted = fields.Monetary(string="Accepted", readonly=True, copy=False)
    amount_refused = fields.Monetary(string="Refused", readonly=True, copy=False)
    amount_paid = fields.Monetary(string="Paid", readonly=True, copy=False)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True, tracking=True, copy=False
    )
    decision = fields.Selection(
        [("credit_note", "Credit note"), ("discount", "Discount"), ("refusal", "Refusal")],
        readonly=True,
        copy=False,
    )
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    reason = fields.Text(string="Why", readonly=True, copy=False, help="Reasons for the decision")
    credit_move_ids = fields.One2many(
        "account.move", "credit_dispute_id", string="Credit Notes", readonly=True
    )

    @api.model
    def _get_default_collector(self):
        """Whoever opens it, if that is a collector; otherwise the customer's collector, when it is saved."""
        user = self.env.user
        return user if user.has_group("credit_management.group_credit_user") else user.browse()

    # === CONSTRAINTS === #

    @api.constrains("date", "date_target")
    def _check_dates(self):
        for dispute in self:
            if dispute.date > dispute.company_id._get_credit_today():
                raise ValidationError(
                    self.env._(
                        "A dispute is not opened in the future. Enter today or an earlier day."
                    )
                )
            if dispute.date_target and not (
                dispute.date <= dispute.date_target <= fields.Date.add(dispute.date, years=2)
            ):
                raise ValidationError(
                    self.env._(
                        "The day to settle the dispute by lies before its opening, or more than two years after it. Correct the day."
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("name", "category_id")
    def _compute_display_name(self):
        for dispute in self:
            number = dispute.name if dispute.name != "/" else ""
            parts = (number, dispute.category_id.name)
            dispute.display_name = " – ".join(filter(None, parts))

    @api.depends("category_id", "date")
    def _compute_date_target(self):
        for dispute in self:
            if dispute.category_id and dispute.date:
                days = timedelta(dispute.category_id.target_days)
                dispute.date_target = dispute.date + days

    @api.depends("category_id")
    def _compute_team(self):
        for dispute in self:
            dispute.team = dispute.category_id.team or dispute.team

    @api.depends("category_id", "partner_id")
    def _compute_owner_id(self):
        for dispute in self:
            category = dispute.category_id.sudo()
            salesperson = category.team == "sales" and dispute.partner_id.user_id
            dispute.owner_id = category.owner_id or salesperson or dispute.owner_id

    @api.depends("line_ids.amount", "line_ids.withheld")
    def _compute_amount(self):
        for dispute in self:
            dispute.amount = sum(dispute.line_ids.mapped("amount"))
            dispute.amount_withheld = sum(dispute.line_ids.mapped("withheld"))

    @api.depends("date", "date_closed")
    def _compute_days_to_close(self):
        for dispute in self:
            closed = dispute.date_closed
            dispute.days_to_close = (closed - dispute.date).days if closed else False

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'base': a number is stored as 0 where there is none, and would count in an average
        sql = super()._field_to_sql(alias, field_expr, query)
        if field_expr != "days_to_close":
            return sql
        closed = super()._field_to_sql(alias, "date_closed", query)
        return SQL("CASE WHEN %s IS NOT NULL THEN %s END", closed, sql)

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id", "company_id", "currency_id")
    def _onchange_partner_id(self):
        """Remove the items of the previous customer."""
        others = self.line_ids.filtered(
            lambda line: line.item_id.partner_id.commercial_partner_id != self.partner_id
        )
        self.line_ids -= others

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()
        for dispute in disputes:
            number = sequence.with_company(dispute.company_id).next_by_code("credit.dispute")
            dispute.sudo().name = number or dispute.name
            if not dispute.user_id:
                dispute.sudo().user_id = dispute._find_collector()
        disputes._check_said()
        for line in disputes.sudo().line_ids:
            line.withheld = line.amount
        disputes.sudo().is_said = True
        disputes._notify_owner()
        return disputes

    def _find_collector(self):
        """Who collects from the customer, as its credit file says."""
        file = (
            self.env["credit.profile"]
            .sudo()
            .search(
                [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
            )
        )
        return file.collector_id

    def write(self, vals):
        self._refuse_others_fields(vals)
        result = super().write(vals)
        if vals.keys() & {"owner_id", "date_target"}:
            self._notify_owner()
        return result

    def _check_said(self):
        self._check_items()
        for dispute in self:
            if not dispute.line_ids:
                raise ValidationError(
                    self.env._("Add the disputed items and the disputed amount of each.")
                )
            for line in dispute.line_ids:
                dispute._check_disputed(line)

    def _check_disputed(self, line):
        """Check that the disputes of an item do not exceed its open amount."""
        others = self.env["credit.dispute.line"].sudo()
        others = others.search([("item_id", "=", line.item_id.id), ("id", "!=", line.id)])
        free = line.amount_open - sum(others.mapped("withheld"))
        if self.currency_id.compare_amounts(line.amount, free) > 0:
            raise ValidationError(
                self.env._(
                    "%(item)s: you entered %(amount)s, but only %(free)s is open and not yet disputed. Enter that amount or less.",
                    item=line.document_name or "",
                    amount=self.currency_id.format(line.amount),
                    free=self.currency_id.format(max(free, 0.0)),
                )
            )

    # === ACTIONS === #

    def action_decide(self):
        """Open the decision form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("How does it end?"),
            "res_model": "credit.dispute.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def action_accept(self, amount=None, decision="credit_note", reason=None):
        """Accept all or part of the dispute: that part stays on hold until credited, the rest is collected again.

        :param amount: in the currency of the dispute; default: all of it
        """
        self.ensure_one()
        self._check_may_decide()
        disputed = {line: line.amount for line in self.line_ids}
        accepted = self.amount if amount is None else amount
        most = self.amount + self.currency_id.rounding / 2
        if not self._is_amount(accepted) or not 0 < accepted <= most:
            raise UserError(
                self.env._(
                    "Enter an amount above zero and up to the %s in dispute.",
                    self.currency_id.format(self.amount),
                )
            )
        if decision not in ("credit_note", "discount"):
            raise UserError(self.env._("Accept a dispute by a credit note or a discount."))
        self._require_margin(amount, decision)
        parts, refused = split_decision(accepted, disputed)
        for line in self.sudo().line_ids:
            line.withheld = parts.get(line, 0.0)
        self._decide("accepted", decision, reason, amount_accepted=accepted, amount_refused=refused)
        return True

    def action_refuse(self, reason=None):
        """Refuse the dispute: reminders resume, and late charges run as if there had been none."""
        self._check_may_decide()
        for dispute in self:
            dispute.sudo().line_ids.withheld = 0.0
            dispute._decide(
                "refused",
                "refusal",
                reason,
                amount_refused=dispute.amount,
                date_closed=dispute.company_id._get_credit_today(),
            )
        return True

    def action_cancel(self):
        """Cancel a dispute opened by mistake; it does not count in figures."""
        self._check_may_decide()
        self.sudo().line_ids.withheld = 0.0
        for dispute in self.sudo():
            today = dispute.company_id._get_credit_today()
            dispute.write({"state": "cancelled", "date_closed": today})
        self.sudo().activity_unlink(["credit_collection.mail_activity_type_dispute"])
        return True

    def _check_may_decide(self):
        self.check_access("write")
        if not self.env.user.has_group("credit_management.group_credit_user"):
            raise UserError(
                self.env._(
                    "Only a collector can decide a dispute. Post what you found out in the discussion."
                )
            )
        if closed := self.filtered(lambda dispute: dispute.state != "open"):
            raise UserError(
                self.env._(
                    "%s is already decided. Open a new dispute for anything else.",
                    closed[0].display_name,
                )
            )

    def _decide(self, state, decision, reason, **amounts):
        self.sudo().write(
            {
                "state": state,
                "decision": decision,
                "reason": self._to_note(reason),
                "decided_by": self.env.uid,
                **amounts,
            }
        )
        self.sudo().activity_unlink(["credit_collection.mail_activity_type_dispute"])

    # === THE LEDGER === #

    @api.model
    def _follow_ledger(self, items):
        """Settle disputes whose items were paid; items come from :class:`account.partial.reconcile`."""
        lines = self.env["credit.dispute.line"].sudo().search([("item_id", "in", items.ids)])
        for dispute in lines.dispute_id:
            dispute._follow_one(dispute.company_id._get_credit_today())

    def _follow_one(self, today):
        left = sum(max(line.amount_open, 0.0) for line in self.line_ids)
        nothing_left = self.currency_id.is_zero(left)
        if self.state == "open" and nothing_left:
            self.line_ids.withheld = 0.0
            self.write({"state": "settled", "amount_paid": self.amount, "date_closed": today})
            self.activity_unlink(["credit_collection.mail_activity_type_dispute"])
        elif self.state == "settled" and not nothing_left:
            self._reopen(left)

    def _reopen(self, left):
        """Reopen the dispute because the payment that settled it was undone."""
        parts = spread(left, {line: line.amount for line in self.line_ids})
        for line in self.line_ids:
            line.withheld = parts.get(line, 0.0)
        self.write({"state": "open", "amount_paid": 0.0, "date_closed": False})
        self._notify_owner()

    @api.model
    def _prepare_lines(self, items):
        """Commands to create lines with the open amounts of the items."""
        return [
            Command.create({"item_id": item.id, "amount": item.amount_residual_currency})
            for item in items
        ]
