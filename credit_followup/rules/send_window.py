"""When an e-mail may leave: the hours and weekdays of a procedure, on the sender's clock."""

from datetime import date, datetime, time, timedelta

_SATURDAY = 5


def next_departure(now, weekdays_only=True, hour_from=8.0, hour_to=18.0):
    """The first moment from ``now`` on that lies inside the window; ``now`` itself when it does.

    :param now: a moment on the clock of the sender, naive
    :param hour_from: first hour of the window, 8.5 is half past eight
    :param hour_to: hour at which the window closes, not part of it; 24 leaves it open until midnight

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
    return datetime.combine(day, time()) + timedelta(minutes=round(hour * 60))
