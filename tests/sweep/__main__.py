"""The command: `python3 tests/sweep`. See README.md."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "setup")]

from outcome import compare, from_lines, to_lines  # noqa: E402
from workbench import bench as benches  # noqa: E402
from workbench.console import say  # noqa: E402
from workbench.databases import Databases  # noqa: E402
from workbench.home import Home  # noqa: E402
from workbench.problem import Problem  # noqa: E402

LIST = HERE / "allowed.txt"
SECONDS = 3600


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    words = argparse.ArgumentParser(prog="tests/sweep", description=__doc__)
    words.add_argument("--only", default="", metavar="TEXT", help="models whose name has this text")
    words.add_argument("--accept", action="store_true", help="write the list anew, for review")
    words.add_argument("--database", metavar="NAME", help="a database to use up, instead of a copy")
    words.add_argument("--odoo", metavar="PATH", help="an Odoo 19 package, tree or checkout")
    return words


def main() -> int:
    """Every actor against every model and method on a copy of the suite; what is new fails."""
    options = parser().parse_args()
    try:
        bench = benches.prepare(options.odoo)
        found, counts = walk(bench, options)
    except Problem as problem:
        say(f"\n{problem}")
        return 1
    say("\n" + ", ".join(f"{number} {what}" for what, number in counts.items()))
    if options.accept:
        LIST.write_text(to_lines(found), encoding="utf-8")
        say(f"{LIST} is written anew: review the difference.")
        return 0
    return tell(found, options.only)


def tell(found: dict, only: str) -> int:
    """Say what is new; 1 where anything is."""
    allowed = from_lines(LIST.read_text(encoding="utf-8"))
    allowed = {key: actors for key, actors in allowed.items() if only in key[1]}
    new, gone = compare(allowed, found)
    for title, lines in (("No longer happens, take it off the list:", gone), ("NEW:", new)):
        if lines:
            say("\n".join([title, *(f"  {line}" for line in lines)]))
    say(f"{len(new)} new")
    return int(bool(new))


def walk(bench, options) -> tuple[dict, dict]:
    """What got through, and how much was tried."""
    databases = Databases(bench)
    if options.database:
        return _walk(bench, options.database, options.only)
    with Home(bench.home).lock():
        suite = databases.ensure_suite()
    with databases.temporary(suite, "sweep") as name:
        return _walk(bench, name, options.only)


def _walk(bench, name, only):
    script = f"ONLY = {only!r}\nHERE = {str(HERE)!r}\n" + (HERE / "crawl.py").read_text(
        encoding="utf-8"
    )
    words = bench.odoo_command(name, "--no-http", "--log-level=critical")
    at = next(n for n, word in enumerate(words) if word == "odoo") + 1
    words = [*words[:at], "shell", *words[at:]]
    done = subprocess.run(
        words,
        input=script,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=bench.environ(),
        check=False,
    )
    last = done.stdout.strip().rpartition("\n")[2]
    if not last.startswith("{"):
        raise Problem(
            "The sweep did not come to its end.", done.stdout[-3000:] + done.stderr[-3000:]
        )
    result = json.loads(last)
    found = {tuple(key.split(" ", 1)): set(actors) for key, actors in result["found"].items()}
    return found, result["counts"]


if __name__ == "__main__":
    sys.exit(main())
