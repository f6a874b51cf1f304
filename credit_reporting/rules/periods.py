"""Days, months and the periods that figures look back on."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """Calendar days.

        >>> Period(date(2013, 4, 1), date(2013, 6, 30)).days
        91
        """
        return (self.last - self.first).days + 1


def last_day(day) -> date:
    """The last day of a month.

    >>> last_day(date(2024, 2, 10))
    datetime.date(2024, 2, 29)
    """
    return day.replace(day=monthrange(day.year, day.month)[1])


def months_before(day, months) -> date:
    """The same day some months earlier; the last day of a month goes to the last day of a month.

    >>> months_before(date(2013, 6, 30), 3), months_before(date(2013, 5, 31), 3), months_before(date(2013, 6, 15), 6)
    (datetime.date(2013, 3, 31), datetime.date(2013, 2, 28), datetime.date(2012, 12, 15))
    """
    count = day.year * 12 + day.month - 1 - months
    first = date(count // 12, count % 12 + 1, 1)
    if day == last_day(day):
        return last_day(first)
    return first.replace(day=min(day.day, last_day(first).day))


def period_of(day, months) -> Period:
    """The months that end with a day: whole calendar months at the end of a month.

    >>> period_of(date(2013, 6, 30), 3)
    Period(first=datetime.date(2013, 4, 1), last=datetime.date(2013, 6, 30))
    >>> period_of(date(2013, 6, 15), 3).days
    92
    """
    return Period(months_before(day, months) + timedelta(1), day)


def months_of(day, number) -> list[Period]:
    """Calendar months backwards, newest first; the first of them ends with the day.

    >>> [(month.first.isoformat(), month.days) for month in months_of(date(2026, 3, 10), 3)]
    [('2026-03-01', 10), ('2026-02-01', 28), ('2026-01-01', 31)]
    """
    months = [Period(day.replace(day=1), day)]
    while len(months) < number:
        last = months[-1].first - timedelta(1)
        months.append(Period(last.replace(day=1), last))
    return months


def month_ends(day, number) -> list[date]:
    """The last days of the closed months before a day, oldest first. A month is closed after its last day.

    >>> [each.isoformat() for each in month_ends(date(2026, 3, 31), 2)]
    ['2026-01-31', '2026-02-28']
    """
    return [month.last for month in reversed(months_of(day, number + 1)[1:])]
