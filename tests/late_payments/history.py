"""The invoices of `late_payments.csv` and what follows from their dates alone: no Odoo here.

A balance is that of the end of a day: an invoice is in it from its own day until the day before it is
settled. In which order the invoices and payments of one day came therefore changes nothing.
"""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

# Published beside the file: open at the end of a day, not overdue, all; amount and number of invoices.
DAY = date(2013, 6, 30)
RECEIVABLES = Decimal("5119.85"), 84
NOT_OVERDUE = Decimal("4284.29")
INVOICED = Decimal("147703.18"), 2466


@dataclass(frozen=True)
class Invoice:
    """One row of the file."""

    customer: str
    number: str
    amount: Decimal
    issued: date
    due: date
    settled: date

    def is_open(self, day: date) -> bool:
        """Whether it is still to be paid at the end of a day.

        >>> first, last = date(2013, 6, 1), date(2013, 6, 30)
        >>> invoice = Invoice("A", "1", Decimal(9), first, last, last)
        >>> invoice.is_open(first), invoice.is_open(last)
        (True, False)
        """
        return self.issued <= day < self.settled


def read(path: Path) -> list[Invoice]:
    """The invoices of the file, oldest first."""
    with path.open(newline="") as file:
        invoices = [_invoice(row) for row in csv.DictReader(file)]
    return sorted(invoices, key=lambda invoice: (invoice.issued, invoice.number))


def _invoice(row):
    return Invoice(
        row["customerID"],
        row["invoiceNumber"],
        Decimal(row["InvoiceAmount"]),
        *(_date(row[column]) for column in ("InvoiceDate", "DueDate", "SettledDate")),
    )


def _date(text):
    return datetime.strptime(text, "%m/%d/%Y").date()


def total(invoices) -> Decimal:
    """Sum of their amounts."""
    return sum((invoice.amount for invoice in invoices), Decimal())


def by_customer(invoices) -> dict[str, list[Invoice]]:
    """The invoices of each customer, customers in alphabetical order."""
    found = {customer: [] for customer in sorted({invoice.customer for invoice in invoices})}
    for invoice in invoices:
        found[invoice.customer].append(invoice)
    return found


def balance(invoices, day: date) -> Decimal:
    """What is to be paid at the end of a day."""
    return total(invoice for invoice in invoices if invoice.is_open(day))


def highest_balance(invoices) -> Decimal:
    """The most that was ever to be paid; a balance only rises on a day of an invoice.

    >>> days = [date(2013, 6, day) for day in (1, 5, 9, 20)]
    >>> def invoice(amount, issued, settled):
    ...     return Invoice("A", "", Decimal(amount), issued, issued, settled)
    >>> highest_balance([invoice(50, days[0], days[2]), invoice(30, days[1], days[3]), invoice(40, days[2], days[3])])
    Decimal('80')
    """
    return max(balance(invoices, invoice.issued) for invoice in invoices)
