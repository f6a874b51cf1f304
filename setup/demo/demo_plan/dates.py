"""Dates counted from today."""

from calendar import monthrange
from datetime import date, timedelta

from .tables import keyed

MONTHS = 16


def month_start(today, months_ago):
    """The first day of the month so many months ago.

    >>> month_start(date(2024, 3, 31), 4)
    datetime.date(2023, 11, 1)
    """
    year, month = divmod(today.year * 12 + today.month - 1 - months_ago, 12)
    return date(year, month + 1, 1)


def month_end(day):
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def working_day(day):
    """The same day, or the Monday after a week-end."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def payment_day(day):
    """The last Tuesday or Friday up to `day`: companies pay in runs.

    >>> payment_day(date(2024, 3, 7)), payment_day(date(2024, 3, 4))
    (datetime.date(2024, 3, 5), datetime.date(2024, 3, 1))
    """
    return day - timedelta(days=min((day.weekday() - 1) % 7, (day.weekday() - 4) % 7))


def due_date(day, terms):
    """When an invoice of `day` is to be paid under these terms.

    >>> due_date(date(2024, 1, 10), "45eom"), due_date(date(2024, 1, 10), "30net")
    (datetime.date(2024, 2, 29), datetime.date(2024, 2, 9))
    """
    row = keyed("terms")[terms]
    due = day + timedelta(days=int(row["days"]))
    return month_end(due) if row["end_of_month"] == "1" else due
