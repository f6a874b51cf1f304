"""Asks the same of several workers in turn, so that the noise of the machine hits all alike."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .figures import Finding, Rounds, interval
from .worker import Sample

WARM_UPS = 3


@dataclass
class Turns:
    """What was measured of one question: a list of samples for each series."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def rounds(self, what: str = "ms") -> Rounds:
        """One figure of all samples."""
        return Rounds(
            {name: [getattr(sample, what) for sample in row] for name, row in self.samples.items()}
        )

    def find(
        self,
        name: str,
        statistic: Callable[[Rounds], float],
        unit: str = "ms",
        target: float | Callable[[Rounds], float] | None = None,
        *,
        flush: bool = False,
        cpu: bool = True,
    ) -> Finding:
        """A finding by the clock, and what it would be by processor time.

        :param target: a figure, or how to get it from the rounds
        :param flush: without Odoo's hooks before the commit
        :param cpu: not where parallel workers take part, whose time is not known
        """
        clock, work = (
            self.rounds(f"{'flush_' if flush else ''}{what}") for what in ("ms", "cpu_ms")
        )
        return Finding(
            name,
            statistic(clock),
            *interval(clock, statistic),
            unit,
            target(clock) if callable(target) else target,
            len(clock),
            statistic(work) if cpu else None,
            target(work) if callable(target) else target,
        )

    def queries(self, series: str) -> int:
        """Number of queries, the same in each round but for caches: the most frequent one."""
        counts = [sample.queries for sample in self.samples[series]]
        return max(set(counts), key=counts.count)

    def by_step(self) -> "Turns":
        """The same by the steps of the acts: series ``"suite entries"``.

        >>> sample = Sample(3.0, 2.5, 3.0, 2.5, 9, 0, {"log": (1.0, 0.5), "entries": (2.0, 2.0)})
        >>> Turns({"a": [sample]}).by_step().rounds("cpu_ms").values
        {'a log': [0.5], 'a entries': [2.0]}
        """
        return Turns(
            {
                f"{name} {step}": [_cut(sample, step) for sample in row]
                for name, row in self.samples.items()
                for step in row[0].steps
            }
        )

    def result(self, series: str):
        """What the act returned."""
        return self.samples[series][-1].result


def _cut(sample, step):
    """One step of an act as a sample of its own."""
    ms, cpu_ms = sample.steps[step]
    return replace(sample, ms=ms, cpu_ms=cpu_ms, flush_ms=ms, flush_cpu_ms=cpu_ms, steps={})


def in_turn(count: int, series: dict[str, Callable[[], Sample]], warm_ups: int = WARM_UPS) -> Turns:
    """Measure each series once a round; who begins changes from round to round.

    >>> turns = in_turn(2, {"a": lambda: Sample(1.0, 1, 1, 1, 5, 0), "b": lambda: Sample(2.0, 2, 2, 2, 6, 0)}, 0)
    >>> turns.rounds().values, turns.queries("b")
    ({'a': [1.0, 1.0], 'b': [2.0, 2.0]}, 6)
    """
    names = list(series)
    for _warm_up in range(warm_ups):
        for name in names:
            series[name]()
    turns = Turns({name: [] for name in names})
    for number in range(count):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            turns.samples[name].append(series[name]())
    return turns
