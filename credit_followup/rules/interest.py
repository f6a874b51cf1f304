"""Late interest and the fixed sum for recovery costs.

Amounts are in one currency, taxes included; rates are percent per year. Interest runs from the day after the due date
to the payment date inclusive: payment date less due date, in days. It is rounded once, half up. Sources: Directive
2011/7/EU; for the examples, article L441-10 II of the French Commercial Code.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

DAY = timedelta(1)


@dataclass(frozen=True)
class Rate:
    """A rate from ``first`` to ``last`` inclusive; ``last`` is ``None`` until further notice."""

    first: date
    last: date | None
    rate: float


@dataclass(frozen=True)
class Terms:
    """Terms of late payment set by law or contract.

    ``rates``: reference rates, to which ``margin`` is added; ``fixed``: the rate on the first day applies to all
    days; ``year``: days per year, "365", "360" or "actual" (366 in leap years); ``grace_days``: days after the due
    date within which payment is still on time; ``interest_first``: partial payments settle accrued interest before
    the debt.
    """

    rates: tuple = ()
    margin: float = 0.0
    fixed: bool = False
    year: str = "365"
    grace_days: int = 0
    interest_first: bool = False

    @cached_property
    def periods(self):
        """``(first day, last day, rate with margin)`` in order; rates are never below 0, even if the reference is.

        >>> Terms(flat(-0.88), 9).periods[0][2], Terms(flat(-0.88)).periods[0][2]
        (8.12, 0.0)
        """
        ordered = sorted(self.rates, key=lambda rate: rate.first)
        return tuple(
            (
                rate.first,
                rate.last or date.max,
                max(float(_exact(rate.rate) + _exact(self.margin)), 0.0),
            )
            for rate in ordered
        )


@dataclass(frozen=True)
class Debt:
    """A debt and its payments: ``((day, amount), …)``.

    ``disputed``: the part that bears no interest; ``runs_after``: interest runs from the day after this date, if it
    differs from the due date (a formal notice, or the transfer from another account); ``counted``: days already
    counted, ``((first day, last day), …)``.
    """

    amount: float
    due: date
    payments: tuple = ()
    disputed: float = 0.0
    runs_after: date | None = None
    counted: tuple = ()


@dataclass(frozen=True)
class Segment:
    """Days with the same amount and rate, first and last included."""

    first: date
    last: date
    amount: float
    rate: float

    @property
    def days(self):
        """Calendar days, first and last included."""
        return (self.last - self.first).days + 1

    def interest(self, year="365"):
        """Interest, not rounded.

        >>> Segment(date(2025, 6, 1), date(2025, 6, 30), 10000.0, 12.0).interest().quantize(Decimal("0.01"))
        Decimal('98.63')
        >>> Segment(date(2024, 2, 1), date(2024, 2, 29), 36600.0, 10.0).interest("actual")
        Decimal('290.00')
        >>> Segment(date(2024, 12, 31), date(2025, 1, 1), 36600.0, 10.0).interest("actual").quantize(Decimal("0.01"))
        Decimal('20.03')
        >>> Segment(date(2024, 2, 1), date(2024, 2, 29), 36000.0, 10.0).interest("360")
        Decimal('290.00')
        """
        yearly = _exact(self.amount) * _exact(self.rate) / 100
        if year != "actual":
            return yearly * self.days / int(year)
        return sum(
            (yearly * days / length for days, length in _by_year(self.first, self.last)), Decimal(0)
        )


@dataclass(frozen=True)
class Interest:
    """``amount``: rounded interest of ``segments``; ``missing``: ``((first day, last day), …)`` left out for lack of a rate.

    Days without a rate are left out and reported; they count once the rate is known:

    >>> half_year = Terms((Rate(date(2026, 1, 1), date(2026, 6, 30), 2.15),), 10)
    >>> known = measure_interest(Debt(1000.0, date(2026, 5, 31)), half_year, date(2026, 7, 1))
    >>> known.amount, known.segments[-1].last.isoformat(), known.missing
    (9.99, '2026-06-30', ((datetime.date(2026, 7, 1), datetime.date(2026, 7, 1)),))
    >>> measure_interest(Debt(1000.0, date(2026, 1, 31), ((date(2026, 3, 2), 1000.0),)), half_year, date(2026, 4, 1)).amount
    9.99
    """

    amount: float = 0.0
    segments: tuple = ()
    missing: tuple = ()


def flat(rate):
    """The single rate of a contract or law, such as 5 % in Switzerland (article 104 of the Code of Obligations).

    >>> june = Debt(10000.0, date(2025, 5, 31), ((date(2025, 6, 30), 10000.0),))
    >>> measure_interest(june, Terms(flat(12.0)), date(2025, 12, 1)).amount
    98.63
    >>> measure_interest(june, Terms(flat(5.0)), date(2025, 12, 1)).amount
    41.1
    """
    return (Rate(date.min, None, rate),)


def measure_interest(debt, terms, until, rounding=0.01):
    """The :class:`Interest` on a debt up to a day or its payment.

    Examples at the rates of the European Central Bank on the first day of each half-year:

    >>> ECB = (
    ...     Rate(date(2024, 7, 1), date(2024, 12, 31), 4.25),
    ...     Rate(date(2025, 1, 1), date(2025, 6, 30), 3.15),
    ...     Rate(date(2025, 7, 1), date(2025, 12, 31), 2.15),
    ... )

    12 000 due on 31 May 2025 and paid on 15 September: half-yearly rate plus 10 points, plus 8 points, then fixed at the first rate:

    >>> paid = Debt(12000.0, date(2025, 5, 31), ((date(2025, 9, 15), 12000.0),))
    >>> today = date(2025, 12, 1)
    >>> interest = measure_interest(paid, Terms(ECB, 10), today)
    >>> interest.amount, [(segment.days, segment.rate) for segment in interest.segments]
    (437.28, [(30, 13.15), (77, 12.15)])
    >>> measure_interest(paid, Terms(ECB, 8), today).amount
    366.92
    >>> measure_interest(paid, Terms(ECB, 10, fixed=True), today).amount
    462.59

    With 5 000 paid on 20 June; with 4 000 disputed:

    >>> parts = replace(paid, payments=((date(2025, 6, 20), 5000.0), (date(2025, 9, 15), 7000.0)))
    >>> measure_interest(parts, Terms(ECB, 10), today).amount
    291.11
    >>> measure_interest(replace(paid, disputed=4000.0), Terms(ECB, 10), today).amount
    291.52

    Unpaid; and with June already counted:

    >>> open_ = Debt(12000.0, date(2025, 5, 31))
    >>> measure_interest(open_, Terms(ECB, 10), date(2025, 9, 15)).amount
    437.28
    >>> june = ((date(2025, 6, 1), date(2025, 6, 30)),)
    >>> measure_interest(replace(open_, counted=june), Terms(ECB, 10), date(2025, 9, 15)).amount
    307.58

    Paid within the grace days; not late yet:

    >>> measure_interest(paid, Terms(ECB, 10, grace_days=107), today).amount, measure_interest(paid, Terms(ECB), paid.due).amount
    (0.0, 0.0)
    """
    left = _leave_out(_stretches(debt, terms, until), debt.counted)
    segments, missing = _part(left)
    amount = _round(_sum(segments, terms.year), rounding)
    return Interest(amount, segments, missing)


def what_is_left(amount, claimed, debt, terms, until, rounding=0.01):
    """Claimed interest measured again for its own days: reduced or unchanged, never increased.

    :param claimed: the segments that make up ``amount``
    :rtype: Interest

    12 000 due on 31 May 2025 at 12 %, claimed to the end of July; a payment of 5 000 on 30 June is entered later:

    >>> terms, until = Terms(flat(12.0)), date(2025, 7, 31)
    >>> open_ = Debt(12000.0, date(2025, 5, 31))
    >>> claim = measure_interest(open_, terms, until)
    >>> claim.amount
    240.66
    >>> known = replace(open_, payments=((date(2025, 6, 30), 5000.0),))
    >>> left = what_is_left(claim.amount, claim.segments, known, terms, until)
    >>> left.amount, [(segment.days, segment.amount) for segment in left.segments]
    (189.7, [(30, 12000.0), (31, 7000.0)])

    Without news, with a higher rate or with rates no longer known, it does not change; if nothing was late, it drops
    to zero:

    >>> what_is_left(claim.amount, claim.segments, open_, terms, until) == claim
    True
    >>> what_is_left(claim.amount, claim.segments, open_, Terms(flat(13.0)), until) == claim
    True
    >>> lost = what_is_left(claim.amount, claim.segments, known, Terms(), until)
    >>> lost.amount, bool(lost.missing)
    (240.66, True)
    >>> what_is_left(claim.amount, claim.segments, replace(open_, disputed=12000.0), terms, until)
    Interest(amount=0.0, segments=(), missing=())
    """
    segments, missing = _measure_days(debt, terms, until, claimed)
    if missing:
        return Interest(amount, tuple(claimed), missing)
    before = _sum(claimed, terms.year)
    less = _round(before - _sum(segments, terms.year), rounding)
    if less <= 0:
        return Interest(amount, tuple(claimed))
    left = max(float(_exact(amount) - _exact(less)), 0.0) if segments else 0.0
    return Interest(left, segments if left else ())


def overcharged(claimed, debt, terms, until=None, rounding=0.01):
    """The part of invoiced interest that is not owed, given later payments, credit notes or insolvency.

    It is calculated at the invoiced rates, whatever is known or agreed now.

    :param claimed: the invoiced segments
    :param until: the last interest-bearing day, if the law bars later days

    12 000 due on 31 May 2025 at 12 %, invoiced to the end of July; later 5 000 paid on 30 June; all paid in time; barred:

    >>> terms = Terms(flat(12.0))
    >>> open_ = Debt(12000.0, date(2025, 5, 31))
    >>> claim = measure_interest(open_, terms, date(2025, 7, 31))
    >>> overcharged(claim.segments, open_, Terms(flat(9.0)))
    0.0
    >>> overcharged(claim.segments, replace(open_, payments=((date(2025, 6, 30), 5000.0),)), terms)
    50.96
    >>> overcharged(claim.segments, replace(open_, payments=((date(2025, 5, 31), 12000.0),)), terms) == claim.amount
    True
    >>> overcharged(claim.segments, open_, terms, date(2025, 6, 30))
    122.3
    """
    if not claimed:
        return 0.0
    # if payments settle interest first, the debt depends on the rates of all earlier days
    rates = tuple(Rate(part.first, part.last, part.rate) for part in claimed)
    then = terms if terms.interest_first else replace(terms, rates=rates, margin=0.0, fixed=False)
    last = max(part.last for part in claimed)
    segments, missing = _measure_days(debt, then, min(until or last, last), claimed)
    if missing:
        return 0.0
    more = _sum(claimed, terms.year) - _sum(segments, terms.year)
    return max(_round(more, rounding), 0.0)


def late_amount(debt, terms, until):
    """The undisputed amount open when the debt became late; 0.0 if it was not late by ``until``.

    >>> debt = Debt(100.0, date(2025, 5, 31), ((date(2025, 5, 20), 60.0), (date(2025, 6, 10), 40.0)), disputed=15.0)
    >>> late_amount(debt, Terms(), date(2025, 6, 1)), late_amount(debt, Terms(grace_days=10), date(2025, 7, 1))
    (25.0, 0.0)
    >>> late_amount(debt, Terms(), date(2025, 5, 31))
    0.0
    """
    in_time = debt.due + terms.grace_days * DAY
    if until <= in_time:
        return 0.0
    paid = sum((_exact(amount) for day, amount in debt.payments if day <= in_time), Decimal(0))
    return max(float(_exact(debt.amount) - paid - _exact(debt.disputed)), 0.0)


def fixed_fee(amount, tiers):
    """The fixed sum for recovery costs on one late debt: that of the tier reached.

    :param tiers: ``((from amount, fee), …)`` in any order

    >>> [fixed_fee(amount, ((0, 40.0),)) for amount in (0.0, 0.01, 5000.0)]
    [0.0, 40.0, 40.0]

    In the United Kingdom the sum depends on the amount of the debt:

    >>> [fixed_fee(amount, ((0, 40.0), (1000, 70.0), (10000, 100.0))) for amount in (999.99, 1000.0, 25000.0)]
    [40.0, 70.0, 100.0]
    """
    if amount <= 0:
        return 0.0
    reached = [(start, fee) for start, fee in tiers if amount >= start]
    return max(reached)[1] if reached else 0.0


def lowest_rate(factor, reference):
    """The floor of contractual rates, such as 3 × the legal interest rate in France. Other rates have no floor.

    >>> lowest_rate(3, 2.62)
    7.86
    """
    return float(_exact(factor) * _exact(reference))


def gaps(rates: Iterable):
    """Days without a rate between the first and the last: ``((first, last), …)``.

    >>> gaps([Rate(date(2025, 7, 1), date(2025, 12, 31), 2.15), Rate(date(2024, 7, 1), date(2024, 12, 31), 4.25)])
    ((datetime.date(2025, 1, 1), datetime.date(2025, 6, 30)),)
    >>> gaps([Rate(date(2025, 1, 1), None, 3.0), Rate(date(2026, 1, 1), None, 4.0)])
    ()
    """
    found, end = [], None
    for rate in sorted(rates, key=lambda rate: rate.first):
        if end and rate.first > end + DAY:
            found.append((end + DAY, rate.first - DAY))
        end = max(end or date.min, rate.last or date.max - DAY)
    return tuple(found)


def _stretches(debt, terms, until):
    """Segments in order; the rate is ``None`` if unknown.

    With ``interest_first``, the part of a payment that settles interest does not reduce the debt:

    >>> parts = Debt(1000.0, date(2025, 5, 31), ((date(2025, 6, 30), 500.0),))
    >>> [segment.amount for segment in _stretches(parts, Terms(flat(12.0), interest_first=True), date(2025, 7, 30))]
    [1000.0, 509.86]
    """
    in_time = debt.due + terms.grace_days * DAY
    if until <= in_time:
        return []
    start = max(debt.runs_after or debt.due, debt.due)
    owed = _exact(debt.amount)
    found, unpaid, day = [], Decimal(0), start
    payments = sorted(
        (date_ if date_ > in_time else debt.due, part) for date_, part in debt.payments
    )
    for date_, part in [*payments, (until, 0.0)]:
        end = min(date_, until)
        if end > day:
            new = _with_rates(
                day + DAY, end, float(owed - _exact(debt.disputed)), start + DAY, terms
            )
            found += new
            unpaid += sum(s.interest(terms.year) for s in new if s.rate is not None)
            day = end
        if date_ > until:
            break
        settled = (
            _exact(_round(min(unpaid, _exact(part)), 0.01)) if terms.interest_first else Decimal(0)
        )
        unpaid -= settled
        owed -= _exact(part) - settled
    return found


def _measure_days(debt, terms, until, days):
    """``(segments, missing)`` of a debt, restricted to the days of other segments."""
    now = _stretches(debt, terms, until)
    return _part(part for segment in days for part in _within(now, segment))


def _within(stretches, segment):
    """The parts of the stretches within a segment."""
    return [
        replace(
            stretch,
            first=max(stretch.first, segment.first),
            last=min(stretch.last, segment.last),
        )
        for stretch in stretches
        if stretch.first <= segment.last and segment.first <= stretch.last
    ]


def _leave_out(stretches, counted):
    """The parts of the stretches outside the counted days.

    >>> june = Segment(date(2025, 6, 1), date(2025, 6, 30), 1.0, 12.0)
    >>> counted = ((date(2025, 6, 10), date(2025, 6, 19)), (date(2025, 5, 1), date(2025, 6, 2)))
    >>> [(part.first.day, part.last.day) for part in _leave_out([june], counted)]
    [(3, 9), (20, 30)]
    >>> _leave_out([june], ((date(2025, 6, 1), date(2025, 7, 31)),)), _leave_out([june], ()) == [june]
    ([], True)
    """
    left = list(stretches)
    for first, last in counted:
        parts = []
        for part in left:
            if part.last < first or last < part.first:
                parts.append(part)
                continue
            if part.first < first:
                parts.append(replace(part, last=first - DAY))
            if last < part.last:
                parts.append(replace(part, first=last + DAY))
        left = parts
    return left


def _with_rates(first, last, amount, start, terms):
    """Segments of one amount at the rate of each day, or of ``start`` if fixed; ``None`` if unknown.

    >>> [(s.days, s.rate) for s in _with_rates(date(2025, 6, 1), date(2025, 6, 9), 1.0, None, Terms(
    ...     (Rate(date(2025, 6, 3), date(2025, 6, 4), 2.0), Rate(date(2025, 6, 5), date(2025, 6, 6), 3.0))))]
    [(2, None), (2, 2.0), (2, 3.0), (3, None)]
    """
    if amount <= 0 or first > last:
        return []
    if terms.fixed:
        return [Segment(first, last, amount, rate_on(start, terms))]
    found, day = [], first
    for begin, end, rate in terms.periods:
        if end < day or begin > last:
            continue
        if begin > day:
            found.append(Segment(day, begin - DAY, amount, None))
        end = min(end, last)
        found.append(Segment(max(begin, day), end, amount, rate))
        if end == last:
            return found
        day = end + DAY
    return [*found, Segment(day, last, amount, None)]


def rate_on(day, terms):
    """The rate with its margin; ``None`` if unknown.

    >>> rate_on(date(2020, 1, 1), Terms(flat(5.0))), rate_on(date(2020, 1, 1), Terms())
    (5.0, None)
    """
    return next((rate for begin, end, rate in terms.periods if begin <= day <= end), None)


def _part(stretches):
    """``(segments with a rate, days without one)``; adjacent days form one gap."""
    segments, missing = [], []
    for stretch in stretches:
        if stretch.rate is not None:
            segments.append(stretch)
        elif missing and missing[-1][1] + DAY == stretch.first:
            missing[-1] = (missing[-1][0], stretch.last)
        else:
            missing.append((stretch.first, stretch.last))
    return tuple(segments), tuple(missing)


def _sum(segments, year):
    """Total interest, not rounded."""
    return sum((segment.interest(year) for segment in segments), Decimal(0))


def _by_year(first, last):
    """``(days, days in the year)`` of each calendar year."""
    for year in range(first.year, last.year + 1):
        begin, end = max(first, date(year, 1, 1)), min(last, date(year, 12, 31))
        yield (end - begin).days + 1, (date(year, 12, 31) - date(year, 1, 1)).days + 1


def _exact(amount):
    """The amount as a decimal, without the noise of its float."""
    return Decimal(str(amount))


def _round(amount, rounding):
    """Round half up, as courts do.

    >>> _round(Decimal("0.125"), 0.01), _round(Decimal("0.5"), 1.0)
    (0.13, 1.0)
    """
    step = _exact(rounding)
    return float((Decimal(amount) / step).quantize(Decimal(1), ROUND_HALF_UP) * step)
