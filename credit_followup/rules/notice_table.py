"""The table of a reminder: one row per item, one total per currency."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Row:
    """An item as shown to the debtor.

    ``amount`` is the document's total, ``open`` the amount left; both in ``currency``, taxes included, credits
    negative. ``days_late`` is 0 until the day after ``due``. ``reminded``: an earlier notice listed it after it
    became late.
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
        """A credit note or unallocated payment, to be deducted."""
        return self.open < 0


def totals(rows):
    """``[(currency, open amount net of credits)]``, in order of appearance.

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
    """Whether ``all``, ``some`` or ``none`` of the debts were reminded before.

    >>> one, day = date(2026, 3, 1), date(2026, 3, 31)
    >>> old = Row("A", one, one, 30, "EUR", 60.0, 60.0, reminded=True)
    >>> new, credit = Row("B", one, one, 30, "EUR", 5.0, 5.0), Row("C", one, None, 0, "EUR", -1.0, -1.0)
    >>> reminded([old, credit]), reminded([old, new]), reminded([new, credit])
    ('all', 'some', 'none')
    """
    debts = {row.reminded for row in rows if not row.is_credit}
    return "some" if len(debts) == 2 else "all" if True in debts else "none"


def parts(rows):
    """Rows grouped for display: reminded before, new, credits; without empty groups.

    >>> one = date(2026, 3, 1)
    >>> old = Row("A", one, one, 30, "EUR", 60.0, 60.0, reminded=True)
    >>> new, credit = Row("B", one, one, 30, "EUR", 5.0, 5.0), Row("C", one, None, 0, "EUR", -1.0, -1.0)
    >>> [(name, [row.document for row in found]) for name, found in parts([credit, new, old])]
    [('reminded', ['A']), ('first', ['B']), ('credit', ['C'])]

    If all or none were reminded, the rows stay together:

    >>> [(name, [row.document for row in found]) for name, found in parts([credit, new])]
    [('', ['C', 'B'])]
    """
    if reminded(rows) != "some":
        return [("", list(rows))]
    found = {"reminded": [], "first": [], "credit": []}
    for row in rows:
        found["credit" if row.is_credit else "reminded" if row.reminded else "first"].append(row)
    return [(name, named) for name, named in found.items() if named]
