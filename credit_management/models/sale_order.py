from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import repeat

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..rules import CreditRequest, assess_in_turn
from .credit_document_mixin import CreditHeldError


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "credit.document.mixin"]

    _credit_salesperson_path = "user_id"

    credit_hold_ids = fields.One2many("credit.hold", "order_id", string="Credit Holds", copy=False)
    credit_hold_count = fields.Integer(
        string="Number of Credit Holds",
        compute="_compute_credit_hold_count",
        compute_sudo=True,
        groups="base.group_user",
    )
    credit_state = fields.Selection(
        [
            ("clear", "Clear"),
            ("warning", "Warning"),
            ("held", "On credit hold"),
            ("released", "Released"),
        ],
        compute="_compute_credit_verdict",
        compute_sudo=True,
        search="_search_credit_state",
        groups="base.group_user",
        help="Clear: can be confirmed. Warning: would be held, or has a reason for a second look. Held: waiting for a decision.",
    )
    credit_verdict = fields.Text(
        compute="_compute_credit_verdict",
        compute_sudo=True,
        groups="base.group_user",
        help="All reasons found by the credit check, and what would clear them",
    )
    credit_available = fields.Monetary(
        string="Available Credit",
        compute="_compute_credit_verdict",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups="base.group_user",
        help="What this customer may still order, in the company's currency",
    )
    credit_request = fields.Selection(
        [("asked", "Release requested"), ("refused", "Release refused")],
        compute="_compute_credit_request",
        compute_sudo=True,
        groups="base.group_user",
    )
    credit_request_note = fields.Text(
        compute="_compute_credit_request",
        compute_sudo=True,
        groups="base.group_user",
        help="Who requested or refused the release, when and why",
    )
    credit_grown = fields.Boolean(
        compute="_compute_credit_request", compute_sudo=True, groups="base.group_user"
    )
    credit_held = fields.Boolean(compute="_compute_credit_badge", compute_sudo=True)
    credit_badge = fields.Selection(
        [("held", "On hold"), ("refused", "Release refused"), ("released", "Released")],
        string="Credit",
        compute="_compute_credit_badge",
        compute_sudo=True,
        groups="base.group_user",
        help="What credit control has decided or still has to decide",
    )
    credit_has_limit = fields.Boolean(
        string="Has Credit Limit",
        compute="_compute_credit_verdict",
        compute_sudo=True,
        groups="base.group_user",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    credit_seller_ids = fields.Many2many(
        "res.users",
        "credit_sale_order_seller_rel",
        string="Earlier Salespeople",
        readonly=True,
        copy=False,
        help="Who sold the order before its salesperson of now: none of them decides about it",
    )

    # === COMPUTE METHODS === #

    @api.depends("credit_hold_ids")
    def _compute_credit_hold_count(self):
        for order in self:
            order.credit_hold_count = len(order.credit_hold_ids)

    @api.depends(
        "partner_invoice_id",
        "company_id",
        "amount_total",
        "currency_id",
        "state",
        "credit_hold_ids.state",
    )
    @api.depends_context("lang", "uid")
    def _compute_credit_verdict(self):
        judged = self.filtered(lambda order: order.partner_invoice_id and order.company_id)
        requests = {order: order._get_credit_request() for order in judged}
        profiles = self.env["credit.profile"]
        positions = profiles._read_positions(
            {d.customer for d in requests.values()}, self.company_id._get_credit_today()
        )
        for order in self - judged:
            order.credit_state, order.credit_verdict = "clear", False
            order.credit_available, order.credit_has_limit = 0.0, False
        for order, request in requests.items():
            order._set_credit_verdict(request, positions[request.customer])

    def _search_credit_state(self, operator, value):
        """Finds orders on hold. Other states are computed when an order is opened, never for all orders."""
        if operator != "in":
            return NotImplemented
        if set(value) != {"held"}:
            raise UserError(
                self.env._(
                    "Whether an order would pass is checked only when it is opened, so it cannot be searched. Search for orders on credit hold, or for credit holds."
                )
            )
        holds = self.env["credit.hold"].sudo()._search([("state", "=", "pending")])
        return Domain("credit_hold_ids", "in", holds)

    @api.depends("credit_hold_ids.state", "state")
    def _compute_credit_badge(self):
        """For lists: the state of the holds, without assessing any order."""
        badges = {"pending": "held", "refused": "refused", "released": "released"}
        for order in self:
            last = order.credit_hold_ids.sorted("id")[-1:]
            badge = badges.get(last.state) if order.state != "cancel" else False
            order.credit_badge = badge or False
            order.credit_held = badge in ("held", "refused") and (
                order.state != "sale" or bool(order._get_growth_hold() or badge == "held")
            )

    @api.depends("credit_hold_ids.state", "credit_hold_ids.asked_at", "state")
    @api.depends_context("lang", "tz", "uid")
    def _compute_credit_request(self):
        for order in self:
            hold = order.credit_hold_ids.sorted("id")[-1:]
            grown = order._get_growth_hold()
            order.credit_grown = bool(grown)
            is_open = order._waits_for_confirmation() or (grown and hold == grown)
            order.credit_request, note = hold._get_request() if is_open else (False, False)
            may_see = order.partner_invoice_id._may_see_credit_summary()
            order.credit_request_note = note if may_see else False

    def _set_credit_verdict(self, request, position):
        """Verdict of one order on its own, as if it were confirmed now."""
        [assessment] = assess_in_turn([request], {request.customer: position}).values()
        verdict = assessment.verdict if self.state in ("draft", "sent") else "pass"
        explained = self.env["credit.profile"]._explain_verdict(assessment, self.company_id.root_id)
        self.credit_state = self._get_credit_state(verdict)
        if self.credit_state == "held" and self.state == "sale":
            explained = self._explain_held_sale()
        elif self.credit_state == "held" and verdict == "pass":
            explained = self.env._(
                "The reasons for the hold no longer apply. Confirm the order again."
            )
        self.credit_verdict = explained if self.credit_state in ("warning", "held") else False
        self.credit_has_limit = position.available is not None
        self.credit_available = position.available or 0.0
        if not self.partner_invoice_id._may_see_credit_summary():
            self._hide_credit_figures()

    def _hide_credit_figures(self):
        """Show only a sentence to users who may read the order but not its customer's figures."""
        sentences = {
            "held": self.env._(
                "Held by credit control until it decides. Ask credit control for the reasons."
            ),
            "warning": self.env._(
                "Credit control would check this order first. Confirm it: it will wait for a decision if necessary."
            ),
        }
        self.credit_verdict = sentences.get(self.credit_state, False)
        self.credit_available, self.credit_has_limit = 0.0, False

    def _get_credit_state(self, verdict):
        states = set(self.credit_hold_ids.mapped("state"))
        if "pending" in states or self._get_growth_hold():
            return "held"
        if "released" in states and (self.state == "sale" or self._get_credit_release()):
            return "released"
        return "clear" if verdict == "pass" else "warning"

    def _explain_held_sale(self):
        hold = self._get_growth_hold()
        words = self._explain_growth(hold) if hold else False
        pending = hold or self.credit_hold_ids._get_pending()
        return "\n".join(filter(None, (words, pending.reason_summary)))

    # === CRUD === #

    @api.model
    def _get_derived_fields(self, creating):
        # a payment names the orders it is for: an order never claims the payment of another
        return super()._get_derived_fields(creating) | {"transaction_ids", "credit_seller_ids"}

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'sale'
        sales = any(vals.get("state") == "sale" for vals in vals_list)
        with self.env.cr.savepoint() if sales else nullcontext():
            orders = super().create(vals_list)
            orders.filtered(lambda order: order.state == "sale")._check_credit_passed(counted=True)
        return orders

    def write(self, vals):
        # EXTENDS 'sale'
        state = vals.get("state")
        if state and state != "cancel":
            self._hold_again_by_hand()
        rates = self._get_fixed_rates(vals.keys())
        if "user_id" in vals:
            self._remember_sellers(vals["user_id"])
        with self._watch_growth() if self._moves_credit(vals) else nullcontext():
            result = self._write_judged(vals, super().write)
            self._check_fixed_rates(rates)
        if state in ("draft", "cancel"):
            self._follow_credit_state(state)
        return result

    def _remember_sellers(self, user_id):
        """Who hands an order over has sold it all the same.

        :param user_id: the salesperson from now on
        """
        for seller, orders in self.sudo().grouped("user_id").items():
            if seller and seller.id != user_id:
                orders.write({"credit_seller_ids": [Command.link(seller.id)]})

    def _write_judged(self, vals, write):
        """Write, and check orders that were confirmed without passing the gate."""
        becoming = self.filtered(lambda order: vals.get("state") == "sale" != order.state)
        with self.env.cr.savepoint() if becoming._filter_unpassed() else nullcontext():
            result = write(vals)
            becoming._check_credit_passed(counted=True)
        return result

    def _reassess_credit_soon(self):
        """Check the customers' other holds again, as the credit used by these orders changed."""
        self.env["credit.hold"]._reassess_soon(self.sudo().partner_invoice_id.commercial_partner_id)

    def _follow_credit_state(self, state):
        """Cancel the holds of orders that were reset or cancelled, except manual ones."""
        for order in self.sudo():
            holds = order.credit_hold_ids
            holds.filtered("allowed").allowed = False
            if state == "cancel" or not holds._get_manual_reason():
                holds._cancel()
            if any(line.qty_invoiced or line.qty_delivered for line in order.order_line):
                # the release is used up: the next confirmation is checked afresh
                holds.filtered(lambda hold: hold.state == "released").state = "expired"
            holds.filtered("send_email").send_email = False
            order.credit_closure_ids._end()
        self._reassess_credit_soon()

    def _hold_again_by_hand(self):
        """Reopen the manual hold of a cancelled order that comes back in any state."""
        for order in self.sudo().filtered(lambda order: order.state == "cancel"):
            order.credit_hold_ids._reopen_manual()

    # === THE GATE === #

    def _register_hook(self):
        """Wrap ``action_confirm`` in the gate, as the outermost layer.

        Modules that load later (loyalty points, registrations, mails) override the method too: from inside,
        they would act on orders that are then held.
        """
        # EXTENDS 'base'
        super()._register_hook()
        model_class = self.env.registry[self._name]
        confirm = model_class.action_confirm
        if getattr(confirm, "is_credit_gate", False):
            return

        def action_confirm(self):
            return self._pass_credit_gate(confirm)

        action_confirm.is_credit_gate = True
        action_confirm.__doc__ = confirm.__doc__
        model_class.action_confirm = action_confirm

    def _unregister_hook(self):
        # EXTENDS 'base'
        model_class = self.env.registry[self._name]
        if getattr(vars(model_class).get("action_confirm"), "is_credit_gate", False):
            del model_class.action_confirm
        return super()._unregister_hook()

    def _pass_credit_gate(self, confirm):
        """Confirm the orders that pass and hold the others; one held order does not stop the rest.

        :param confirm: the method of all other modules
        :return: its result, or a notification of what was held
        """
        self.check_access("write")
        held = self.filtered(lambda order: order.state in ("draft", "sent"))._hold_failing()
        result = None
        while (passing := self - held) or not self:
            try:
                result = passing._confirm_passing(confirm)
                break
            except CreditHeldError as error:
                # the confirmation itself increased it: rolled back, and held for the resulting total
                grown = passing & self.browse(order.id for order in error.verdicts)
                if not grown:
                    raise
                for order in grown:
                    order._hold_grown_inside(error.verdicts[order])
                held |= grown
        return held._get_held_notification() if held else result

    def _hold_grown_inside(self, assessment):
        """Hold a quotation for the total its confirmation would lead to."""
        added = assessment.request.amount - self._get_credit_request().amount
        self._hold_for_credit(assessment, added=added)

    def _confirm_passing(self, confirm):
        """Confirm, and forget the pass of orders that did not become sales."""
        gate = self.env["credit.gate"]
        keys = {order._credit_key() for order in self}
        try:
            with self.env.cr.savepoint():
                result = self._confirm_with_deferred(confirm)
        except BaseException:
            gate._forget_passed(keys)
            raise
        stopped = self.filtered(lambda order: order.state in ("draft", "sent"))
        gate._forget_passed({order._credit_key() for order in stopped})
        return result

    def _filter_asked_for_credit(self):
        self._prefetch_credit_traces()
        return self.filtered("partner_invoice_id")

    def _prefetch_credit_traces(self):
        """One query instead of three: the commercial partner, and holds and payments, which most orders do not have.

        Fills only what is not cached yet. Existing holds and payments are read where needed. Uses Odoo's private
        ``_insert_cache``; every test that confirms an order fails if its signature changes.
        """
        if not self:
            return
        invoiced, hold, commercial = (
            self.env[model]._fields[name]
            for model, name in (
                ("sale.order", "partner_invoice_id"),
                ("credit.hold", "order_id"),
                ("res.partner", "commercial_partner_id"),
            )
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id, p.id, p.commercial_partner_id,
                          EXISTS (SELECT FROM credit_hold h WHERE h.order_id = o.id),
                          EXISTS (SELECT FROM sale_order_transaction_rel r WHERE r.sale_order_id = o.id)
                     FROM sale_order o
                     JOIN res_partner p ON p.id = o.partner_invoice_id
                    WHERE o.id = ANY(%s) %s%s%s""",
                self.ids,
                SQL(to_flush=invoiced),
                SQL(to_flush=hold),
                SQL(to_flush=commercial),
            )
        )
        partners = self.env["res.partner"].browse(row[1] for row in rows)
        commercial._insert_cache(partners, [row[2] for row in rows])
        for name, column in (("credit_hold_ids", 3), ("transaction_ids", 4)):
            without = self.browse(row[0] for row in rows if not row[column])
            self._fields[name]._insert_cache(without, repeat(()))

    def _is_covered_by(self, passed):
        # in the company's currency no request is needed: the total is not higher
        root_id, currency_id, _decimals = self._get_credit_root()
        customer = (self.partner_invoice_id.commercial_partner_id.id, root_id)
        if (
            passed.customer == customer
            and self.currency_id.id == currency_id
            and self._get_credit_total() <= passed.amount
        ):
            return True
        return super()._is_covered_by(passed)

    def _get_refusal_sentence(self, assessment):
        return self.env._(
            "%(order)s cannot be confirmed this way: it would be held by credit control. Press Confirm on the quotation: it will then wait for a release.\n%(verdict)s",
            order=self.name,
            verdict=self.env["credit.profile"]._explain_verdict(
                assessment, self.company_id.root_id
            ),
        )

    def _hold_for_credit(self, assessment, **values):
        if twin := self._get_waiting_twin():
            self._note_twin(twin)
            return twin.sudo().credit_hold_ids._get_pending()
        hold = super()._hold_for_credit(assessment, **values)
        self._mark_sent_quietly()
        if self.env.context.get("send_email") and self._waits_for_confirmation():
            self._send_check_email()
        return hold

    def _mark_sent_quietly(self):
        """Mark a held order as sent: left as a draft, the shop would keep adding to it and remind customers of their
        cart.

        Nothing was sent, so no message says so. If another add-on refuses the change (a pending approval), the order is
        held as a draft.
        """
        drafts = self.filtered(lambda order: order.state == "draft")
        with suppress(AccessError, UserError, ValidationError), self.env.cr.savepoint():
            drafts.with_context(tracking_disable=True).write({"state": "sent"})

    def _get_waiting_twin(self):
        """A held order with the same origin, customer and lines, for jobs that create the same order on every run."""
        if not self.origin or self.credit_hold_ids or not self._waits_for_confirmation():
            return self.browse()
        candidates = self.sudo().search(
            Domain("origin", "=", self.origin)
            & Domain("partner_invoice_id", "=", self.partner_invoice_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("currency_id", "=", self.currency_id.id)
            & Domain("state", "in", ("draft", "sent"))
            & Domain("credit_hold_ids.state", "=", "pending")
            & Domain("id", "!=", self.id),
            order="id",
        )
        content = self.sudo()._get_credit_content()
        return candidates.filtered(lambda order: order._get_credit_content() == content)[:1]

    def _get_credit_content(self):
        """What is ordered, for comparing two orders."""
        return sorted(
            (line.product_id.id, line.product_uom_id.id, line.product_uom_qty, line.price_total)
            for line in self.order_line
            if not line.display_type
        )

    def _note_twin(self, twin):
        body = self.env._(
            "%(twin)s, with the same customer and lines for %(origin)s, is already waiting for credit control, so this order was not held as well. Cancel one of the two, or confirm this one again once the other is decided.",
            twin=twin.name,
            origin=self.origin,
        )
        self.sudo().message_post(body=body, subtype_xmlid="mail.mt_note")

    def _get_held_sentence(self):
        return self.env._(
            "Held until credit control decides: %s. The reasons are on the order.",
            ", ".join(self.mapped("name")),
        )

    # === REQUEST AND RELEASE === #

    def _get_credit_request(self):
        """The order as a request on its customer's credit: the total less posted invoices (down payments, or from
        before it was reset) and online payments, at today's rate; never below 0.

        :rtype: CreditRequest
        """
        self.ensure_one()
        order = self.sudo()
        root_id, _currency_id, _decimals = order._get_credit_root()
        unpaid = max(order._get_credit_remainder() - order._get_amount_paid_unbooked(), 0.0)
        return CreditRequest(
            order.partner_invoice_id.commercial_partner_id.id,
            root_id,
            order._convert_for_credit(unpaid),
            document=self._credit_key(),
            manual=order.credit_hold_ids._get_manual_reason(),
            no_rate="" if order._has_credit_rate() else order.currency_id.name,
            payment_days=order.payment_term_id._get_credit_days(),
            schedule=order._get_credit_schedule(),
        )

    def _get_credit_root(self):
        """Root company, its currency and decimals, from the cache."""
        return self.env["res.company"]._get_credit_roots()[self.company_id.id]

    def _convert_for_credit(self, amount):
        """An amount of the order in the root company's currency, at today's rate."""
        _root_id, currency_id, _decimals = self._get_credit_root()
        if self.currency_id.id == currency_id:
            return amount
        currency = self.env["res.currency"].browse(currency_id)
        today = self.company_id._get_credit_today()
        return self.currency_id._convert(amount, currency, self.company_id, today)

    def _get_credit_schedule(self):
        """The total by expected delivery, ``((day, amount), …)`` in the company's currency at today's rate.

        Empty if no policy has a horizon: then the whole order counts, whenever it is delivered.
        """
        if not self.env["credit.policy"]._get_scopes().has_horizon:
            return ()
        start = (self.state == "sale" and self.date_order) or fields.Datetime.now()
        return tuple(
            (
                (self.commitment_date or start + timedelta(line.customer_lead)).date(),
                self._convert_for_credit(line.price_total),
            )
            for line in self.order_line
            if not line.display_type
        )

    def _get_amount_prepaid(self):
        """Amount paid for this order by any means, booked or not, in the order's currency."""
        return self._get_credit_transactions()._get_credit_amount(self)

    def _get_amount_paid_unbooked(self):
        """Amount paid online but not yet booked; once booked, the exposure contains it."""
        unbooked = self._get_credit_transactions().filtered(
            lambda transaction: (
                transaction.payment_id.state != "paid"
                and transaction.payment_id.move_id.state != "posted"
            )
        )
        return unbooked._get_credit_amount(self)

    def _get_credit_transactions(self):
        """Online transactions, except those whose payment was cancelled because it bounced."""
        return self.transaction_ids.filtered(
            lambda transaction: (
                transaction.state in ("authorized", "done")
                and transaction.payment_id.state not in ("canceled", "rejected")
            )
        )

    def _has_credit_rate(self):
        """Whether the currency has a rate: Odoo treats one without as 1:1, which a credit decision must not."""
        root_id, currency_id, _decimals = self._get_credit_root()
        if self.currency_id.id == currency_id:
            return True
        rates = self.env["res.currency.rate"].sudo()
        domain = [("currency_id", "=", self.currency_id.id), ("company_id", "in", (False, root_id))]
        return bool(rates.search_count(domain, limit=1))

    def _get_credit_asked(self):
        """Amount a release must cover: the total plus anything invoiced or delivered beyond it, less all payments,
        booked or not, and for a quotation less what is already invoiced; at today's rate."""
        order = self.sudo()
        total = order._get_credit_total()
        surplus = sum(line._get_credit_beyond() for line in order.order_line)
        invoiced = total - order._get_credit_remainder() if order.state != "sale" else 0.0
        return order.currency_id._convert(
            total + surplus - max(order._get_amount_prepaid(), invoiced),
            order.company_id.root_id.currency_id,
            order.company_id,
            self.company_id._get_credit_today(),
        )

    def _get_credit_requesters(self):
        """Who sells or wrote the order: none of them decides its hold."""
        return self.user_id | self.create_uid | self.sudo().credit_seller_ids

    def _get_credit_source(self):
        return "ordered" if self.state == "sale" else ""

    def _waits_for_confirmation(self):
        return self.state in ("draft", "sent")

    def _judge_held_locked(self, hold):
        if not hold.allowed:
            return super()._judge_held_locked(hold) if self._waits_for_confirmation() else None
        request = self._get_growth_request(hold._get_allowed_size())
        today = self.company_id._get_credit_today()
        gate = self.env["credit.gate"].sudo()
        request = replace(request, known=request.amount)
        return gate._judge_locked({self: request}, today, counted=True)[self]

    def _get_held_request(self, hold, whole=False):
        if hold.allowed and not whole:
            return replace(self._get_growth_request(hold._get_allowed_size()), source="ordered")
        request = super()._get_held_request(hold, whole)
        # what others add in the confirmation, for which it was held
        added = 0.0 if hold.allowed else hold.added
        return request.part(request.amount + added) if added else request

    def _has_own_verdict(self):
        return True

    @api.model
    def _get_passed_domain(self):
        return Domain("state", "=", "sale")

    def _confirm_released(self):
        if not self._waits_for_confirmation():
            return True
        self.with_company(self.company_id).action_confirm()
        return not self._waits_for_confirmation()

    # === ACTIONS === #

    @api.readonly
    def action_view_credit_holds(self):
        """Open the holds of this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_hold"
        )
        action.update(domain=[("order_id", "=", self.id)], context={})
        if len(self.credit_hold_ids) == 1:
            action.update(views=[(False, "form")], res_id=self.credit_hold_ids.id)
        return action
