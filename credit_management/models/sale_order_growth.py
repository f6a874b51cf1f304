import logging
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from functools import partial

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tools import formatLang, plaintext2html

from ..rules import Size, assess_in_turn, of_whole_order

_logger = logging.getLogger(__name__)

#: what :meth:`SaleOrder._get_credit_size` is made of
_FIGURES = {
    "sale.order": (
        "amount_total",
        "commitment_date",
        "company_id",
        "currency_rate",
        "date_order",
        "partner_invoice_id",
    ),
    "sale.order.line": (
        "customer_lead",
        "order_id",
        "price_total",
        "product_uom_qty",
        "qty_delivered",
    ),
}
_WATCHED = "credit_management.watched"
_GROWN = "credit_management.grown"


class SaleOrder(models.Model):
    """A confirmed order that grows, or goes to another customer, asks the gate for what it did not have.

    What nobody typed (costs, time and deliveries that the system books) passes, and credit control is told.
    """

    _inherit = "sale.order"

    def write(self, vals):
        with self._watch_growth() if self._moves_credit(vals) else nullcontext():
            return super().write(vals)

    def _recompute_prices(self):
        # EXTENDS 'sale': line after line, judged together
        with self._watch_growth():
            return super()._recompute_prices()

    def _recompute_taxes(self):
        # EXTENDS 'sale'
        with self._watch_growth():
            return super()._recompute_taxes()

    def _moves_credit(self, names):
        """One of these fields of an order can change what the order comes to, or for whom."""
        return any(self._is_credit_figure(self._name, name) for name in names)

    @api.model
    @tools.ormcache("model", "name")
    def _is_credit_figure(self, model, name):
        """A figure of the size of an order, or a field that one is computed from."""
        field = self.env[model]._fields.get(name)
        figures = {self.env[m]._fields[n] for m, names in _FIGURES.items() for n in names}
        return field in figures or not figures.isdisjoint(
            self.env.registry.get_dependent_fields(field) if field else ()
        )

    # === WATCHING === #

    @contextmanager
    def _watch_growth(self):
        """Judge by how much the confirmed orders of ``self`` grow inside the block, at the end of the outermost one.

        :raise UserError: where the gate would have held the growth; nothing of the block is kept
        """
        orders = self._get_growth_watched()
        if not orders:
            yield
            return
        with nullcontext() if self.env.su else self.env.cr.savepoint():
            before = {order: order._get_credit_size() for order in orders}
            self._get_watched_ids().update(orders.ids)
            try:
                yield
            finally:
                self._get_watched_ids().difference_update(orders.ids)
            orders.with_env(self.env)._judge_growth(before)

    def _get_growth_watched(self):
        """Confirmed orders that nobody watches yet; one that is just being created as a sale is judged whole."""
        watched = self._get_watched_ids()
        passed = self.env["credit.gate"]._get_passed()
        now = self.env.cr.now()
        return self.sudo().filtered(
            lambda order: (
                order.id
                and order.id not in watched
                and order.state == "sale"
                and (order.create_date != now or order._credit_key() in passed)
            )
        )

    def _get_watched_ids(self):
        """Orders inside a block of :meth:`_watch_growth` of this transaction."""
        return self.env.cr.postcommit.data.setdefault(_WATCHED, set())

    def _get_credit_size(self):
        """What the order may come to, as the exposure counts it.

        :rtype: Size
        """
        order = self.sudo()
        surplus = sum(line._get_credit_surplus() for line in order.order_line)
        return Size(
            (order.partner_invoice_id.commercial_partner_id.id, order.company_id.root_id.id),
            (order.amount_total + surplus) / (order.currency_rate or 1.0),
            order._get_credit_schedule(),
        )

    def _judge_growth(self, before):
        """:param before: ``{order: Size}``"""
        grown = self.sudo().filtered(
            lambda order: order.state == "sale" and order._get_growth(before[order])
        )
        if self.env.su:
            grown._remember_grown(before)
        elif grown:
            self._pass_growth({order: order._get_growth_demand(before[order]) for order in grown})

    def _get_growth(self, before):
        """What the exposure of the customer gains: the growth, and for a new customer all that is open.

        :param Size before: the order as it was
        """
        size = self._get_credit_size()
        if size.customer != before.customer:
            return self._get_credit_open(size.customer)
        rounding = self.company_id.currency_id.rounding
        nearer = self._get_nearer(size, before) if size.schedule != before.schedule else 0.0
        return max(size.growth(before, rounding), nearer if nearer >= rounding / 2 else 0.0)

    def _get_nearer(self, size, before):
        """What comes into the horizon of the customer's policy, which did not count it so far."""
        today = fields.Date.context_today(self)
        standings = self.env["credit.profile"].sudo()._read_standings({size.customer}, today)
        days = standings[size.customer].policy.horizon_days
        if days is None:
            return 0.0
        last = today + timedelta(days)
        return size.due_until(last) - before.due_until(last)

    def _get_credit_open(self, customer):
        """What the order contributes to the exposure of its customer: not invoiced yet."""
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

    def _get_growth_demand(self, before):
        """The growth as a demand of its own; what is paid online is not asked.

        :rtype: Demand
        """
        whole = self._get_credit_demand()
        number = len(self.env["credit.gate"]._get_passed())
        growth = whole.part(max(min(self._get_growth(before), whole.amount), 0.0))
        # which line grew is not told apart: all of it counts with the first delivery
        first = growth.schedule and ((min(growth.schedule)[0], growth.amount),)
        key = (*whole.document, "growth", number)
        return replace(growth, total=whole.amount, schedule=first, document=key)

    # === THE GATE === #

    def _pass_growth(self, demands):
        """Let pass what a release covers or the gate grants.

        :param demands: ``{order: Demand}``
        :raise UserError: for what would be held; a release of the new total is requested
        """
        gate = self.env["credit.gate"].sudo()
        released = {order: d for order, d in demands.items() if order._get_credit_release()}
        gate._remember_passed(released.values())
        held = {}
        for order, assessment in self._assess_growth(
            demands.keys() - released.keys(), demands
        ).items():
            if assessment.verdict == "hold":
                held[order] = of_whole_order(assessment, order._get_credit_asked())
            else:
                order._close_requests()
        if held:
            self._request_after_rollback(held)
            raise UserError("\n\n".join(order._refuse_growth(a) for order, a in held.items()))

    def _assess_growth(self, orders, demands):
        """``{order: Assessment}``, with files and orders locked as at a confirmation."""
        judged = {order: demand for order, demand in demands.items() if order in orders}
        if not judged:
            return {}
        gate = self.env["credit.gate"].sudo()
        return gate._judge(judged, fields.Date.context_today(self), counted=True)

    def _close_requests(self):
        """The order grew as far as somebody asked, without a release: nothing to decide any more."""
        total = self._get_credit_asked()
        self.credit_hold_ids.filtered(
            lambda hold: hold.currency_id.compare_amounts(hold.amount, total) <= 0
        )._cancel()

    def _refuse_growth(self, assessment):
        """Why the order stays as it was, and what to do."""
        company = self.company_id.root_id
        return self.env._(
            "%(order)s cannot become %(total)s: credit control would hold it. Nothing was changed, and"
            " a release up to this total was requested. Enter the change again once it is released.\n%(verdict)s",
            order=self.name,
            total=formatLang(self.env, assessment.demand.amount, currency_obj=company.currency_id),
            verdict=self.env["credit.profile"]._explain_verdict(assessment, company),
        )

    # === REQUEST FOR RELEASE === #

    def _request_after_rollback(self, assessments):
        """The refusal undoes this transaction; the request is filed in one of its own, once it is over.

        Whoever swallows the refusal and commits leaves the request too. One of the two queues is cleared when
        the other one runs.

        :param assessments: ``{order: Assessment}`` of the new totals
        """
        kept = {key: self.env.context.get(key) for key in ("lang", "tz", "allowed_company_ids")}
        requests = {order.id: assessment for order, assessment in assessments.items()}
        file = partial(type(self)._file_requests, self.env.registry, self.env.uid, kept, requests)
        self.env.cr.postrollback.add(file)
        self.env.cr.postcommit.add(file)

    @staticmethod
    def _file_requests(registry, uid, context, requests):
        try:
            with registry.cursor() as cr:
                env = api.Environment(cr, uid, context)
                retrying(partial(env["sale.order"]._request_releases, requests), env)
        except Exception:  # the connection that is being given back must not break
            _logger.exception("The request for release of orders %s was not filed", list(requests))

    @api.model
    def _request_releases(self, requests):
        """Hold the growth of confirmed orders: somebody decides, then it can be entered again.

        :param requests: ``{order id: Assessment}`` of the new totals
        """
        for order in self.sudo().browse(requests).exists():
            assessment = requests[order.id]
            if order.state != "sale":
                continue
            partner_id, company_id = assessment.demand.customer
            profile = (
                self.env["credit.profile"]
                .sudo()
                ._ensure(
                    self.env["res.partner"].browse(partner_id),
                    self.env["res.company"].browse(company_id),
                )
            )
            self.env["credit.gate"].sudo()._lock({assessment.demand.customer}, order)
            standing = replace(assessment.standing, profile_id=profile.id)
            hold = (
                self.env["credit.hold"].sudo()._hold(order, replace(assessment, standing=standing))
            )
            order._note_request(hold)

    def _explain_request(self):
        """That a confirmed order waits to grow."""
        hold = self.sudo().credit_hold_ids.filtered(lambda hold: hold.state == "pending")[:1]
        return self.env._(
            "Growth to %(total)s waits for a release by credit control. The order as it is goes on.",
            total=formatLang(self.env, hold.amount, currency_obj=hold.currency_id),
        )

    def _note_request(self, hold):
        body = self.env._(
            "Growth to %(total)s refused by credit control; a release is requested.",
            total=formatLang(self.env, hold.amount, currency_obj=hold.currency_id),
        )
        self.message_post(
            body=plaintext2html(body + "\n" + hold.reason_summary), subtype_xmlid="mail.mt_note"
        )

    # === GROWTH NOBODY TYPED === #

    def _remember_grown(self, before):
        """Tell credit control at the end of the transaction, once for all that the system booked in it."""
        precommit = self.env.cr.precommit
        if self and _GROWN not in precommit.data:
            precommit.add(self.env["sale.order"].sudo()._alert_grown)
        for order in self:
            precommit.data.setdefault(_GROWN, {}).setdefault(order.id, before[order])

    @api.model
    def _alert_grown(self):
        sizes = self.env.cr.precommit.data.pop(_GROWN, {})
        for order in self.browse(sizes).exists():
            demand = order._get_growth_demand(sizes[order.id])
            if order.state == "sale" and demand.amount:
                order._alert_of_growth(order._assess_booked(demand), demand.amount)

    def _assess_booked(self, demand):
        """The verdict on growth that is in our own figures already. Reads only, takes no lock."""
        standings = self.env["credit.profile"]._read_standings(
            {demand.customer}, fields.Date.context_today(self)
        )
        standing = standings[demand.customer].less(demand)
        return assess_in_turn([demand], {demand.customer: standing})[demand]

    def _alert_of_growth(self, assessment, growth):
        """A message on the order and something to do for credit control, when the gate would have held it."""
        if assessment.verdict != "hold":
            return
        company = self.company_id.root_id
        sentence = self.env._(
            "%(order)s grew by %(growth)s through costs, time or deliveries booked on it."
            " Credit control would have held it.",
            order=self.name,
            growth=formatLang(self.env, growth, currency_obj=company.currency_id),
        )
        verdict = self.env["credit.profile"]._explain_verdict(assessment, company)
        body = plaintext2html(sentence + "\n" + verdict)
        self.message_post(body=body, subtype_xmlid="mail.mt_note")
        self._schedule_alert(assessment, body)

    def _schedule_alert(self, assessment, note):
        """One activity on the credit file, to whom a hold would go: the analyst, else the lowest authority."""
        today = fields.Date.context_today(self)
        profile = self.env["credit.profile"].sudo()
        profile = profile._ensure(
            self.partner_invoice_id.commercial_partner_id, self.company_id.root_id
        )
        hold = self.env["credit.hold"].new(
            {
                **self.env["credit.hold"]._prepare_hold_vals(self, assessment),
                "profile_id": profile.id,
            }
        )
        user = hold._get_analyst() or hold._get_authorities()[:1]._get_holders(today)[:1]
        summary = self.env._("Look at %s, which grew by itself", self.name)
        if user and summary not in profile.activity_ids.mapped("summary"):
            profile.with_context(mail_activity_automation_skip=False).activity_schedule(
                "mail.mail_activity_data_todo", user_id=user.id, summary=summary, note=note
            )
