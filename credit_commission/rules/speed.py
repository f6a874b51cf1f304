"""Rates that depend on how late the money came."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """From ``days_late`` on, until the next step.

    :param kind: ``share``: percent of the rate; ``rate``: the rate itself
    """

    days_late: int
    kind: str
    percent: float


def step_of(steps, days_late: int) -> Speed | None:
    """The step of a payment; ``None`` before the first: the full rate.

    >>> steps = Speed(11, "rate", 2.0), Speed(31, "rate", 0.0)
    >>> [step and step.percent for step in (step_of(steps, days) for days in (-3, 10, 11, 30, 31))]
    [None, None, 2.0, 2.0, 0.0]
    """
    steps = sorted(steps, key=lambda step: step.days_late)
    position = bisect_right([step.days_late for step in steps], days_late)
    return steps[position - 1] if position else None


def rate_of(step: Speed | None, percent: float) -> float:
    """The rate of money that came at that speed; percent.

    >>> rate_of(None, 3.0), rate_of(Speed(11, "share", 50.0), 3.0), rate_of(Speed(11, "rate", 2.0), 3.0)
    (3.0, 1.5, 2.0)
    """
    if not step:
        return percent
    return step.percent if step.kind == "rate" else round(percent * step.percent / 100, 10)


def factor_of(step: Speed | None) -> float:
    """The share of a tier's rate, or of a fixed amount, that money of that speed earns.

    >>> factor_of(None), factor_of(Speed(11, "share", 50.0)), factor_of(Speed(31, "rate", 0.0))
    (1.0, 0.5, 0.0)
    """
    if not step:
        return 1.0
    return step.percent / 100 if step.kind == "share" else float(bool(step.percent))
