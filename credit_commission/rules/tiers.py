"""Rates that depend on the collections of a period."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .earning import to_cents


@dataclass(frozen=True)
class Tier:
    """A tier applies from ``threshold`` until the next tier begins, without gaps or overlaps.

    :param threshold: net amount collected in the period, in the company's currency
    :param percent: the rate
    """

    threshold: Decimal
    percent: Decimal

    @classmethod
    def of(cls, threshold, percent):
        """Create a tier from numbers of any type.

        >>> Tier.of(1000.1, 5.5)
        Tier(threshold=Decimal('1000.1'), percent=Decimal('5.5'))
        """
        return cls(Decimal(str(threshold)), Decimal(str(percent)))


def reached(tiers, volume) -> Tier | None:
    """The tier reached by a volume.

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
    """The next tier and the amount missing to reach it; ``None`` on the last tier.

    >>> missing((Tier.of(0, 3), Tier.of(1000, 5)), Decimal("812.50"))
    (Tier(threshold=Decimal('1000'), percent=Decimal('5')), Decimal('187.50'))
    """
    later = [tier for tier in tiers if tier.threshold > volume]
    following = min(later, key=lambda tier: tier.threshold, default=None)
    return following and (following, following.threshold - volume)


def whole_rate(tiers, volume) -> Decimal:
    """The rate in percent of the tier reached, for the whole volume.

    >>> whole_rate((Tier.of(0, 3), Tier.of(1000, 5)), Decimal(1500))
    Decimal('5')
    """
    found = reached(tiers, volume)
    return found.percent if found else Decimal(0)


def marginal_rate(tiers, volume) -> Decimal:
    """Each slice at its own rate, expressed as one rate in percent of the whole.

    1 000 at 3 % and 500 at 5 % give 55, or 3.6667 % of 1 500:

    >>> round(marginal_rate((Tier.of(0, 3), Tier.of(1000, 5)), Decimal(1500)), 4)
    Decimal('3.6667')
    >>> marginal_rate((Tier.of(0, 3), Tier.of(1000, 5)), Decimal(-20))
    Decimal('3')
    """
    if volume <= 0:
        return whole_rate(tiers, volume)
    amount = sum(
        (amount * percent for amount, percent in slices(tiers, "marginal", volume)), Decimal(0)
    )
    return amount / volume


def _slice(begin, end, volume):
    """The part of a volume between two thresholds."""
    top = volume if end is None else min(volume, end)
    return max(top - begin, Decimal(0))


RATES = {"whole": whole_rate, "marginal": marginal_rate}


def tier_adjustment(tiers, mode, volume, weighted, entered, places=2) -> Decimal:
    """The adjustment that brings a period to its tier, rounding included.

    :param mode: ``whole`` or ``marginal``
    :param volume: net amount collected in the period
    :param weighted: the same, each part weighted by its payment speed factor
    :param entered: amount entered so far

    10 000 entered at the first tier's 3 % now earn 5 %:

    >>> tier_adjustment((Tier.of(0, 3), Tier.of(8000, 5)), "whole", Decimal(10000), Decimal(10000), Decimal(300))
    Decimal('200.00')
    """
    due = RATES[mode](tiers, volume) * weighted / 100
    return due.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) - entered


def tier_part(tiers, mode, volume, exact, earned, adjusted, places=2) -> Decimal:
    """The part of an adjustment due to a change of tier; the rest is rounding over many lines.

    :param exact: like ``weighted`` of :func:`tier_adjustment`, not rounded
    :param earned: what the lines of the period earned before rounding
    :param adjusted: tier adjustments entered so far

    Four lines of 0.30 at 3 % are entered as 0.01 each; together they earn 0.036, so 0.04, and only rounding remains:

    >>> tier_part((Tier.of(0, 3),), "whole", Decimal("1.2"), Decimal("1.2"), Decimal("0.036"), Decimal(0))
    Decimal('0.00')
    >>> steps = Tier.of(0, 3), Tier.of(8000, 5)
    >>> tier_part(steps, "whole", Decimal(10000), Decimal(10000), Decimal(300), Decimal(0))
    Decimal('200.00')
    """
    due = RATES[mode](tiers, volume) * exact / 100
    return to_cents(due - earned - adjusted, places)


def cap_adjustment(cap, earned, adjusted) -> Decimal:
    """The reduction due to the cap, less earlier reductions; never above 0 in total.

    >>> cap_adjustment(Decimal(1000), Decimal(1250), Decimal(0))
    Decimal('-250')
    >>> cap_adjustment(Decimal(1000), Decimal(900), Decimal(-250))
    Decimal('250')
    """
    return min(cap - earned, Decimal(0)) - adjusted


def in_money(tiers, target) -> tuple[Tier, ...]:
    """Convert tiers in percent of a target to tiers in money.

    >>> in_money((Tier.of(0, 3), Tier.of(100, 5)), Decimal(20000))[1].threshold
    Decimal('20000')
    """
    return tuple(Tier(tier.threshold * target / 100, tier.percent) for tier in tiers)


class Sums(NamedTuple):
    """Entries of a person in a period with the same rule, share and payment speed, in the company's currency.

    :param by_tiers: whether its rule pays by tiers, so that its base counts towards the volume
    :param tier_factor: part of the tier rate; ``None`` if tiers do not apply
    :param share: percentage of the sale; ``on_top``: in addition to the others
    :param adjustment: ``tiers``, ``rounding`` or ``cap``; ``contest`` or ``None`` for earned entries
    :param target: net amount to be collected in the period
    """

    person: int
    period: date
    last: date
    base: Decimal
    amount: Decimal
    exact_base: Decimal
    exact_amount: Decimal
    by_tiers: bool = False
    tier_factor: Decimal | None = None
    share: Decimal = Decimal(100)
    on_top: bool = False
    adjustment: str | None = None
    target: Decimal = Decimal(0)


@dataclass
class Period:
    """Totals of one person and period.

    ``volume``: net collections that count for tiers; ``weighted``: the same weighted by payment speed; ``entered``:
    commission entered on them, of which ``tiered`` are tier adjustments; ``exact`` and ``exact_entered``: the same
    before rounding; ``earned``: everything except the cap; ``capped``: cap reductions.
    """

    last: date = date.min
    target: Decimal = Decimal(0)
    volume: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    entered: Decimal = Decimal(0)
    exact: Decimal = Decimal(0)
    exact_entered: Decimal = Decimal(0)
    tiered: Decimal = Decimal(0)
    earned: Decimal = Decimal(0)
    capped: Decimal = Decimal(0)

    def add(self, sums: Sums):
        """Add entries.

        >>> period = Period()
        >>> day, net = date(2026, 1, 31), Decimal(1000)
        >>> period.add(Sums(1, day, day, net, Decimal(15), net, Decimal(15), True, Decimal("0.5")))
        >>> str(period.volume), str(period.weighted), str(period.entered)
        ('1000', '500.0', '15')
        """
        share = sums.share / 100
        self.last, self.target = max(self.last, sums.last), max(self.target, sums.target)
        if sums.by_tiers:
            self.volume += sums.base
        if sums.tier_factor is not None:
            self.weighted += sums.base * sums.tier_factor * (share if sums.on_top else 1)
            self.exact += sums.exact_base * sums.tier_factor * share
            self.exact_entered += sums.exact_amount * share
        if sums.tier_factor is not None or sums.adjustment in ("tiers", "rounding"):
            self.entered += sums.amount
        if sums.adjustment == "tiers":
            self.tiered += sums.amount
        if sums.adjustment == "cap":
            self.capped += sums.amount
        else:
            self.earned += sums.amount

    def adjustments(self, tiers, mode, cap=None, places=2) -> dict[str, Decimal]:
        """The adjustments of the period by type, including those of 0.

        :param tiers: in money
        :param cap: maximum commission; ``None`` for no cap

        10 000 entered at the first tier's 3 % now earn 5 %, and the cap is 400:

        >>> net, paid = Decimal(10000), Decimal(300)
        >>> period = Period(volume=net, weighted=net, entered=paid, exact=net, exact_entered=paid, earned=paid)
        >>> found = period.adjustments((Tier.of(0, 3), Tier.of(8000, 5)), "whole", Decimal(400))
        >>> {kind: str(amount) for kind, amount in found.items()}
        {'tiers': '200.00', 'rounding': '0.00', 'cap': '-100.00'}
        """
        found = {"tiers": Decimal(0), "rounding": Decimal(0), "cap": Decimal(0)}
        if tiers and (self.weighted or self.entered):
            volume, entered = self.volume, self.entered
            whole = tier_adjustment(tiers, mode, volume, self.weighted, entered, places)
            sums = self.exact, self.exact_entered, self.tiered
            found["tiers"] = tier_part(tiers, mode, volume, *sums, places)
            found["rounding"] = whole - found["tiers"]
        if cap is not None:
            earned = self.earned + found["tiers"] + found["rounding"]
            found["cap"] = cap_adjustment(cap, earned, self.capped)
        return found


class Periods(dict):
    """``{(person, first day): Period}``."""

    def add(self, sums: Sums):
        """Add entries to their person and period."""
        self.setdefault((sums.person, sums.period), Period()).add(sums)


def slices(tiers, mode, volume) -> list[tuple[Decimal, Decimal]]:
    """How a volume is paid: ``(amount, percent)`` of each slice, or of the whole.

    >>> steps = Tier.of(0, 2), Tier.of(1000, 5)
    >>> [[str(number) for number in one] for one in slices(steps, "marginal", Decimal(1500))]
    [['1000', '2'], ['500', '5']]
    >>> [[str(number) for number in one] for one in slices(steps, "whole", Decimal(1500))]
    [['1500', '5']]
    """
    if mode == "whole" or volume <= 0:
        return [(volume, whole_rate(tiers, volume))]
    steps = sorted(tiers, key=lambda tier: tier.threshold)
    ends = [tier.threshold for tier in steps[1:]] + [None]
    found = (
        (_slice(tier.threshold, end, volume), tier.percent)
        for tier, end in zip(steps, ends, strict=True)
    )
    return [(amount, percent) for amount, percent in found if amount]
