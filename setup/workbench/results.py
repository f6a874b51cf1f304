"""Counts: what each check says about itself, and the sum of them."""

import re
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
HEADER = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) \S+ \S+: (?:FAIL|ERROR): (?:Subtest )?(.+)$")
SKIPPED = re.compile(r" INFO \S+ \S+: skipped (.+?) : (.*)$")
STARTED = re.compile(r": Starting (\S+) \.\.\.")
RECORD = re.compile(r"^\d{4}-\d\d-\d\d \S+ \d+ ([A-Z]+) (\S+) (\S+): (.*)$")


@dataclass(frozen=True)
class Counts:
    """How many passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    times: tuple[tuple[float, str], ...] = field(
        default=(), compare=False
    )  # seconds and name of each test
    names: tuple[str, ...] = field(default=(), compare=False)  # of what failed

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.times + other.times,
            self.names + other.names,
        )

    def slowest(self, number: int = 20) -> list[str]:
        """Lines about the tests that took longest.

        >>> Counts(times=((1.0, "TestA.test_a"), (12.4, "TestB.test_b"))).slowest(1)
        [' 12.4 s  TestB.test_b']
        """
        return [
            f"{seconds:5.1f} s  {name}" for seconds, name in sorted(self.times)[: -number - 1 : -1]
        ]

    @property
    def line(self) -> str:
        """The last line of the test command.

        >>> Counts(12, 0, 1).line
        '12 passed, 0 failed'
        """
        return f"{self.passed} passed, {self.failed} failed"

    @property
    def good(self) -> bool:
        """Something ran, and nothing failed."""
        return self.passed > 0 and not self.failed


def of_odoo(log: str, times=()) -> Counts:
    """What Odoo's runner counted; a run without a summary is one failure."""
    summaries = SUMMARY.findall(log)
    if not summaries:
        return Counts(failed=1)
    failures, errors, ran = map(int, summaries[-1])
    skipped = len([line for line in log.splitlines() if SKIPPED.search(line)])
    names = failed_tests(log)
    failed = len(names) or failures + errors
    return Counts(max(ran - failed - skipped, 0), failed, skipped, times, tuple(names))


class Stopwatch:
    """How long each of Odoo's tests takes, by the clock of the one who reads its log: tests stop the clock they write
    into it. From the beginning of a test to that of the next: a class's preparations count with the test before them.

    >>> moments = iter((1.0, 3.0, 4.0))
    >>> watch = Stopwatch(lambda: next(moments))
    >>> for line in ("x: Starting TestA.test_a ... ", "x: said", "x: Starting TestA.test_b ... "):
    ...     watch(line)
    >>> watch.times
    ((2.0, 'TestA.test_a'), (1.0, 'TestA.test_b'))
    """

    def __init__(self, clock=time.monotonic):
        self.clock, self.started = clock, []

    def __call__(self, line: str) -> None:
        if found := STARTED.search(line):
            self.started.append((self.clock(), found[1]))

    @property
    def times(self) -> tuple[tuple[float, str], ...]:
        """Seconds and name of each test; asked for at the end of the last one."""
        ends = [moment for moment, _name in self.started[1:]] + [self.clock()]
        return tuple(
            (end - start, name) for (start, name), end in zip(self.started, ends, strict=True)
        )


def failed_tests(log: str) -> list[str]:
    """The tests that failed, each once, however many of its cases did."""
    found = (HEADER.match(line) for line in log.splitlines())
    return list(dict.fromkeys(match[1].split(" ")[0] for match in found if match))


def skipped_tests(log: str) -> list[str]:
    """The tests that were skipped, with the reason."""
    found = (SKIPPED.search(line) for line in log.splitlines())
    return [f"{match[1]}: {match[2]}" for match in found if match]


def records(log: str):
    """The records of an Odoo log: level, logger, and the whole text with its traceback."""
    level = name = None
    text: list[str] = []
    for line in log.splitlines():
        if found := RECORD.match(line):
            if level:
                yield level, name, "\n".join(text)
            level, name, text = found[1], found[3], [found[4]]
        else:
            text.append(line)
    if level:
        yield level, name, "\n".join(text)


def failures(log: str) -> list[str]:
    """The output of the tests that failed."""
    return [
        text
        for level, _name, text in records(log)
        if level in ("ERROR", "CRITICAL") and re.match(r"(FAIL|ERROR): ", text)
    ]


def complaints(log: str, addons) -> list[str]:
    """Warnings and errors that name one of our add-ons; what tests log counts as their result."""
    ours = re.compile(rf"\b({'|'.join(map(re.escape, addons))})\b") if addons else None
    return [
        f"{level} {name}: {text}"
        for level, name, text in records(log)
        if level in ("WARNING", "ERROR", "CRITICAL")
        and ours
        and ours.search(f"{name} {text}")
        and "tests" not in name.split(".")
        and not _is_dialog(text)
    ]


def _is_dialog(text):
    """A question with a button to another page: Odoo shows it to the user, and logs it as an error all the same."""
    return text.splitlines()[-1].startswith("odoo.exceptions.RedirectWarning: ")


def of_junit(report: Path) -> Counts:
    """What pytest counted; no report is one failure."""
    if not report.exists():
        return Counts(failed=1)
    suites = ET.parse(report).getroot().iter("testsuite")
    total = Counts()
    for suite in suites:
        ran, failed, errors, skipped = (
            int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")
        )
        cases = list(suite.iter("testcase"))
        times = tuple((float(case.get("time", 0)), case.get("name", "")) for case in cases)
        names = tuple(
            case.get("name", "")
            for case in cases
            if case.find("failure") is not None or case.find("error") is not None
        )
        total += Counts(ran - failed - errors - skipped, failed + errors, skipped, times, names)
    return total
