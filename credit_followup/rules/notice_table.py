"""The table of a reminder: one row for each item, one total for each currency."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Row:
    """An item as its debtor reads it.

    ``amount`` is that of the document, ``open`` what is left of it; both in ``currency``, taxes included, credits
    negative. ``days_late`` is 0 until the day after ``due``. ``reminded``: an earlier notice asked for it once it was late.
    """

    document: str
    date: date
    due: date  # pylint: disable=used-before-assignment
    days_late: int
    currency: object
    amount: float
    open: float
    url: str = ""
    reminded: bool = False

    @property
    def is_credit(self):
        """A credit note, or money that is not allocated: it is deducted."""
        return self.open < 0


def days_late(due, today):
    """Days since the due date; 0 as long as it has not passed.

    >>> days_late(date(2026, 3, 1), date(2026, 3, 11)), days_late(date(2026, 3, 1), date(2026, 3, 1))
    (10, 0)
    >>> days_late(date(2026, 3, 20), date(2026, 3, 11)), days_late(None, date(2026, 3, 11))
    (0, 0)
    """
    return max(0, (today - due).days) if due else 0


def totals(rows):
    """``[(currency, what is open in it, net of the credits)]``, in the order in which the currencies appear.

    >>> one, day = date(2026, 3, 1), date(2026, 3, 31)
    >>> rows = [Row("A", one, day, 0, "EUR", 100.0, 60.0), Row("B", one, day, 0, "USD", 5.0, 5.0)]
    >>> totals([*rows, Row("C", one, one, 0, "EUR", -20.0, -20.0)])
    [('EUR', 40.0), ('USD', 5.0)]
    """
    found = {}
    for row in rows:
        found[row.currency] = found.get(row.currency, 0.0) + row.open
    return list(found.items())


def reminded(rows):
    """How many of the debts a text may call reminded of: ``all``, ``some`` or ``none``.

    >>> one, day = date(2026, 3, 1), date(2026, 3, 31)
    >>> old = Row("A", one, one, 30, "EUR", 60.0, 60.0, reminded=True)
    >>> new, credit = Row("B", one, one, 30, "EUR", 5.0, 5.0), Row("C", one, None, 0, "EUR", -1.0, -1.0)
    >>> reminded([old, credit]), reminded([old, new]), reminded([new, credit])
    ('all', 'some', 'none')
    """
    debts = {row.reminded for row in rows if not row.is_credit}
    return "some" if len(debts) == 2 else "all" if True in debts else "none"


def parts(rows):
    """Rows as a table shows them: what was reminded of, what is named for the first time, the credits; empty parts are left out.

    >>> one = date(2026, 3, 1)
    >>> old = Row("A", one, one, 30, "EUR", 60.0, 60.0, reminded=True)
    >>> new, credit = Row("B", one, one, 30, "EUR", 5.0, 5.0), Row("C", one, None, 0, "EUR", -1.0, -1.0)
    >>> [(name, [row.document for row in found]) for name, found in parts([credit, new, old])]
    [('reminded', ['A']), ('first', ['B']), ('credit', ['C'])]

    Nothing to tell apart, and they stay as they are:

    >>> [(name, [row.document for row in found]) for name, found in parts([credit, new])]
    [('', ['C', 'B'])]
    """
    if reminded(rows) != "some":
        return [("", list(rows))]
    found = {"reminded": [], "first": [], "credit": []}
    for row in rows:
        found["credit" if row.is_credit else "reminded" if row.reminded else "first"].append(row)
    return [(name, named) for name, named in found.items() if named]
