"""When an e-mail may be sent: the hours and weekdays of a procedure, in the sender's time zone."""

from datetime import date, datetime, time, timedelta

_SATURDAY = 5


def next_departure(now, weekdays_only=True, hour_from=8.0, hour_to=18.0):
    """The first moment from ``now`` within the sending window; ``now`` itself if it is within.

    :param now: naive time in the sender's time zone
    :param hour_from: opening hour of the window; 8.5 is half past eight
    :param hour_to: closing hour, excluded; 24 is midnight

    >>> next_departure(datetime(2026, 3, 4, 9, 15))  # a Wednesday
    datetime.datetime(2026, 3, 4, 9, 15)
    >>> next_departure(datetime(2026, 3, 4, 6, 0), hour_from=8.5)
    datetime.datetime(2026, 3, 4, 8, 30)
    >>> next_departure(datetime(2026, 3, 6, 18, 0))  # Friday evening
    datetime.datetime(2026, 3, 9, 8, 0)
    >>> next_departure(datetime(2026, 3, 6, 18, 0), weekdays_only=False)
    datetime.datetime(2026, 3, 7, 8, 0)
    >>> next_departure(datetime(2026, 3, 7, 10, 0))  # Saturday
    datetime.datetime(2026, 3, 9, 8, 0)
    >>> next_departure(datetime(2026, 3, 4, 23, 59), hour_from=0, hour_to=24)
    datetime.datetime(2026, 3, 4, 23, 59)
    """
    for days in range(4):
        day = now.date() + timedelta(days)
        if weekdays_only and day.weekday() >= _SATURDAY:
            continue
        opens, closes = _at(day, hour_from), _at(day, hour_to)
        if now < closes:
            return max(now, opens)
    raise ValueError("The window never opens")


def _at(day: date, hour: float) -> datetime:
    """A day at an hour such as 8.5."""
    return datetime.combine(day, time()) + timedelta(minutes=round(hour * 60))
