"""Settlement of commission: legal payment deadline of agents, amounts paid out, carried over and accrued.

Sources: Code de commerce L134-9 (an agent's commission is payable by the last day of the month after the quarter in which it was earned) and Code du travail L7313-7 (a VRP is paid at least every three months). Amounts are in the company's currency, without taxes.
"""

from datetime import date, timedelta

from .periods import MONTHS, period_end, period_start


def period_before(day: date, length: str) -> tuple[date, date]:
    """First and last day of the period before the one that contains ``day``.

    >>> period_before(date(2026, 1, 2), "month")
    (datetime.date(2025, 12, 1), datetime.date(2025, 12, 31))
    >>> period_before(date(2026, 11, 22), "quarter")
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    """
    last = period_start(day, length) - timedelta(days=1)
    return period_start(last, length), last


def length_of(first: date, last: date) -> str | None:
    """Whether two days delimit a month, a quarter or a year.

    >>> length_of(date(2026, 7, 1), date(2026, 9, 30)), length_of(date(2026, 7, 2), date(2026, 9, 30))
    ('quarter', None)
    """
    whole = (length for length in MONTHS if _bounds(first, length) == (first, last))
    return next(whole, None)


def _bounds(day, length):
    """First and last day of the period that contains a day."""
    return period_start(day, length), period_end(day, length)


def due_date(day: date) -> date:
    """Last day to pay an agent for commission earned on ``day``: the end of the month after its quarter.

    >>> [due_date(date(2026, month, 1)).isoformat() for month in (1, 3, 4, 9, 12)]
    ['2026-04-30', '2026-04-30', '2026-07-31', '2026-10-31', '2027-01-31']
    """
    return period_end(period_end(day, "quarter") + timedelta(days=1), "month")


def last_day_to_pay(first: date, last: date) -> date:
    """Last day to pay an agent for a period; a period longer than a quarter is due with its first quarter.

    >>> last_day_to_pay(date(2026, 10, 1), date(2026, 10, 31)), last_day_to_pay(date(2026, 1, 1), date(2026, 12, 31))
    (datetime.date(2027, 1, 31), datetime.date(2026, 4, 30))
    """
    return due_date(min(last, period_end(first, "quarter")))


def split_total(total: float) -> tuple[float, float]:
    """The amounts paid out and carried over to the next statement; one of them is 0.

    A negative total is never claimed from the person: it reduces the next statements.

    >>> split_total(120.5), split_total(-40.0), split_total(0.0)
    ((120.5, 0.0), (0.0, -40.0), (0.0, 0.0))
    """
    return (total, 0.0) if total > 0 else (0.0, total or 0.0)


def kept(total: float, advances: float) -> float:
    """The unearned part of advances that the person may keep.

    :param total: total of the statement after all advances
    :param advances: advances that are not claimed back

    >>> kept(-40.0, 100.0), kept(-140.0, 100.0), kept(20.0, 100.0)
    (40.0, 100.0, 0.0)
    """
    return min(max(-total, 0.0), advances)


def carry(amounts, opening: float = 0.0) -> tuple[list[float], float]:
    """The payouts of consecutive periods with entries totalling ``amounts``, and the balance carried over.

    >>> carry([100.0, -150.0, 30.0, 200.0])
    ([100.0, 0.0, 0.0, 80.0], 0.0)
    >>> carry([-50.0, 20.0])
    ([0.0, 0.0], -30.0)
    """
    payouts = []
    for amount in amounts:
        payout, opening = split_total(opening + amount)
        payouts.append(payout)
    return payouts, opening


def accrued(earned: float, paid_out: float) -> float:
    """Commission earned but neither billed nor sent to payroll: the expense to accrue, never negative.

    By prudence, an amount owed back by a person is an asset only once claimed, so it is not accrued.

    >>> accrued(500.0, 120.0), accrued(100.0, 150.0)
    (380.0, 0.0)
    """
    return max(earned - paid_out, 0.0)
