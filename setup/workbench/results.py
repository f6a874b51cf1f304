"""Counts: what each check says about itself, and the sum of them."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
HEADER = re.compile(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) \S+ \S+: (?:FAIL|ERROR): (?:Subtest )?(.+)$")
SKIPPED = re.compile(r" INFO \S+ \S+: skipped (.+?) : (.*)$")
MOMENT = re.compile(
    r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) \d+ [A-Z]+ \S+ \S+: (.*)$", re.MULTILINE
)
STARTED = re.compile(r"Starting (\S+) \.\.\.")
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

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.times + other.times,
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


def of_odoo(log: str) -> Counts:
    """What Odoo's runner counted; a run without a summary is one failure."""
    summaries = SUMMARY.findall(log)
    if not summaries:
        return Counts(failed=1)
    failures, errors, ran = map(int, summaries[-1])
    skipped = len([line for line in log.splitlines() if SKIPPED.search(line)])
    failed = len(failed_tests(log)) or failures + errors
    return Counts(max(ran - failed - skipped, 0), failed, skipped, tuple(times_of_odoo(log)))


def times_of_odoo(log: str):
    """Seconds and name of each test: from its beginning to that of the next, so that a class's preparations count
    with the test before them.

    >>> log = "\\n".join(f"2026-11-30 12:00:{second},000 1 INFO db x: {text}" for second, text in (
    ...     ("01", "Starting TestA.test_a ... "), ("03", "Starting TestA.test_b ... "), ("04", "1 failed")))
    >>> list(times_of_odoo(log))
    [(2.0, 'TestA.test_a'), (1.0, 'TestA.test_b')]
    """
    name = start = last = None
    for found in MOMENT.finditer(log):
        moment = datetime.fromisoformat(found[1].replace(",", "."))
        if test := STARTED.match(found[2]):
            if name:
                yield (moment - start).total_seconds(), name
            name, start = test[1], moment
        last = moment
    if name:
        yield (last - start).total_seconds(), name


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
    ]


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
        cases = suite.iter("testcase")
        times = tuple((float(case.get("time", 0)), case.get("name", "")) for case in cases)
        total += Counts(ran - failed - errors - skipped, failed + errors, skipped, times)
    return total
