"""The command: `python3 tests/oca_addons [add-on …]`. See README.md."""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "setup")]

from beside import be_nice, install, remembered, report, run_tests  # noqa: E402
from workbench import bench as benches  # noqa: E402
from workbench.console import say  # noqa: E402
from workbench.databases import Databases  # noqa: E402
from workbench.home import Home, digest  # noqa: E402
from workbench.problem import Problem  # noqa: E402

from oca_addons import names, wheels  # noqa: E402

LIST = Path(__file__).parent / "field_names.txt"
#: the twenty that a company with receivables most often has; what they need comes with them
ADDONS = (
    "account_asset_management",
    "account_banking_mandate",
    "account_check_deposit",
    "account_credit_control",
    "account_due_list",
    "account_financial_report",
    "account_payment_order",
    "account_payment_return",
    "account_reconcile_oca",
    "auditlog",
    "contract",
    "mis_builder",
    "partner_statement",
    "queue_job",
    "sale_automatic_workflow",
    "sale_commission_oca",
    "sale_exception",
    "sale_order_type",
    "sale_product_pack",
    "sale_tier_validation",
    "subscription_oca",
)


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    words = argparse.ArgumentParser(prog="tests/oca_addons", description=__doc__)
    words.add_argument("addon", nargs="*", default=ADDONS, help="those of the README unless given")
    words.add_argument("--names", action="store_true", help="write field_names.txt anew, no more")
    words.add_argument("--install", action="store_true", help="install all together, no tests")
    words.add_argument("--ours", help="Odoo's test tags of ours, instead of all of ours")
    words.add_argument("--fresh", action="store_true", help="fetch and run them alone anew")
    words.add_argument("--odoo", metavar="PATH", help="an Odoo 19 package, tree or checkout")
    return words


def main() -> int:
    """Fetch; install alone and beside us; test; the difference."""
    options = parser().parse_args()
    be_nice()
    try:
        bench = benches.prepare(options.odoo)
        beside = wheels.fetch(bench, options.addon)
        if options.names:
            return write_names(beside.addons)
        return compare(bench, options, beside)
    except Problem as problem:
        say(f"\n{problem}")
    return 1


def write_names(folder) -> int:
    """The fields that they define on models of others, for tests/test_field_names.py."""
    rows = {
        f"{model} {name} {addon.name}"
        for addon in folder.iterdir()
        for model, name in names.extended(addon)
    }
    LIST.write_text("".join(f"{row}\n" for row in sorted(rows)))
    say(f"{len(rows)} names in {LIST}")
    return 0


def compare(bench, options, beside) -> int:
    """1 where a test fails only beside us, or one of ours beside them."""
    databases = Databases(bench)
    with Home(bench.home).lock():
        base, suite = databases.ensure_base(), databases.ensure_suite()
    tags = [f"/{name}" for name in options.addon]
    known = (bench.odoo_key, base, *wheels.versions(bench), *tags)
    path = wheels.folder(bench) / f"{digest(*known)}.json"
    if options.fresh:
        path.unlink(missing_ok=True)

    def run(template, *asked):
        with databases.temporary(template, "oca") as name:
            install(bench, name, options.addon, beside)
            return run_tests(bench, name, asked, beside) if asked else None

    if options.install:
        run(suite)
        return 0
    alone = remembered(path, lambda: run(base, *tags))
    ours = options.ours.split(",") if options.ours else [f"/{addon.name}" for addon in bench.usual]
    return int(bool(report(alone, run(suite, *tags, *ours))))


if __name__ == "__main__":
    sys.exit(main())
