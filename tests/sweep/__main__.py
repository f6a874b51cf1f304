"""The command: `python3 tests/sweep`. See README.md."""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from tempfile import TemporaryFile
from threading import Timer

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "setup")]

from outcome import compare, from_lines, model_of, reasons_of, to_lines  # noqa: E402
from workbench import bench as benches  # noqa: E402
from workbench.console import say, step  # noqa: E402
from workbench.databases import Databases  # noqa: E402
from workbench.home import Home  # noqa: E402
from workbench.problem import Problem  # noqa: E402

LIST = HERE / "allowed.txt"


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    words = argparse.ArgumentParser(prog="tests/sweep", description=__doc__)
    words.add_argument("--only", default="", metavar="TEXT", help="models whose name has this text")
    words.add_argument("--minutes", type=int, default=60, help="stop then, with what was walked")
    words.add_argument("--accept", action="store_true", help="write the list anew, for review")
    words.add_argument("--database", metavar="NAME", help="a database to use up, instead of a copy")
    words.add_argument("--odoo", metavar="PATH", help="an Odoo 19 package, tree or checkout")
    return words


def main() -> int:
    """Every actor against every model and method on a copy of the suite; what is new fails."""
    options = parser().parse_args()
    try:
        bench = benches.prepare(options.odoo)
        result = walk(bench, options)
    except Problem as problem:
        say(f"\n{problem}")
        return 1
    say("\n" + ", ".join(f"{number} {what}" for what, number in result.counts.items()))
    if result.left:
        say(f"Not reached, try with more --minutes: {' '.join(sorted(result.left))}")
    text = LIST.read_text(encoding="utf-8")
    allowed = from_lines(text)
    known = {key: who for key, who in allowed.items() if model_of(*key) in result.done}
    if options.accept:
        others = {key: who for key, who in allowed.items() if key not in known}
        LIST.write_text(to_lines(others | result.found, reasons_of(text)), encoding="utf-8")
        say(f"{LIST} is written anew: review the difference.")
        return 0
    new = tell(known, result.found)
    for what, where in result.why.items():
        if ("fault", what) not in known:
            say(f"  {what}: {where}")
    return int(bool(new or result.left))


def tell(allowed: dict, found: dict) -> int:
    """Say what is new; how many lines."""
    new, gone = compare(allowed, found)
    for title, lines in (("No longer happens, take it off the list:", gone), ("NEW:", new)):
        if lines:
            say("\n".join([title, *(f"  {line}" for line in lines)]))
    say(f"{len(new)} new")
    return len(new)


def walk(bench, options) -> "Result":
    """What got through, and how much was tried."""
    databases = Databases(bench)
    if options.database:
        return _walk(bench, options.database, options)
    with Home(bench.home).lock():
        suite = databases.ensure_suite()
    with databases.temporary(suite, "sweep") as name:
        return _walk(bench, name, options)


@dataclass
class Result:
    """What got through, how much was tried, the models that were walked, those not reached, and where faults are."""

    found: dict
    counts: dict
    done: set
    left: set
    why: dict


def _walk(bench, name, options):
    words = bench.odoo_command(name, "--no-http", "--log-level=critical")
    at = next(n for n, word in enumerate(words) if word == "odoo") + 1
    words = [*words[:at], "shell", *words[at:]]
    log = bench.log("sweep")
    result = Result({}, {}, set(), set(), {})
    with log.open("w") as output, TemporaryFile("w+") as script, step("Sweep") as progress:
        script.write(f"ONLY = {options.only!r}\n" + (HERE / "crawl.py").read_text("utf-8"))
        script.seek(0)
        with subprocess.Popen(
            words, stdin=script, stdout=PIPE, stderr=output, text=True, env=bench.environ()
        ) as process:
            timer = Timer(options.minutes * 60, process.kill)
            timer.start()
            for line in process.stdout:
                if line.startswith("SWEEP "):
                    _add(result, json.loads(line.removeprefix("SWEEP ")))
                    progress(f"{len(result.done)} models, {len(result.left)} to go")
            timer.cancel()
    if not result.done:
        raise Problem("The sweep did not begin.", log.read_text()[-3000:])
    return result


def _add(result, told):
    """What is told of a model, or the models to walk."""
    result.left |= set(told.get("to_do", ()))
    result.counts = told["counts"]
    result.why |= told["why"]
    result.found |= {tuple(key.split(" ", 1)): set(who) for key, who in told["found"].items()}
    if "done" in told:
        result.done.add(told["done"])
        result.left.discard(told["done"])


if __name__ == "__main__":
    sys.exit(main())
