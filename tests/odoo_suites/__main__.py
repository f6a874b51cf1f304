"""The command: `python3 tests/odoo_suites [module …]`. See README.md."""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "setup")]

from beside import Beside, be_nice, remembered, report, run_tests  # noqa: E402
from workbench import bench as benches  # noqa: E402
from workbench.console import say  # noqa: E402
from workbench.databases import Databases  # noqa: E402
from workbench.home import Home, digest  # noqa: E402
from workbench.problem import Problem  # noqa: E402

MODULES = ("sale", "sale_stock", "sale_management", "account", "account_payment", "portal")


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    words = argparse.ArgumentParser(prog="tests/odoo_suites", description=__doc__)
    words.add_argument(
        "module", nargs="*", default=MODULES, help=f"{' '.join(MODULES)} unless given"
    )
    words.add_argument(
        "--tags", help="Odoo's test tags instead of whole modules: /sale:TestSaleOrder"
    )
    words.add_argument("--fresh", action="store_true", help="run Odoo alone anew")
    words.add_argument("--odoo", metavar="PATH", help="an Odoo 19 package, tree or checkout")
    return words


def main() -> int:
    """Odoo alone, unless that is known; Odoo with us; the difference."""
    options = parser().parse_args()
    be_nice()
    try:
        bench = benches.prepare(options.odoo)
        return compare(bench, options)
    except Problem as problem:
        say(f"\n{problem}")
    return 1


def compare(bench, options) -> int:
    """1 where a test fails only with us; module by module, so that what was run is known when the rest is stopped."""
    databases = Databases(bench)
    with Home(bench.home).lock():
        base, suite = databases.ensure_base(), databases.ensure_suite()
    runs = [options.tags.split(",")] if options.tags else [[f"/{name}"] for name in options.module]
    new = sum(_compare(bench, databases, base, suite, tags, options) for tags in runs)
    return int(bool(new))


def _compare(bench, databases, base, suite, tags, options):
    """The number of tests of some tags that fail only with us."""
    say(f"\n{' '.join(tags)}")
    known = bench.home / "odoo_suites" / f"{digest(bench.odoo_key, base, *tags)}.json"
    if options.fresh:
        known.unlink(missing_ok=True)
    alone = remembered(known, lambda: _run(bench, databases, base, tags))
    return report(alone, _run(bench, databases, suite, tags))


def _run(bench, databases, template, tags):
    with databases.temporary(template, "suites") as name:
        return run_tests(bench, name, tags, Beside(bench.odoo / "odoo/addons"))


if __name__ == "__main__":
    sys.exit(main())
