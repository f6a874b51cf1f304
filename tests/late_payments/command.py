"""The command for developers: what `load` does, on a copy of the suite that is dropped at the end; `forecast` prints its table."""

import os
import sys
from pathlib import Path

from workbench import bench as benches
from workbench import command
from workbench.bench import REPO, Bench
from workbench.console import say
from workbench.databases import Databases
from workbench.home import Home
from workbench.problem import Problem

from . import forecast, history

TESTS = Path(__file__).parents[1]


def source() -> Path:
    """Where the file is: `LATE_PAYMENTS`, or beside the checkout. It is not part of it."""
    return Path(os.environ.get("LATE_PAYMENTS") or REPO.parent / "shared/data/late_payments.csv")


def absence(path: Path) -> str:
    """Why there is nothing to do, or an empty text."""
    return "" if path.exists() else f"{path} is not there; LATE_PAYMENTS names another place"


def run(bench: Bench, database: str, path: Path, watch=None) -> tuple[int, str]:
    """Load the file into a database: the exit code and all that was said."""
    log = bench.log("late_payments")
    words = [bench.python, "-m", "late_payments.load", path, "--", *bench.options(database)]
    environ = bench.environ()
    environ["PYTHONPATH"] = f"{environ['PYTHONPATH']}:{TESTS}"
    words.append("--log-level=warn")
    code, _tail = command.stream(words, log=log, watch=watch, env=environ)
    return code, log.read_text()


def main() -> int:
    """Prepare Odoo, then run; without the file, say so."""
    path = source()
    if reason := absence(path):
        say(f"Skipped: {reason}")
        return 0
    if sys.argv[1:] == ["forecast"]:
        say(forecast.table(history.read(path)))
        return 0
    try:
        return _on_a_copy(path)
    except Problem as problem:
        say(f"\n{problem}")
    return 1


def _on_a_copy(path):
    bench = benches.prepare()
    databases = Databases(bench)
    with Home(bench.home).lock():
        databases.ensure_suite()
    with databases.temporary(databases.suite, "late") as name:
        code, _text = run(bench, name, path.absolute(), watch=say)
    return code
