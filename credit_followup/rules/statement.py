"""What a statement of account says. Each account of it is in one currency, that of its documents, taxes included."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .ageing import Ageing, age, days_late

NOTHING = Ageing((0.0,) * 5, 0.0)


class Line(NamedTuple):
    """An open item, or a movement. Receivables positive, credit notes and payments negative.

    ``kind``: ``invoice``, ``refund``, ``payment``, ``entry``, ``allocation`` (to or from another customer or currency).
    ``balance``: of an open item what is still open; of a movement the balance after it.
    """

    partner_id: int
    currency_id: int
    item_id: int
    kind: str
    name: str
    reference: str
    date: date
    date_due: date  # pylint: disable=used-before-assignment
    amount: float
    balance: float
    doubtful: bool

    def days_late(self, today) -> int:
        """Days late of an open item; of a credit none.

        >>> line = Line(1, 1, 1, "invoice", "A", "", date(2026, 1, 1), date(2026, 1, 31), 9.0, 9.0, False)
        >>> line.days_late(date(2026, 2, 2)), line._replace(balance=-9.0).days_late(date(2026, 2, 2))
        (2, 0)
        """
        return days_late(self.date_due, today) if self.balance > 0 else 0


@dataclass
class Account:
    """What a customer owes in a currency: the lines, and what is open in the end by age."""

    currency_id: int
    opening: float = 0.0
    lines: list[Line] = field(default_factory=list)
    ageing: Ageing = NOTHING

    @property
    def closing(self) -> float:
        """What is owed in the end, credits deducted.

        >>> Account(1, ageing=Ageing((10.0, 0.0, 0.0, 0.0, 0.0), -4.0)).closing
        6.0
        """
        return self.ageing.total

    @property
    def debits(self) -> float:
        """What was invoiced in the period."""
        return sum(line.amount for line in self.lines if line.amount > 0)

    @property
    def credits(self) -> float:
        """What was paid or credited in the period, without sign."""
        return -sum(line.amount for line in self.lines if line.amount < 0)


@dataclass
class Statement:
    """The accounts of a customer on a day, one for each currency; of a period when it has a first day."""

    partner_id: int
    date_to: date
    date_from: date | None = None
    accounts: list[Account] = field(default_factory=list)


def open_account(currency_id, lines, today) -> Account:
    """The account of open items in a currency.

    >>> line = Line(1, 7, 1, "invoice", "A", "", date(2026, 1, 1), date(2026, 1, 31), 9.0, 4.0, False)
    >>> account = open_account(7, [line], date(2026, 3, 31))
    >>> account.closing, account.ageing.buckets
    (4.0, (0.0, 0.0, 4.0, 0.0, 0.0))
    """
    ageing = age(((line.date_due, line.balance) for line in lines), today)
    return Account(currency_id, lines=lines, ageing=ageing)
