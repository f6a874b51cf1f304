"""Odoo's runner on add-ons of others, with ours installed and without: what fails only beside us."""

import json
import os
import re
from pathlib import Path
from typing import NamedTuple

from workbench import command, results
from workbench.bench import REPO, Bench, watcher
from workbench.console import say, step
from workbench.problem import Problem
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


class Beside(NamedTuple):
    """Add-ons besides ours: their folder, and one for what they import."""

    addons: Path
    python: Path | None = None

    def odoo(self, bench: Bench, database: str, *words, log: str, watch) -> Path:
        """Run Odoo with them; its log."""
        path, environ = bench.log(log), bench.environ()
        if self.python:
            environ["PYTHONPATH"] += f":{self.python}"
        where = ("--addons-path", f"{REPO},{self.addons}", "--stop-after-init")
        command.stream(
            bench.odoo_command(database, *words, *where), log=path, watch=watch, env=environ
        )
        return path


def install(bench: Bench, database: str, names, beside: Beside) -> None:
    """All of them, in one run."""
    log = f"beside-install-{database}"
    with step(f"{len(names)} add-ons into {database}") as progress:
        words = ("-i", ",".join(names), "--no-http")
        path = beside.odoo(bench, database, *words, log=log, watch=watcher(progress))
    text = path.read_text(errors="replace")
    faults = [
        each for level, _name, each in results.records(text) if level in ("ERROR", "CRITICAL")
    ]
    if faults:
        raise Problem(f"They do not install together:\n{faults[0]}", f"Read {path}")


def run_tests(bench: Bench, database: str, tags, beside: Beside) -> Outcome:
    """Odoo's tests of some tags in a database."""
    words = ("--test-tags", ",".join(tags), "--http-port", free_port())
    words += ("--screenshots", bench.home / "logs/screenshots")
    with step(f"Tests of {len(tags)} add-ons in {database}") as progress:
        watch = watcher(progress)
        path = beside.odoo(bench, database, *words, log=f"beside-{database}", watch=watch)
    return outcome(path.read_text(errors="replace"))


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
