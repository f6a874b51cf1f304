from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import formatLang

from ..rules import Size, assess_in_turn

#: fields :meth:`SaleOrder._get_credit_size` depends on
_FIGURES = {
    "sale.order": (
        "amount_total",
        "commitment_date",
        "company_id",
        "currency_rate",
        "date_order",
        "partner_invoice_id",
        "payment_term_id",
    ),
    "sale.order.line": (
        "customer_lead",
        "order_id",
        "price_total",
        "product_uom_qty",
        "qty_delivered",
    ),
}
#: fields that *Revert to Approved Order* restores
RESTORED = {
    "sale.order": ("partner_id", "partner_invoice_id", "payment_term_id", "commitment_date"),
    "sale.order.line": ("product_uom_qty", "price_unit", "discount", "tax_ids", "customer_lead"),
}
_WATCHED = "credit_management.watched"
_FIRST = "credit_management.first_size"
_GROWN = "credit_management.grown"


class SaleOrder(models.Model):
    """A confirmed order that increases, or changes customer, keeps the change and passes it through the gate.

    If held, deliveries and invoices of the increase wait. What the system books (costs, time, deliveries) passes, and
    credit control is alerted.
    """

    _inherit = "sale.order"

    def _recompute_prices(self):
        # EXTENDS 'sale': lines change one by one, but are checked together
        with self._watch_growth():
            return super()._recompute_prices()

    def _recompute_taxes(self):
        # EXTENDS 'sale'
        with self._watch_growth():
            return super()._recompute_taxes()

    def _moves_credit(self, names):
        """Whether one of these fields can change the amount or customer of an order."""
        return any(self._is_credit_figure(self._name, name) for name in names)

    @api.model
    @tools.ormcache("model", "name")
    def _is_credit_figure(self, model, name):
        """Whether a field is part of an order's size, or one that is computed from."""
        field = self.env[model]._fields.get(name)
        figures = {self.env[m]._fields[n] for m, names in _FIGURES.items() for n in names}
        return field in figures or not figures.isdisjoint(
            self.env.registry.get_dependent_fields(field) if field else ()
        )

    # === WATCHING === #

    @contextmanager
    def _watch_growth(self):
        """Check by how much the confirmed orders of ``self`` increase inside the block, at the end of the outermost
        one.

        Users who change the amount of a waiting quotation become requesters of its release.
        """
        orders = self._get_growth_watched()
        if not orders:
            yield
            return
        before = {order: order._get_credit_snapshot() for order in orders}
        watched = self._get_watched_ids()
        watched.update(orders.ids)
        try:
            yield
        finally:
            watched.difference_update(orders.ids)
        orders = orders.exists().with_env(self.env)
        orders.filtered(lambda order: order.state == "sale")._judge_growth(before)
        orders.filtered(lambda order: order.state != "sale")._note_requester(before)

    def _get_growth_watched(self):
        """Orders not watched yet: confirmed, or held as quotations.

        An order being created as confirmed is checked in full.
        """
        watched = self._get_watched_ids()
        unwatched = self.sudo().filtered(lambda order: order.id and order.id not in watched)
        waiting = unwatched.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and not self.env.su
                and order.credit_hold_ids._get_pending()
            )
        )
        sales = unwatched.filtered(lambda order: order.state == "sale")
        now = self.env.cr.now()
        if fresh := sales.filtered(lambda order: order.create_date == now):
            passed = self.env["credit.gate"]._get_passed()
            sales -= fresh.filtered(lambda order: order._credit_key() not in passed)
        return sales | waiting

    def _get_watched_ids(self):
        """Ids of orders inside a :meth:`_watch_growth` block of this transaction."""
        return self.env.cr.postcommit.data.setdefault(_WATCHED, set())

    def _get_credit_size(self):
        """The largest amount the order may lead to, as the exposure counts it.

        :rtype: Size
        """
        order = self.sudo()
        beyond = sum(line._get_credit_beyond() for line in order.order_line)
        return Size(
            (order.partner_invoice_id.commercial_partner_id.id, order.company_id.root_id.id),
            (order._get_credit_total() + beyond) / (order.currency_rate or 1.0),
            order._get_credit_schedule(),
            order.payment_term_id._get_credit_instalments(order.amount_total),
        )

    def _get_credit_snapshot(self):
        """Size, and the values to restore on a refusal.

        :rtype: dict
        """
        order = self.sudo()
        lines = order.order_line.filtered(lambda line: not line.display_type)
        return {
            "size": order._get_credit_size(),
            "order": order._read_restored(),
            "lines": {
                str(line.id): {**line._read_restored(), "total": line.price_total} for line in lines
            },
        }

    def _note_requester(self, before):
        """Add the current user to the requesters of quotations whose amount changed while waiting."""
        for order in self:
            changed = order._get_credit_snapshot() != before[order]
            if changed and (hold := order.sudo().credit_hold_ids._get_pending()):
                hold.requester_ids = [Command.link(self.env.uid)]

    # === JUDGING === #

    def _judge_growth(self, before):
        """:param before: ``{order: snapshot}``"""
        sizes = {order: before[order]["size"] for order in self}
        if self.env.su:
            self.filtered(lambda order: order._get_growth(sizes[order]))._remember_grown(sizes)
            return
        first = self.env.cr.postcommit.data.setdefault(_FIRST, {})
        allowed = {}
        for order in self:
            first.setdefault(order.id, sizes[order])
            if snapshot := order._get_allowed_snapshot(before[order]):
                allowed[order] = snapshot
        grown = self.browse(order.id for order in allowed)
        grown._pass_growth(allowed)

    def _get_allowed_snapshot(self, before):
        """The approved snapshot if the order has just exceeded it, otherwise ``None``; cancels holds that became
        pointless."""
        hold = self._get_growth_hold()
        size = self._get_credit_size()
        if not hold:  # the refused increase no longer exists
            self.sudo().credit_hold_ids.filtered("allowed")._forget_refused()
        if hold.state == "pending":
            if not self._get_growth(hold._get_allowed_size()):
                hold._cancel()
                return None
            return hold._get_allowed_snapshot() if size != before["size"] else None
        if not self._get_growth(before["size"]):
            return None
        return hold._get_allowed_snapshot() if hold else before

    def _get_growth_hold(self):
        """The hold of an unapproved increase: pending, or refused but still present; with ``sudo``."""
        if self.state != "sale":
            return self.env["credit.hold"].sudo()
        last = self.sudo().credit_hold_ids.filtered("allowed").sorted("id")[-1:]
        if last.state == "refused" and self._get_growth(last._get_allowed_size()):
            return last
        return last._get_pending()

    def _get_growth(self, before):
        """Increase of the customer's exposure: the increase, or everything open where the whole order is checked.

        :param Size before: the order before the change
        """
        size = self._get_credit_size()
        if size.is_asked_whole(before):
            return self._get_credit_open(size.customer)
        rounding = self.company_id.currency_id.rounding
        nearer = self._get_nearer(size, before) if size.schedule != before.schedule else 0.0
        return max(size.growth(before, rounding), nearer if nearer >= rounding / 2 else 0.0)

    def _get_nearer(self, size, before):
        """Amount that moves into the policy's horizon and did not count so far."""
        today = self.company_id._get_credit_today()
        positions = self.env["credit.profile"].sudo()._read_positions({size.customer}, today)
        days = positions[size.customer].policy.horizon_days
        if days is None:
            return 0.0
        last = today + timedelta(days)
        return size.due_until(last) - before.due_until(last)

    def _get_credit_open(self, customer):
        """Contribution of the order to its customer's exposure: not yet invoiced."""
        [[amount]] = (
            self.env["credit.exposure"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "=", customer[0]),
                    ("res_model", "=", "sale.order"),
                    ("res_id", "in", self.ids),
                ],
                aggregates=["amount:sum"],
            )
        )
        return amount or 0.0

    def _get_growth_request(self, before):
        """The increase as a separate request, less online payments.

        :param Size before: the order before the change
        :rtype: CreditRequest
        """
        whole = self._get_credit_request()
        growth = whole.part(max(min(self._get_growth(before), whole.amount), 0.0))
        # the increase is not split by line: all of it counts with the first delivery
        first = growth.schedule and ((min(growth.schedule)[0], growth.amount),)
        key = (*whole.document, "growth", len(self.env["credit.gate"]._get_passed()))
        return replace(growth, total=self._get_credit_asked(), schedule=first, document=key)

    def _pass_growth(self, allowed):
        """Let increases pass that a release or the gate allows, and hold the rest.

        :param allowed: ``{order: snapshot}``
        """
        if not self:
            return
        sizes = {order: allowed[order]["size"] for order in self}
        requests = {order: order._get_growth_request(sizes[order]) for order in self}
        gate = self.env["credit.gate"].sudo()
        released = self.filtered(lambda order: order._is_growth_released(sizes[order]))
        gate._remember_passed(requests[order] for order in released)
        judged = {
            order: replace(requests[order], known=order._get_known(requests[order].amount))
            for order in self - released
        }
        today = self.company_id._get_credit_today()
        verdicts = gate._judge_locked(judged, today, counted=True) if judged else {}
        for order in self:
            if order in verdicts and verdicts[order].verdict == "hold":
                order._hold_growth(verdicts[order], allowed[order])
            else:
                order._get_growth_hold()._cancel()

    def _is_growth_released(self, before):
        """Whether a release covers the increase; a release of an amount does not cover later payment."""
        return not self._get_credit_size().is_asked_whole(before) and bool(
            self._get_credit_release()
        )

    def _get_known(self, asked):
        """Part of an increase others already see, because it was saved and held in an earlier transaction."""
        first = self.env.cr.postcommit.data[_FIRST][self.id]
        size = self._get_credit_size()
        if size.customer != first.customer:
            return 0.0
        return max(asked - size.growth(first), 0.0)

    # === HOLDING === #

    def _hold_growth(self, assessment, allowed):
        """Hold the increase; the hold shows the whole order's total, and the exposure without it."""
        total, growth = self._get_credit_asked(), assessment.request.amount
        self._hold_for_credit(
            assessment,
            amount=total,
            exposure=assessment.position.exposure - (total - growth),
            added=growth,
            allowed=self._dump_snapshot(allowed),
        )

    @api.model
    def _dump_snapshot(self, snapshot):
        """Snapshot as JSON, for :meth:`_load_snapshot`."""
        size = snapshot["size"]
        return {
            **snapshot,
            "size": {
                "customer": size.customer,
                "amount": size.amount,
                "schedule": [(day.isoformat(), amount) for day, amount in size.schedule],
                "terms": size.terms,
            },
        }

    @api.model
    def _load_snapshot(self, values):
        size = values["size"]
        return {
            **values,
            "size": Size(
                tuple(size["customer"]),
                size["amount"],
                tuple((date.fromisoformat(day), amount) for day, amount in size["schedule"]),
                tuple(tuple(instalment) for instalment in size["terms"]),
            ),
        }

    def _explain_growth(self, hold):
        """Sentence on what waits, what proceeds, and how to revert."""
        amounts = {
            "added": formatLang(self.env, hold.added, currency_obj=hold.currency_id),
            "total": formatLang(self.env, hold.amount, currency_obj=hold.currency_id),
        }
        if hold.state == "refused":
            return self.env._(
                "Credit control refused the increase of %(added)s to %(total)s: it will be neither delivered nor invoiced."
                ' Press "Revert to Approved Order", or change the order yourself.',
                **amounts,
            )
        return self.env._(
            "The order was increased by %(added)s to %(total)s and is waiting for credit control. What was approved before proceeds; the increase can be delivered and invoiced once released.",
            **amounts,
        )

    # === WHAT WAITS === #

    def _nothing_to_invoice_error_message(self):
        # EXTENDS 'sale'
        message = super()._nothing_to_invoice_error_message()
        if grown := self.filtered(lambda order: order._get_growth_hold()):
            names = ", ".join(grown.mapped("name"))
            message += "\n\n" + self.env._(
                "%s was increased, and credit control has not released the increase. Only what was approved before can be invoiced.",
                names,
            )
        return message

    def action_credit_back(self):
        """Revert a confirmed order to what was approved before the increase."""
        self.ensure_one()
        self.check_access("write")
        hold = self._get_growth_hold()
        if not hold:
            raise UserError(
                self.env._(
                    "%s is not above what was approved. There is nothing to revert.", self.name
                )
            )
        allowed = hold._get_allowed_snapshot()
        commands = [
            Command.update(line.id, values)
            for line in self.order_line
            if not line.display_type
            and (values := line._get_restored(allowed["lines"].get(str(line.id))))
        ]
        self.write({**self._get_restored(allowed["order"]), "order_line": commands})
        self.message_post(
            body=self.env._("Reverted to what credit control had approved."),
            subtype_xmlid="mail.mt_note",
        )
        return True

    def _read_restored(self):
        return self._read_credit_values_of(self, RESTORED["sale.order"])

    @api.model
    def _read_credit_values_of(self, record, names):
        """Values in the form in which they are stored as JSON and written back."""
        values = {}
        for name in names:
            field, value = record._fields[name], record[name]
            if field.type == "many2many":
                values[name] = [[Command.SET, 0, value.ids]]
            elif field.type == "datetime":
                values[name] = fields.Datetime.to_string(value)
            else:
                values[name] = field.convert_to_write(value, record)
        return values

    def _get_restored(self, values):
        """The earlier values that differ and must be written back."""
        now = self.sudo()._read_restored()
        return {name: value for name, value in values.items() if value != now[name]}

    # === GROWTH NOBODY TYPED === #

    def _remember_grown(self, before):
        """Alert credit control at the end of the transaction, once for everything the system booked in it."""
        precommit = self.env.cr.precommit
        if self and _GROWN not in precommit.data:
            precommit.add(self.env["sale.order"].sudo()._alert_grown)
        for order in self:
            precommit.data.setdefault(_GROWN, {}).setdefault(order.id, before[order])

    @api.model
    def _alert_grown(self):
        sizes = self.env.cr.precommit.data.pop(_GROWN, {})
        for order in self.browse(sizes).exists():
            request = order._get_growth_request(sizes[order.id])
            if order.state == "sale" and request.amount:
                order._alert_of_growth(order._assess_booked(request), request.amount)

    def _assess_booked(self, request):
        """The verdict on an increase already in our own figures. Read-only, takes no lock."""
        positions = self.env["credit.profile"]._read_positions(
            {request.customer}, self.company_id._get_credit_today()
        )
        position = positions[request.customer].less(request)
        return assess_in_turn([request], {request.customer: position})[request]

    def _alert_of_growth(self, assessment, growth):
        """Post a message on the order and alert credit control if the gate would have held it."""
        if assessment.verdict != "hold":
            return
        company = self.company_id.root_id
        sentence = self.env._(
            "%(order)s increased by %(growth)s through costs, time or deliveries booked on it. Credit control would have held it.",
            order=self.name,
            growth=formatLang(self.env, growth, currency_obj=company.currency_id),
        )
        verdict = self.env["credit.profile"]._explain_verdict(assessment, company)
        self.message_post(body=sentence, subtype_xmlid="mail.mt_note")
        summary = self.env._("Review %s: its total increased automatically", self.name)
        self.env["credit.hold"]._schedule_alert(assessment, summary, sentence + "\n" + verdict)
