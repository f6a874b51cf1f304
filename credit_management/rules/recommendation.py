"""What limit the history of a customer supports: several methods side by side, with the figures they come from.

Amounts are in the company's currency, taxes included unless said otherwise. Numbers of days are weighted by amount.
The formulas are those of the trade where one is known; margins and grids that no source gives are ours, and named so.
"""

import math
from dataclasses import dataclass

#: days of history that are read
PERIOD = 365
#: share of the company's own sales that may hang on one customer: a rule of thumb of the trade
OWN_RISK_SHARE = 0.05
#: what a limit leaves above the need: ours
MARGIN = 0.10
#: coefficient for terms up to so many days, and for an average delay up to so many: ours, the source has only the formula
_TERM_GRID = ((30, 1.0), (60, 1.25), (math.inf, 1.5))
_DELAY_GRID = ((0, 1.1), (10, 1.0), (30, 0.9), (math.inf, 0.75))


@dataclass(frozen=True)
class RecommendationFacts:
    """Twelve months with a customer.

    ``sales``: invoices less credit notes; ``days``: since the first of them, ``PERIOD`` at most; ``term_days``: from
    invoice to due date; ``delay_days``: from due date to payment, what is unpaid and late counts up to today, below 0
    for who pays early; ``peak``: the most that was owed on one day; ``open_items``, ``to_invoice``, ``ordered``: what
    stands open today; ``own_sales``: of the company to everybody, without taxes; ``class_share``: percent of the need
    that the risk class grants.
    """

    sales: float = 0.0
    days: int = PERIOD
    term_days: float = 0.0
    delay_days: float = 0.0
    peak: float = 0.0
    open_items: float = 0.0
    to_invoice: float = 0.0
    ordered: float = 0.0
    own_sales: float = 0.0
    class_share: float = 100.0

    @property
    def yearly_sales(self):
        """Sales of a year, from what is known of a shorter time; a month at least, or one invoice would be a year.

        >>> RecommendationFacts(sales=3000.0, days=73).yearly_sales, RecommendationFacts(sales=3000.0, days=1).yearly_sales
        (15000.0, 36500.0)
        """
        return self.sales * PERIOD / max(self.days, 30)


def need(trade):
    """Need (the usual method): yearly sales × (terms + delay) / 365, plus a margin. Who pays early needs no less.

    240 000 without taxes at 20 % and 60 days need 47 342, with the margin 52 077:

    >>> round(need(RecommendationFacts(sales=288000.0, term_days=60.0))), round(need(RecommendationFacts(sales=288000.0, term_days=60.0)) / 1.1)
    (52077, 47342)
    >>> need(RecommendationFacts()) is None
    True
    """
    days = trade.term_days + max(trade.delay_days, 0.0)
    return _or_none(trade.yearly_sales * days / PERIOD * (1 + MARGIN))


def peak(trade):
    """Peak: the most that was owed on one day of the year, plus a margin. Ours.

    >>> round(peak(RecommendationFacts(peak=1000.0)), 2), peak(RecommendationFacts(peak=-5.0))
    (1100.0, None)
    """
    return _or_none(trade.peak * (1 + MARGIN))


def work_in_hand(trade):
    """The base ("assiette") of the AFDCC, the French association of credit managers: (orders + to be invoiced + invoices) × terms × behaviour.

    >>> work_in_hand(RecommendationFacts(ordered=20000.0, to_invoice=5000.0, open_items=45000.0, term_days=60, delay_days=20))
    78750.0
    """
    base = trade.ordered + trade.to_invoice + trade.open_items
    return _or_none(
        base * _read_grid(_TERM_GRID, trade.term_days) * _read_grid(_DELAY_GRID, trade.delay_days)
    )


def own_risk(trade):
    """Ceiling: no single customer may owe more than a share of the company's own sales.

    >>> own_risk(RecommendationFacts(own_sales=1000000.0))
    50000.0
    """
    return _or_none(trade.own_sales * OWN_RISK_SHARE)


#: methods that propose a limit, then the ceiling over all of them
METHODS = {"need": need, "peak": peak, "work_in_hand": work_in_hand}
CEILINGS = {"own_risk": own_risk}


def recommend(trade, method="need"):
    """The limit to propose: by the chosen method, as far as the class grants it, below every ceiling, rounded up.

    :return: ``None`` when the history says nothing

    >>> recommend(RecommendationFacts(sales=288000.0, term_days=60.0)), recommend(RecommendationFacts(sales=288000.0, term_days=60.0, class_share=70))
    (53000.0, 37000.0)
    >>> recommend(RecommendationFacts(sales=288000.0, term_days=60.0, own_sales=400000.0)), recommend(RecommendationFacts(peak=900.0), "peak")
    (20000.0, 990.0)
    >>> recommend(RecommendationFacts()) is None, recommend(RecommendationFacts(sales=10.0, term_days=30, class_share=0))
    (True, 0.0)
    """
    proposed = METHODS[method](trade)
    if proposed is None:
        return None
    ceilings = (ceiling(trade) for ceiling in CEILINGS.values())
    granted = proposed * trade.class_share / 100
    return round_up(min([granted, *(limit for limit in ceilings if limit is not None)]))


def round_up(amount):
    """To two leading digits: a limit is no invoice.

    >>> [round_up(amount) for amount in (47342.47, 1234.0, 52000.0, 80.5, 0.4, 0.0)]
    [48000.0, 1300.0, 52000.0, 81.0, 1.0, 0.0]
    """
    if amount <= 0:
        return 0.0
    step = 10.0 ** max(math.floor(math.log10(amount)) - 1, 0)
    return math.ceil(round(amount / step, 6)) * step


def _read_grid(grid, days):
    return next(coefficient for most, coefficient in grid if days <= most)


def _or_none(amount):
    """An amount that is none, or below, is no proposal."""
    return amount if amount > 0 else None
