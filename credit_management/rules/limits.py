"""Arithmetic of limits. Amounts: one currency, taxes included."""

import math
from datetime import date
from typing import NamedTuple


class GrantedLimit(NamedTuple):
    """An approved limit; only a temporary one ends with ``date_to``, a permanent one expires and still measures."""

    kind: str
    date_from: date
    date_to: date | None
    amount: float | None


def limit_in_force(limits, day):
    """The limit that counts on a day, or ``None``: the temporary one if one runs, else the latest permanent one.

    Lists read the same from the database: see ``credit.position._limits_in_force_sql``.

    :param limits: approved ones with the fields of :class:`GrantedLimit`, the latest decided last

    >>> limits = [GrantedLimit("permanent", date(2026, 1, 1), None, 500.0),
    ...           GrantedLimit("temporary", date(2026, 3, 1), date(2026, 3, 31), 900.0),
    ...           GrantedLimit("permanent", date(2026, 1, 1), date(2026, 2, 1), 600.0)]
    >>> [limit_in_force(limits, date(2026, *day)).amount for day in ((2, 1), (3, 31), (4, 1))]
    [600.0, 900.0, 600.0]
    >>> limit_in_force(limits, date(2025, 12, 31)) is None
    True
    """
    running = [
        (limit.kind == "temporary", limit.date_from, place)
        for place, limit in enumerate(limits)
        if limit.date_from <= day and (limit.kind == "permanent" or limit.date_to >= day)
    ]
    return limits[max(running)[-1]] if running else None


def default_limit(holders, fallback):
    """The limit of a customer without one of its own: of the first holder that has one, else ``fallback``.

    Lists read the same from the database: see ``credit.position._default_limit_sql``.

    :param holders: risk class, then policy: whatever has ``has_default_limit`` and ``default_limit``
    :param fallback: the company's

    >>> from types import SimpleNamespace
    >>> none, some = (SimpleNamespace(has_default_limit=has, default_limit=70.0) for has in (False, True))
    >>> default_limit((none, some), 20.0), default_limit((none,), 20.0)
    (70.0, 20.0)
    """
    return next((holder.default_limit for holder in holders if holder.has_default_limit), fallback)


def excess_over(limit, exposure, amount, rounding=0.01):
    """Amount by which ``exposure + amount`` exceeds ``limit``; 0.0 if it does not.

    :param limit: granted amount, or ``None`` for unlimited
    :param rounding: smallest unit of the currency; smaller differences are ignored

    >>> excess_over(1000.0, 800.0, 200.0)
    0.0
    >>> excess_over(1000.0, 800.0, 250.0)
    50.0
    >>> excess_over(0.0, 0.0, 100.0)
    100.0
    >>> excess_over(None, 1e9, 1e9)
    0.0
    """
    if limit is None:
        return 0.0
    excess = exposure + amount - limit
    return excess if excess >= rounding / 2 else 0.0


def deposit_share(excess, amount):
    """Percentage of the document to pay with the order, rounded up; ``None`` if even 100 % is not enough.

    >>> deposit_share(1250.0, 5000.0)
    25
    >>> deposit_share(1250.0, 1000.0) is None
    True
    """
    if amount <= 0 or excess <= 0 or excess > amount:
        return None
    return math.ceil(round(100 * excess / amount, 6))


def groups_that_count(groups, credit_mode, undecided):
    """The groups whose limit applies to a member: all of them, unless it was decided that the member is unlimited.

    A member without a decision is limited by the group alone; one with its own limit by the lower of the two; an
    unlimited member is not bound by its groups, though its debts count in them (Dynamics 365, customer credit groups).

    >>> [bool(groups_that_count(("group",), *member)) for member in (
    ...     ("limited", False), ("unlimited", True), ("unlimited", False), ("prepaid", False))]
    [True, True, False, True]
    """
    return () if credit_mode == "unlimited" and not undecided else groups
