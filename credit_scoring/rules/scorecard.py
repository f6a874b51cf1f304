"""A score by criteria with weights and brackets: each input is kept, and the score says what would raise it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bracket:
    """``points`` (0 to 100) from ``start`` on, up to the start of the next bracket; the first begins anywhere."""

    start: float
    points: float


@dataclass(frozen=True)
class Criterion:
    """``missing``: points where the figure is unknown; ``None``: the criterion is then left out."""

    key: str
    weight: float
    brackets: tuple
    missing: float | None = None


@dataclass(frozen=True)
class Input:
    """What one criterion gave: ``gain`` is what the score would gain with all points here."""

    key: str
    value: float | None
    points: float
    weight: float
    gain: float = 0.0


def points_of(criterion, value):
    """Points for a figure; ``None`` where it is left out.

    >>> criterion = Criterion("delay", 1.0, (Bracket(0, 100), Bracket(10, 50), Bracket(30, 0)))
    >>> [points_of(criterion, value) for value in (-5, 9.9, 10, 30, 99, None)]
    [100, 100, 50, 0, 0, None]
    """
    if value is None:
        return criterion.missing
    reached = [bracket for bracket in criterion.brackets if bracket.start <= value]
    return (reached[-1] if reached else criterion.brackets[0]).points


def score(criteria, values):
    """``(score from 0 to 100 or None, inputs)``: the weighted mean of the points of what is known.

    >>> delay = Criterion("delay", 3.0, (Bracket(0, 100), Bracket(10, 50)))
    >>> equity = Criterion("equity", 1.0, (Bracket(0, 0), Bracket(30, 100)), missing=20.0)
    >>> total, inputs = score([delay, equity], {"delay": 12.0})
    >>> total, [(found.key, found.points, found.gain) for found in inputs]
    (42.5, [('delay', 50, 37.5), ('equity', 20.0, 20.0)])
    >>> score([delay], {})
    (None, [])
    """
    found = [
        (criterion, values.get(criterion.key), points_of(criterion, values.get(criterion.key)))
        for criterion in criteria
    ]
    found = [(criterion, value, points) for criterion, value, points in found if points is not None]
    weight = sum(criterion.weight for criterion, _value, _points in found)
    if not weight:
        return None, []
    inputs = [
        Input(
            criterion.key,
            value,
            points,
            criterion.weight,
            round(
                (max(b.points for b in criterion.brackets) - points) * criterion.weight / weight, 2
            ),
        )
        for criterion, value, points in found
    ]
    total = sum(each.points * each.weight for each in inputs) / weight
    return round(total, 2), inputs
