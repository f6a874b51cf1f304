"""The checks that need no test: style, layout, examples, and Odoo's own lint."""

import ast
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import command, house
from .bench import INSIDE, REPO, Bench
from .console import say
from .databases import Databases
from .results import Counts

COUNTS = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)
SHOWN = 60
ODOO_CHECKERS = (
    "_odoo_checker_sql_injection",
    "_odoo_checker_gettext",
    "_odoo_checker_unlink_override",
)
ODOO_MESSAGES = (
    "used-before-assignment,undefined-variable,eval-used,unreachable,function-redefined,bad-builtin-function,"
    "sql-injection,gettext-variable,gettext-placeholders,gettext-repr,missing-gettext,raise-unlink-override"
)


@dataclass(frozen=True)
class Verdict:
    """What a check found."""

    title: str
    good: bool
    text: str
    seconds: float

    @property
    def counts(self) -> Counts:
        """A check counts as one, unless it counts its own cases."""
        found = COUNTS.findall(self.text)
        passed, failed = map(int, found[-1]) if found else (int(self.good), 0)
        names = () if self.good else (self.title,)
        return Counts(passed, failed if self.good else max(failed, 1), names=names)

    def show(self) -> None:
        """One line, and what is wrong below it."""
        say(f"{'✓' if self.good else '✗'} {self.title} ({self.seconds:.1f} s)")
        if not self.good:
            say(command.indent(self.text.splitlines()[-SHOWN:]))


def run(bench: Bench) -> Counts:
    """Run all checks, two at a time."""
    with command.together() as pool:
        verdicts = pool.map(lambda check: _timed(bench, *check), CHECKS)
        total = Counts()
        for verdict in verdicts:
            verdict.show()
            total += verdict.counts
    return total


def _timed(bench, title, check):
    start = time.monotonic()
    good, text = check(bench)
    return Verdict(title, good, text, time.monotonic() - start)


def _python(bench, log, *words, environ=None):
    """Run a tool of the virtual environment in the repository."""
    log = bench.log(f"lint-{log}")
    words = [bench.python, *words]
    code, _tail = command.stream(words, log=log, cwd=REPO, env=bench.environ() | (environ or {}))
    return code == 0, log.read_text()


def ruff(bench: Bench) -> tuple[bool, str]:
    """Faults and habits."""
    return _python(
        bench,
        "ruff",
        "-m",
        "ruff",
        "check",
        "-q",
        "--output-format=concise",
        "--cache-dir",
        bench.home / "ruff",
    )


def ruff_format(bench: Bench) -> tuple[bool, str]:
    """Layout of the code: `ruff format` mends it."""
    words = (
        "-m",
        "ruff",
        "format",
        "--check",
        "--output-format=concise",
        "--cache-dir",
        bench.home / "ruff",
    )
    return _python(bench, "format", *words)


def pylint_odoo(bench: Bench) -> tuple[bool, str]:
    """The habits of the OCA."""
    # the README is one for all, and what a model does for one subject may be in a file of its own
    unused = "--disable=missing-readme,consider-merging-classes-inherited"
    rules = ("--rcfile", REPO / ".pylintrc", unused)
    words = ("-m", "pylint", *rules, *_folders(bench))
    return _python(bench, "pylint-odoo", *words, environ=_cache(bench))


def pylint_of_odoo(bench: Bench) -> tuple[bool, str]:
    """Odoo's own checkers: SQL, translations, deletion."""
    checkers = bench.odoo / "odoo/addons/test_lint/tests"
    words = ["-m", "pylint", f"--rcfile={os.devnull}", "--disable=all", f"--enable={ODOO_MESSAGES}"]
    words += [f"--load-plugins={','.join(('pylint.extensions.bad_builtin', *ODOO_CHECKERS))}"]
    words += ["--bad-functions=input", "--score=n", *_folders(bench)]
    environ = _cache(bench) | {"PYTHONPATH": f"{bench.odoo}:{checkers}"}
    return _python(bench, "pylint-of-odoo", *words, environ=environ)


def layout(bench: Bench) -> tuple[bool, str]:
    """Rules are pure, overrides of Odoo are marked, methods are short: what CONTRIBUTING says of the code."""
    faults = [fault for addon in bench.addons for path in addon.rules for fault in impurities(path)]
    faults += house.faults([addon.path for addon in bench.addons])
    return not faults, "\n".join(faults)


def impurities(path: Path) -> list[str]:
    """The lines of a rule that import Odoo."""
    return [
        f"{path}:{node.lineno}: a rule imports odoo; fetch in the model and pass plain values"
        for node in ast.walk(ast.parse(path.read_text()))
        if any(name.split(".")[0] == "odoo" for name in _imported(node))
    ]


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []


def examples(bench: Bench) -> tuple[bool, str]:
    """The doctests of the rules and of this workbench."""
    folders = [addon.path for addon in bench.addons if addon.rules]
    return _python(bench, "examples", INSIDE / "examples.py", *folders, Path(__file__).parent)


def upgrade_code(bench: Bench) -> tuple[bool, str]:
    """Nothing that Odoo 18 or 19 has left behind."""
    good, text = _python(bench, "upgrade-code", INSIDE / "upgrade_code.py", REPO)
    return good, text.rpartition("\r")[2]


def odoo_lint(bench: Bench) -> tuple[bool, str]:
    """Odoo's `test_lint`, as far as it is about our add-ons."""
    databases = Databases(bench)
    return _python(
        bench,
        "odoo-lint",
        *bench.script("odoo_lint.py", databases.ensure_suite(), *bench.names)[1:],
    )


def _folders(bench):
    return [addon.path for addon in bench.addons]


def _cache(bench):
    return {"PYLINTHOME": str(bench.home / "pylint")}


Check = Callable[[Bench], tuple[bool, str]]
CHECKS: tuple[tuple[str, Check], ...] = (
    ("pylint-odoo", pylint_odoo),
    ("pylint with Odoo's checkers", pylint_of_odoo),
    ("Odoo's test_lint", odoo_lint),
    ("ruff check", ruff),
    ("ruff format", ruff_format),
    ("rules of the house", layout),
    ("examples in the rules", examples),
    ("odoo upgrade_code", upgrade_code),
)
