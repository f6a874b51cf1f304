"""What each customer is granted and orders, and what must become of the order: no Odoo here."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from . import history

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Case:
    """A customer on the day its order is confirmed."""

    customer: str
    receivable: Decimal
    open_order: Decimal
    limit: Decimal
    order: Decimal

    @property
    def exposure(self) -> Decimal:
        """What is owed and ordered before the order."""
        return self.receivable + self.open_order

    @property
    def excess(self) -> Decimal:
        """How far the order goes over the limit.

        >>> Case("A", Decimal(50), Decimal(10), Decimal(100), Decimal(40)).excess
        Decimal('0')
        """
        return max(self.exposure + self.order - self.limit, Decimal())

    @property
    def is_held(self) -> bool:
        """Whether the order must be held; up to the limit, to the cent, it is a sale."""
        return self.excess > 0


def make(invoices, day: date) -> list[Case]:
    """A case for each customer of the file.

    The limit is half the highest balance the customer ever had. Every third customer has an open order of a tenth
    of that balance. The order is a quarter of it, but of five customers with room for it one orders
    exactly what is left and one a cent more.
    """
    customers = history.by_customer(invoices).items()
    return [_case(index, customer, own, day) for index, (customer, own) in enumerate(customers)]


def _case(index, customer, invoices, day):
    highest = history.highest_balance(invoices)
    receivable = history.balance(invoices, day)
    open_order = Decimal() if index % 3 else _round(highest / 10)
    limit = _round(highest / 2)
    order = _order(index, _round(highest / 4), limit - receivable - open_order)
    return Case(customer, receivable, open_order, limit, order)


def _order(index, usual, left):
    if left <= 0 or index % 5 not in (1, 2):
        return usual
    return left if index % 5 == 1 else left + CENT


def _round(amount):
    """To the cent, halves up.

    >>> _round(Decimal("1.005"))
    Decimal('1.01')
    """
    return amount.quantize(CENT, ROUND_HALF_UP)
