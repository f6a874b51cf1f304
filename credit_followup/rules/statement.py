"""The contents of a statement of account. Each account is in the currency of its documents, taxes included."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from .ageing import Ageing, age, days_late

NO_AGEING = Ageing((0.0,) * 5, 0.0)


class Line(NamedTuple):
    """An open item or a movement. Receivables are positive, credit notes and payments negative.

    ``kind``: ``invoice``, ``refund``, ``payment``, ``entry``, ``allocation`` (to or from another customer or currency).
    ``balance``: the open amount of an item, or the running balance of a movement.
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

    def count_days_late(self, today) -> int:
        """Days late of an open item; 0 for a credit.

        >>> line = Line(1, 1, 1, "invoice", "A", "", date(2026, 1, 1), date(2026, 1, 31), 9.0, 9.0, False)
        >>> line.count_days_late(date(2026, 2, 2)), line._replace(balance=-9.0).count_days_late(date(2026, 2, 2))
        (2, 0)
        """
        return days_late(self.date_due, today) if self.balance > 0 else 0


@dataclass
class Account:
    """A customer's account in a currency: its lines and the ageing of its closing balance."""

    currency_id: int
    opening: float = 0.0
    lines: list[Line] = field(default_factory=list)
    ageing: Ageing = NO_AGEING

    @property
    def closing(self) -> float:
        """Closing balance, net of credits.

        >>> Account(1, ageing=Ageing((10.0, 0.0, 0.0, 0.0, 0.0), -4.0)).closing
        6.0
        """
        return self.ageing.total

    @property
    def debits(self) -> float:
        """Total debits of the period."""
        return sum(line.amount for line in self.lines if line.amount > 0)

    @property
    def credits(self) -> float:
        """Total credits of the period, as a positive amount."""
        return -sum(line.amount for line in self.lines if line.amount < 0)


@dataclass
class Statement:
    """A customer's accounts, one per currency, on a day or for a period if it has a first day."""

    partner_id: int
    date_to: date
    date_from: date | None = None
    accounts: list[Account] = field(default_factory=list)


def open_account(currency_id, lines, today) -> Account:
    """The account of the open items in a currency.

    >>> line = Line(1, 7, 1, "invoice", "A", "", date(2026, 1, 1), date(2026, 1, 31), 9.0, 4.0, False)
    >>> account = open_account(7, [line], date(2026, 3, 31))
    >>> account.closing, account.ageing.buckets
    (4.0, (0.0, 0.0, 4.0, 0.0, 0.0))
    """
    ageing = age(((line.date_due, line.balance) for line in lines), today)
    return Account(currency_id, lines=lines, ageing=ageing)
