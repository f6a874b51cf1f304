"""Sixteen months of business, played month by month, in batches."""

from dataclasses import dataclass, field
from datetime import datetime, time

from demo_plan import story
from demo_plan.dates import MONTHS, month_end, month_start

from . import answers, billing, cash, delivery, reminders
from .customers import customer
from .names import named, settle


@dataclass(eq=False)
class Case:
    """An order of the story, the document it became, and its invoices by part."""

    order: story.Order
    document: object = None
    moves: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Span:
    """The days from the first to the last one."""

    first: object
    last: object

    def __contains__(self, day):
        return day is not None and self.first <= day <= self.last


def load(env, today, progress):
    """Play every month: what was ordered, delivered, invoiced, credited and paid in it."""
    cases = [Case(order) for order in story.orders(today)]
    for months_ago in range(MONTHS, -1, -1):
        first = month_start(today, months_ago)
        last = month_end(first)
        _month(env, cases, Span(first, last))
        if 0 < months_ago <= reminders.MONTHS:
            reminders.month(env, last)
            answers.month(env, last)
        settle(env)
        progress(f"month {MONTHS - months_ago + 1} of {MONTHS + 1}")
    return cases


def noon(day):
    """The middle of a day, the same day in every time zone of ours."""
    return datetime.combine(day, time(12))


def order_values(env, code, place, lines, day):
    """An order of a customer to one of our places."""
    partner = customer(env, code)
    return {
        "partner_id": partner.id,
        "company_id": named(env, "company", place).id,
        "user_id": partner.user_id.id,
        "date_order": noon(day),
        "order_line": [
            (0, 0, {"product_id": named(env, "product", product).id, "product_uom_qty": quantity})
            for product, quantity in lines
        ],
    }


def _month(env, cases, span):
    _confirm(env, [case for case in cases if case.order.day in span])
    for part in (0, 1):
        reached = [case for case in cases if len(case.order.deliveries) > part]
        delivery.deliver(
            env, [case for case in reached if case.order.deliveries[part].day in span], part
        )
        billing.invoice(env, [case for case in reached if _invoice_day(case, part) in span], part)
    billing.credit(env, cases, span)
    cash.collect(env, cases, span)


def _invoice_day(case, part):
    invoice = case.order.deliveries[part].invoice
    return invoice and invoice.day


def _confirm(env, cases):
    """Confirming dates an order of today: its own day is written after it."""
    for place, group in by_place(cases).items():
        company = named(env, "company", place)
        orders = _create(env, company, [case.order for case in group])
        orders.action_confirm()
        for case, document in zip(group, orders, strict=True):
            case.document = document.with_env(env)
            document.date_order = noon(case.order.day)


def _create(env, company, orders):
    values = [
        order_values(env, order.customer, order.place, order.lines, order.day) for order in orders
    ]
    return env["sale.order"].with_company(company).create(values)


def by_place(cases):
    """The cases of each of our companies."""
    return {
        place: [case for case in cases if case.order.place == place]
        for place in sorted({case.order.place for case in cases})
    }
