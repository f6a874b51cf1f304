"""Figures of receivables, with their definitions.

Notation: receivables and sales both include taxes. Receivables are signed: invoices positive, credit notes and unallocated
payments negative. Sales are invoices less credit notes. Sources: Association française des credit managers et conseils
(DSO, count-back), Credit Research Foundation (best possible DSO, average days delinquent, collection effectiveness index).

A figure that cannot be computed is not 0: it has no value, and says why.
"""

from collections.abc import Callable
from dataclasses import dataclass

#: months after which the count-back gives up
COUNT_BACK_MONTHS = 24
#: days late from which an item is at risk
RISK_DAYS = 90


@dataclass(frozen=True)
class Figure:
    """A value, or the code of the reason why there is none."""

    value: float | None
    why: str = ""

    def __bool__(self):
        return self.value is not None


def divide(numerator, denominator, why, factor=1.0) -> Figure:
    """A ratio, or no figure where there is nothing to divide by.

    >>> divide(400, 1200, "no_receivables", 100).value
    33.33333333333333
    >>> divide(400, 0, "no_receivables")
    Figure(value=None, why='no_receivables')
    """
    return Figure(numerator / denominator * factor) if denominator > 0 else Figure(None, why)


def dso(receivable, sales, days) -> Figure:
    """Days sales outstanding by the balance: receivables over the sales of a period, times its days.

    >>> round(dso(1200000, 1800000, 91).value, 2), dso(30000, 60000, 90).value, dso(5700, 7600, 91).value
    (60.67, 45.0, 68.25)
    >>> dso(5000, 0, 91), dso(5000, -1, 91).why
    (Figure(value=None, why='no_sales'), 'no_sales')
    """
    return divide(receivable, sales, "no_sales", days)


def best_possible_dso(not_due, sales, days) -> Figure:
    """The DSO if nothing were overdue.

    >>> round(best_possible_dso(800000, 1800000, 91).value, 2)
    40.44
    """
    return dso(not_due, sales, days)


def average_days_delinquent(overdue, sales, days) -> Figure:
    """DSO less best possible DSO: days of sales that are overdue.

    >>> round(average_days_delinquent(400000, 1800000, 91).value, 2)
    20.22
    """
    return dso(overdue, sales, days)


def dso_count_back(receivable, months) -> Figure:
    """DSO by exhaustion: receivables are taken off the sales of the latest months, whose days are counted.

    :param months: pairs ``(sales, days)``, newest first; a month without sales counts its days
    :return: no figure where the months do not exhaust the receivables

    >>> round(dso_count_back(1000000, [(500000, 30), (350000, 31), (420000, 30)]).value, 2)
    71.71
    >>> round(dso_count_back(2500, [(1200, 30), (800, 31), (700, 30)]).value, 2)
    82.43
    >>> dso_count_back(100, [(50, 30), (0, 31), (50, 30)]).value
    91.0
    >>> dso_count_back(-5, [(50, 30)]).value, dso_count_back(100, [(50, 30)]), dso_count_back(5, [(0, 30)]).why
    (0.0, Figure(value=None, why='not_exhausted'), 'no_sales')
    """
    if not any(sales > 0 for sales, _days in months):
        return Figure(None, "no_sales")
    days, rest = 0.0, receivable
    for sales, length in months:
        if rest <= 0:
            break
        taken = min(1.0, rest / sales) if sales > 0 else 1.0
        days += taken * length
        rest -= max(sales, 0) * taken
    return Figure(None, "not_exhausted") if rest > 1e-6 else Figure(days)


def collection_effectiveness(opening, sales, receivable, not_due) -> Figure:
    """Share of what could be collected in a period that was collected, in percent.

    >>> round(collection_effectiveness(600, 800, 650, 500).value, 2)
    83.33
    >>> collection_effectiveness(0, 500, 500, 500)
    Figure(value=None, why='nothing_collectable')
    """
    return divide(
        opening + sales - receivable, opening + sales - not_due, "nothing_collectable", 100
    )


def overdue_share(overdue, receivable) -> Figure:
    """Share of receivables that is overdue, in percent.

    >>> round(overdue_share(400, 1200).value, 1)
    33.3
    """
    return divide(overdue, receivable, "no_receivables", 100)


def at_risk_share(at_risk, receivable) -> Figure:
    """Share of receivables more than 90 days late, in percent.

    >>> at_risk_share(30, 1200).value
    2.5
    """
    return divide(at_risk, receivable, "no_receivables", 100)


def average_delay(paid_days, paid) -> Figure:
    """Days from due date to payment, weighted by amount; early payments are negative.

    >>> average_delay(1000 * 0 + 4000 * 20 + 5000 * 35, 10000).value
    25.5
    >>> average_delay(0, 0).why
    'no_payments'
    """
    return divide(paid_days, paid, "no_payments")


def days_to_pay(taken_days, paid) -> Figure:
    """Days from invoice to payment, weighted by amount.

    >>> days_to_pay(1000 * 30 + 4000 * 50 + 5000 * 65, 10000).value
    55.5
    """
    return divide(taken_days, paid, "no_payments")


def delay_with_unpaid(paid_days, paid, late_days, late) -> Figure:
    """The average delay with what is overdue today counted up to today.

    >>> delay_with_unpaid(10 * 100, 100, 50 * 100, 100).value
    30.0
    """
    return divide(paid_days + late_days, paid + late, "no_payments")


def average_days_overdue(late_days, late) -> Figure:
    """Age of the overdue items, weighted by amount.

    >>> average_days_overdue(20 * 10 + 30 * 45 + 50 * 100, 100).value
    65.5
    """
    return divide(late_days, late, "nothing_overdue")


def cash_per_day(sales_year, days) -> Figure:
    """Cash that one day of DSO ties up: sales of a year over its days.

    >>> round(cash_per_day(7200000, 365).value)
    19726
    """
    return Figure(sales_year / days) if sales_year > 0 else Figure(None, "no_sales")


def carrying_cost(receivable, rate, days=365) -> Figure:
    """Cost of financing receivables over some days.

    :param rate: percent a year

    >>> round(carrying_cost(1200000, 5, 60).value), round(carrying_cost(19726, 5).value)
    (9863, 986)
    >>> carrying_cost(100, 0).why
    'no_rate'
    """
    return Figure(receivable * rate / 100 * days / 365) if rate > 0 else Figure(None, "no_rate")


def break_even_days(margin, rate) -> Figure:
    """Days of credit after which the cost of financing takes the whole margin; both in percent.

    >>> round(break_even_days(5, 6).value)
    304
    """
    return divide(margin, rate, "no_rate", 365)


def sales_for_a_loss(loss, margin) -> Figure:
    """Sales needed to earn a loss back; margin in percent.

    >>> sales_for_a_loss(1000, 5).value
    20000.0
    """
    return divide(loss, margin, "no_margin", 100)


def concentration(shares) -> float:
    """Herfindahl-Hirschman index of shares in percent: 1 where one customer owes everything.

    >>> round(concentration([40, 30, 20, 10]), 2)
    0.3
    """
    return sum((share / 100) ** 2 for share in shares)


@dataclass(frozen=True)
class FigureKind:
    """A figure with what it is computed from.

    ``inputs``: names of amounts of :class:`Amounts`, in the order of ``rule``'s arguments; ``unit``: ``days``,
    ``percent`` or ``amount``; ``ratio``: the pair of amounts by which groups are sorted, where that is the same order.
    """

    name: str
    rule: Callable
    inputs: tuple
    unit: str
    ratio: tuple = ()


_PERIOD = ("sales", "days")

_ALL = (
    FigureKind("dso", dso, ("receivable", *_PERIOD), "days", ("receivable", "sales")),
    FigureKind("best_dso", best_possible_dso, ("not_due", *_PERIOD), "days", ("not_due", "sales")),
    FigureKind(
        "days_delinquent",
        average_days_delinquent,
        ("overdue", *_PERIOD),
        "days",
        ("overdue", "sales"),
    ),
    FigureKind("dso_count_back", dso_count_back, ("receivable", "months"), "days"),
    FigureKind(
        "cei",
        collection_effectiveness,
        ("opening", "sales", "receivable", "not_due"),
        "percent",
    ),
    FigureKind(
        "overdue_share",
        overdue_share,
        ("overdue", "receivable"),
        "percent",
        ("overdue", "receivable"),
    ),
    FigureKind(
        "risk_share",
        at_risk_share,
        ("at_risk", "receivable"),
        "percent",
        ("at_risk", "receivable"),
    ),
    FigureKind("delay_paid", average_delay, ("paid_days", "paid"), "days", ("paid_days", "paid")),
    FigureKind("delay", delay_with_unpaid, ("paid_days", "paid", "late_days", "late"), "days"),
    FigureKind("days_to_pay", days_to_pay, ("taken_days", "paid"), "days", ("taken_days", "paid")),
    FigureKind(
        "days_overdue",
        average_days_overdue,
        ("late_days", "late"),
        "days",
        ("late_days", "late"),
    ),
    FigureKind("cash_per_day", cash_per_day, ("sales_year", "year_days"), "amount"),
    FigureKind("year_cost", carrying_cost, ("receivable", "rate"), "amount"),
)

#: all figures by name
KINDS = {kind.name: kind for kind in _ALL}


def measure(kind, amounts) -> Figure:
    """A figure from amounts by name.

    Amounts of several days or in several currencies make none.

    >>> measure(KINDS["dso"], {"receivable": 30000, "sales": 60000, "days": 90}).value
    45.0
    >>> measure(KINDS["dso"], {"receivable": 1, "sales": 1, "days": 1, "several": "several_days"})
    Figure(value=None, why='several_days')
    """
    if amounts.get("several"):
        return Figure(None, amounts["several"])
    return kind.rule(*(amounts[name] for name in kind.inputs))
