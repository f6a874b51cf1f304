"""What a plan pays on a sale: rule, rate and shares."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .earning import HUNDRED, ZERO
from .matching import EMPTY, Rule, Sale, first_match
from .shares import Share, shares_of
from .speed import Speed, factor_of, rate_of, step_of


@dataclass(frozen=True)
class Term:
    """What one person gets on a sale.

    :param percent: percentage of the net amount; ``None`` for a fixed amount
    :param fixed: amount for a fully paid line, in the company's currency
    :param tier_factor: part of the period's tier rate; ``None`` if tiers do not apply
    :param person: ``None`` for the salesperson of the sale
    :param begin: start of the share within the whole, of which it is ``share`` percent
    """

    rule: int
    percent: Decimal | None
    fixed: Decimal | None
    tier_factor: Decimal | None
    share_id: int
    person: int | None
    begin: Decimal
    share: Decimal
    on_top: bool

    def earned(self, net: Decimal, portion: Decimal, ratio: Decimal) -> Decimal:
        """What the whole sale earns with part of its payment.

        :param net: the line's amount without taxes
        :param portion: number of fixed amounts the line earns
        :param ratio: the collected part of the document

        >>> term = Term(1, Decimal(5), None, None, 1, None, Decimal(0), Decimal(100), False)
        >>> term.earned(Decimal(10000), Decimal(1), Decimal("0.6"))
        Decimal('300.0')
        """
        if self.fixed is not None:
            return portion * self.fixed * ratio
        return net * ratio * self.percent / 100


def _exact(number) -> Decimal:
    """The amount as a decimal, without the noise of its float."""
    return Decimal(str(number))


@dataclass
class Terms:
    """The terms of a plan.

    :param persons: ``{share: person}``; ``None`` for the salesperson of the sale
    :param categories: ``{category: itself and its ancestors}``
    :param first_rate: tier rate in percent until the volume of the period is known
    """

    rules: tuple[Rule, ...]
    shares: tuple[Share, ...]
    persons: Mapping[int, int | None]
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
        #: days on which other shares start to apply
        self.days = sorted(days)

    def of(self, facts: tuple, sold_on: date, days_late: int | None) -> tuple[Term, ...]:
        """What is paid on a line of a sale.

        :param facts: salesperson, team, product, category, customer, country, whether it is the first invoice
        :param days_late: days late of the payment; ``None`` if it is not a payment, for the full rate

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
        """The terms of a sale: one per share, if a rule pays it."""
        salesperson, team, product, category, customer, country, is_first = facts
        above = self.categories.get(category, EMPTY)
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
                self.persons[share.id],
                _exact(share.begin) or ZERO,
                HUNDRED if share.share == HUNDRED else _exact(share.share),
                share.is_override,
            )

    def _get_rates(self, rule, late):
        """Percentage, fixed amount, and part of a tier's rate."""
        factor = _exact(factor_of(late))
        if rule.earning == "fixed":
            return None, _exact(rule.fixed) * factor, None
        base = rule.percent if rule.earning == "percent" else self.first_rate
        by_tiers = rule.earning == "tiers" and not (late and late.kind == "rate")
        return _exact(rate_of(late, base)), None, factor if by_tiers else None
