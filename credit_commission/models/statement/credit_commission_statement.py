from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, format_date

from ...rules.settlement import kept, last_day_to_pay, length_of, split_total

#: payment states of a bill that pays the statement
_PAID = ("paid", "in_payment")


class CreditCommissionStatement(models.Model):
    """Commission of a person for a period: opening balance, entries, total; agreed, then billed or paid by payroll.

    Amounts are in the company's currency, without taxes. Only the actions write here, each after checking the user's
    rights. A statement takes every entry of its person dated up to its last day that is not on a statement, so that
    late entries are never lost.
    """

    _name = "credit.commission.statement"
    _description = "Commission Statement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "date_to desc, person_id, id"

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True, index=True)
    previous_id = fields.Many2one(
        "credit.commission.statement",
        "Previous Statement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    entry_ids = fields.One2many("credit.commission.entry", "statement_id", readonly=True)
    entry_count = fields.Integer("Lines", compute="_compute_entry_figures")
    contested_count = fields.Integer("Contested Lines", compute="_compute_entry_figures")
    has_contest = fields.Boolean(compute="_compute_entry_figures")
    opening = fields.Monetary(
        "Opening Balance",
        compute="_compute_total",
        store=True,
        recursive=True,
        help="Negative total carried over from the previous statement.",
    )
    advance_ids = fields.One2many("credit.commission.advance", "statement_id", readonly=True)
    advanced = fields.Monetary(
        "Advances",
        compute="_compute_total",
        store=True,
        recursive=True,
        help="Commission paid in advance, to be deducted.",
    )
    advance_kept = fields.Monetary(
        "Advances Not Claimed Back",
        compute="_compute_total",
        store=True,
        recursive=True,
        help="Unearned part of the advances, kept by the person as set in the plan.",
    )
    earned = fields.Monetary(compute="_compute_earned", store=True, help="Sum of the entries.")
    total = fields.Monetary(
        compute="_compute_total",
        store=True,
        recursive=True,
        help="Opening balance and entries, less advances.",
    )
    payable = fields.Monetary(
        "To Pay", compute="_compute_payable", help="The total, unless it is negative."
    )
    carried = fields.Monetary(
        "Carried Over",
        compute="_compute_payable",
        help="A negative total reduces the next statement; it is never claimed from the person.",
    )
    date_due = fields.Date(
        "Pay by",
        compute="_compute_date_due",
        help="Last day of the month after the quarter in which the period ends. If the period is longer than a quarter, after its first quarter.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("contested", "Contested"),
            ("agreed", "Agreed"),
            ("closed", "Closed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        string="Status",
    )
    is_own = fields.Boolean(compute="_compute_is_own")
    sent_by = fields.Many2one("res.users", readonly=True, copy=False)
    sent_at = fields.Datetime(readonly=True, copy=False)
    is_mail_due = fields.Boolean("Mail Waits", readonly=True, copy=False)
    agreed_at = fields.Datetime(readonly=True, copy=False)
    closed_by = fields.Many2one("res.users", readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)

    # Payment
    payout = fields.Selection(
        [("bill", "Vendor bill"), ("payroll", "Payroll")],
        "Paid by",
        required=True,
        readonly=True,
        default="bill",
        copy=False,
        help="Employees are paid through payroll, agents by bill, unless the contact says otherwise.",
    )
    bill_id = fields.Many2one(
        "account.move", "Vendor Bill", readonly=True, copy=False, index="btree_not_null"
    )
    payroll_id = fields.Many2one(
        "credit.commission.payroll",
        "Payroll Export",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    payment_state = fields.Selection(
        [
            ("none", "Nothing to Pay"),
            ("open", "To Pay"),
            ("billed", "Billed"),
            ("partial", "Partly Paid"),
            ("paid", "Paid"),
            ("payroll", "Sent to Payroll"),
        ],
        "Payment",
        compute="_compute_payment_state",
        store=True,
        tracking=True,
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_to >= date_from)", "A period must end after it begins. Correct its dates."
    )
    _once = models.UniqueIndex(
        "(company_id, person_id, date_to)",
        "This person already has a statement for this period. Open it instead.",
    )
    _one_follows = models.UniqueIndex(
        "(previous_id)", "A later statement already follows this one. Open it instead."
    )
    _mail_due_idx = models.Index("(id) WHERE is_mail_due")

    # === COMPUTE METHODS === #

    @api.depends("name", "person_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for statement in self:
            number = statement.name if statement.name != "/" else self.env._("Commission")
            statement.display_name = self.env._(
                "%(number)s: %(person)s, %(period)s",
                number=number,
                person=statement.person_id.name or "",
                period=statement._get_period_name(),
            )

    @api.depends("entry_ids.amount")
    def _compute_earned(self):
        rows = self.env["credit.commission.entry"]._read_group(
            [("statement_id", "in", self._origin.ids)], ["statement_id"], ["amount:sum"]
        )
        sums = dict(rows)
        for statement in self:
            statement.earned = statement.currency_id.round(sums.get(statement._origin, 0.0))

    @api.depends("earned", "previous_id.total", "advance_ids.amount", "advance_ids.claw_back")
    def _compute_total(self):
        for statement in self:
            advances = statement.advance_ids
            mild = sum(advances.filtered(lambda one: not one.claw_back).mapped("amount"))
            statement.opening = split_total(statement.previous_id.total)[1]
            statement.advanced = -sum(advances.mapped("amount"))
            total = statement.opening + statement.earned + statement.advanced
            statement.advance_kept = kept(total, mild)
            statement.total = statement.currency_id.round(total + statement.advance_kept)

    @api.depends("total")
    def _compute_payable(self):
        for statement in self:
            statement.payable, statement.carried = split_total(statement.total)

    @api.depends("entry_ids.review")
    def _compute_entry_figures(self):
        rows = self.env["credit.commission.entry"]._read_group(
            [("statement_id", "in", self._origin.ids)], ["statement_id", "review"], ["__count"]
        )
        counts = defaultdict(int)
        for statement, review, count in rows:
            counts[statement] += count
            counts[statement, review] = count
        for statement in self:
            known = statement._origin
            statement.entry_count = counts[known]
            statement.contested_count = counts[known, "contested"]
            statement.has_contest = any(
                counts[known, review] for review in ("contested", "accepted", "refused")
            )

    @api.depends("date_from", "date_to")
    def _compute_date_due(self):
        for statement in self:
            dates = statement.date_from, statement.date_to
            statement.date_due = all(dates) and last_day_to_pay(*dates)

    @api.depends("person_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for statement in self:
            statement.is_own = statement.person_id in self.env.user._get_commission_persons()

    @api.depends("state", "total", "bill_id.state", "bill_id.payment_state", "payroll_id.state")
    def _compute_payment_state(self):
        for statement in self:
            statement.payment_state = statement._get_payment_state()

    def _get_payment_state(self):
        """Payment state; a cancelled or fully credited bill pays nothing, so the statement must be paid again."""
        if self.payroll_id.state == "done":
            return "payroll"
        if self._has_live_bill():
            if self.bill_id.payment_state in _PAID:
                return "paid"
            return "partial" if self.bill_id.payment_state == "partial" else "billed"
        return "open" if self.state == "closed" and self.payable else "none"

    def _has_live_bill(self):
        return (
            bool(self.bill_id)
            and self.bill_id.state != "cancel"
            and self.bill_id.payment_state != "reversed"
        )

    # === CONSTRAINTS === #

    @api.constrains("company_id", "person_id", "date_from", "date_to")
    def _check_periods_apart(self):
        if other := self._find_overlapping():
            raise ValidationError(
                self.env._(
                    "%(person)s already has a statement from %(first)s to %(last)s. Choose a period that begins after it.",
                    person=other.person_id.name,
                    first=format_date(self.env, other.date_from),
                    last=format_date(self.env, other.date_to),
                )
            )

    def _find_overlapping(self):
        """A statement of the same person that overlaps one of these, if any."""
        self.flush_model(["company_id", "person_id", "date_from", "date_to"])
        rows = self.env.execute_query(
            SQL(
                """SELECT other.id
                     FROM credit_commission_statement own
                     JOIN credit_commission_statement other
                       ON other.company_id = own.company_id AND other.person_id = own.person_id
                      AND other.id <> own.id
                      AND other.date_from <= own.date_to AND own.date_from <= other.date_to
                    WHERE own.id IN %s LIMIT 1""",
                tuple(self.ids),
            )
        )
        return self.browse(id_ for (id_,) in rows)

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(statement.state != "draft" for statement in self):
            raise UserError(
                self.env._("A sent statement cannot be deleted. Reset it to draft first.")
            )
        later = self.search([("previous_id", "in", self.ids), ("id", "not in", self.ids)], limit=1)
        if later:
            raise UserError(
                self.env._(
                    "The balance is carried over to %(statement)s. Delete that statement first.",
                    statement=later.display_name,
                )
            )

    def unlink(self):
        # EXTENDS 'base'
        self.env["credit.commission.entry"].sudo()._free(self)
        return super().unlink()

    # === ACTIONS === #

    def action_view_entries(self):
        """Open the lines as a list."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "credit_commission.action_credit_commission_entry"
            ),
            "domain": [("statement_id", "in", self.ids)],
            "context": {},
        }

    # === RIGHTS === #

    def _check_manager(self):
        if not self.env.user.has_group("credit_commission.group_commission_manager"):
            raise AccessError(
                self.env._("Only commission managers can prepare statements. Ask one.")
            )
        self.check_access("read")

    def _check_accountant(self):
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only accountants can bill and pay commissions. Ask one."))
        self.check_access("read")

    def _check_own(self):
        """Check that the user is the person, or a manager acting for someone without a user."""
        self.check_access("read")
        manager = self.env.user.has_group("credit_commission.group_commission_manager")
        for statement in self:
            instead = manager and not statement.sudo().person_id._is_internal()
            if not (statement.is_own or instead):
                raise AccessError(
                    self.env._(
                        "Only %(person)s can agree to this statement or contest its lines. Ask them.",
                        person=statement.person_id.name,
                    )
                )

    def _check_answerable_in_portal(self):
        """Check that the statements are the user's own, whatever else the user may read."""
        for statement in self:
            if not statement.is_own or statement.sudo().state == "draft":
                raise AccessError(
                    self.env._(
                        "You can only see your own statements here. Ask your commission manager for others."
                    )
                )

    # === WORDS === #

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.display_name

    def _get_period_name(self):
        """“October 2026”, “Q3 2026”, “2026”, or both dates of an irregular period, in the user's language."""
        self.ensure_one()
        first, last = self.date_from, self.date_to
        if not (first and last):
            return ""
        patterns = {"month": "MMMM yyyy", "quarter": "QQQ yyyy", "year": "yyyy"}
        length = length_of(first, last)
        if length:
            return format_date(self.env, first, date_format=patterns[length])
        return f"{format_date(self.env, first)} – {format_date(self.env, last)}"

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Commission statement created")
