"""How each kind of customer orders and pays."""

from dataclasses import dataclass
from datetime import timedelta

from .dates import due_date, month_start, payment_day
from .tables import keyed


@dataclass(frozen=True)
class Payment:
    """A share of an invoice, paid on a day."""

    day: object
    share: float
    method: str = "transfer"


def orders_in(payer, today, months_ago):
    """Whether a customer of this kind orders in that month."""
    row = keyed("payers")[payer]
    season = [int(month) for month in row["months"].split()]
    silent = row["stopped_ordering"] and months_ago < int(row["stopped_ordering"])
    return not silent and (not season or month_start(today, months_ago).month in season)


def trend(payer, months_ago, months):
    """What orders are worth, compared with the customer's average: some grow, some shrink."""
    last = float(keyed("payers")[payer]["trend"])
    first = 2 - last if last < 1 else 1 / last
    return last + (first - last) * months_ago / months


def is_disputed(payer, rng):
    """Whether a customer of this kind contests this invoice."""
    return rng.random() < float(keyed("payers")[payer]["disputed"])


def payments(payer, terms, invoiced, today, rng):
    """What a customer of this kind has paid of an invoice by today."""
    row = keyed("payers")[payer]
    due = due_date(invoiced, terms)
    # an invoice is not forgotten for ever: only the last ones are unpaid
    forgotten = rng.random() < float(row["unpaid"]) and due > today - timedelta(days=100)
    if forgotten or _stopped(row, due, today):
        return ()
    return tuple(part for part in _parts(row, due, invoiced, rng) if part.day < today)


def _stopped(row, due, today):
    return bool(row["stopped_paying"]) and due >= month_start(today, int(row["stopped_paying"]))


def _parts(row, due, invoiced, rng):
    """One payment, or two with a month between them."""
    late = rng.randint(int(row["earliest"]), int(row["latest"]))
    first = max(invoiced, payment_day(due + timedelta(days=late)))
    if int(row["parts"]) == 1:
        return (Payment(first, 1.0, row["method"]),)
    second = payment_day(first + timedelta(days=rng.randint(25, 45)))
    return (
        Payment(first, rng.choice((0.4, 0.5, 0.6)), row["method"]),
        Payment(second, 1.0, row["method"]),
    )
