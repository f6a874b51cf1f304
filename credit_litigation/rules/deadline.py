"""Legal deadlines: months and days after an event, and the working day on which they end."""

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from .working_days import next_working_day, previous_working_day


@dataclass(frozen=True)
class Deadline:
    """``raw``: the day the text gives; ``rolled``: the working day on which it really ends; ``alert``: the last working
    day before the raw one.
    """

    raw: date
    rolled: date
    alert: date


def add_months(day: date, months: int) -> date:
    """The same day number so many months later, or the last day of a month without it (CPC 641).

    >>> [add_months(date(2026, 12, 31), months).isoformat() for months in (1, 2, 14)]
    ['2027-01-31', '2027-02-28', '2028-02-29']
    >>> add_months(date(2026, 9, 14), 3).isoformat()
    '2026-12-14'
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def deadline(
    start: date, months: int, days: int, is_closed: Callable[[date], bool], rolls: bool = True
) -> Deadline:
    """A period in months, then days, after an event (CPC 641, 642). The day of the event does not count.

    >>> from .working_days import closed_days
    >>> closed = closed_days("FR")
    >>> def told(start, months=0, days=0):
    ...     found = deadline(date.fromisoformat(start), months, days, closed)
    ...     return f"{found.raw} {found.rolled} {found.alert}"
    >>> told("2026-09-14", 3) # serve an order to pay of the regime of 1 September 2026
    '2026-12-14 2026-12-14 2026-12-11'
    >>> told("2026-08-20", 6) # and of the former one
    '2027-02-20 2027-02-22 2027-02-19'
    >>> told("2026-10-20", 1), told("2026-10-20", 2)
    ('2026-11-20 2026-11-20 2026-11-19', '2026-12-20 2026-12-21 2026-12-18')
    >>> [told("2026-03-10", months)[:21] for months in (2, 3, 4, 6)] # insolvency: declare, reclaim, declare from abroad, relief
    ['2026-05-10 2026-05-11', '2026-06-10 2026-06-10', '2026-07-10 2026-07-10', '2026-09-10 2026-09-10']
    >>> told("2026-12-01", days=30)
    '2026-12-31 2026-12-31 2026-12-30'
    """
    raw = add_months(start, months) + timedelta(days)
    return Deadline(
        raw,
        next_working_day(raw, is_closed) if rolls else raw,
        previous_working_day(raw, is_closed),
    )


def overlaps(first, second) -> bool:
    """Whether two periods have a day in common; each is a pair of days, without an end where it is ``None``.

    >>> day = date
    >>> overlaps((day(2026, 1, 1), day(2026, 8, 31)), (day(2026, 9, 1), None))
    False
    >>> overlaps((day(2026, 1, 1), None), (day(2026, 9, 1), None))
    True
    """
    (from_a, to_a), (from_b, to_b) = first, second
    return from_a <= (to_b or date.max) and from_b <= (to_a or date.max)
