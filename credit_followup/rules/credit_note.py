"""Allocation of a credit note to the charges of a debit note. Amounts are in one currency, without tax."""

from decimal import Decimal


def share_credit(due, named, unnamed=0.0):
    """The amount credited on each charge.

    :param due: ``{charge: amount left}``, in the order of the debit note
    :param named: ``{charge: amount}`` of the credit note lines that name a charge
    :param unnamed: total of the other lines, allocated to one charge after the other

    >>> share_credit({"interest": 437.28, "fee": 40.0}, {"fee": 40.0})
    {'fee': 40.0}
    >>> share_credit({"interest": 437.28, "fee": 40.0}, {}, 447.28)
    {'interest': 437.28, 'fee': 10.0}

    An excess on one charge goes to the others; an excess over all of them is ignored:

    >>> share_credit({"interest": 100.0, "fee": 40.0}, {"fee": 50.1})
    {'interest': 10.1, 'fee': 40.0}
    >>> share_credit({"interest": 100.0}, {"interest": 120.0, "gone": 5.0})
    {'interest': 100.0}
    """
    left = {charge: _exact(amount) for charge, amount in due.items()}
    rest = _exact(unnamed)
    taken = dict.fromkeys(left, Decimal(0))
    for charge, amount in named.items():
        part = min(_exact(amount), left.get(charge, Decimal(0)))
        rest += _exact(amount) - part
        if charge in taken:
            taken[charge] += part
    for charge in left:
        part = min(rest, left[charge] - taken[charge])
        taken[charge] += part
        rest -= part
    return {charge: float(amount) for charge, amount in taken.items() if amount > 0}


def _exact(amount):
    """The amount as a decimal, without the noise of its float."""
    return Decimal(str(amount))
