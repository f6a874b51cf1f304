"""An oracle for runs, written from the specification without the add-on's rules.

A small ledger in plain Python: procedures, debts, credits, pauses and notices, with days as numbers.
"""

from datetime import date, timedelta


class Level:
    def __init__(self, key, days, minimum=0.0, every=0, times=0):
        self.key, self.days, self.minimum, self.every, self.times = key, days, minimum, every, times


class Debt:
    """A debt: ``told`` holds the notices that count, as triples of level, days of the level at that time, date."""

    def __init__(self, key, due, amount):
        self.key, self.due, self.amount = key, due, amount
        self.told, self.ever = [], {}
        self.marked = False


class Customer:
    def __init__(self, procedure):
        self.procedure = procedure
        self.debts, self.credits, self.pauses = [], [], []
        self.contacted = None
        self.failures = []


class Failure:
    """A notice that did not arrive: ``named`` holds pairs of debt and the notice it would have had."""

    def __init__(self, named):
        self.named = named

    def holds(self):
        return any(debt.amount > 0 for debt, _told in self.named)

    def forget(self, debt):
        """The debt has restarted since, so the notice no longer counts when it arrives."""
        self.named = [(each, None if each is debt else told) for each, told in self.named]


class Pause:
    def __init__(self, debt, first, last):
        self.debt, self.first, self.last = debt, first, last

    def holds(self, debt, today):
        if self.debt is not None and self.debt is not debt:
            return False
        return self.first <= today and (self.last is None or today <= self.last)


def start_of_count(debt, procedure):
    if procedure["count_from"] == "due":
        return debt.due
    first_of_next = date(debt.due.year + debt.due.month // 12, debt.due.month % 12 + 1, 1)
    return first_of_next - timedelta(1)


def name_today(customer, today):
    """``{debt: level}`` listed by today's run."""
    procedure = customer.procedure
    if any(failure.holds() for failure in customer.failures):
        return {}
    if customer.contacted is not None:
        if (today - customer.contacted).days < procedure["gap_days"]:
            return {}
    free = [
        debt
        for debt in customer.debts
        if debt.amount > 0
        and not debt.marked
        and not any(pause.holds(debt, today) for pause in customer.pauses)
    ]
    worth = [debt for debt in free if debt.amount > procedure["tolerance"]]
    chosen = {debt: get_level(debt, procedure, today) for debt in worth}
    chosen = {debt: level for debt, level in chosen.items() if level}
    if not chosen:
        return {}
    credit = sum(customer.credits)
    owed = sum(debt.amount for debt in free if debt.due < today or debt in chosen)
    if owed - credit < procedure["min_total"]:
        return {}
    if credit and procedure["credits"] == "wait":
        return {}
    chosen = respect_minimums(chosen, procedure, today)
    if sum(debt.amount for debt in chosen) <= credit:
        return {}
    return chosen


def get_level(debt, procedure, today):
    """The next level, if it is due."""
    return go_on(debt, procedure, today) if debt.told else begin(debt, procedure, today)


def begin(debt, procedure, today):
    base, levels = (
        start_of_count(debt, procedure),
        sorted(procedure["levels"], key=lambda v: v.days),
    )
    come = [level for level in levels if base + timedelta(level.days) <= today]
    if today <= debt.due:
        before = [level for level in come if level.days <= 0]
        return before[-1] if before else None
    after = [level for level in levels if level.days > 0]
    if procedure["start"] == "first":
        return after[0] if after and after[0] in come else None
    after = [level for level in after if level in come]
    return after[-1] if after else None


def go_on(debt, procedure, today):
    base = start_of_count(debt, procedure)
    _key, days, _last = debt.told[-1]
    entered = min(when for _key, at, when in debt.told if at == days)
    following = [
        level
        for level in sorted(procedure["levels"], key=lambda v: v.days)
        if level.days > days
        and level.key not in [key for key, _at, _when in debt.told]
        and (level.days > 0 or (today <= debt.due and base + timedelta(level.days) <= debt.due))
    ]
    if following:
        level = following[0]
        day = base + timedelta(level.days)
        if days > 0:
            day = max(day, entered + timedelta(level.days - days))
        if day <= today:
            return level
    return repeat(debt, procedure, today)


def repeat(debt, procedure, today):
    key, _days, last = debt.told[-1]
    for level in procedure["levels"]:
        if level.key != key or not level.every or (level.days <= 0 and today > debt.due):
            continue
        done = len([1 for told, _at, _when in debt.told if told == key])
        if (not level.times or done < level.times) and last + timedelta(level.every) <= today:
            return level
    return None


def respect_minimums(chosen, procedure, today):
    """Drop levels below their minimum, highest first, until none is left."""
    while True:
        for level in sorted(set(chosen.values()), key=lambda v: -v.days):
            total = sum(d.amount for d, taken in chosen.items() if taken.days >= level.days)
            if total < level.minimum:
                break
        else:
            return chosen
        for debt in [debt for debt, taken in chosen.items() if taken is level]:
            lower = get_lower(debt, procedure, level, today)
            if lower:
                chosen[debt] = lower
            else:
                del chosen[debt]


def get_lower(debt, procedure, level, today):
    if debt.told:
        again = repeat(debt, procedure, today)
        return again if again and again.days < level.days else None
    if today > debt.due and procedure["start"] == "first":
        return None
    base = start_of_count(debt, procedure)
    late = today > debt.due
    lower = [
        other
        for other in procedure["levels"]
        if other.days < level.days
        and base + timedelta(other.days) <= today
        and (other.days > 0 if late else other.days <= 0)
    ]
    return max(lower, key=lambda v: v.days) if lower else None
