"""What five salespeople earn by month, from the dates and amounts of the invoices alone: no Odoo here, no rule of the
add-on.
"""

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

PEOPLE = 5
CENT = Decimal("0.01")


def salesperson(customers) -> dict[str, int]:
    """Which of the five has a customer: in turn, by the customers' names.

    >>> salesperson(["B", "A", "C", "D", "E", "F"])
    {'A': 0, 'B': 1, 'C': 2, 'D': 3, 'E': 4, 'F': 0}
    """
    return {customer: place % PEOPLE for place, customer in enumerate(sorted(set(customers)))}


def percent(due: date, settled: date) -> int:
    """3 %; 2 % for money more than 10 days late, nothing for money more than 30 days late.

    >>> day = date(2012, 3, 1)
    >>> [percent(day, date(2012, 3, 1 + late)) for late in (0, 10, 11, 30)], percent(day, date(2012, 4, 1))
    ([3, 3, 2, 2], 0)
    """
    late = (settled - due).days
    if late > 30:
        return 0
    return 2 if late > 10 else 3


def by_month(invoices) -> dict[tuple[int, date], Decimal]:
    """`{(salesperson, first day of the month): commission}`, each invoice rounded to cents, without what is 0.

    >>> from .history import Invoice
    >>> march, april = date(2012, 3, 31), date(2012, 4, 5)
    >>> by_month([Invoice("A", "1", Decimal("55.94"), march, march, april)])
    {(0, datetime.date(2012, 4, 1)): Decimal('1.68')}
    """
    people = salesperson(invoice.customer for invoice in invoices)
    totals = defaultdict(Decimal)
    for invoice in invoices:
        earned = invoice.amount * percent(invoice.due, invoice.settled) / 100
        month = invoice.settled.replace(day=1)
        totals[people[invoice.customer], month] += earned.quantize(CENT, ROUND_HALF_UP)
    return {key: amount for key, amount in totals.items() if amount}
