"""What guarantees do to a limit and to an exposure. Amounts are in the company's currency, taxes included."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Cover:
    """A guarantee in force. ``quota`` is the share of ``amount`` that it pays, in percent.

    ``effect``: ``limit``, the limit is raised by that share of the amount; ``exposure``, that share of the exposure, up to
    the amount, is not at own risk; ``none``.
    """

    amount: float
    quota: float = 100.0
    effect: str = "exposure"

    @property
    def share(self):
        """The quota as a fraction."""
        return self.quota / 100


class Shares(NamedTuple):
    """How an exposure is shared: what others pay, what of the guaranteed part stays with the seller, and the rest."""

    insured: float
    retained: float
    uninsured: float


def raise_limit(limit, covers):
    """The exposure that may be reached with guarantees, where ``limit`` is what the seller risks itself.

    Covers of the exposure come one after the other, as in :func:`share_exposure`: what the first leaves is covered by the
    second. The result is the exposure whose part at own risk is the limit, plus what raises the limit outright.
    In SQL: ``credit.position._raised_limit_sql``.

    >>> raise_limit(100_000.0, [Cover(50_000.0, 50.0, "limit")])
    125000.0
    >>> raise_limit(22_000.0, [Cover(70_000.0, 90.0), Cover(15_000.0)])
    100000.0
    >>> raise_limit(1_000.0, [Cover(70_000.0, 90.0)])  # a tenth of each euro is at own risk
    10000.0
    >>> raise_limit(0.0, [Cover(70_000.0, 90.0)]), raise_limit(0.0, [Cover(70_000.0)]), raise_limit(None, [Cover(5.0)])
    (0.0, 70000.0, None)
    """
    if limit is None:
        return None
    limit += sum(cover.amount * cover.share for cover in covers if cover.effect == "limit")
    for cover in reversed([cover for cover in covers if cover.effect == "exposure"]):
        covered = limit + cover.amount * cover.share
        at_risk = 1 - cover.share
        limit = min(covered, limit / at_risk) if at_risk > 1e-9 else covered
    return round(limit, 2)


def share_exposure(exposure, covers):
    """An exposure, shared: insured, retained of what is covered, not insured. Never below 0.

    >>> share_exposure(100_000.0, [Cover(70_000.0, 90.0), Cover(15_000.0)])
    Shares(insured=78000.0, retained=7000.0, uninsured=15000.0)
    >>> share_exposure(40_000.0, [Cover(70_000.0, 90.0)])
    Shares(insured=36000.0, retained=4000.0, uninsured=0.0)
    >>> share_exposure(-50.0, [Cover(70_000.0, 90.0)])
    Shares(insured=0.0, retained=0.0, uninsured=0.0)
    """
    left = max(exposure, 0.0)
    retained = insured = 0.0
    for cover in covers:
        if cover.effect != "none":
            reached = min(cover.amount, left)
            insured += reached * cover.share
            retained += reached * (1 - cover.share)
            left -= reached * cover.share
    retained = min(retained, left)
    return Shares(round(insured, 2), round(retained, 2), round(left - retained, 2))
