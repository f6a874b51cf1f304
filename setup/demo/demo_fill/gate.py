"""The quotations of these days: confirmed by their salesperson through the gate, or left to the visitor."""

from datetime import timedelta
from random import Random

from demo_plan import story
from demo_plan.tables import rows

from .credit import profile
from .history import order_values
from .names import named, remember

VALIDITY = timedelta(days=30)
TAXES = 1.2


def load(env, today):
    """Quotations, those that the gate held, and what the manager decided."""
    for row in rows("quotations"):
        order = _quotation(env, row, today)
        remember(env, "quotation", {row["code"]: order})
        if row["intent"] == "confirm":
            _confirm(order)
        elif int(row["days_ago"]) > 1:
            order.action_quotation_sent()
    for row in rows("quotations"):
        if row["decision"]:
            _decide(env, row)


def _quotation(env, row, today):
    day = today - timedelta(days=int(row["days_ago"]))
    lines = story.basket(_worth(env, row), Random(f"quotation {row['code']}"))
    values = order_values(env, row["customer"], row["place"], lines, day)
    values["validity_date"] = day + VALIDITY
    return env["sale.order"].with_company(named(env, "company", row["place"])).create(values)


def _worth(env, row):
    """Without taxes: an amount, a share of the available credit, or so much over it."""
    kind, figure = row["size"].split()
    available = max(0, profile(env, row["customer"], row["place"]).available)
    worth = {"amount": 0, "over": available}.get(kind, 0) + float(figure)
    if kind == "share":
        worth = available * float(figure)
    return worth / TAXES


def _confirm(order):
    """As the salesperson does: what the gate says is said to somebody, who does not decide it."""
    seller = order.user_id
    order.with_user(seller).with_context(allowed_company_ids=order.company_id.ids).action_confirm()


def _decide(env, row):
    order = named(env, "quotation", row["code"])
    hold = order.credit_hold_ids.with_user(named(env, "user", "manager"))
    decide = hold.action_release if row["decision"] == "release" else hold.action_refuse
    decide(
        row["note"], reason=env.ref(f"credit_management.credit_decision_reason_{row['reason']}").id
    )
