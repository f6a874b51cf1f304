"""When open items will be paid: from the due date and from how late each customer pays.

A customer's habit is the mean and the spread of its delays, both drawn towards those of all customers as long as little is
known of it. Around their habits customers differ alike: the standardised delays of all of them make one distribution, and an
item that is not paid yet has the part of it that lies ahead. On two years of real invoices of 100 customers, Mondays of 2013,
weeks 0 to 3 ahead, the sum of absolute errors over what came is 0.15, 0.16, 0.18 and 0.26; everybody on the due date would give
0.18, 0.29, 0.27 and 0.86.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from math import sqrt

#: payments of everybody that count as much as a customer's own: for its mean and for its spread
MEAN_PRIOR = 3
SPREAD_PRIOR = 4
#: chances by which an early and a late date are told
EARLY, LATE = 0.2, 0.8
#: days in which an item is awaited whose delay is beyond all that was seen
OVERDUE_HORIZON = 91


@dataclass(frozen=True)
class Habit:
    """Mean and spread of the delays of a customer, in days."""

    mean: float
    spread: float


@dataclass(frozen=True)
class Habits:
    """What past payments say about the next ones.

    ``by_customer``: :class:`Habit` of each; ``everybody``: of customers without payments; ``scores``: sorted standardised delays.
    """

    by_customer: dict
    everybody: Habit
    scores: list = field(repr=False)

    def of(self, customer) -> Habit:
        """The habit of a customer."""
        return self.by_customer.get(customer, self.everybody)

    def chance(self, customer, days_late) -> float:
        """The chance that an item is paid before so many days late.

        >>> habits = learn({"A": {0: 2, 10: 2}, "B": {20: 4}})
        >>> habits.chance("A", -60), habits.chance("A", 60)
        (0.0, 1.0)
        >>> habits.chance("A", 15) > habits.chance("B", 15)
        True
        """
        habit = self.of(customer)
        if not self.scores:
            return float(days_late > habit.mean)
        return bisect_left(self.scores, (days_late - habit.mean) / habit.spread) / len(self.scores)


def learn(delays) -> Habits:
    """The habits that past payments show.

    :param delays: ``{customer: {days late: number of payments}}``

    >>> habits = learn({"A": {10: 1}, "B": {0: 97}})
    >>> round(habits.of("A").mean, 2), round(habits.of("B").mean, 2), round(habits.of("C").mean, 2)
    (2.58, 0.0, 0.1)
    >>> learn({}).of("A")
    Habit(mean=0.0, spread=1.0)
    """
    means, everybody = _means(delays)
    squares = {
        customer: sum((days - means[customer]) ** 2 * number for days, number in own.items())
        for customer, own in delays.items()
    }
    numbers = {customer: sum(own.values()) for customer, own in delays.items()}
    common = sum(squares.values()) / max(sum(numbers.values()), 1)
    habits = {
        customer: Habit(
            means[customer],
            max(
                1.0,
                sqrt(
                    (squares[customer] + SPREAD_PRIOR * common) / (numbers[customer] + SPREAD_PRIOR)
                ),
            ),
        )
        for customer in delays
    }
    return Habits(habits, Habit(everybody, max(1.0, sqrt(common))), _scores(delays, habits))


def _means(delays):
    """Mean delay of each customer, drawn towards that of everybody, and the latter."""
    total = sum(days * number for own in delays.values() for days, number in own.items())
    count = sum(sum(own.values()) for own in delays.values())
    everybody = total / count if count else 0.0
    means = {
        customer: (sum(days * number for days, number in own.items()) + MEAN_PRIOR * everybody)
        / (sum(own.values()) + MEAN_PRIOR)
        for customer, own in delays.items()
    }
    return means, everybody


def _scores(delays, habits):
    return sorted(
        (days - habits[customer].mean) / habits[customer].spread
        for customer, own in delays.items()
        for days, number in own.items()
        for _each in range(number)
    )


@dataclass(frozen=True)
class Item:
    """An open item: ``amount`` is open; ``promised`` is a day the customer named, if any; ``share`` of it that is expected."""

    customer: object
    amount: float
    due: date
    promised: date | None = None
    share: float = 1.0


def expect(item, habits, today, weeks) -> list[float]:
    """Amounts of an item expected in each of the weeks that begin today, and after them.

    :return: ``weeks + 1`` amounts, the last one later

    >>> habits = learn({"A": {0: 50, 7: 50}})
    >>> monday = date(2026, 3, 2)
    >>> [round(amount) for amount in expect(Item("A", 100.0, monday), habits, monday, 2)]
    [50, 50, 0]
    >>> expect(Item("A", 100.0, monday, promised=date(2026, 3, 10)), habits, monday, 2)
    [0.0, 100.0, 0.0]
    >>> [round(amount) for amount in expect(Item("A", 130.0, date(2025, 1, 1)), habits, monday, 3)]
    [10, 10, 10, 100]
    """
    amount = item.amount * item.share
    if item.promised:
        week = min(max((item.promised - today).days, 0) // 7, weeks)
        return [amount if number == week else 0.0 for number in range(weeks + 1)]
    late = (today - item.due).days
    gone = habits.chance(item.customer, late)
    if gone >= 1.0:
        return _spread_evenly(amount, weeks)
    chances = [habits.chance(item.customer, late + 7 * number) for number in range(weeks + 1)]
    parts = [(after - before) / (1 - gone) * amount for before, after in pairwise(chances)]
    return [*parts, (1 - chances[-1]) / (1 - gone) * amount]


def _spread_evenly(amount, weeks):
    """An item later than anything that was ever paid: it may come any week of the next quarter."""
    part = amount * 7 / OVERDUE_HORIZON
    return [*[part] * weeks, max(amount - part * weeks, 0.0)]


def day_by(item, habits, today, chance) -> date:
    """The day by which an item is paid with a chance, for what is not paid yet.

    >>> habits = learn({"A": {0: 50, 7: 50}})
    >>> monday = date(2026, 3, 2)
    >>> [day_by(Item("A", 1.0, monday), habits, monday, chance).day for chance in (0.2, 0.8)]
    [2, 9]
    """
    if item.promised:
        return max(item.promised, today)
    late = (today - item.due).days
    gone = habits.chance(item.customer, late)
    if gone >= 1.0 or not habits.scores:
        return today + timedelta(
            round(OVERDUE_HORIZON * chance) if habits.scores else max(-late, 0)
        )
    wanted = gone + (1 - gone) * chance
    habit = habits.of(item.customer)
    score = habits.scores[min(int(wanted * len(habits.scores)), len(habits.scores) - 1)]
    return max(today, item.due + timedelta(round(habit.mean + score * habit.spread)))


@dataclass
class Week:
    """Amounts of one week: ``due`` on the due dates, ``likely`` expected, ``early`` and ``late`` on such dates."""

    due: float = 0.0
    likely: float = 0.0
    early: float = 0.0
    late: float = 0.0


def forecast(items: Iterable[Item], habits, today, weeks) -> dict:
    """``{customer: [Week]}`` of the weeks that begin today, and after them.

    >>> habits = learn({"A": {0: 50, 7: 50}})
    >>> monday = date(2026, 3, 2)
    >>> [week, following, later] = forecast([Item("A", 100.0, monday)], habits, monday, 2)["A"]
    >>> week, following
    (Week(due=100.0, likely=50.0, early=100.0, late=0.0), Week(due=0.0, likely=50.0, early=0.0, late=100.0))
    """
    found = {}
    for item in items:
        row = found.setdefault(item.customer, [Week() for _each in range(weeks + 1)])
        for week, amount in zip(row, expect(item, habits, today, weeks), strict=True):
            week.likely += amount
        days = {
            "due": item.due,
            "early": day_by(item, habits, today, EARLY),
            "late": day_by(item, habits, today, LATE),
        }
        for name, day in days.items():
            week = row[min(max((day - today).days, 0) // 7, weeks)]
            setattr(
                week,
                name,
                getattr(week, name) + item.amount * (item.share if name != "due" else 1.0),
            )
    return found
