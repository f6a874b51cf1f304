"""Odoo's runner on add-ons of others, with ours installed and without: what fails only beside us."""

import json
import os
import re
from pathlib import Path
from typing import NamedTuple

from workbench import command, results
from workbench.bench import REPO, Bench
from workbench.console import say, step
from workbench.system import free_port

OF_TEST = re.compile(r"^odoo\.addons\.(\w+)\.tests\.")
FAILED = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(\S+)")


class Outcome(NamedTuple):
    """How many tests ran, and what failed, by add-on; `lost` where the run did not come to its end."""

    ran: int
    failed: dict[str, list[str]]
    lost: bool = False

    @property
    def tests(self) -> set[str]:
        """`add-on: test` of each failure."""
        return {f"{addon}: {test}" for addon, tests in self.failed.items() for test in tests}


def run_tests(bench: Bench, database: str, tags, path: Path, *words) -> Outcome:
    """Odoo's tests of some tags in a database, with a folder of add-ons besides ours."""
    log = bench.log(f"beside-{database}")
    given = ("--test-tags", ",".join(tags), "--stop-after-init", "--http-port", free_port())
    given += ("--screenshots", bench.home / "logs/screenshots", "--addons-path", f"{REPO},{path}")
    with step(f"Tests of {len(tags)} add-ons in {database}") as progress:
        _code, _tail = command.stream(
            [str(word) for word in bench.odoo_command(database, *words, *given)],
            log=log,
            watch=lambda line: progress(_test_of(line)) if _test_of(line) else None,
            env=bench.environ(),
        )
    return outcome(log.read_text(errors="replace"))


def _test_of(line):
    found = re.search(r": Starting (\S+) \.\.\.$", line)
    return found and found[1]


def outcome(log: str) -> Outcome:
    """What a log says.

    >>> header = "2026-11-30 12:00:00,000 1 ERROR db odoo.addons.sale.tests.test_order: FAIL: TestOrder.test_total"
    >>> outcome(header)
    Outcome(ran=0, failed={'sale': ['TestOrder.test_total']}, lost=True)
    """
    failed: dict[str, list[str]] = {}
    for level, name, text in results.records(log):
        found, addon = FAILED.match(text), OF_TEST.match(name)
        if level in ("ERROR", "CRITICAL") and found and addon:
            tests = failed.setdefault(addon[1], [])
            if found[1] not in tests:
                tests.append(found[1])
    summaries = results.SUMMARY.findall(log)
    return Outcome(int(summaries[-1][2]) if summaries else 0, failed, lost=not summaries)


def remembered(path: Path, ask) -> Outcome:
    """The outcome kept in a file, or what `ask` finds, which is then kept unless the run was lost."""
    if path.exists():
        return Outcome(**json.loads(path.read_text()))
    found = ask()
    if not found.lost:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(found._asdict()))
    return found


def report(alone: Outcome, beside: Outcome) -> int:
    """Say what fails only beside us; the number of it, so that 0 is good."""
    new, gone = sorted(beside.tests - alone.tests), sorted(alone.tests - beside.tests)
    say(
        f"\nalone: {len(alone.tests)} of {alone.ran} fail; with us: {len(beside.tests)} of {beside.ran}"
    )
    for test in gone:
        say(f"- fails alone only: {test}")
    for test in new:
        say(f"✗ fails with us only: {test}")
    lost = alone.lost or beside.lost
    if lost:
        say("✗ a run did not come to its end; read its log")
    say(f"{beside.ran - len(new)} passed, {len(new) + lost} failed")
    return len(new) + lost


def be_nice():
    """These runs are long: others on this machine come first."""
    os.nice(10)
