"""Decides when items are reminded, at which level, and why others are left out.

An item is an open receivable. Its *step* is its next level and the date of that level: a number of days after the
base date, which is the due date or the end of its month. Amounts are in one currency, taxes included.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

#: decimals for comparing sums of floats
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a procedure, ``days`` after the base date.

    ``repeat_days``: 0 for once; ``repeat_max``: including the first time, 0 for no limit.
    """

    id: int
    days: int
    min_amount: float = 0.0
    repeat_days: int = 0
    repeat_max: int = 0


@dataclass(frozen=True, slots=True)
class Procedure:
    """Levels ordered by days, and the minimum amounts."""

    id: int
    levels: tuple = ()
    count_from: str = "due"
    start: str = "first"
    gap_days: int = 0
    tolerance: float = 0.0
    min_total: float = 0.0
    credits: str = "net"
    #: cache of first steps by due date and day: thousands of items share them
    first_steps: dict = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Named:
    """A notice of ``date`` that listed the item at a level, with the level's days at that time."""

    level_id: int
    days: int
    date: date


@dataclass(frozen=True, slots=True)
class Item:
    """An open receivable with a positive ``amount``; ``named``: its notices since the last restart, oldest first."""

    id: int
    date_due: date
    amount: float
    named: tuple = ()


@dataclass(frozen=True, slots=True)
class Step:
    """The next level and its date; a past date means now."""

    level: Level
    date: date


@dataclass(frozen=True, slots=True)
class Left:
    """An item left out, the reason, and the date on which that ends, if known."""

    item: Item
    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision for one customer: pairs of item and level for one notice, and the items left out."""

    named: tuple = ()
    left: tuple = ()

    @property
    def level(self):
        """The highest level, which sets the tone."""
        return max((level for _item, level in self.named), key=lambda level: level.days)


def base_day(date_due, count_from):
    """The date from which the days of a procedure count.

    >>> base_day(date(2024, 2, 10), "due"), base_day(date(2024, 2, 10), "month_end")
    (datetime.date(2024, 2, 10), datetime.date(2024, 2, 29))
    """
    if count_from == "due":
        return date_due
    return date_due.replace(day=monthrange(date_due.year, date_due.month)[1])


def next_step(item, procedure, today):
    """The next step of an item that is not left out; ``None`` after the last level.

    >>> levels = Level(1, -7), Level(2, -3), Level(3, 8), Level(4, 15), Level(5, 30)
    >>> due = date(2024, 6, 20)
    >>> def step(today, *named, **values):
    ...     past = tuple(Named(level, days, date(2024, *day)) for level, days, day in named)
    ...     found = next_step(Item(1, due, 100.0, past), Procedure(1, levels, **values), date(2024, *today))
    ...     return (found.level.days, f"{found.date:%m-%d}") if found else None

    Before the due date, the last level reached:

    >>> step((6, 1)), step((6, 14)), step((6, 18)), step((6, 20))
    ((-7, '06-13'), (-7, '06-13'), (-3, '06-17'), (-3, '06-17'))

    Once late, the first level after the due date, or the level matching its age:

    >>> step((6, 21)), step((8, 1)), step((8, 1), start="reached"), step((6, 21), start="reached")
    ((8, '06-28'), (8, '06-28'), (30, '07-20'), (8, '06-28'))

    One level after the other, with at least the procedure's interval:

    >>> step((6, 18), (1, -7, (6, 14))), step((6, 21), (1, -7, (6, 14)))
    ((-3, '06-17'), (8, '06-28'))
    >>> step((6, 28), (3, 8, (6, 28))), step((8, 1), (3, 8, (8, 1))), step((8, 8), (3, 8, (8, 1)), (4, 15, (8, 8)))
    ((15, '07-05'), (15, '08-08'), (30, '08-23'))
    >>> step((9, 1), (5, 30, (7, 20))) is None
    True

    A level that was moved to a later day is not sent again:

    >>> step((7, 20), (3, 5, (6, 25))), step((8, 20), (4, 5, (6, 25)), (3, 8, (6, 28)))
    ((15, '07-05'), (30, '07-20'))

    A level of another procedure counts by its days:

    >>> step((7, 1), (99, 10, (6, 30)))
    (15, '07-05')

    Counted from the end of the month, levels dated before the due date apply only while the item is not late:

    >>> step((6, 1), count_from="month_end"), step((7, 31), start="reached", count_from="month_end")
    ((8, '07-08'), (30, '07-30'))
    """
    if item.named:
        return _following_step(item, procedure, today)
    known, key = procedure.first_steps, (item.date_due, today)
    if key not in known:
        known[key] = _first_step(item, procedure, today)
    return known[key]


def _first_step(item, procedure, today):
    """The step of an item that was never on a notice."""
    late = today > item.date_due
    first = reached = None
    for step in _steps(item, procedure, late):
        first = first or step
        if step.date > today or (late and procedure.start == "first"):
            break
        reached = step
    return reached or first


def _steps(item, procedure, late):
    """The levels of an item with their dates, in order; levels before the due date only while it is not past."""
    base = base_day(item.date_due, procedure.count_from)
    for level in procedure.levels:
        day = base + timedelta(level.days)
        if level.days > 0 or (not late and day <= item.date_due):
            yield Step(level, day)


def _following_step(item, procedure, today):
    """The step after the last notice: a higher level, or a repetition before it."""
    last = item.named[-1]
    had = {named.level_id for named in item.named}
    higher = next(
        (
            step
            for step in _steps(item, procedure, today > item.date_due)
            if step.level.days > last.days and step.level.id not in had
        ),
        None,
    )
    if higher and last.days > 0:
        spaced = _reached_on(item) + timedelta(higher.level.days - last.days)
        higher = Step(higher.level, max(higher.date, spaced))
    again = repetition(item, procedure, today)
    if again and (not higher or max(again.date, today) < higher.date):
        return again
    return higher


def _reached_on(item):
    """When the level of the last notice was first reached, before any repetition."""
    days = item.named[-1].days
    return next(named.date for named in item.named if named.days == days)


def repetition(item, procedure, today):
    """The repetition of the last level, if any.

    >>> def step(today, *days, repeat_max=0, higher=30):
    ...     levels = Level(1, 8, repeat_days=7, repeat_max=repeat_max), Level(2, higher)
    ...     named = tuple(Named(1, 8, date(2024, 7, day)) for day in days)
    ...     found = next_step(Item(1, date(2024, 6, 23), 100.0, named), Procedure(1, levels), date(2024, 7, today))
    ...     return found.level.days, found.date.day
    >>> step(1, 1), step(8, 1, 8), step(22, 1, 8, 15, 22)  # the higher level comes before the next repetition
    ((8, 8), (8, 15), (30, 23))
    >>> step(8, 1, 8, repeat_max=2), step(8, 1, repeat_max=1), step(25, 1)
    ((30, 23), (30, 23), (30, 23))

    A level before the due date is not repeated after it:

    >>> levels = (Level(1, -9, repeat_days=4),)
    >>> item = Item(1, date(2024, 6, 20), 100.0, (Named(1, -9, date(2024, 6, 11)),))
    >>> repetition(item, Procedure(1, levels), date(2024, 6, 12)).date.day
    15
    >>> repetition(item, Procedure(1, levels), date(2024, 6, 21)) is None
    True
    """
    last = item.named[-1]
    level = next((level for level in procedure.levels if level.id == last.level_id), None)
    if not level or not level.repeat_days:
        return None
    times = sum(named.level_id == level.id for named in item.named)
    if level.repeat_max and times >= level.repeat_max:
        return None
    day = last.date + timedelta(level.repeat_days)
    if level.days <= 0 and max(day, today) > item.date_due:
        return None
    return Step(level, day)


def foresee(item, procedure, today, last_contact=None, until=None):
    """The next step and its earliest date, respecting the gap between contacts.

    :param last_contact: date of the customer's last notice
    :param until: last day on which the item is left out

    >>> levels = Level(1, -3), Level(2, 8), Level(3, 15)
    >>> def day(today, **values):
    ...     item = Item(1, date(2024, 6, 20), 100.0)
    ...     step = foresee(item, Procedure(1, levels, gap_days=7), date(2024, 6, today), **values)
    ...     return step.level.days, step.date.day
    >>> day(1), day(18), day(21), day(30)
    ((-3, 17), (-3, 18), (8, 28), (8, 30))
    >>> day(18, last_contact=date(2024, 6, 16)), day(18, until=date(2024, 6, 19)), day(1, until=date(2024, 6, 2))
    ((8, 28), (-3, 20), (-3, 17))
    """
    free = today
    if last_contact:
        free = max(free, last_contact + timedelta(procedure.gap_days))
    if until:
        free = max(free, until + timedelta(1))
    step = next_step(item, procedure, free)
    return step and Step(step.level, max(step.date, free))


def decide(items, procedure, today, *, credit=0.0, last_contact=None):
    """Decide which items of one customer are reminded today, each at its own level, and why others are left out.

    :param items: items not held back by a pause, a payment in process, etc.
    :param credit: total of the unallocated credits, negative
    :param last_contact: date of the customer's last notice

    Items that are neither late nor at a step are not reported at all.

    >>> levels = Level(1, 8), Level(2, 30, min_amount=50.0)
    >>> today = date(2024, 7, 31)
    >>> def told(*items, **values):
    ...     more = {name: values.pop(name) for name in ("credit", "last_contact") if name in values}
    ...     made = [Item(n, date(2024, *due), amount, *named) for n, (due, amount, *named) in enumerate(items)]
    ...     done = decide(made, Procedure(1, levels, **values), today, **more)
    ...     named = sorted((item.id, level.days) for item, level in done.named)
    ...     return dict(named), {left.item.id: left.reason for left in done.left}
    >>> once = ((Named(1, 8, date(2024, 7, 1)),),)
    >>> told(((7, 20), 10.0), ((6, 20), 60.0, *once), ((7, 25), 5.0), ((8, 25), 5.0))
    ({0: 8, 1: 30}, {2: 'not_yet'})
    >>> told(((6, 20), 40.0, *once)), told(((6, 20), 40.0, *once), ((5, 1), 10.0, *once))
    (({}, {0: 'below_minimum'}), ({0: 30, 1: 30}, {}))
    >>> told(((7, 20), 10.0), tolerance=10.0), told(((7, 20), 10.0), min_total=10.01), told(((7, 20), 10.0), min_total=10.0)
    (({}, {0: 'below_minimum'}), ({}, {0: 'below_minimum'}), ({0: 8}, {}))
    >>> told(((7, 20), 10.0), credit=-9.0), told(((7, 20), 10.0), credit=-10.0), told(((7, 20), 10.0), credit=-9.0, credits="wait")
    (({0: 8}, {}), ({}, {0: 'unmatched'}), ({}, {0: 'unmatched'}))
    >>> told(((7, 20), 10.0), last_contact=date(2024, 7, 29), gap_days=3), told(((7, 20), 10.0), last_contact=date(2024, 7, 29), gap_days=2)
    (({}, {0: 'too_recent'}), ({0: 8}, {}))
    >>> told(((6, 20), 60.0, (Named(2, 30, date(2024, 7, 30)),)))
    ({}, {0: 'finished'})

    An item below its level's minimum falls back to a lower level already reached:

    >>> told(((6, 20), 40.0), start="reached"), told(((6, 20), 50.0), start="reached")
    (({0: 8}, {}), ({0: 30}, {}))
    """
    if not procedure.levels:
        return Decision(
            left=_leave((item for item in items if item.date_due < today), "no_procedure")
        )
    come, left = _sort_out(items, procedure, today)
    if not come:
        return Decision(left=tuple(left))
    if reason := _hold_back(items, come, procedure, today, credit, last_contact):
        return Decision(left=(*left, *_leave((item for item, _level in come), *reason)))
    named, waiting = _assign_levels(come, procedure, today)
    left += _leave(waiting, "below_minimum")
    if round(sum(item.amount for item, _level in named) + credit, _DECIMALS) <= 0:
        return Decision(left=(*left, *_leave((item for item, _level in named), "unmatched")))
    return Decision(tuple(named), tuple(left))


def _leave(items, reason, until=None):
    """Items left out for the same reason."""
    return tuple(Left(item, reason, until) for item in items)


def _sort_out(items, procedure, today):
    """Pairs of item and level due today, and the late items not due."""
    come, left = [], []
    for item in items:
        late = item.date_due < today
        if round(item.amount - procedure.tolerance, _DECIMALS) <= 0:
            if late:
                left.append(Left(item, "below_minimum"))
            continue
        step = next_step(item, procedure, today)
        if step and step.date <= today:
            come.append((item, step.level))
        elif late:
            left.append(Left(item, "not_yet", step.date) if step else Left(item, "finished"))
    return come, left


def _hold_back(items, come, procedure, today, credit, last_contact):
    """Why the customer gets nothing at all: reason and date, or ``None``."""
    if last_contact:
        free = last_contact + timedelta(procedure.gap_days)
        if free > today:
            return "too_recent", free
    owed = sum(item.amount for item, _level in come if item.date_due >= today)
    owed += sum(item.amount for item in items if item.date_due < today)
    if not owes_enough(owed + credit, procedure):
        return "below_minimum", None
    if credit < 0 and procedure.credits == "wait":
        return "unmatched", None
    return None


def owes_enough(owed, procedure):
    """Whether the total reaches the minimum; checked when a run is prepared and again when the notice is sent.

    :param owed: total overdue or listed, net of credits

    >>> procedure = Procedure(1, min_total=0.3)
    >>> owes_enough(0.1 + 0.2, procedure), owes_enough(0.29, procedure)
    (True, False)
    """
    return _reaches(owed, procedure.min_total)


def _reaches(amount, least):
    """Whether an amount reaches a minimum, ignoring float noise."""
    return round(amount - least, _DECIMALS) >= 0


def below_level(named):
    """The items whose level has a minimum above the total listed at it and higher levels.

    They wait for the next run, which may choose another level.

    >>> levels = Level(1, 8, min_amount=60.0), Level(2, 30, min_amount=50.0)
    >>> def below(*amounts):
    ...     named = [(Item(level.id, date(2024, 1, 1), amount), level) for level, amount in zip(levels, amounts)]
    ...     return [item.id for item in below_level(named)]
    >>> below(10.0, 50.0), below(10.0, 49.0), below(60.0, 49.0), below(9.0, 50.0)
    ([], [2, 1], [2], [1])
    """
    at_level = {}
    for item, level in named:
        at_level.setdefault(level, []).append(item)
    below, total = [], 0.0
    for level in sorted(at_level, key=lambda level: -level.days):
        due = sum(item.amount for item in at_level[level])
        if _reaches(total + due, level.min_amount):
            total += due
        else:
            below += at_level[level]
    return below


def _assign_levels(come, procedure, today):
    """Pairs of item and level from the highest level down, and the items below their level's minimum."""
    named, waiting, total = [], [], 0.0
    at_level = {}
    for item, level in come:
        at_level.setdefault(level.id, []).append(item)
    for level in reversed(procedure.levels):
        items = at_level.get(level.id, ())
        due = sum(item.amount for item in items)
        if _reaches(total + due, level.min_amount):
            named += [(item, level) for item in items]
            total += due
            continue
        for item in items:
            lower = _fall_back(item, level, procedure, today)
            (at_level.setdefault(lower.id, []) if lower else waiting).append(item)
    return named, waiting


def _fall_back(item, level, procedure, today):
    """The next lower level that applies: a repetition, or a level skipped by a late start."""
    if item.named:
        again = repetition(item, procedure, today)
        return (
            again.level if again and again.date <= today and again.level.days < level.days else None
        )
    late = today > item.date_due
    lower = [step.level for step in _steps(item, procedure, late) if step.level.days < level.days]
    if late and procedure.start == "first":
        return None
    return lower[-1] if lower else None
