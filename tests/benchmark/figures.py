"""Medians of what was measured in turn, with their intervals. No database here."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

RESAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Rounds:
    """Milliseconds of series measured in turn: ``values[series][n]`` is of round ``n``."""

    values: dict[str, list[float]]

    def __len__(self):
        return len(next(iter(self.values.values())))

    def median(self, series: str) -> float:
        """Median of one series."""
        return median(self.values[series])

    def added(self, series: str, base: str) -> float:
        """Median of what a series took more than its base in the same round.

        >>> Rounds({"a": [12.0, 30.0, 13.0], "b": [10.0, 11.0, 10.0]}).added("a", "b")
        3.0
        """
        return median(a - b for a, b in zip(self.values[series], self.values[base], strict=True))

    def share(self, series: str, base: str) -> float:
        """Median of how much more, as a share of the base of the same round.

        >>> round(Rounds({"a": [11.0, 22.0], "b": [10.0, 20.0]}).share("a", "b"), 3)
        0.1
        """
        pairs = zip(self.values[series], self.values[base], strict=True)
        return median(a / b - 1 for a, b in pairs)

    def ratio(self, series: str, base: str) -> float:
        """How many times the median of the base."""
        return self.median(series) / self.median(base)

    def resampled(self, dice: random.Random) -> "Rounds":
        """As many rounds, drawn with replacement; what was measured in one round stays together."""
        drawn = dice.choices(range(len(self)), k=len(self))
        return Rounds({name: [row[n] for n in drawn] for name, row in self.values.items()})


def interval(rounds: Rounds, statistic: Callable[[Rounds], float]) -> tuple[float, float]:
    """Bootstrap interval of a statistic over the rounds.

    >>> interval(Rounds({"a": [5.0] * 9}), lambda rounds: rounds.median("a"))
    (5.0, 5.0)
    """
    dice = random.Random(19)
    found = sorted(statistic(rounds.resampled(dice)) for _turn in range(RESAMPLES))
    cut = round(RESAMPLES * (1 - CONFIDENCE) / 2)
    return found[cut], found[-cut - 1]


@dataclass(frozen=True)
class Finding:
    """A figure with its target, if it has one: reached when it is not above."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    target: float | None = None
    rounds: int = 0
    cpu: float | None = None
    cpu_target: float | None = None

    @property
    def verdict(self) -> str:
        """In words; where the target is inside the interval, the processor time may tell more than the clock.

        >>> Finding("", 3.0, 2.0, 3.5, "ms", 4.0).verdict, Finding("", 3.0, 2.0, 4.5, "ms", 4.0).verdict
        ('reached', 'reached, interval beyond')
        >>> Finding("", 5.0, 4.5, 6.0, "ms", 4.0).verdict, Finding("", 5.0, 3.0, 6.0, "ms", 4.0, 9, 3.0, 4.0).verdict
        ('NOT reached', 'NOT reached, within interval; by processor time reached')
        """
        if self.target is None:
            return ""
        reached = self.value <= self.target
        words = "reached" if reached else "NOT reached"
        if self.low <= self.target < self.high:
            words += ", interval beyond" if reached else ", within interval"
        if self.cpu is not None and (self.cpu <= self.cpu_target) != reached:
            words += f"; by processor time {'NOT ' if reached else ''}reached"
        return words
