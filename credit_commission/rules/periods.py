"""Months, quarters and years."""

from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_start(day: date, period: str) -> date:
    """First day of the period that contains a day.

    >>> [period_start(date(2026, 8, 31), period).isoformat() for period in MONTHS]
    ['2026-08-01', '2026-07-01', '2026-01-01']
    """
    months = MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def period_end(day: date, period: str) -> date:
    """Last day of the period that contains a day.

    >>> [period_end(date(2026, 8, 31), period).isoformat() for period in MONTHS]
    ['2026-08-31', '2026-09-30', '2026-12-31']
    """
    start = period_start(day, period)
    month = start.month - 1 + MONTHS[period]
    return date(start.year + month // 12, month % 12 + 1, 1) - timedelta(1)
