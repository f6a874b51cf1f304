"""Reasons why a payment earns nothing yet."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: reasons that end once the invoice is settled; the others need a decision
UNPAID = "unpaid"


@dataclass(frozen=True)
class Deal:
    """A paid sale, in the currency of its invoice, taxes included.

    :param total: total of the invoice
    :param settled: payments, credit notes, discounts and amounts settled without money
    :param waits: whether payments wait for the bank or for safety days
    :param last: date of the last settlement
    :param reasons: reasons to hold it back: ``doubtful``, ``disputed``, ……
    """

    total: Decimal
    settled: Decimal
    waits: bool = False
    last: date = date.min
    reasons: tuple[str, ...] = ()

    @property
    def is_paid(self) -> bool:
        """Whether it is fully settled and all payments have arrived; the same for a refunded credit note.

        >>> Deal(Decimal(1200), Decimal(1200)).is_paid, Deal(Decimal(1200), Decimal(1000)).is_paid
        (True, False)
        >>> Deal(Decimal(-120), Decimal(-120)).is_paid, Deal(Decimal(120), Decimal(120), waits=True).is_paid
        (True, False)
        """
        left = self.total - self.settled if self.total >= 0 else self.settled - self.total
        return not self.waits and round(left, 6) <= 0


def why_held(deal: Deal, only_when_paid: bool, hold_back: bool) -> str | None:
    """The first reason why its payments earn nothing yet; ``None`` if they earn.

    :param only_when_paid: the plan pays only once the invoice is paid in full
    :param hold_back: the plan waits while the sale is doubtful or disputed

    >>> part = Deal(Decimal(1200), Decimal(1000), reasons=("doubtful",))
    >>> [why_held(part, *choice) for choice in ((False, False), (True, False), (False, True), (True, True))]
    [None, 'unpaid', 'doubtful', 'doubtful']
    """
    if hold_back and deal.reasons:
        return deal.reasons[0]
    return UNPAID if only_when_paid and not deal.is_paid else None
