"""Arithmetic around a limit. Amounts: one currency, taxes included."""

import math


def excess_over(limit, exposure, amount, rounding=0.01):
    """How far ``exposure + amount`` goes past ``limit``; 0.0 when it does not.

    :param limit: granted amount, or ``None`` for unlimited
    :param rounding: smallest unit of the currency; a difference below it is no excess

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
    """Percent of the document, rounded up, to pay with the order; ``None`` if all of it is not enough.

    >>> deposit_share(1250.0, 5000.0)
    25
    >>> deposit_share(1250.0, 1000.0) is None
    True
    """
    if amount <= 0 or excess <= 0 or excess > amount:
        return None
    return math.ceil(round(100 * excess / amount, 6))


def groups_that_count(groups, credit_mode, undecided):
    """The groups whose limit a member shares: every one of them, unless somebody decided that it has no limit.

    A member nobody decided about is limited by the group alone; one with a limit of its own by the lower of both; one
    that was made unlimited passes its groups by, though its debts count in them (Dynamics 365, customer credit groups).

    >>> [bool(groups_that_count(("group",), *member)) for member in (
    ...     ("limited", False), ("unlimited", True), ("unlimited", False), ("prepaid", False))]
    [True, True, False, True]
    """
    return () if credit_mode == "unlimited" and not undecided else groups
