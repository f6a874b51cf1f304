"""Sixteen months of orders, deliveries, invoices, credit notes and payments."""

from dataclasses import dataclass
from datetime import timedelta
from math import floor
from random import Random

from . import payers
from .dates import MONTHS, month_end, month_start, working_day
from .tables import rows


@dataclass(frozen=True)
class Invoice:
    """An invoice, what was credited of it and what was paid."""

    day: object
    draft: bool = False
    credited: object = None  # the day of its credit note
    payments: tuple = ()


@dataclass(frozen=True)
class Delivery:
    """The share of an order delivered by a day, and its invoice."""

    day: object
    share: float
    invoice: Invoice | None = None


@dataclass(frozen=True)
class Order:
    """An order of a customer to one of our places."""

    customer: str
    place: str
    day: object
    lines: tuple  # of (product, quantity)
    deliveries: tuple = ()


def orders(today, months=MONTHS):
    """Every order of the last months up to yesterday, oldest first."""
    found = [order for row in rows("customers") for order in _customer_orders(row, today, months)]
    return sorted(found, key=lambda order: (order.day, order.customer))


def in_month(found, today, months_ago):
    """Those of the orders that were placed in that month."""
    first = month_start(today, months_ago)
    return [order for order in found if first <= order.day <= month_end(first)]


def basket(worth, rng):
    """One to three products whose price comes near the worth."""
    chosen = rng.sample(rows("products"), rng.randint(1, 3))
    part = worth / len(chosen)
    return tuple((row["code"], max(1, round(part / float(row["price"])))) for row in chosen)


def _customer_orders(row, today, months):
    # one generator a customer and month: a new customer does not change the others
    for months_ago in range(months, -1, -1):
        rng = Random(f"{row['code']} {months - months_ago}")
        if payers.orders_in(row["payer"], today, months_ago):
            yield from _month_orders(row, today, months_ago, months, rng)


def _month_orders(row, today, months_ago, months, rng):
    first = month_start(today, months_ago)
    for _number in range(_count(row, months - months_ago)):
        day = working_day(first + timedelta(days=rng.randrange(28)))
        worth = float(row["monthly"]) / float(row["rate"]) * rng.uniform(0.6, 1.4)
        worth *= payers.trend(row["payer"], months_ago, months)
        order = _order(row, day, basket(worth, rng), today, rng)
        if day < today:
            yield order


def _count(row, month):
    """Orders of a month: by the rate, evenly, each customer from a beginning of its own."""
    rate, start = float(row["rate"]), Random(row["code"]).random()
    return floor(rate * (month + 1) + start) - floor(rate * month + start)


def _order(row, day, lines, today, rng):
    place = rng.choice(row["places"].split())
    deliveries = tuple(_deliveries(row, day, today, rng))
    return Order(row["code"], place, day, lines, deliveries)


def _deliveries(row, ordered, today, rng):
    """All at once, or for one order in six in two parts, each with its invoice."""
    day = working_day(ordered + timedelta(days=rng.randint(3, 28)))
    shares = (0.5, 1.0) if rng.random() < 0.17 else (1.0,)
    for share in shares:
        invoice = _invoice(row, day, today, rng)
        if day < today:
            yield Delivery(day, share, invoice)
        day = working_day(day + timedelta(days=rng.randint(12, 40)))


def _invoice(row, delivered, today, rng):
    day = working_day(delivered + timedelta(days=rng.randint(0, 6)))
    paid = payers.payments(row["payer"], row["terms"], day, today, rng)
    credited = _credited(row, day, paid, today, rng)
    if day >= today:
        return None
    draft = (today - day).days <= 7 and rng.random() < 0.7
    return Invoice(day, draft, credited, () if draft else paid)


def _credited(row, day, paid, today, rng):
    """A contested invoice is credited before it is paid."""
    wait = rng.randint(5, 18)
    if not payers.is_disputed(row["payer"], rng):
        return None
    credited = working_day(min([day + timedelta(days=wait), *(part.day for part in paid[:1])]))
    return credited if day < credited < today else None
