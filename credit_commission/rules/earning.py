"""Cents: what a share of a line has earned in all, and by the next collection.

The same arithmetic runs in SQL for many lines at once; here it says what is meant, and what simulations and tests of
one line use.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Line:
    """A line of an invoice.

    :param net: without taxes, in the company's currency
    :param total: of the whole invoice with taxes, in the invoice's currency
    """

    net: Decimal
    total: Decimal

    def base(self, collected: Decimal) -> Decimal:
        """What a collection is worth, without taxes, in the company's currency.

        >>> Line(Decimal(10000), Decimal(12000)).base(Decimal(7200))
        Decimal('6000')
        """
        return self.net * collected / self.total


def to_cents(amount: Decimal, places: int = 2) -> Decimal:
    """Rounded half away from zero, after the noise of divisions beyond the eighth place.

    >>> to_cents(Decimal("0.1249999999999")), to_cents(Decimal("-0.125"))
    (Decimal('0.13'), Decimal('-0.13'))
    """
    clean = amount.quantize(Decimal("1e-8"), ROUND_HALF_UP)
    return clean.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def part(earned: Decimal, begin=Decimal(0), share=Decimal(100)) -> Decimal:
    """The cents of a share that begins at ``begin`` percent of the whole: all shares make the whole's cents.

    >>> thirds = (0, "33.3333"), ("33.3333", "33.3333"), ("66.6666", "33.3334")
    >>> [str(part(Decimal("10.00"), Decimal(begin), Decimal(share))) for begin, share in thirds]
    ['3.33', '3.34', '3.33']
    """
    return to_cents(earned * (begin + share) / 100) - to_cents(earned * begin / 100)


def increments(amounts, begin=Decimal(0), share=Decimal(100)) -> list[Decimal]:
    """What each collection adds, so that the sum so far is always the rounded sum of the exact amounts.

    1 000 net of 1 055 at 3 %, paid 351.67, 351.67 and 351.66:

    >>> line = Line(Decimal(1000), Decimal(1055))
    >>> paid = map(Decimal, ("351.67", "351.67", "351.66"))
    >>> [str(amount) for amount in increments(line.base(money) * 3 / 100 for money in paid)]
    ['10.00', '10.00', '10.00']

    Undoing the first adds the opposite, and leaves what the others earn alone:

    >>> [str(amount) for amount in increments(map(Decimal, ("10.004", "10.004", "-10.004")))]
    ['10.00', '10.01', '-10.01']
    """
    total, result = Decimal(0), []
    for amount in amounts:
        before, total = part(total, begin, share), total + amount
        result.append(part(total, begin, share) - before)
    return result
