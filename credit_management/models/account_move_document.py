from collections import defaultdict
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: what a customer owes by it
CLAIMS = ("out_invoice", "out_receipt")
#: what Odoo's own button switches a draft between
_SWITCHES = ({"out_invoice", "out_refund"}, {"in_invoice", "in_refund"})
#: what changes what is owed by an invoice, on it or on its lines
_AMOUNTS = frozenset(
    {
        "account_id",
        "amount_currency",
        "balance",
        "credit",
        "currency_id",
        "debit",
        "invoice_currency_rate",
        "invoice_line_ids",
        "line_ids",
        "move_id",
        "price_unit",
        "quantity",
    }
)


class AccountMove(models.Model):
    """An invoice is judged before it is posted for what no order stands behind, and waits as a draft when it is held.

    What was ordered passed the gate with its order: its invoice goes out to the customer of the order, up to what the
    order still has open.
    """

    _name = "account.move"
    _inherit = ["account.move", "credit.document.mixin"]

    _credit_salesperson_path = "invoice_user_id"
    # written by the button *Block Payment* of an invoice
    _written_by_odoo = frozenset({"payment_state"})

    credit_hold_ids = fields.One2many(
        "credit.hold",
        "move_id",
        string="Credit Holds",
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice,credit_management.group_credit_user",
    )
    credit_state = fields.Selection(
        [("held", "On credit hold"), ("refused", "Release refused"), ("released", "Released")],
        string="Credit",
        compute="_compute_credit_state",
        compute_sudo=True,
        groups="base.group_user",
        help="Held: will be posted once credit control releases it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("credit_hold_ids.state", "state")
    def _compute_credit_state(self):
        states = {"pending": "held", "refused": "refused", "released": "released"}
        for move in self:
            last = move.credit_hold_ids.sorted("id")[-1:] if move.state == "draft" else False
            move.credit_state = last and states.get(last.state, False)

    # === CRUD === #

    def write(self, vals):
        # EXTENDS 'account': what is posted by another way than the button is judged here
        if vals.get("state") == "posted":
            self.filtered(lambda move: move.state != "posted")._check_credit_passed()
        before = {}
        if vals.keys() & {"move_type", "partner_id"} and not self.env.su:
            before = {move: (move.move_type, move.commercial_partner_id) for move in self}
        with self._keep_debts(vals):
            result = super().write(vals)
        for move, (move_type, customer) in before.items():
            move._check_type_kept(move_type)
            move._check_customer_kept(customer)
        return result

    def _check_type_kept(self, move_type):
        """:raise UserError: where an invoice became something that is not judged, or the other way round"""
        types = {move_type, self.move_type}
        switched = types in _SWITCHES and not self.posted_before
        if len(types) == 1 or switched or types.isdisjoint(CLAIMS):
            return
        if self._is_credit_watched():
            raise UserError(
                self.env._(
                    "The type of %s is chosen once. Delete this draft and make the document anew.",
                    self.display_name,
                )
            )

    def _check_customer_kept(self, customer):
        """:raise UserError: where what one customer ordered or owes became the debt of another"""
        if self.commercial_partner_id == customer or not self.is_sale_document(
            include_receipts=True
        ):
            return
        if self.state == "posted" and self._is_credit_watched():
            raise UserError(
                self.env._(
                    "%s is posted: its customer owes it. Reset it to draft to change it.",
                    self.display_name,
                )
            )
        for line in self.line_ids.filtered("sale_line_ids"):
            line._check_links(line.sale_line_ids)

    @contextmanager
    def _keep_debts(self, vals):
        """What is posted is owed as it was posted, as long as it stays posted.

        :raise UserError: where the debt of a posted invoice became another
        """
        posted = self.browse()
        if not self.env.su and vals.keys() & _AMOUNTS:
            posted = self.filtered(
                lambda move: move.state == "posted" and move.is_sale_document(include_receipts=True)
            )
        before = {move: move._get_debt() for move in posted}
        yield
        for move, debt in before.items():
            changed = move.company_currency_id.compare_amounts(move._get_debt(), debt)
            if changed and move.state == "posted" and move._is_credit_watched():
                raise UserError(
                    self.env._(
                        "%s is posted: its customer owes it. Reset it to draft to change it.",
                        move.display_name,
                    )
                )

    def _get_debt(self):
        """Of a posted invoice, in the company's currency."""
        debts = self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        return sum(debts.mapped("balance"))

    def _is_credit_watched(self):
        """Some policy judges customers of the company."""
        return self.env["credit.policy"]._is_any_in_use(self.company_id.root_id)

    @api.ondelete(at_uninstall=False)
    def _unlink_cancel_credit_holds(self):
        self.sudo().credit_hold_ids._cancel()

    # === ACTIONS === #

    def action_post(self):
        # EXTENDS 'account'
        result = super().action_post()
        held = self.filtered(lambda move: move.state == "draft").filtered(
            lambda move: move.sudo().credit_hold_ids._get_pending()
        )
        return held._get_held_notification() if held else result

    def button_cancel(self):
        # EXTENDS 'account'
        result = super().button_cancel()
        self.sudo().credit_hold_ids._cancel()
        return result

    # === A DOCUMENT OF CREDIT === #

    def _is_credit_claim(self):
        """A customer would owe by it. Extend to leave invoices out."""
        return (
            self.state != "posted" and self.move_type in CLAIMS and bool(self.commercial_partner_id)
        )

    def _hold_failing(self):
        claims = self.filtered(lambda move: move._is_credit_claim())
        return super(AccountMove, claims)._hold_failing()

    def _filter_unpassed(self):
        claims = self.filtered(lambda move: move._is_credit_claim())
        return super(AccountMove, claims._filter_asked_for_credit())._filter_unpassed()

    def _filter_asked_for_credit(self):
        rules = self.env["credit.policy.rule"].sudo()
        if not self or not rules.search_count([("checkpoint", "=", "invoice")], limit=1):
            return self.browse()
        return self.filtered(lambda move: move._get_credit_claim())

    def _get_credit_claim(self):
        """What no order stands behind, in the company's currency: nothing where rounding alone makes a difference."""
        move = self.sudo()
        claim = move.amount_total - move._get_amount_ordered()
        cents = move.currency_id.rounding * (len(move.invoice_line_ids) + 1)
        if claim <= cents + move.invoice_cash_rounding_id.rounding:
            return 0.0
        return move.amount_total_signed * claim / move.amount_total

    def _get_amount_ordered(self):
        """What the invoice takes of orders of its customer that passed the gate, in the currency of the invoice."""
        drawn = defaultdict(lambda: defaultdict(float))
        for line in self.invoice_line_ids:
            if order_line := line.sale_line_ids[:1]:
                drawn[order_line.order_id][order_line] += line.price_total
        return sum(
            order._get_amount_covered(self, lines)
            for order, lines in drawn.items()
            if order._get_credit_customer() == self._get_credit_customer()
        )

    def _get_rate_of(self, order):
        """How much of the currency of an order a unit of the currency of the invoice is."""
        if self.currency_id == order.currency_id:
            return 1.0
        return (order.currency_rate or 1.0) / (self.invoice_currency_rate or 1.0)

    def _get_credit_customer(self):
        return self.commercial_partner_id.id, self.company_id.root_id.id

    def _get_credit_request(self):
        self.ensure_one()
        move = self.sudo()
        return self.env["credit.profile"]._request(
            move.commercial_partner_id,
            move.company_id,
            move._get_credit_claim(),
            checkpoint="invoice",
            document=self._credit_key(),
            payment_days=move.invoice_payment_term_id._get_credit_days(),
            manual=move.credit_hold_ids._get_manual_reason(),
            source=self._get_credit_source(),
        )

    def _get_credit_source(self):
        """A draft counts already; but its lines of orders do not, however much they come to."""
        if not self._origin.id or self.state != "draft" or self.sudo().line_ids.sale_line_ids:
            return ""
        return "draft_invoice"

    def _get_credit_requesters(self):
        return self.invoice_user_id | self.create_uid

    def _is_gone(self):
        return self.state != "draft"

    def _waits_for_confirmation(self):
        return self.state == "draft"

    @api.model
    def _get_passed_domain(self):
        return Domain("state", "=", "posted")

    def _confirm_released(self):
        if self.state == "draft":
            self.with_company(self.company_id)._post()
        # dated later: Odoo posts it on that day
        return self.state != "draft" or self.auto_post != "no"

    def _get_held_sentence(self):
        return self.env._(
            "These invoices remain drafts until credit control releases them: %s. The reasons are in their messages.",
            ", ".join(move._get_credit_name() for move in self),
        )
