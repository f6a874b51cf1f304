"""Ageing of debts by due date. All amounts are in one currency."""

from bisect import bisect_left
from math import fsum
from typing import NamedTuple

#: upper limit in days late of every bucket except the last: not due, 1-30, 31-60, 61-90, over 90
LIMITS = (0, 30, 60, 90)


class Ageing(NamedTuple):
    """Open amounts by age.

    Credits (credit notes, unallocated payments) are never late: they are kept apart from the buckets.
    """

    buckets: tuple[float, ...]
    credits: float

    @property
    def overdue(self) -> float:
        """Overdue amount, before credits.

        >>> Ageing((100.0, 20.0, 0.0, 0.0, 5.0), -30.0).overdue
        25.0
        """
        return fsum(self.buckets[1:])

    @property
    def total(self) -> float:
        """Total open amount, net of credits.

        >>> Ageing((100.0, 20.0, 0.0, 0.0, 5.0), -30.0).total
        95.0
        """
        return fsum((*self.buckets, self.credits))


def days_late(due, today) -> int:
    """Days since the due date; 0 until the day after it.

    >>> from datetime import date
    >>> days_late(date(2026, 1, 31), date(2026, 1, 31)), days_late(date(2026, 1, 31), date(2026, 2, 1))
    (0, 1)
    >>> days_late(date(2026, 1, 31), date(2026, 1, 1))
    0
    """
    return max((today - due).days, 0)


def bucket(days, limits=LIMITS) -> int:
    """Index of the bucket for a number of days late.

    >>> [bucket(days) for days in (0, 1, 30, 31, 60, 61, 90, 91, 4000)]
    [0, 1, 1, 2, 2, 3, 3, 4, 4]
    """
    return bisect_left(limits, days)


def bounds(limits=LIMITS):
    """First and last day late of each bucket; ``None`` if open-ended.

    >>> bounds()
    [(None, 0), (1, 30), (31, 60), (61, 90), (91, None)]
    """
    firsts = [None, *(limit + 1 for limit in limits)]
    return list(zip(firsts, [*limits, None], strict=True))


def age(items, today, limits=LIMITS) -> Ageing:
    """Ageing of open items.

    :param items: pairs of due date and open amount; credits are negative

    >>> from datetime import date
    >>> today = date(2026, 3, 31)
    >>> age([(today, 100.0), (date(2026, 3, 30), 20.0), (date(2025, 1, 1), 5.0), (date(2025, 1, 1), -30.0)], today)
    Ageing(buckets=(100.0, 20.0, 0.0, 0.0, 5.0), credits=-30.0)
    """
    columns = [[] for _bucket in range(len(limits) + 1)]
    credits_ = []
    for due, amount in items:
        column = credits_ if amount < 0 else columns[bucket(days_late(due, today), limits)]
        column.append(amount)
    return Ageing(tuple(map(fsum, columns)), fsum(credits_))
