"""What a plan pays for a sale: its rule, its rate, and who gets which share."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .earning import HUNDRED, ZERO
from .matching import Rule, Sale, first_match
from .shares import Share, shares_of
from .speed import Speed, factor_of, rate_of, step_of

NOTHING = frozenset()


@dataclass(frozen=True)
class Term:
    """What one person gets for a sale.

    :param percent: of the net amount; ``None`` for a fixed amount
    :param fixed: for a line that is paid in full, in the company's currency
    :param tier_factor: the part of the rate of the period's tier that it earns; ``None`` where tiers do not count
    :param person: ``None``: whoever made the sale
    :param begin: where the share begins in the whole; it is ``share`` percent of it
    """

    rule: int
    percent: Decimal | None
    fixed: Decimal | None
    tier_factor: Decimal | None
    agent: int
    person: int | None
    begin: Decimal
    share: Decimal
    on_top: bool

    def earned(self, net: Decimal, portion: Decimal, ratio: Decimal) -> Decimal:
        """What the whole sale earns with a part of its money.

        :param net: of the line, without taxes
        :param portion: how many times a fixed amount the line is worth
        :param ratio: the part of the document that was collected

        >>> term = Term(1, Decimal(5), None, None, 1, None, Decimal(0), Decimal(100), False)
        >>> term.earned(Decimal(10000), Decimal(1), Decimal("0.6"))
        Decimal('300.0')
        """
        if self.fixed is not None:
            return portion * self.fixed * ratio
        return net * ratio * self.percent / 100


def _exact(number) -> Decimal:
    return Decimal(str(number))


@dataclass
class Terms:
    """A plan as the rules see it.

    :param people: ``{share: person}``, ``None`` for whoever made the sale
    :param categories: ``{category: itself and all above it}``
    :param first_rate: what money earns by tiers before the volume of the period is known; percent
    """

    rules: tuple[Rule, ...]
    shares: tuple[Share, ...]
    people: Mapping[int, int | None]
    steps: tuple[Speed, ...] = ()
    categories: Mapping[int, frozenset[int]] = field(default_factory=dict)
    first_rate: float = 0.0
    known: dict = field(default_factory=dict)

    def __post_init__(self):
        days = {share.date_from for share in self.shares} - {date.min}
        days |= {
            date.fromordinal(share.date_to.toordinal() + 1)
            for share in self.shares
            if share.date_to < date.max
        }
        #: days on which other shares begin to count
        self.days = sorted(days)

    def of(self, facts: tuple, sold_on: date, days_late: int | None) -> tuple[Term, ...]:
        """What is paid for a line of a sale.

        :param facts: salesperson, team, product, category, customer, country, whether it is the first invoice
        :param days_late: of the money; ``None`` for what is no payment: the full rate

        >>> half = Speed(11, "share", 50.0)
        >>> terms = Terms((Rule(1, percent=5.0),), (Share(4),), {4: None}, (half,))
        >>> [str(terms.of((0,) * 6 + (False,), date(2026, 1, 1), days)[0].percent) for days in (3, 51, None)]
        ['5.0', '2.5', '5.0']
        """
        late = (days_late is not None and step_of(self.steps, days_late)) or None
        key = facts, bisect_right(self.days, sold_on), late
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = tuple(self._find(facts, sold_on, late))
        return found

    def _find(self, facts, sold_on, late):
        salesperson, team, product, category, customer, country, is_first = facts
        above = self.categories.get(category, NOTHING)
        sale = Sale(salesperson, team, product, above, customer, country, is_first)
        rule = first_match(self.rules, sale)
        if not rule:
            return
        percent, fixed, tier_factor = self._get_rates(rule, late)
        for share in shares_of(self.shares, sale, sold_on):
            yield Term(
                rule.id,
                percent,
                fixed,
                tier_factor,
                share.id,
                self.people[share.id],
                _exact(share.begin) or ZERO,
                HUNDRED if share.share == HUNDRED else _exact(share.share),
                share.is_override,
            )

    def _get_rates(self, rule, late):
        """Percent, fixed amount, and the part of a tier's rate."""
        factor = _exact(factor_of(late))
        if rule.earning == "fixed":
            return None, _exact(rule.fixed) * factor, None
        base = rule.percent if rule.earning == "percent" else self.first_rate
        by_tiers = rule.earning == "tiers" and not (late and late.kind == "rate")
        return _exact(rate_of(late, base)), None, factor if by_tiers else None
