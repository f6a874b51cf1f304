"""Rates that depend on what came in during a period."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .earning import to_cents


@dataclass(frozen=True)
class Tier:
    """From ``threshold`` on, until the next tier begins: half-open, so that there is neither gap nor overlap.

    :param threshold: net collected in the period, in the company's currency
    :param percent: the rate
    """

    threshold: Decimal
    percent: Decimal

    @classmethod
    def of(cls, threshold, percent):
        """From numbers of any kind.

        >>> Tier.of(1000.1, 5.5)
        Tier(threshold=Decimal('1000.1'), percent=Decimal('5.5'))
        """
        return cls(Decimal(str(threshold)), Decimal(str(percent)))


def reached(tiers, volume) -> Tier | None:
    """The tier of a volume.

    >>> tiers = Tier.of(0, 3), Tier.of(1000, 5)
    >>> [reached(tiers, Decimal(volume)).percent for volume in ("999.99", "1000", "1000.50")]
    [Decimal('3'), Decimal('5'), Decimal('5')]
    >>> reached((Tier.of(500, 3),), Decimal(499)) is None
    True
    """
    return max(
        (tier for tier in tiers if tier.threshold <= max(volume, 0)),
        key=lambda tier: tier.threshold,
        default=None,
    )


def missing(tiers, volume) -> tuple[Tier, Decimal] | None:
    """The next tier, and how much is missing for it; ``None`` on the last.

    >>> missing((Tier.of(0, 3), Tier.of(1000, 5)), Decimal("812.50"))
    (Tier(threshold=Decimal('1000'), percent=Decimal('5')), Decimal('187.50'))
    """
    later = [tier for tier in tiers if tier.threshold > volume]
    following = min(later, key=lambda tier: tier.threshold, default=None)
    return following and (following, following.threshold - volume)


def whole_rate(tiers, volume) -> Decimal:
    """The rate of the tier that the volume reached, for the whole volume; percent.

    >>> whole_rate((Tier.of(0, 3), Tier.of(1000, 5)), Decimal(1500))
    Decimal('5')
    """
    found = reached(tiers, volume)
    return found.percent if found else Decimal(0)


def marginal_rate(tiers, volume) -> Decimal:
    """Each slice at its own rate, as one rate of the whole; percent.

    1 000 at 3 % and 500 at 5 % are 55, so 3.6667 % of 1 500:

    >>> round(marginal_rate((Tier.of(0, 3), Tier.of(1000, 5)), Decimal(1500)), 4)
    Decimal('3.6667')
    >>> marginal_rate((Tier.of(0, 3), Tier.of(1000, 5)), Decimal(-20))
    Decimal('3')
    """
    if volume <= 0:
        return whole_rate(tiers, volume)
    steps = sorted(tiers, key=lambda tier: tier.threshold)
    ends = [tier.threshold for tier in steps[1:]] + [None]
    amount = sum(
        (
            _slice(tier.threshold, end, volume) * tier.percent
            for tier, end in zip(steps, ends, strict=True)
        ),
        Decimal(0),
    )
    return amount / volume


def _slice(begin, end, volume):
    top = volume if end is None else min(volume, end)
    return max(top - begin, Decimal(0))


RATES = {"whole": whole_rate, "marginal": marginal_rate}


def tier_adjustment(tiers, mode, volume, weighted, entered, places=2) -> Decimal:
    """What is still to be entered so that a period earns by its tiers, cents of rounding with it.

    :param mode: ``whole`` or ``marginal``
    :param volume: net collected in the period
    :param weighted: the same, each part times the share of the rate that it earns (payment speed)
    :param entered: what was entered for it so far

    10 000 entered at the first tier's 3 % became worth 5 %:

    >>> tier_adjustment((Tier.of(0, 3), Tier.of(8000, 5)), "whole", Decimal(10000), Decimal(10000), Decimal(300))
    Decimal('200.00')
    """
    due = RATES[mode](tiers, volume) * weighted / 100
    return due.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) - entered


def tier_part(tiers, mode, volume, exact, earned, adjusted, places=2) -> Decimal:
    """What of it is due to another tier than money was entered at; the rest only rounds the sum of many lines.

    :param exact: like ``weighted`` of :func:`tier_adjustment`, not rounded
    :param earned: what the lines of the period earned before they were rounded
    :param adjusted: what was entered for other tiers so far

    Four lines of 0.30 at 3 % are entered as 0.01 each, together they are worth 0.036, so 0.04. One of 10 000 is not:

    >>> tier_part((Tier.of(0, 3),), "whole", Decimal("1.2"), Decimal("1.2"), Decimal("0.036"), Decimal(0))
    Decimal('0.00')
    >>> steps = Tier.of(0, 3), Tier.of(8000, 5)
    >>> tier_part(steps, "whole", Decimal(10000), Decimal(10000), Decimal(300), Decimal(0))
    Decimal('200.00')
    """
    due = RATES[mode](tiers, volume) * exact / 100
    return to_cents(due - earned - adjusted, places)


def cap_adjustment(cap, earned, adjusted) -> Decimal:
    """What the cap of a period takes off, less what it took off before; never above 0 in sum.

    >>> cap_adjustment(Decimal(1000), Decimal(1250), Decimal(0))
    Decimal('-250')
    >>> cap_adjustment(Decimal(1000), Decimal(900), Decimal(-250))
    Decimal('250')
    """
    return min(cap - earned, Decimal(0)) - adjusted


def in_money(tiers, target) -> tuple[Tier, ...]:
    """Tiers in percent of a target, as tiers in money.

    >>> in_money((Tier.of(0, 3), Tier.of(100, 5)), Decimal(20000))[1].threshold
    Decimal('20000')
    """
    return tuple(Tier(tier.threshold * target / 100, tier.percent) for tier in tiers)
