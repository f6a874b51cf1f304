"""What a dispute leaves out of reminders and charges, and what its end makes of it. Amounts in the currency of the items."""

from .promise import spread


def withheld(disputed, open_amount):
    """The part of an item that nobody asks for while it is disputed: never more than is still open.

    >>> withheld(30.0, 100.0), withheld(30.0, 20.0), withheld(30.0, 0.0), withheld(30.0, -5.0)
    (30.0, 20.0, 0.0, 0.0)
    """
    return max(min(disputed, open_amount), 0.0)


def split_decision(accepted, disputed):
    """What is accepted of each item, and what is refused in all: the oldest item is credited first.

    :param disputed: ``{item: disputed amount}``, oldest first

    >>> split_decision(50.0, {1: 30.0, 2: 40.0}), split_decision(0.0, {1: 30.0})
    (({1: 30.0, 2: 20.0}, 20.0), ({}, 30.0))
    """
    parts = spread(accepted, disputed)
    return parts, round(sum(disputed.values()) - sum(parts.values()), 6)


def scale(lines, amount):
    """Net amounts of a credit note of ``amount`` with taxes: the same share of each group of lines.

    :param lines: ``{group: (net, gross)}`` of the invoice
    :return: ``{group: net}``, unrounded

    >>> scale({"20": (100.0, 120.0), "10": (100.0, 110.0)}, 23.0)
    {'20': 10.0, '10': 10.0}
    >>> scale({"20": (100.0, 120.0)}, 120.0), scale({}, 5.0)
    ({'20': 100.0}, {})
    """
    total = sum(gross for _net, gross in lines.values())
    return {group: net * amount / total for group, (net, _gross) in lines.items()} if total else {}
