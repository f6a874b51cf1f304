"""Rates that depend on how late the payment was."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """A step that applies from ``days_late`` until the next step.

    :param kind: ``share`` for a percentage of the rate, ``rate`` for the rate itself
    """

    days_late: int
    kind: str
    percent: float


def step_of(steps, days_late: int) -> Speed | None:
    """The step of a payment; ``None`` before the first step, for the full rate.

    >>> steps = Speed(11, "rate", 2.0), Speed(31, "rate", 0.0)
    >>> [step and step.percent for step in (step_of(steps, days) for days in (-3, 10, 11, 30, 31))]
    [None, None, 2.0, 2.0, 0.0]
    """
    steps = sorted(steps, key=lambda step: step.days_late)
    position = bisect_right([step.days_late for step in steps], days_late)
    return steps[position - 1] if position else None


def rate_of(step: Speed | None, percent: float) -> float:
    """The rate in percent of a payment at that speed.

    >>> rate_of(None, 3.0), rate_of(Speed(11, "share", 50.0), 3.0), rate_of(Speed(11, "rate", 2.0), 3.0)
    (3.0, 1.5, 2.0)
    """
    if not step:
        return percent
    return step.percent if step.kind == "rate" else round(percent * step.percent / 100, 10)


def factor_of(step: Speed | None) -> float:
    """The part of a tier's rate, or of a fixed amount, that a payment at that speed earns.

    >>> factor_of(None), factor_of(Speed(11, "share", 50.0)), factor_of(Speed(31, "rate", 0.0))
    (1.0, 0.5, 0.0)
    """
    if not step:
        return 1.0
    return step.percent / 100 if step.kind == "share" else float(bool(step.percent))
