"""Shares of the commission on a sale."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

WHOLE = Fraction(100)


@dataclass(frozen=True)
class Share:
    """A share of certain sales; ids, 0 for all.

    :param share: percent of the commission
    :param is_override: paid on top of the other shares
    :param begin: start of the share within the whole, in percent, so that the rounded shares add up
    """

    id: int
    share: float = 100.0
    is_override: bool = False
    salesperson: int = 0
    team: int = 0
    customer: int = 0
    date_from: date = date.min
    date_to: date = date.max
    begin: float = 0.0

    @property
    def scope(self):
        """The scope: customers before salespeople before teams before all."""
        return self.customer, self.salesperson, self.team

    @property
    def rank(self) -> int:
        """Lower is more specific.

        >>> Share(1, customer=4, team=2).rank < Share(2, salesperson=5).rank < Share(3, team=2).rank < Share(4).rank
        True
        """
        return 8 - 4 * bool(self.customer) - 2 * bool(self.salesperson) - bool(self.team)

    def counts_on(self, day: date) -> bool:
        """Whether it applies to a sale on that day.

        >>> share = Share(1, date_from=date(2026, 3, 1), date_to=date(2026, 3, 31))
        >>> share.counts_on(date(2026, 3, 31)), share.counts_on(date(2026, 4, 1))
        (True, False)
        """
        return self.date_from <= day <= self.date_to

    def covers(self, sale) -> bool:
        """Whether it covers the sale.

        :param sale: a :class:`~.matching.Sale`
        """
        found = sale.customer, sale.salesperson, sale.team
        return all(wanted in (0, got) for wanted, got in zip(self.scope, found, strict=True))


def shares_of(shares, sale, day: date) -> tuple[Share, ...]:
    """The shares of a sale: the most specific set that covers it, plus the shares on top, each with its start within
    the whole.

    >>> from .matching import Sale
    >>> plan = (Share(1), Share(2, 70, team=5), Share(3, 30, team=5), Share(4, 10, is_override=True))
    >>> [(share.id, share.begin) for share in shares_of(plan, Sale(team=5), date(2026, 1, 1))]
    [(2, 0.0), (3, 70.0), (4, 0.0)]
    >>> [share.id for share in shares_of(plan, Sale(team=6), date(2026, 1, 1))]
    [1, 4]
    """
    found = [share for share in shares if share.counts_on(day) and share.covers(sale)]
    split = [share for share in found if not share.is_override]
    closest = min((share.rank for share in split), default=0)
    result, begin = [], 0.0
    for share in split:
        if share.rank == closest:
            result.append(replace(share, begin=begin))
            begin = round(begin + share.share, 6)
    return (*result, *(share for share in found if share.is_override))


def find_gap(shares) -> tuple[date, float] | None:
    """The first day on which shares of the same sales do not add up to 100 %, and their total; ``None`` if correct.

    If all have ended, a wider set applies, which is not a gap.

    >>> june = date(2026, 6, 1)
    >>> find_gap((Share(1, 60), Share(2, 40)))
    >>> find_gap((Share(1, 60), Share(2, 30)))
    (datetime.date(1, 1, 1), 90.0)
    >>> find_gap((Share(1, 60), Share(2, 40, date_to=date(2026, 5, 31)), Share(3, 50, date_from=june)))
    (datetime.date(2026, 6, 1), 110.0)
    >>> find_gap((Share(1, 100, date_to=date(2026, 5, 31)),))
    >>> find_gap((Share(1, 33.3333), Share(2, 33.3333), Share(3, 33.3334), Share(4, 5, is_override=True)))
    """
    split = sorted((share for share in shares if not share.is_override), key=lambda s: s.scope)
    for scope in sorted({share.scope for share in split}):
        group = tuple(share for share in split if share.scope == scope)
        for day in _turns(group):
            total = sum(Fraction(str(share.share)) for share in group if share.counts_on(day))
            if total not in (0, WHOLE):
                return day, float(total)
    return None


def _turns(shares):
    """Days on which the set of applicable shares changes."""
    days = {share.date_from for share in shares}
    days |= {share.date_to + timedelta(1) for share in shares if share.date_to < date.max}
    return sorted(days)
