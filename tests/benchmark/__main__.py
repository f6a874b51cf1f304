"""The command: `python3 tests/benchmark`. See README.md."""

import argparse
import sys
import time
from contextlib import ExitStack
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPO / "setup"), str(REPO / "tests")]

from workbench import bench as benches  # noqa: E402
from workbench.console import say  # noqa: E402
from workbench.problem import Problem  # noqa: E402

from benchmark import commission, followup, questions, report  # noqa: E402
from benchmark.competitors import Competitors  # noqa: E402
from benchmark.figures import Finding  # noqa: E402
from benchmark.sizes import Sizes  # noqa: E402
from benchmark.worker import Worker  # noqa: E402

INSTALL_SECONDS = 60.0
CHAPTERS = questions, followup, commission
PARTS = {part: ask for chapter in CHAPTERS for part, ask in chapter.ALL.items()}


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    sizes = Sizes()
    words = argparse.ArgumentParser(prog="tests/benchmark", description=__doc__)
    words.add_argument("--customers", type=int, default=sizes.customers)
    words.add_argument("--invoices", type=int, default=sizes.invoices)
    words.add_argument("--open", type=int, help="open invoices, three in ten by default")
    words.add_argument("--batch", type=int, default=sizes.batch, help="orders confirmed at once")
    words.add_argument("--rounds", type=int, default=40, help="how often each question is put")
    words.add_argument("--only", choices=PARTS, action="append", help="this part only")
    words.add_argument("--without-oca", action="store_true", help="do not install OCA's add-ons")
    words.add_argument("--fresh", action="store_true", help="generate anew")
    words.add_argument("--keep", action="store_true", help="leave the copies for the next run")
    words.add_argument("--first", action="store_true", help="go before others on this machine")
    words.add_argument("--odoo", metavar="PATH", help="an Odoo 19 package, tree or checkout")
    words.add_argument(
        "--report", type=Path, default=Path("benchmark"), help="files to write, without suffix"
    )
    return words


def main() -> int:
    """Generate, install, measure, report; 1 when a target is missed."""
    options = parser().parse_args()
    opened = options.open or options.invoices * 3 // 10
    sizes = Sizes(options.customers, options.invoices, opened, batch=options.batch)
    competitors = Competitors(benches.prepare(options.odoo), sizes)
    try:
        return run(competitors, options)
    except Problem as problem:
        say(f"\n{problem}")
        return 1
    finally:
        if not options.keep:
            competitors.drop()


def run(competitors: Competitors, options) -> int:
    """One run, from the generator to the report."""
    start = time.monotonic()
    said = competitors.generate(options.fresh)
    say(said.rstrip())
    parts = options.only or list(PARTS)
    names, findings = prepare(competitors, parts, oca=not options.without_oca)
    about = report.environment(competitors, next(iter(names.values())))
    with ExitStack() as stack:
        workers = {
            label: stack.enter_context(
                Worker(
                    competitors.bench,
                    name,
                    *competitors.options(label),
                    first=options.first,
                )
            )
            for label, name in names.items()
        }
        plan = next(iter(workers.values())).plan()
        turns = {}
        for part in parts:
            present = _taking_part(workers, part)
            field = questions.Field(present, plan, options.rounds, competitors.words, turns)
            findings[part] = PARTS[part](field)
            report.write(options.report, about, findings, turns)
    say((options.report.with_suffix(".md")).read_text())
    say(f"{time.monotonic() - start:.0f} s in all; {options.report}.md, {options.report}.json")
    return int(any("NOT" in found.verdict for row in findings.values() for found in row))


def _taking_part(workers, part):
    """Reminders, statements and commissions have databases of their own."""
    labels = next(chapter.LABELS for chapter in CHAPTERS if part in chapter.ALL)
    return {label: worker for label, worker in workers.items() if label in labels}


def prepare(competitors: Competitors, parts, oca: bool) -> tuple[dict, dict]:
    """The databases that these parts need, and what their making has shown."""
    names, findings = {}, {}
    if set(parts) & questions.ALL.keys():
        names, seconds = competitors.prepare(oca)
        installed = Finding("Installing the suite", seconds, seconds, seconds, "s", INSTALL_SECONDS)
        findings["installation"] = [installed]
    if set(parts) & followup.ALL.keys():
        names |= competitors.prepare_followup(oca)
    if set(parts) & commission.ALL.keys():
        names |= competitors.prepare_commission(oca)
    return names, findings


if __name__ == "__main__":
    sys.exit(main())
