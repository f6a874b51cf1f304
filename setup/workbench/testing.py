"""`setup/test`: lint, Odoo's tests with tours in Chromium, and the tests at the top level."""

import time
from contextlib import contextmanager

from . import bench as benches
from . import checks, command, results, shards
from .addons import NEIGHBOURS
from .bench import REPO, Bench, watcher
from .console import say, step
from .databases import Databases, require_addons
from .home import Home
from .problem import Problem
from .results import Counts
from .system import free_port

PARTS = ("lint", "unit", "e2e")
# What pytest gets in each of its runs, which go on side by side.
E2E_RUNS = {"e2e": ["--ignore=tests/test_walk.py"], "walks": ["tests/test_walk.py"]}
SETTINGS = "CREDIT_WORKBENCH"  # names the file through which tests/ finds all this


def main(options) -> int:
    """Run what was asked for, and count."""
    start = time.monotonic()
    bench = benches.prepare(options.odoo)
    require_addons(bench)
    targets = [_tag(bench, target) for target in options.target]
    parts = options.only or (("unit",) if targets else PARTS)
    with Home(bench.home).lock():
        databases = Databases(bench)
        databases.sweep()
        databases.ensure_base() if set(parts) == {"unit"} else databases.ensure_suite()
    total = sum((_part(bench, part, targets) for part in PARTS if part in parts), Counts())
    for line in ["\nThe slowest tests:", *total.slowest()] if len(total.times) > 1 else ():
        say(line)
    say(f"\n{total.skipped} skipped, {time.monotonic() - start:.0f} s in all")
    say(total.line)
    return 0 if total.good else 1


def _part(bench, part, targets):
    say(f"\n{part}")
    if part == "lint":
        return checks.run(bench)
    return unit(bench, targets) if part == "unit" else end_to_end(bench)


def _tag(bench, target):
    """Odoo's test tag for `addon[:TestClass[.method]]`."""
    addon = target.partition(":")[0].rstrip("/")
    if addon not in bench.names:
        raise Problem(f"There is no add-on {addon} here.", f"One of: {', '.join(bench.names)}")
    return f"/{target.rstrip('/')}"


def unit(bench: Bench, tags=()) -> Counts:
    """Odoo's runner on our add-ons: what is asked for in one run, everything in three, two at a time."""
    with step("Odoo's tests") as progress, command.together() as pool:
        logs = list(
            pool.map(
                lambda run: _odoo_tests(bench, *run, progress), enumerate(_runs(bench, list(tags)))
            )
        )
    counts = sum((_judge(bench, *each) for each in logs), Counts())
    say(f"  {counts.line}")
    return counts


def _runs(bench, tags):
    """`(modules to install, test tags)` of each run."""
    usual = [addon.name for addon in bench.usual]
    everything = [*bench.names, *NEIGHBOURS]
    if tags:
        asked = [tag for tag in tags if shards.needs_neighbours(bench.addons, tag)]
        names = {tag.partition(":")[0].strip("/") for tag in tags}
        marked = [shards.WITH_NEIGHBOURS + tag for tag in asked]
        return [(everything if asked else names, [*tags, *marked])]
    runs = [(usual, half) for half in shards.halves(bench.usual)]
    beside = shards.beside_neighbours(bench.addons)
    return [*runs, (everything, beside)] if beside else runs


def _odoo_tests(bench, number, run, progress):
    """Install in a copy of the base and test: the exit code and the log."""
    modules, tags = run
    databases = Databases(bench)
    log = bench.log(f"unit-{number}")
    with databases.temporary(databases.base, f"unit{number}") as name:
        words = ("-i", ",".join(modules), "--test-tags", ",".join(tags), "--stop-after-init")
        words += ("--http-port", free_port(), "--screenshots", bench.home / "logs/screenshots")
        words = bench.odoo_command(name, *words)
        code, _tail = command.stream(words, log=log, watch=watcher(progress), env=bench.environ())
    return code, log


def _judge(bench, code, log):
    """Count, and show what failed."""
    text = log.read_text(errors="replace")
    complaints = results.complaints(text, bench.names)
    _show_faults(text, complaints)
    counts = results.of_odoo(text)
    if code:
        say(f"  Whole output: {log}")
        counts += Counts(failed=int(not counts.failed))
    return counts + (Counts(failed=1) if complaints else Counts(passed=1))


def _show_faults(text, complaints):
    for failure in results.failures(text):
        say(f"✗ {failure}\n")
    for reason in results.skipped_tests(text):
        say(f"- skipped {reason}")
    for complaint in complaints:
        say(f"✗ in the log: {complaint}")


@contextmanager
def _settings(bench):
    """A file that tells the tests where everything is."""
    path = bench.log("e2e").with_suffix(".json")
    bench.save(path, template=Databases(bench).suite)
    try:
        yield path
    finally:
        path.unlink()


def end_to_end(bench: Bench) -> Counts:
    """The tests at the top level, against real servers: walks in the browser beside all others."""
    with step("Tests across add-ons"), _settings(bench) as settings, command.together() as pool:
        environ = bench.environ() | {SETTINGS: str(settings)}
        runs = pool.map(lambda run: _pytest(bench, *run, environ), E2E_RUNS.items())
        counts = sum(runs, Counts())
    say(f"  {counts.line}")
    return counts


def _pytest(bench, name, words, environ):
    """One run of pytest: what it counted."""
    report = bench.log(name).with_suffix(".xml")
    report.unlink(missing_ok=True)
    words = [bench.python, "-m", "pytest", "-p", "no:cacheprovider", f"--junitxml={report}", *words]
    code, _tail = command.stream(words, log=bench.log(name), watch=_show, env=environ, cwd=REPO)
    counts = results.of_junit(report)
    return counts + Counts(failed=int(bool(code) and not counts.failed))


def _show(line):
    say(f"    {line}")
