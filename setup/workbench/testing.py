"""`setup/test`: lint, Odoo's tests with tours in Chromium, and the tests at the top level."""

import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

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
# What pytest gets in each of its runs, and about how many seconds that takes; `e2e` is whatever is in no other.
E2E_RUNS = {
    "walks": (["tests/test_walk.py"], 420),
    "late": (["tests/test_late_payments.py"], 200),
    "races": (["tests/test_gate_race.py", "tests/test_growth.py"], 250),
}
E2E_REST = 300
BESIDE_NEIGHBOURS = 115  # seconds, roughly
SETTINGS = "CREDIT_WORKBENCH"  # names the file through which tests/ finds all this


class Job(NamedTuple):
    """Something that counts tests, and about how many seconds it takes."""

    title: str
    seconds: float
    run: Callable[[Callable], Counts]  # gets what shows progress


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
        databases.ensure_base() if targets else databases.ensure_suite()
    total = sum(_parts(bench, parts, targets), Counts())
    for line in ["\nThe slowest tests:", *total.slowest()] if len(total.times) > 1 else ():
        say(line)
    for line in ["\nWhat failed:", *total.names] if total.names else ():
        say(line)
    say(f"\n{total.skipped} skipped, {time.monotonic() - start:.0f} s in all")
    say(total.line)
    return 0 if total.good else 1


def _parts(bench, parts, targets):
    """What each check and each job counted."""
    if "lint" in parts:
        say("\nlint")
        yield checks.run(bench)
    with _settings(bench) as settings:
        jobs = unit(bench, targets) if "unit" in parts else []
        jobs += end_to_end(bench, settings) if "e2e" in parts else []
        yield from work(jobs)


def work(jobs: list[Job]) -> list[Counts]:
    """Do all jobs, two at a time, the longest first, so that both cores have something to do until the end."""
    if not jobs:
        return []
    jobs = sorted(jobs, key=lambda job: job.seconds, reverse=True)
    say()
    title = f"Tests: {', '.join(job.title for job in jobs)}"
    with step(title) as progress, command.together() as pool:
        return list(pool.map(lambda job: _work(job, progress), jobs))


def _work(job, progress):
    start = time.monotonic()
    counts = job.run(progress)
    say(f"  {job.title}: {counts.line} ({time.monotonic() - start:.0f} s)")
    return counts


def _tag(bench, target):
    """Odoo's test tag for `addon[:TestClass[.method]]`."""
    addon = target.partition(":")[0].rstrip("/")
    if addon not in bench.names:
        raise Problem(f"There is no add-on {addon} here.", f"One of: {', '.join(bench.names)}")
    return f"/{target.rstrip('/')}"


def unit(bench: Bench, tags=()) -> list[Job]:
    """Odoo's runner on our add-ons: what is asked for in one run, everything in several."""

    def job(number, run):
        return Job(
            f"unit {number}", run.seconds, lambda progress: _unit(bench, number, run, progress)
        )

    return [job(number, run) for number, run in enumerate(_runs(bench, list(tags)))]


class Run(NamedTuple):
    """A template, the modules to install in a copy of it, test tags, and about how many seconds all takes."""

    template: str
    modules: list[str]
    tags: list[str]
    seconds: float = 0


def _runs(bench, tags):
    databases = Databases(bench)
    everything = [*bench.names, *NEIGHBOURS]
    if tags:
        asked = [tag for tag in tags if shards.needs_neighbours(bench.addons, tag)]
        names = sorted({tag.partition(":")[0].strip("/") for tag in tags})
        marked = [shards.WITH_NEIGHBOURS + tag for tag in asked]
        return [Run(databases.base, everything if asked else names, [*tags, *marked])]
    # the first is in a fresh installation, whose warnings count; the others in copies of the template
    fresh, *others = shards.pieces(bench.usual)
    usual = [addon.name for addon in bench.usual]
    runs = [Run(databases.base, usual, fresh.tags, fresh.seconds)]
    runs += [Run(databases.suite, [], piece.tags, piece.seconds) for piece in others]
    beside = shards.beside_neighbours(bench.addons)
    return [
        *runs,
        *([Run(databases.base, everything, beside, BESIDE_NEIGHBOURS)] if beside else ()),
    ]


def _unit(bench, number, run, progress):
    """Install in a copy, test, count, and show what failed."""
    databases, watch = Databases(bench), results.Stopwatch()
    log, shown = bench.log(f"unit-{number}"), watcher(progress)
    with databases.temporary(run.template, f"unit{number}") as name:
        words = ("-i", ",".join(run.modules)) if run.modules else ()
        words += ("--test-tags", ",".join(run.tags), "--stop-after-init")
        words += ("--http-port", free_port(), "--screenshots", bench.home / "logs/screenshots")
        words = bench.odoo_command(name, *words)
        both = command.both(watch, shown)
        code, _tail = command.stream(words, log=log, watch=both, env=bench.environ())
        times = watch.times
    return _judge(bench, code, log, times)


def _judge(bench, code, log, times):
    """Count, and show what failed."""
    text = log.read_text(errors="replace")
    complaints = results.complaints(text, bench.names)
    _show_faults(text, complaints)
    counts = results.of_odoo(text, times)
    if code:
        say(f"  Whole output: {log}")
        counts += Counts(failed=int(not counts.failed))
    names = tuple(complaint.partition("\n")[0] for complaint in complaints)
    return counts + (Counts(failed=1, names=names) if complaints else Counts(passed=1))


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
    path = bench.log("settings").with_suffix(".json")
    bench.save(path, template=Databases(bench).suite)
    try:
        yield path
    finally:
        path.unlink()


def end_to_end(bench: Bench, settings) -> list[Job]:
    """The tests at the top level, against real servers: walks in the browser and other long ones in runs of their own."""
    apart = [f"--ignore={path}" for paths, _seconds in E2E_RUNS.values() for path in paths]
    environ = bench.environ() | {SETTINGS: str(settings)}

    def job(name, words, seconds):
        return Job(name, seconds, lambda _progress: _pytest(bench, name, words, environ))

    return [job(name, *run) for name, run in {**E2E_RUNS, "e2e": (apart, E2E_REST)}.items()]


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
