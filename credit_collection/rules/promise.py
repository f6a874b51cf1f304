"""Whether a promise to pay was kept: what the ledger says, in the currency of the promise."""

from dataclasses import dataclass
from datetime import date, timedelta

from .calendar import next_payment_day


@dataclass(frozen=True, slots=True)
class Receipt:
    """What settled a part of a promised item on a day: money, or else a credit note or another entry."""

    day: date
    amount: float
    is_money: bool = True


@dataclass(frozen=True, slots=True)
class Promise:
    """``amount`` was promised on the day ``made``; ``last_day`` is the last on which it can come in and be in time."""

    amount: float
    made: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Verdict:
    """``state``: ``open``, ``kept``, ``partly`` or ``broken``; ``paid``: money that came in time, no more than promised."""

    state: str
    paid: float


def last_day(promised, tolerance=0, payment_days=()):
    """The last day on which the money can come and the promise is kept.

    A promise for a day on which the customer never pays, or no bank works, is one for the next day that is; the tolerance
    (days) comes on top.

    >>> last_day(date(2026, 6, 12), 3).isoformat(), last_day(date(2026, 6, 13), 3).isoformat()
    ('2026-06-15', '2026-06-18')
    >>> last_day(date(2026, 6, 12), 3, (10, 25)).isoformat()
    '2026-06-28'
    """
    return next_payment_day(promised, payment_days) + timedelta(tolerance)


def judge(promise, receipts, today, waiting=0.0, rounding=0.01):
    """What became of a promise. What was credited is not to be paid any more; what was paid before it was made is not counted.

    :param receipts: what settled the items it names
    :param waiting: money of the customer that came since the promise was made and that nobody has allocated yet
    :param rounding: smallest unit of the currency; less than half of it is not missing
    :rtype: Verdict

    >>> promise = Promise(100.0, date(2026, 6, 1), date(2026, 6, 12))
    >>> def told(*receipts, today=13, waiting=0.0, credit=(), rounding=0.01):
    ...     facts = [Receipt(date(2026, 6, day), amount) for day, amount in receipts]
    ...     facts += [Receipt(date(2026, 6, day), amount, False) for day, amount in credit]
    ...     verdict = judge(promise, facts, date(2026, 6, today), waiting, rounding)
    ...     return verdict.state, verdict.paid
    >>> told(today=12), told(), told((12, 100.0)), told((13, 100.0)), told((2, 100.0), today=3)
    (('open', 0.0), ('broken', 0.0), ('kept', 100.0), ('broken', 0.0), ('kept', 100.0))
    >>> told((5, 40.0)), told((5, 40.0), today=12), told((5, 40.0), (10, 90.0))
    (('partly', 40.0), ('open', 40.0), ('kept', 100.0))

    Money on account holds the verdict back until somebody has allocated it:

    >>> told((5, 40.0), waiting=60.0), told((5, 40.0), waiting=59.0)
    (('open', 40.0), ('partly', 40.0))

    A credit note makes the promise smaller; one that leaves nothing to pay ends it:

    >>> told((5, 40.0), credit=((6, 60.0),)), told(credit=((20, 100.0),), today=20), told(credit=((6, 100.0),), today=6)
    (('kept', 40.0), ('broken', 0.0), ('kept', 0.0))

    In dinars, which have three decimals, four thousandths are still owed; in yen, less than half a yen is not:

    >>> told((5, 99.996)), told((5, 99.996), rounding=0.001), told((5, 99.6), rounding=1.0)
    (('kept', 99.996), ('partly', 99.996), ('kept', 99.6))
    """
    in_time = [each for each in receipts if promise.made <= each.day <= promise.last_day]
    money = sum((each.amount for each in in_time if each.is_money), 0.0)
    due = promise.amount - sum(each.amount for each in in_time if not each.is_money)
    paid = round(min(money, promise.amount), 6)
    if money >= due - rounding / 2:
        return Verdict("kept", paid)
    if today <= promise.last_day or (waiting and money + waiting >= due - rounding / 2):
        return Verdict("open", paid)
    return Verdict("partly" if paid else "broken", paid)


def spread(amount, owed):
    """An amount over items in their order, the first in full before the next gets anything; the rest is not spread.

    :param owed: ``{item: open amount}`` in the order in which they are settled

    >>> spread(120.0, {1: 100.0, 2: 50.0, 3: 30.0}), spread(200.0, {1: 100.0})
    ({1: 100.0, 2: 20.0}, {1: 100.0})
    """
    left, parts = amount, {}
    for item, due in owed.items():
        part = round(min(left, due), 6)
        if part <= 0:
            continue
        parts[item] = part
        left -= part
    return parts
