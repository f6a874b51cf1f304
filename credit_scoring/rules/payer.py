"""How a customer pays, as a score: 80 is prompt, 100 is 30 days early, 50 is 30 days late.

The scale is the published PAYDEX reference: points by days, weighted by amount.
"""

from itertools import pairwise

#: ``(days late, points)`` of the reference scale; negative days are early. Linear between them, 1 beyond the last
ANCHORS = (
    (-30, 100.0),
    (-20, 90.0),
    (0, 80.0),
    (15, 70.0),
    (22, 60.0),
    (30, 50.0),
    (60, 40.0),
    (90, 30.0),
    (120, 20.0),
    (180, 1.0),
)
#: items below which there is no score
FEWEST = 3
#: largest share of the weight that one item has, where there are enough items for it
LARGEST_SHARE = 0.25


def points_for(days):
    """Points for a delay in days.

    >>> [round(points_for(days), 2) for days in (-40, -25, 0, 20, 35, 60, 150, 400)]
    [100.0, 95.0, 80.0, 62.86, 48.33, 40.0, 10.5, 1.0]
    """
    if days <= ANCHORS[0][0]:
        return ANCHORS[0][1]
    for (first, high), (last, low) in pairwise(ANCHORS):
        if days <= last:
            return high + (low - high) * (days - first) / (last - first)
    return ANCHORS[-1][1]


def payer_score(items):
    """The score of ``(weight, days late)`` pairs, or ``None`` where there are too few.

    One item has at most a quarter of the weight, from four items on. In SQL: ``credit.payer``.

    >>> round(payer_score([(1_000, 0), (4_000, 20), (5_000, 35)]), 2)
    57.31
    >>> payer_score([(1_000, 0), (4_000, 20)]) is None
    True
    >>> round(payer_score([(10, 0), (10, 0), (10, 0), (970, 60)]), 2)  # not 41.2: the large one is capped at 250
    44.29
    """
    if len(items) < FEWEST:
        return None
    total = sum(weight for weight, _days in items)
    largest = total * LARGEST_SHARE if len(items) * LARGEST_SHARE >= 1 else total
    weights = [(min(weight, largest), days) for weight, days in items]
    held = sum(weight for weight, _days in weights)
    return sum(weight * points_for(days) for weight, days in weights) / held if held else None
