"""Days on which money can move: weekends, French public holidays, the days of the month on which a customer pays."""

from calendar import monthrange
from datetime import date, timedelta

_DAY = timedelta(1)

#: French public holidays with a fixed date, ``(month, day)`` (code du travail, L3133-1)
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))


def easter(year):
    """Easter Sunday of the Gregorian calendar (Gauss, as corrected by Meeus and Jones).

    >>> [easter(year).isoformat() for year in (2000, 2024, 2026, 2027)]
    ['2000-04-23', '2024-03-31', '2026-04-05', '2027-03-28']
    """
    century, rest = divmod(year, 100)
    leaps, offset = divmod(century, 4)
    moon = (19 * (year % 19) + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * offset + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (year % 19 + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def is_holiday(day):
    """Whether a day is a public holiday in France; Easter Monday, Ascension and Whit Monday move with Easter.

    >>> [is_holiday(date(2026, *day)) for day in ((4, 6), (5, 14), (5, 25), (7, 14), (7, 15))]
    [True, True, True, True, False]
    """
    after_easter = (day - easter(day.year)).days
    return (day.month, day.day) in _FIXED or after_easter in (1, 39, 50)


def next_business_day(day):
    """The day itself, or the first after it on which banks work.

    >>> next_business_day(date(2026, 12, 24)).isoformat(), next_business_day(date(2026, 12, 25)).isoformat()
    ('2026-12-24', '2026-12-28')
    >>> next_business_day(date(2026, 4, 4)).isoformat() # the Saturday before Easter
    '2026-04-07'
    """
    while day.weekday() >= 5 or is_holiday(day):
        day += _DAY
    return day


def parse_payment_days(text):
    """The days of the month that people typed, in order; a month without that day pays on its last.

    >>> parse_payment_days("25, 10"), parse_payment_days(""), parse_payment_days("10;31")
    ((10, 25), (), (10, 31))
    >>> parse_payment_days("32")
    Traceback (most recent call last):
    ValueError: 32
    """
    days = sorted({int(part) for part in (text or "").replace(";", ",").split(",") if part.strip()})
    for day in days:
        if not 1 <= day <= 31:
            raise ValueError(day)
    return tuple(days)


def next_payment_day(day, payment_days=()):
    """The day itself, or the first after it on which the customer pays; moved to a business day.

    >>> next_payment_day(date(2026, 6, 12), (10, 25)).isoformat()
    '2026-06-25'
    >>> next_payment_day(date(2026, 6, 26), (10, 25)).isoformat()
    '2026-07-10'
    >>> next_payment_day(date(2026, 2, 27), (31,)).isoformat(), next_payment_day(date(2026, 6, 13)).isoformat()
    ('2026-03-02', '2026-06-15')
    """
    while payment_days and not _is_payment_day(day, payment_days):
        day += _DAY
    return next_business_day(day)


def _is_payment_day(day, payment_days):
    last = monthrange(day.year, day.month)[1]
    return any(day.day == min(each, last) for each in payment_days)
