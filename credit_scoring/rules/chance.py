"""How likely an item is late by 1, 15, 30 and 60 days: a life table of past items, the customer's own shrunk to those of others.

Each past item counts at every checkpoint that it is known to have reached: paid before it, or still unpaid at it. An item
that is still open counts as far as it got, and no further. Older items weigh less. The share paid before a checkpoint, among
the items that got so far, is taken from the widest group first and corrected by each narrower one as far as it has items.
"""

from dataclasses import dataclass

#: days late
CHECKPOINTS = (1, 15, 30, 60)
#: days after which an item weighs half as much
HALF_LIFE = 180
#: items of the wider group that a narrower one is mixed with: all customers, class, customer, items of the same kind
STRENGTHS = (2.0, 10.0, 4.0, 2.0)
#: shares paid before each checkpoint where nothing is known
_PRIOR = (0.5, 0.5, 0.5, 0.5)


@dataclass(frozen=True)
class Counts:
    """Weighted items by checkpoint: how many were ``reached``, that is unpaid at the one before, and how many of these
    were ``paid`` before it."""

    reached: tuple = (0.0, 0.0, 0.0, 0.0)
    paid: tuple = (0.0, 0.0, 0.0, 0.0)


def count_history(items, today):
    """The counts of ``(date, due, paid on or None)`` of items dated before ``today``; what came later is not looked at.

    >>> from datetime import date, timedelta
    >>> today = date(2026, 6, 30)
    >>> day = lambda n: today - timedelta(n)
    >>> counts = count_history([(day(0), day(0), day(-5)), (day(60), day(30), day(40)), (day(60), day(30), day(5)), (day(50), day(20), None)], today)
    >>> [round(value, 2) for value in counts.reached], [round(value, 2) for value in counts.paid]
    ([2.41, 1.62, 0.79, 0.0], [0.79, 0.0, 0.79, 0.0])
    """
    reached, paid = [0.0] * len(CHECKPOINTS), [0.0] * len(CHECKPOINTS)
    for issued, due, settled in items:
        if issued >= today:
            continue
        weight = 0.5 ** ((today - issued).days / HALF_LIFE)
        is_paid = settled is not None and settled < today
        late = ((settled if is_paid else today) - due).days
        for place, days in enumerate(CHECKPOINTS):
            if late < days:
                if is_paid:
                    reached[place] += weight
                    paid[place] += weight
                break
            reached[place] += weight
    return Counts(tuple(reached), tuple(paid))


def late_chances(levels, age=None):
    """Chances of being late by each checkpoint.

    :param levels: :class:`Counts` from the widest group to the narrowest
    :param age: days past the due date of an item that is still open; ``None`` or below 1: not late yet

    >>> all_items = Counts((100.0, 40.0, 10.0, 4.0), (60.0, 30.0, 6.0, 1.0))
    >>> [round(chance, 2) for chance in late_chances([all_items])]
    [0.4, 0.11, 0.04, 0.03]
    >>> late = Counts((20.0, 19.0, 0.0, 0.0), (1.0, 19.0, 0.0, 0.0))
    >>> [round(chance, 2) for chance in late_chances([all_items, Counts(), late])]
    [0.86, 0.04, 0.02, 0.01]
    >>> [round(chance, 2) for chance in late_chances([all_items, Counts(), late], age=20)]
    [1.0, 1.0, 0.42, 0.28]
    >>> late_chances([])
    (0.5, 0.25, 0.125, 0.0625)
    """
    chances, still_open = [], 1.0
    for place, days in enumerate(CHECKPOINTS):
        share = _PRIOR[place]
        for counts, strength in zip(levels, STRENGTHS, strict=False):
            share = (counts.paid[place] + strength * share) / (counts.reached[place] + strength)
        if age is None or age < days:
            still_open *= 1 - share
        chances.append(still_open)
    return tuple(chances)
