"""Credit limits supported by a customer's history: several methods side by side, with their figures.

Amounts are in the company's currency, taxes included unless said otherwise. Numbers of days are weighted by amount.
Formulas are standard in the trade where one is known; margins and scales without a source are ours, and marked as such.
"""

import math
from dataclasses import dataclass

#: days of history that are read
PERIOD = 365
#: maximum share of the company's sales owed by one customer: a rule of thumb of the trade
OWN_RISK_SHARE = 0.05
#: margin above the need: ours
MARGIN = 0.10
#: coefficients by days of terms and by average days of delay: ours, the source gives only the formula
_TERM_GRID = ((30, 1.0), (60, 1.25), (math.inf, 1.5))
_DELAY_GRID = ((0, 1.1), (10, 1.0), (30, 0.9), (math.inf, 0.75))


@dataclass(frozen=True)
class RecommendationFacts:
    """Twelve months with a customer.

    ``sales``: invoices less credit notes; ``days``: since the first of them, ``PERIOD`` at most; ``term_days``: from
    invoice to due date; ``delay_days``: from due date to payment, unpaid overdue items up to today, negative for early
    payers; ``peak``: highest daily balance; ``open_items``, ``to_invoice``, ``ordered``: open today; ``own_sales``: the
    company's total sales, without taxes; ``class_share``: percentage of the need allowed by the risk class.
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
        """Annual sales, extrapolated from a shorter history of at least a month, so that one invoice is not taken for a
        year.

        >>> RecommendationFacts(sales=3000.0, days=73).yearly_sales, RecommendationFacts(sales=3000.0, days=1).yearly_sales
        (15000.0, 36500.0)
        """
        return self.sales * PERIOD / max(self.days, 30)


def need(trade):
    """Need (the usual method): annual sales × (terms + delay) / 365, plus a margin. Paying early does not lower the
    need.

    240 000 without taxes at 20 % and 60 days need 47 342, with the margin 52 077:

    >>> round(need(RecommendationFacts(sales=288000.0, term_days=60.0))), round(need(RecommendationFacts(sales=288000.0, term_days=60.0)) / 1.1)
    (52077, 47342)
    >>> need(RecommendationFacts()) is None
    True
    """
    days = trade.term_days + max(trade.delay_days, 0.0)
    return _or_none(trade.yearly_sales * days / PERIOD * (1 + MARGIN))


def peak(trade):
    """Peak: the highest daily balance of the year, plus a margin. Ours.

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
    """Ceiling: a single customer may not owe more than a share of the company's sales.

    >>> own_risk(RecommendationFacts(own_sales=1000000.0))
    50000.0
    """
    return _or_none(trade.own_sales * OWN_RISK_SHARE)


#: methods that propose a limit, then the ceilings
METHODS = {"need": need, "peak": peak, "work_in_hand": work_in_hand}
CEILINGS = {"own_risk": own_risk}


def recommend(trade, method="need"):
    """The recommended limit: by the chosen method, times the class's share, capped by every ceiling, rounded up.

    :return: ``None`` if the history gives no figure

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
    """Round up to two significant digits: a limit need not be exact.

    >>> [round_up(amount) for amount in (47342.47, 1234.0, 52000.0, 80.5, 0.4, 0.0)]
    [48000.0, 1300.0, 52000.0, 81.0, 1.0, 0.0]
    """
    if amount <= 0:
        return 0.0
    step = 10.0 ** max(math.floor(math.log10(amount)) - 1, 0)
    return math.ceil(round(amount / step, 6)) * step


def _read_grid(grid, days):
    """The coefficient of the first step of a scale that covers ``days``."""
    return next(coefficient for most, coefficient in grid if days <= most)


def _or_none(amount):
    """``None`` for an amount of 0 or less, which is no proposal."""
    return amount if amount > 0 else None
