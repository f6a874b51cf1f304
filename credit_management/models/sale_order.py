from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from itertools import repeat

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, plaintext2html

from ..rules import Demand, assess_in_turn

#: computed and stored: what the demand and the exposure of an order are read from
_DERIVED = frozenset({"amount_total", "currency_rate", "invoice_status"})


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "credit.derived.mixin"]

    credit_hold_ids = fields.One2many("credit.hold", "order_id", string="Credit Holds", copy=False)
    credit_state = fields.Selection(
        [
            ("clear", "Clear"),
            ("warning", "Warning"),
            ("held", "On credit hold"),
            ("released", "Released"),
        ],
        compute="_compute_credit_verdict",
        compute_sudo=True,
        groups="base.group_user",
        help="Clear: may be confirmed. Warning: would be held, or has a reason to look twice. Held: waits for a decision.",
    )
    credit_verdict = fields.Text(
        compute="_compute_credit_verdict",
        compute_sudo=True,
        groups="base.group_user",
        help="Every reason of the credit gate, and the way out",
    )
    credit_available = fields.Monetary(
        string="Available Credit",
        compute="_compute_credit_verdict",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups="base.group_user",
        help="What this customer may still order, in the company's currency",
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

    # === COMPUTE METHODS === #

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
        demands = {order: order._get_credit_demand() for order in judged}
        profiles = self.env["credit.profile"]
        standings = profiles._read_standings(
            {d.customer for d in demands.values()}, fields.Date.context_today(self)
        )
        for order in self - judged:
            order.credit_state, order.credit_verdict = "clear", False
            order.credit_available, order.credit_has_limit = 0.0, False
        for order, demand in demands.items():
            order._set_credit_verdict(demand, standings[demand.customer])

    def _set_credit_verdict(self, demand, standing):
        """Verdict of one order on its own, as if it were confirmed now."""
        [assessment] = assess_in_turn([demand], {demand.customer: standing}).values()
        verdict = assessment.verdict if self.state in ("draft", "sent") else "pass"
        explained = self.env["credit.profile"]._explain_verdict(assessment, self.company_id.root_id)
        self.credit_state = self._get_credit_state(verdict)
        if self.credit_state == "held" and self.state == "sale":
            explained = self.credit_hold_ids._get_pending().reason_summary
        elif self.credit_state == "held" and verdict == "pass":
            explained = self.env._("The reasons of the hold are gone. Confirm the order again.")
        elif self.credit_state == "warning" and self.state == "sale":
            explained = self._explain_request()
        self.credit_verdict = explained if self.credit_state in ("warning", "held") else False
        self.credit_has_limit = standing.available is not None
        self.credit_available = standing.available or 0.0

    def _get_credit_state(self, verdict):
        states = set(self.credit_hold_ids.mapped("state"))
        if "pending" in states:
            wants_more = self.state == "sale" and not self.credit_hold_ids._get_manual_reason()
            return "warning" if wants_more else "held"
        if "released" in states and (self.state == "sale" or self._get_credit_release()):
            return "released"
        return "clear" if verdict == "pass" else "warning"

    # === CRUD === #

    @api.model
    def _get_derived_fields(self, creating):
        return super()._get_derived_fields(creating) | _DERIVED

    @api.model_create_multi
    def create(self, vals_list):
        self = self._refuse_derived_defaults()
        vals_list = [self.browse()._refuse_derived(vals) for vals in vals_list]
        sales = any(vals.get("state") == "sale" for vals in vals_list)
        with self.env.cr.savepoint() if sales else nullcontext():
            orders = super().create(vals_list)
            orders.filtered(lambda order: order.state == "sale")._check_credit_passed()
        return orders

    def write(self, vals):
        vals = self._refuse_derived(vals)
        state = vals.get("state")
        if state and state != "cancel":
            self._hold_again_by_hand()
        becoming = self.filtered(lambda order: order.state != "sale" and state == "sale")
        passed = all(order._has_passed_credit_gate() for order in becoming)
        with nullcontext() if passed else self.env.cr.savepoint():
            result = super().write(vals)
            becoming._check_credit_passed()
        if state in ("draft", "cancel"):
            self._follow_credit_state(state)
        return result

    def _reassess_credit_soon(self):
        """What these orders ask or take from the credit changed: other holds of the customers may be free."""
        self.env["credit.hold"]._reassess_soon(self.sudo().partner_invoice_id.commercial_partner_id)

    def _follow_credit_state(self, state):
        """A quotation set back or cancelled waits for nothing, unless somebody holds it by hand."""
        for order in self.sudo():
            holds = order.credit_hold_ids
            if state == "cancel" or not holds._get_manual_reason():
                holds._cancel()
            if any(line.qty_invoiced or line.qty_delivered for line in order.order_line):
                # the release is used: what becomes of the order next asks for itself
                holds.filtered(lambda hold: hold.state == "released").state = "expired"
        self._reassess_credit_soon()

    def _hold_again_by_hand(self):
        """A cancelled order that comes back, as whatever it does, is held by hand as before."""
        for order in self.sudo().filtered(lambda order: order.state == "cancel"):
            order.credit_hold_ids._reopen_manual()

    # === THE GATE === #

    def _register_hook(self):
        """Put the gate around ``action_confirm`` as the outermost layer.

        Modules that load later (loyalty points, registrations, mails) override the method too: from inside,
        they would act on orders that are then held.
        """
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
        model_class = self.env.registry[self._name]
        if getattr(vars(model_class).get("action_confirm"), "is_credit_gate", False):
            del model_class.action_confirm
        return super()._unregister_hook()

    def _pass_credit_gate(self, confirm):
        """Confirm the orders that pass, hold the others; an order that is held never stops another.

        :param confirm: the method of all other modules
        :return: its result, or the notice of what was held
        """
        self.check_access("write")
        held = self.filtered(lambda order: order.state in ("draft", "sent"))._hold_failing()
        if not held:
            return confirm(self)
        if passing := self - held:
            confirm(passing)
        return held._get_held_notification()

    def _hold_failing(self):
        """Judge the orders at the gate and hold those that fail.

        :return: the orders held
        """
        verdicts = self._assess_at_gate()
        held = self.browse()
        for order, assessment in verdicts.items():
            if assessment.verdict == "hold":
                order._hold_for_credit(assessment)
                held |= order
            else:
                order.sudo().credit_hold_ids._cancel()
        return held

    def _assess_at_gate(self, counted=False):
        """``{order: Assessment}`` of the orders no release covers; files and orders are locked until the end.

        :param counted: whether our own figures contain the orders already, as sales
        """
        if not self:
            return {}
        gate = self.env["credit.gate"].sudo()
        self._prefetch_credit_traces()
        released = self.filtered(lambda order: order._get_credit_release())
        gate._remember_passed(order._get_credit_demand() for order in released)
        demands = {
            order: order._get_credit_demand()
            for order in self - released
            if order.partner_invoice_id
        }
        if not demands:
            return {}
        return gate._judge(demands, fields.Date.context_today(self), counted)

    def _prefetch_credit_traces(self):
        """One query in place of three: the commercial partner, and what most orders do not have, holds and payments.

        Only what is not in the cache yet is put there. Holds and payments that exist are read where they are needed.
        """
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

    def _check_credit_passed(self):
        """The second line: an order that became a sale by another way than the gate is judged here.

        :raise UserError: where the gate would have held it; nothing of it is kept
        """
        unknown = self.filtered(lambda order: not order._has_passed_credit_gate())
        for order, assessment in unknown._assess_at_gate(counted=True).items():
            if assessment.verdict == "hold":
                raise UserError(
                    self.env._(
                        "%(order)s cannot become a sale this way: it would be held by credit control."
                        " Confirm the quotation instead, and it waits for a release.\n%(verdict)s",
                        order=order.name,
                        verdict=self.env["credit.profile"]._explain_verdict(
                            assessment, order.company_id.root_id
                        ),
                    )
                )

    def _has_passed_credit_gate(self):
        """This transaction let the order pass, for this customer and no less than it asks now."""
        passed = self.env["credit.gate"]._get_passed().get(self._credit_key())
        if not passed:
            return False
        root_id, currency_id, _decimals = self._get_credit_root()
        if passed.customer != (self.partner_invoice_id.commercial_partner_id.id, root_id):
            return False
        if self.currency_id.id == currency_id and self.amount_total <= passed.amount:
            return True
        demand = self._get_credit_demand()
        return demand.amount <= passed.amount + self.currency_id.rounding

    def _hold_for_credit(self, assessment):
        hold = self.env["credit.hold"].sudo()._hold(self.sudo(), assessment)
        if self.state == "draft":
            self.write({"state": "sent"})
        body = plaintext2html(self.env._("Held by credit control.") + "\n" + hold.reason_summary)
        self.sudo().message_post(body=body, subtype_xmlid="mail.mt_note")

    def _get_held_notification(self):
        """What the one who pressed Confirm is told about the orders held."""
        return self.env["credit.hold"]._get_held_notification(
            self.env._(
                "Held until credit control decides: %s. The reasons are on the order.",
                ", ".join(self.mapped("name")),
            )
        )

    # === DEMAND AND RELEASE === #

    def _credit_key(self):
        return self._name, self._origin.id or self.id

    def _get_credit_demand(self):
        """What the order asks of its customer's credit: the total less what posted invoices (down payments, those of
        before it was set back) and payments online took off it, at today's rate; never below 0.

        :rtype: Demand
        """
        self.ensure_one()
        order = self.sudo()
        root_id, _currency_id, _decimals = order._get_credit_root()
        unpaid = max(order._get_credit_remainder() - order._get_amount_paid_unbooked(), 0.0)
        return Demand(
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
        """Root company, its currency and decimals, without reading the company each time."""
        return self.env["res.company"]._get_credit_roots()[self.company_id.id]

    def _convert_for_credit(self, amount):
        """An amount of the order in the root company's currency, at today's rate."""
        _root_id, currency_id, _decimals = self._get_credit_root()
        if self.currency_id.id == currency_id:
            return amount
        currency = self.env["res.currency"].browse(currency_id)
        today = fields.Date.context_today(self)
        return self.currency_id._convert(amount, currency, self.company_id, today)

    def _get_credit_schedule(self):
        """The total by expected delivery, ``((day, amount), …)`` in the company's currency at today's rate.

        Empty where no policy has a horizon: then all of it counts, whenever it is delivered.
        """
        if not self.env["credit.policy"]._get_countings().has_horizon:
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
        """Paid for this order, online or elsewhere, whether it is in the ledger or not; the order's currency."""
        return self._get_credit_transactions()._get_credit_amount(self)

    def _get_amount_paid_unbooked(self):
        """Paid online and not in the ledger yet: once its payment is booked, the exposure knows it."""
        unbooked = self._get_credit_transactions().filtered(
            lambda transaction: (
                transaction.payment_id.state != "paid"
                and transaction.payment_id.move_id.state != "posted"
            )
        )
        return unbooked._get_credit_amount(self)

    def _get_credit_transactions(self):
        """What was paid online, without what bounced: a payment that somebody cancelled is no money."""
        return self.transaction_ids.filtered(
            lambda transaction: (
                transaction.state in ("authorized", "done")
                and transaction.payment_id.state not in ("canceled", "rejected")
            )
        )

    def _has_credit_rate(self):
        """Odoo takes a currency without any rate for 1:1; a credit decision may not."""
        root_id, currency_id, _decimals = self._get_credit_root()
        if self.currency_id.id == currency_id:
            return True
        rates = self.env["res.currency.rate"].sudo()
        domain = [("currency_id", "=", self.currency_id.id), ("company_id", "in", (False, root_id))]
        return bool(rates.search_count(domain, limit=1))

    def _get_credit_release(self):
        """The release that covers the order as it is now: customer, amount and last day."""
        today = fields.Date.context_today(self)
        holds = self.sudo().credit_hold_ids
        releases = holds.filtered(
            lambda hold: hold.state == "released" and hold.released_until >= today
        )
        if not releases or holds._get_manual_reason():
            return releases.browse()
        customer, asked = self._get_credit_demand().customer, self._get_credit_asked()
        return releases.filtered(
            lambda hold: (
                (hold.partner_id.id, hold.company_id.id) == customer
                and hold.currency_id.compare_amounts(asked, hold.released_amount) <= 0
            )
        )[:1]

    def _get_credit_asked(self):
        """What a release must cover: the total and what was invoiced or delivered beyond it, less all that is paid,
        booked or not, and of a quotation what is invoiced already; at today's rate."""
        order = self.sudo()
        surplus = sum(line._get_credit_surplus() for line in order.order_line)
        invoiced = (
            order.amount_total - order._get_credit_remainder() if order.state != "sale" else 0.0
        )
        return order.currency_id._convert(
            order.amount_total + surplus - max(order._get_amount_prepaid(), invoiced),
            order.company_id.root_id.currency_id,
            order.company_id,
            fields.Date.context_today(self),
        )

    def _get_credit_requesters(self):
        """Who sells or wrote the order: none of them decides its hold."""
        return self.user_id | self.create_uid

    def _get_credit_source(self):
        """The source of the exposure that contains the order already, or an empty text."""
        return "ordered" if self.state == "sale" else ""

    def _get_held_demand(self, hold):
        """What the order asks now, to see whether its hold still has a reason: a sale, what it wants to grow by.

        :rtype: Demand
        """
        demand = self._get_credit_demand()
        if not self._get_credit_source():
            return demand
        growth = max(hold.amount - self._get_credit_asked(), 0.0)
        return replace(demand, amount=growth, total=demand.amount + growth, schedule=())

    def _may_release_by_itself(self):
        """A sale that wants to grow waits for the one who typed the growth."""
        return self.state in ("draft", "sent")

    def _confirm_released(self):
        """Confirm what a release lets pass; the caller has ``sudo``."""
        if self.state in ("draft", "sent"):
            self.with_company(self.company_id).action_confirm()

    # === ACTIONS === #

    @api.readonly
    def action_request_credit_release(self):
        """Ask for the release of the hold, with what speaks for it."""
        self.ensure_one()
        return self.credit_hold_ids._get_pending().action_open_request()

    @api.readonly
    def action_view_credit_holds(self):
        """The holds of this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_hold"
        )
        action.update(domain=[("order_id", "=", self.id)], context={})
        if len(self.credit_hold_ids) == 1:
            action.update(views=[(False, "form")], res_id=self.credit_hold_ids.id)
        return action
