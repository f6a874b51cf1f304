"""How far the cash forecast is from what came: `python3 tests/late_payments forecast` prints the table.

On each of 45 Mondays of 2013, from the payments before it alone, for the items open that morning: the sum of absolute errors
over what came, by weeks ahead. The rule is loaded from its file: no Odoo here.
"""

import importlib.util
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

REPO = Path(__file__).parents[2]

MONDAYS = [date(2013, 1, 7) + timedelta(7 * number) for number in range(45)]
WEEKS = 4
#: reached with a plain empirical distribution, and with everybody on the due date
OTHERS = {
    "everybody on the due date": (0.18, 0.29, 0.27, 0.86),
    "due date and mean delay of the customer": (0.20, 0.21, 0.26, 0.39),
    "empirical distribution of the customer, shrunk": (0.21, 0.19, 0.20, 0.27),
}


def load_rule():
    """The module `credit_reporting/rules/forecast.py`."""
    path = REPO / "credit_reporting/rules/forecast.py"
    spec = importlib.util.spec_from_file_location("credit_forecast_rule", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def errors(invoices) -> dict[str, list[float]]:
    """Errors by weeks ahead: of the rule, and with everybody on the due date."""
    rule = load_rule()
    wrong = {name: [0.0] * WEEKS for name in ("rule", "due")}
    came = [0.0] * WEEKS
    for monday in MONDAYS:
        actual, weeks = _came(invoices, monday), _expected(rule, invoices, monday)
        for ahead in range(WEEKS):
            came[ahead] += actual[ahead]
            wrong["rule"][ahead] += abs(
                sum(own[ahead].likely for own in weeks.values()) - actual[ahead]
            )
            wrong["due"][ahead] += abs(
                sum(own[ahead].due for own in weeks.values()) - actual[ahead]
            )
    return {
        name: [error / total for error, total in zip(row, came, strict=True)]
        for name, row in wrong.items()
    }


def _expected(rule, invoices, monday):
    delays = {}
    for invoice in invoices:
        if invoice.settled < monday:
            own = delays.setdefault(invoice.customer, Counter())
            own[(invoice.settled - invoice.due).days] += 1
    items = [
        rule.Item(each.customer, float(each.amount), each.due) for each in _open(invoices, monday)
    ]
    return rule.forecast(items, rule.learn(delays), monday, WEEKS)


def _open(invoices, monday):
    return [each for each in invoices if each.issued < monday <= each.settled]


def _came(invoices, monday):
    weeks = Counter()
    for invoice in _open(invoices, monday):
        weeks[(invoice.settled - monday).days // 7] += float(invoice.amount)
    return weeks


def table(invoices) -> str:
    """The table in Markdown."""
    found = errors(invoices)
    rows = {**OTHERS, "the rule of credit_reporting": found["rule"]}
    lines = ["| Forecast | 0 weeks | 1 | 2 | 3 |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {name} | {' | '.join(f'{error:.2f}' for error in row)} |" for name, row in rows.items()
    ]
    return "\n".join(lines)
