"""How good the chances of being late are, on `late_payments.csv`: `python tests/late_chances.py`.

Each invoice of 2013 is judged on the day it was issued, from what was known before that day. Levels: all customers, those who
get invoices in the same form (paper or electronic), the customer, the customer's invoices in that form.
"""

import csv
import importlib
import os
import sys
import types
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO / "setup"))

from workbench.console import say  # noqa: E402

YEAR = date(2013, 1, 1), date(2013, 12, 31)


def source() -> Path:
    """Where the file is: `LATE_PAYMENTS`, or beside the checkout. It is not part of it."""
    return Path(os.environ.get("LATE_PAYMENTS") or REPO.parent / "shared/data/late_payments.csv")


def load_rule():
    """The rule of the add-on, without Odoo."""
    package = types.ModuleType("scoring_rules")
    package.__path__ = [str(REPO / "credit_scoring/rules")]
    sys.modules.setdefault("scoring_rules", package)
    return importlib.import_module("scoring_rules.chance")


def read(path):
    """``(customer, form, issued, due, settled)`` of each invoice, oldest first."""
    with path.open(newline="") as file:
        rows = [
            (row["customerID"], row["PaperlessBill"], *(_date(row[name]) for name in _DATES))
            for row in csv.DictReader(file)
        ]
    return sorted(rows, key=lambda row: row[2])


_DATES = ("InvoiceDate", "DueDate", "SettledDate")


def _date(text):
    return datetime.strptime(text, "%m/%d/%Y").date()


def predict(rows, rule, first=YEAR[0], last=YEAR[1]):
    """``(chances, days late)`` of each invoice between two days; the rule sees no item dated that day or later."""
    for customer, form, issued, due, settled in rows:
        if first <= issued <= last:
            past = [row for row in rows if row[2] < issued]
            groups = (
                past,
                [row for row in past if row[1] == form],
                [row for row in past if row[0] == customer],
                [row for row in past if row[:2] == (customer, form)],
            )
            levels = [rule.count_history([row[2:] for row in group], issued) for group in groups]
            yield rule.late_chances(levels), (settled - due).days


def brier(judged, place, days):
    """Mean squared error of the chances at a checkpoint."""
    errors = [(chances[place] - (late >= days)) ** 2 for chances, late in judged]
    return sum(errors) / len(errors)


def reliability(judged, place, days, fewest=30):
    """``(tenth, items, mean chance, share late)`` of every tenth that holds enough items."""
    tenths = defaultdict(list)
    for chances, late in judged:
        tenths[min(int(chances[place] * 10), 9)].append((chances[place], late >= days))
    for tenth, found in sorted(tenths.items()):
        if len(found) >= fewest:
            said, came = (sum(column) / len(found) for column in zip(*found, strict=True))
            yield tenth, len(found), said, came


def main():
    """Print the report."""
    path = source()
    if not path.exists():
        say(f"Skipped: {path} is not there; LATE_PAYMENTS names another place")
        return
    rule = load_rule()
    judged = list(predict(read(path), rule))
    say(f"{len(judged)} invoices of 2013")
    for place, days in enumerate(rule.CHECKPOINTS):
        say(f"late by {days} days: Brier {brier(judged, place, days):.4f}")
        for tenth, items, said, came in reliability(judged, place, days):
            say(
                f"  {tenth * 10:3}-{tenth * 10 + 10} %: {items:4} items, said {said:.3f}, came {came:.3f}"
            )


if __name__ == "__main__":
    main()
