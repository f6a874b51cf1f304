"""Why money that came earns nothing yet."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: reasons that end by themselves when the invoice is settled; all others end when somebody decides
UNPAID = "unpaid"


@dataclass(frozen=True)
class Deal:
    """A sale whose money came in, in the currency of its invoice, taxes included.

    :param total: of the invoice
    :param settled: money, credit notes, discounts and what was given up
    :param waits: some of the money waits for the bank, or for its safety days
    :param last: day of the last of it
    :param reasons: why it is held back: ``doubtful``, ``disputed``, …
    """

    total: Decimal
    settled: Decimal
    waits: bool = False
    last: date = date.min
    reasons: tuple[str, ...] = ()

    @property
    def is_paid(self) -> bool:
        """Nothing of it is left, and all the money is there; of a credit note that was paid back likewise.

        >>> Deal(Decimal(1200), Decimal(1200)).is_paid, Deal(Decimal(1200), Decimal(1000)).is_paid
        (True, False)
        >>> Deal(Decimal(-120), Decimal(-120)).is_paid, Deal(Decimal(120), Decimal(120), waits=True).is_paid
        (True, False)
        """
        left = self.total - self.settled if self.total >= 0 else self.settled - self.total
        return not self.waits and round(left, 6) <= 0


def why_held(deal: Deal, only_when_paid: bool, hold_back: bool) -> str | None:
    """The first reason why its money earns nothing yet; ``None``: it earns.

    :param only_when_paid: the plan pays once the invoice is paid in full
    :param hold_back: the plan waits while the sale is doubtful or disputed

    >>> part = Deal(Decimal(1200), Decimal(1000), reasons=("doubtful",))
    >>> [why_held(part, *choice) for choice in ((False, False), (True, False), (False, True), (True, True))]
    [None, 'unpaid', 'doubtful', 'doubtful']
    """
    if hold_back and deal.reasons:
        return deal.reasons[0]
    return UNPAID if only_when_paid and not deal.is_paid else None
