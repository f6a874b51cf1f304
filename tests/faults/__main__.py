"""The command: `python3 tests/faults`. See README.md."""

import argparse
import random
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "setup")]

from workbench import bench as benches  # noqa: E402
from workbench.console import say  # noqa: E402
from workbench.databases import Databases  # noqa: E402
from workbench.home import Home  # noqa: E402
from workbench.problem import Problem  # noqa: E402

from faults.rounds import WORK, World  # noqa: E402


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    words = argparse.ArgumentParser(prog="tests/faults", description=__doc__)
    words.add_argument(
        "--kills", type=int, default=60, help="how often a process is killed, in all"
    )
    words.add_argument("--cuts", type=int, default=20, help="how often its connections are cut")
    words.add_argument("--customers", type=int, default=60)
    words.add_argument("--orders", type=int, default=8, help="quotations of each of ten buyers")
    words.add_argument("--only", choices=WORK, action="append", help="this work only")
    words.add_argument("--seed", type=int, help="the moments of a former run; they are printed")
    words.add_argument("--odoo", metavar="PATH", help="an Odoo 19 package, tree or checkout")
    return words


def main() -> int:
    """Kill, go on, compare; 1 where an end differs."""
    options = parser().parse_args()
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    say(f"· seed {seed}")
    try:
        bench = benches.prepare(options.odoo)
        databases = Databases(bench)
        with Home(bench.home).lock():
            databases.ensure_suite()
        with databases.temporary(databases.suite, "faults") as name:
            size = (options.customers, options.orders)
            with World(databases, name, size, random.Random(seed), say) as world:
                found = world.play(options.only or WORK, options.kills, options.cuts)
    except Problem as problem:
        say(f"\n{problem}")
        return 1
    return _report(found)


def _report(rounds) -> int:
    wrong = [each for each in rounds if each.differences]
    for each in wrong:
        for difference in each.differences:
            say(f"✗ {each.work}: {difference}")
    kills, cuts = (sum(getattr(each, name) for each in rounds) for name in ("kills", "cuts"))
    say(f"{kills} kills, {cuts} connections cut")
    say(f"{len(rounds) - len(wrong)} passed, {len(wrong)} failed")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
