"""Payment plans: how a debt is split over instalments, what interest they bear, what is paid of them, when they fail.

Amounts are in one currency, taxes included; what does not divide goes on the last instalment.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from .calendar import next_business_day

#: days of a year, for interest
_YEAR = 365


@dataclass(frozen=True, slots=True)
class Terms:
    """How a debt is split.

    ``method``: ``number`` (equal parts), ``amount`` (so much each time, the rest at the end) or ``percent``. ``first_amount``: what is
    paid at once, on the first day, before the rest is split. ``months`` and ``days`` lie between two instalments. ``digits`` and
    ``rounding`` are those of the currency.
    """

    first: date
    method: str = "number"
    number: int = 1
    each: float = 0.0
    percents: tuple = ()
    first_amount: float = 0.0
    months: int = 1
    days: int = 0
    digits: int = 2
    rounding: float = 0.01


@dataclass(frozen=True, slots=True)
class Instalment:
    date: date
    amount: float
    interest: float = 0.0


class PlanError(ValueError):
    """Terms that split nothing; the argument is the reason."""


def split(total, terms):
    """The instalments of a debt: their sum is the debt. A day on which banks are closed moves to the next one that is not.

    >>> def told(total, **values):
    ...     return [(f"{each.date:%m-%d}", each.amount) for each in split(total, Terms(date(2026, 6, 15), **values))]
    >>> told(100.0, number=3)
    [('06-15', 33.33), ('07-15', 33.33), ('08-17', 33.34)]
    >>> told(100.0, method="amount", each=40.0)
    [('06-15', 40.0), ('07-15', 40.0), ('08-17', 20.0)]
    >>> told(100.0, method="percent", percents=(50.0, 25.0, 25.0), months=0, days=7)
    [('06-15', 50.0), ('06-22', 25.0), ('06-29', 25.0)]
    >>> told(100.0, number=2, first_amount=20.0)
    [('06-15', 20.0), ('07-15', 40.0), ('08-17', 40.0)]
    >>> told(0.05, number=3)
    [('06-15', 0.02), ('07-15', 0.02), ('08-17', 0.01)]

    In yen, which have no cents, and in dinars, which have three decimals:

    >>> told(100.0, number=3, digits=0, rounding=1.0)
    [('06-15', 33.0), ('07-15', 33.0), ('08-17', 34.0)]
    >>> told(0.009, number=3, digits=3, rounding=0.001)
    [('06-15', 0.003), ('07-15', 0.003), ('08-17', 0.003)]
    >>> told(0.004, number=1, digits=3, rounding=0.001), told(100.0, number=1, first_amount=99.997, digits=3, rounding=0.001)
    ([('06-15', 0.004)], [('06-15', 99.997), ('07-15', 0.003)])
    >>> told(100.0, method="percent", percents=(50.0, 25.0)) # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    PlanError: percents
    """
    amounts = _amounts(round(total - terms.first_amount, 6), terms)
    if terms.first_amount:
        amounts = [terms.first_amount, *amounts]
    days = [next_business_day(_nth(terms, place)) for place in range(len(amounts))]
    return [Instalment(day, amount) for day, amount in zip(days, amounts, strict=True)]


def _amounts(rest, terms):
    if rest < terms.rounding / 2:
        raise PlanError("first_amount")
    if terms.method == "amount":
        return _by_amount(rest, terms)
    shares = (
        terms.percents
        if terms.method == "percent"
        else (100 / max(terms.number, 1),) * terms.number
    )
    if not shares or abs(sum(shares) - 100) > 1e-6 or min(shares) <= 0:
        raise PlanError("percents" if terms.method == "percent" else "number")
    amounts = [round(rest * share / 100, terms.digits) for share in shares]
    amounts[-1] = round(rest - sum(amounts[:-1]), terms.digits)
    if min(amounts) <= 0:
        raise PlanError("number")
    return amounts


def _by_amount(rest, terms):
    if terms.each <= 0 or rest / terms.each > 120:
        raise PlanError("each")
    whole = int((rest + terms.rounding / 2) // terms.each)
    amounts = [terms.each] * whole
    left = round(rest - terms.each * whole, terms.digits)
    return [*amounts, left] if left > 0 else amounts


def _nth(terms, place):
    """The day of an instalment: the same day of the month, or its last.

    >>> [_nth(Terms(date(2026, 1, 31)), place).isoformat() for place in (0, 1, 2)]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """
    months = terms.first.month - 1 + terms.months * place
    year, month = terms.first.year + months // 12, months % 12 + 1
    day = min(terms.first.day, monthrange(year, month)[1])
    return date(year, month, day) + timedelta(terms.days * place)


def interest(instalments, start, rate, digits=2):
    """What each instalment bears, from the day of the agreement, on what is left before it; simple interest, 365 days.

    >>> plan = [Instalment(date(2026, 1, 31), 500.0), Instalment(date(2026, 3, 2), 500.0)]
    >>> interest(plan, date(2026, 1, 1), 7.3), interest(plan, date(2026, 1, 1), 0.0)
    ([6.0, 3.0], [0.0, 0.0])
    """
    left, since, found = sum(each.amount for each in instalments), start, []
    for each in instalments:
        found.append(round(left * rate / 100 * max((each.date - since).days, 0) / _YEAR, digits))
        left, since = left - each.amount, each.date
    return found


def paid_of(instalments, paid):
    """What is paid of each, in their order.

    >>> paid_of([Instalment(date(2026, 1, 1), 50.0), Instalment(date(2026, 2, 1), 50.0)], 70.0)
    [50.0, 20.0]
    """
    found = []
    for each in instalments:
        part = max(min(paid, each.amount), 0.0)
        found.append(round(part, 6))
        paid -= part
    return found


def judge(instalments, paid, today, tolerance=0, rounding=0.01):
    """What became of a plan that was agreed, and the first instalment that is not paid.

    :param rounding: smallest unit of the currency; less than half of it is not missing

    >>> plan = [Instalment(date(2026, 1, 10), 50.0), Instalment(date(2026, 2, 10), 50.0)]
    >>> def told(paid, *today, **values):
    ...     state, missing = judge(plan, paid, date(2026, *today), **values)
    ...     return state, missing and missing.date.month
    >>> told(0.0, 1, 10), told(0.0, 1, 11), told(0.0, 1, 13, tolerance=3), told(49.0, 1, 14, tolerance=3)
    (('agreed', 1), ('defaulted', 1), ('agreed', 1), ('defaulted', 1))
    >>> told(50.0, 2, 1), told(100.0, 2, 1), told(120.0, 5, 1)
    (('agreed', 2), ('kept', None), ('kept', None))
    >>> told(99.996, 5, 1), told(99.996, 5, 1, rounding=0.001), told(99.6, 5, 1, rounding=1.0)
    (('kept', None), ('defaulted', 2), ('kept', None))
    """
    for each, part in zip(instalments, paid_of(instalments, paid), strict=True):
        if part < each.amount - rounding / 2:
            late = each.date + timedelta(tolerance) < today
            return ("defaulted" if late else "agreed"), each
    return "kept", None


def parse_percents(text):
    """The percents that people typed.

    >>> parse_percents("50; 25; 25"), parse_percents("33,5; 66,5"), parse_percents("")
    ((50.0, 25.0, 25.0), (33.5, 66.5), ())
    """
    return tuple(float(part.replace(",", ".")) for part in (text or "").split(";") if part.strip())
