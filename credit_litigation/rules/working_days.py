"""Days on which courts and banks work: no weekend, no public holiday of the country and region."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import holidays

_DAY = timedelta(1)

#: departments whose holidays the calendar knows by the name of their region
_REGIONS = {("FR", "67"): "6AE", ("FR", "68"): "6AE"}


@lru_cache(maxsize=64)
def closed_days(country: str = "", region: str = "") -> Callable[[date], bool]:
    """Whether nobody works on a day: Saturday, Sunday, public holiday.

    :param country: two-letter code; of an unknown one only the weekends are known
    :param region: code or name of a subdivision; an unknown one has the holidays of its country

    >>> closed = closed_days("FR")
    >>> [closed(date(2026, *day)) for day in ((5, 10), (7, 14), (7, 15), (12, 26))]
    [True, True, False, True]
    >>> closed(date(2025, 12, 26)), closed_days("FR", "57")(date(2025, 12, 26)), closed_days("FR", "67")(date(2025, 12, 26))
    (False, True, True)
    >>> closed_days("")(date(2026, 7, 14)), closed_days("")(date(2026, 7, 18))
    (False, True)
    """
    calendar = _calendar(country, region)
    return lambda day: day.weekday() >= 5 or day in calendar


def _calendar(country, region):
    known = holidays.utils.list_supported_countries(include_aliases=False)
    if country not in known:
        return ()
    region = _REGIONS.get((country, region), region)
    subdivision = region if region in known[country] else None
    return holidays.country_holidays(country, subdiv=subdivision)


def next_working_day(day: date, is_closed: Callable[[date], bool]) -> date:
    """The day itself, or the first working day after it.

    >>> next_working_day(date(2026, 5, 10), closed_days("FR")).isoformat()
    '2026-05-11'
    """
    while is_closed(day):
        day += _DAY
    return day


def previous_working_day(day: date, is_closed: Callable[[date], bool]) -> date:
    """The last working day before a day.

    >>> previous_working_day(date(2027, 2, 20), closed_days("FR")).isoformat()
    '2027-02-19'
    >>> previous_working_day(date(2026, 12, 14), closed_days("FR")).isoformat()
    '2026-12-11'
    """
    day -= _DAY
    while is_closed(day):
        day -= _DAY
    return day
