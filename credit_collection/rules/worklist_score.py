"""Whom to call first: what is known of a customer, weighed by criteria that a manager chose, as a score from 0 to 100.

Each criterion looks at one fact. Its brackets say how many points (0 to 100) a customer gets from which figure on; the score
is the mean of the points, weighted.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Criterion:
    """A fact and what it is worth.

    ``brackets``: pairs ``(from, points)``, the smallest first; below the first one there are no points.
    ``by_class``: pairs ``(id of a class, points)`` for a fact that is one of a list and has no order.
    """

    kind: str
    weight: float
    brackets: tuple = ()
    by_class: tuple = ()

    def points(self, figure):
        """Points of a figure.

        >>> late = Criterion("age", 3, brackets=((1, 20), (30, 60), (90, 100)))
        >>> [late.points(days) for days in (0, 1, 29, 30, 400)]
        [0, 20, 20, 60, 100]
        >>> late.points(None)  # nothing is known
        0
        >>> Criterion("risk_class", 1, by_class=((7, 80), (9, 10))).points(7)
        80
        """
        if figure is None:
            return 0
        if self.by_class:
            return dict(self.by_class).get(figure, 0)
        reached = [points for start, points in self.brackets if figure >= start]
        return reached[-1] if reached else 0


@dataclass(frozen=True)
class Part:
    """What one criterion gave: ``share`` of the score, from ``figure``."""

    kind: str
    figure: object
    points: float
    share: float


def weigh(criteria, facts):
    """The score of a customer and where it comes from, the largest share first.

    :param criteria: :class:`Criterion`
    :param facts: ``{kind: figure}``
    :return: ``(score, [Part])``; parts without points are left out

    >>> criteria = [
    ...     Criterion("overdue", 3, brackets=((0.01, 10), (10000, 100))),
    ...     Criterion("broken", 1, brackets=((1, 60),)),
    ... ]
    >>> score, parts = weigh(criteria, {"overdue": 12000, "broken": 1})
    >>> score, [(part.kind, part.share) for part in parts]
    (90.0, [('overdue', 75.0), ('broken', 15.0)])
    >>> weigh(criteria, {"overdue": 0})
    (0.0, [])
    >>> weigh([], {"overdue": 5})
    (0.0, [])
    """
    total = sum(criterion.weight for criterion in criteria)
    parts = []
    for criterion in criteria:
        figure = facts.get(criterion.kind)
        points = criterion.points(figure)
        if points and total:
            parts.append(Part(criterion.kind, figure, points, points * criterion.weight / total))
    parts.sort(key=lambda part: -part.share)
    return round(sum((part.share for part in parts), 0.0), 2), parts


def urgency(score, thresholds, callback=False, broken=False):
    """How urgent a customer is: a call that was agreed comes first, then a promise that was not kept, then the score.

    :param thresholds: scores from which a customer is ``high`` and ``medium``

    >>> urgency(80, (60, 30)), urgency(30, (60, 30)), urgency(3, (60, 30))
    ('high', 'medium', 'low')
    >>> urgency(3, (60, 30), broken=True), urgency(3, (60, 30), callback=True, broken=True)
    ('broken', 'callback')
    """
    if callback:
        return "callback"
    if broken:
        return "broken"
    high, medium = thresholds
    return "high" if score >= high else "medium" if score >= medium else "low"
