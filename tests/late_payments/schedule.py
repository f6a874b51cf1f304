"""Which reminders are due on which day, from the dates of the invoices alone: no Odoo here, no rule of the add-on.

A level is a number of days after the due date. The first one names an invoice on that day; each later one on its
day too, but never sooner after the one before than the two are apart. A customer who got a notice gets the next one
after so many days at the earliest, and it names everything that has become due meanwhile, each at its own level.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .history import Invoice, by_customer

LEVELS = (5, 15, 30)


@dataclass(frozen=True)
class Notice:
    """One message: the invoices it names, by number, each with its level."""

    day: date
    customer: str
    named: frozenset[tuple[str, int]]

    @property
    def level(self) -> int:
        """The highest: it gives the tone.

        >>> Notice(date(2013, 1, 1), "A", frozenset({("1", 5), ("2", 15)})).level
        15
        """
        return max(level for _number, level in self.named)


def play(invoices: Iterable[Invoice], gap: int, first: date, last: date) -> set[Notice]:
    """All notices of a time, looked at every day in the evening.

    :param gap: days between two notices for a customer

    >>> from decimal import Decimal
    >>> def invoice(number, due, settled):
    ...     return Invoice("A", number, Decimal(9), date(2013, 1, 1), date(2013, 2, due), date(2013, 3, settled))
    >>> def told(gap):
    ...     found = play([invoice("1", 1, 20), invoice("2", 8, 1)], gap, date(2013, 1, 1), date(2013, 12, 31))
    ...     return [(f"{n.day:%m-%d}", n.level, len(n.named)) for n in sorted(found, key=lambda n: n.day)]
    >>> told(0)
    [('02-06', 5, 1), ('02-13', 5, 1), ('02-16', 15, 1), ('02-23', 15, 1), ('03-03', 30, 1)]
    >>> told(8)
    [('02-06', 5, 1), ('02-14', 5, 1), ('02-22', 15, 1), ('03-09', 30, 1)]
    """
    customers = by_customer(invoices).items()
    return {notice for _name, own in customers for notice in _play_customer(own, gap, first, last)}


def _play_customer(invoices, gap, first, last):
    named = {}  # the level that named an invoice last, and the day
    contacted = date.min
    day = first
    while day <= last:
        if (day - contacted).days >= gap:
            due = {invoice: _due_level(invoice, named.get(invoice), day) for invoice in invoices}
            due = {invoice: level for invoice, level in due.items() if level}
            if due:
                yield Notice(day, invoices[0].customer, frozenset((i.number, due[i]) for i in due))
                named |= {invoice: (level, day) for invoice, level in due.items()}
                contacted = day
        day += timedelta(1)


def _due_level(invoice, before, day):
    """The level that names an invoice on a day, or nothing."""
    if not invoice.is_open(day):
        return None
    last_level, last_day = before or (0, date.min)
    following = [level for level in LEVELS if level > last_level]
    if not following:
        return None
    level = following[0]
    apart = timedelta(level - last_level) if before else timedelta()
    return level if day >= max(invoice.due + timedelta(level), last_day + apart) else None


def count(notices: Iterable[Notice]) -> Counter:
    """``{(month, level): number of notices}``.

    >>> count([Notice(date(2013, 1, 9), "A", frozenset({("1", 5)})), Notice(date(2013, 1, 5), "B", frozenset({("2", 5)}))])
    Counter({('2013-01', 5): 2})
    """
    return Counter((f"{notice.day:%Y-%m}", notice.level) for notice in notices)


def by_month(notices: Iterable[Notice]) -> str:
    """The counts as a table in Markdown.

    >>> print(by_month([Notice(date(2013, 1, 9), "A", frozenset({("1", 5)}))]))
    | Month   |  +5 | +15 | +30 | all |
    |---------|----:|----:|----:|----:|
    | 2013-01 |   1 |   0 |   0 |   1 |
    | all     |   1 |   0 |   0 |   1 |
    """
    counts = count(notices)
    months = sorted({month for month, _level in counts})
    rows = [(month, [counts[month, level] for level in LEVELS]) for month in months]
    rows.append(("all", [sum(column) for column in zip(*(row for _m, row in rows), strict=True)]))
    cells = [(month, [*map(str, row), str(sum(row))]) for month, row in rows]
    head = ("Month", [*(f"+{level}" for level in LEVELS), "all"])
    lines = [
        f"| {title:7} | {' | '.join(f'{c:>3}' for c in row)} |" for title, row in (head, *cells)
    ]
    return "\n".join([lines[0], f"|{'-' * 9}|{'----:|' * (len(LEVELS) + 1)}", *lines[1:]])
