"""Rates that depend on what came in during a period."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

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
    amount = sum(
        (amount * percent for amount, percent in slices(tiers, "marginal", volume)), Decimal(0)
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


class Sums(NamedTuple):
    """What was entered for a person in a period, with the same rule, share and payment speed; company currency.

    :param by_tiers: its rule pays by tiers; then its base counts for the volume
    :param tier_factor: the part of the rate of the tier that it earns, ``None`` where tiers do not count
    :param share: percent of the sale; ``on_top``: in addition to the others
    :param adjustment: ``tiers``, ``rounding`` or ``cap``; ``contest`` or ``None`` for what was earned
    :param target: net to be collected in the period
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
    """Sums of one person and period.

    ``volume`` is the net collected that counts for tiers, ``weighted`` the same times the part of the rate that it
    earns, ``entered`` what that made so far, ``exact`` and ``exact_entered`` the same before rounding, ``tiered`` the
    adjustments to another tier among it; ``earned`` is everything but the cap, ``capped`` the cap.
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
        """Count what was entered.

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
        """What is still to be entered for the period, by kind; what is 0 too.

        :param tiers: in money
        :param cap: most that a person earns; ``None``: no cap

        10 000 entered at the first tier's 3 % became worth 5 %, and the cap is 400:

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
        """Count what was entered for its person and period."""
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
