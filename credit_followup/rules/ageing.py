"""How old debts are, by their due dates. Amounts are in one currency, whichever it is."""

from bisect import bisect_left
from math import fsum
from typing import NamedTuple

#: the last day late of each bucket but the last one: not due, 1-30, 31-60, 61-90, 91 and more
LIMITS = (0, 30, 60, 90)


class Ageing(NamedTuple):
    """What is open, by age.

    A credit (credit note, payment not allocated yet) is owed by nobody and late nowhere: it stands beside the buckets.
    """

    buckets: tuple[float, ...]
    credits: float

    @property
    def overdue(self) -> float:
        """What is late, credits not deducted.

        >>> Ageing((100.0, 20.0, 0.0, 0.0, 5.0), -30.0).overdue
        25.0
        """
        return fsum(self.buckets[1:])

    @property
    def total(self) -> float:
        """All that is open, credits deducted.

        >>> Ageing((100.0, 20.0, 0.0, 0.0, 5.0), -30.0).total
        95.0
        """
        return fsum((*self.buckets, self.credits))


def days_late(due, today) -> int:
    """Days since the due date; an amount due today is not late yet.

    >>> from datetime import date
    >>> days_late(date(2026, 1, 31), date(2026, 1, 31)), days_late(date(2026, 1, 31), date(2026, 2, 1))
    (0, 1)
    >>> days_late(date(2026, 1, 31), date(2026, 1, 1))
    0
    """
    return max((today - due).days, 0)


def bucket(days, limits=LIMITS) -> int:
    """Number of the bucket for so many days late.

    >>> [bucket(days) for days in (0, 1, 30, 31, 60, 61, 90, 91, 4000)]
    [0, 1, 1, 2, 2, 3, 3, 4, 4]
    """
    return bisect_left(limits, days)


def bounds(limits=LIMITS):
    """First and last day late of each bucket, ``None`` where it has none.

    >>> bounds()
    [(None, 0), (1, 30), (31, 60), (61, 90), (91, None)]
    """
    firsts = [None, *(limit + 1 for limit in limits)]
    return list(zip(firsts, [*limits, None], strict=True))


def age(items, today, limits=LIMITS) -> Ageing:
    """The ageing of open items.

    :param items: pairs of due date and open amount; below zero it is a credit

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
