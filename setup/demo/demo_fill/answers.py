"""What customers answered: promises, a payment plan and disputes, on what they owe on the day of loading."""

from datetime import timedelta

from demo_plan.tables import rows
from odoo.fields import Command

from . import cash
from .credit import profile
from .names import named, settle

ROOTS = ("main", "export")
PROMISED = 3  # customers of a company who promise something in a month
PROMISED_DAYS = 12


def load(env, today):
    """Each on items that nothing else was agreed about; a promise whose day is over is broken by the ledger."""
    _date_verdicts(env)
    for row in rows("disputes"):
        _dispute(env, row, today)
    for row in rows("plans"):
        _plan(env, row, today)
    for row in rows("promises"):
        _promise(env, row, today)
    settle(env)


def _owed(env, file, name):
    """What the customer owes in the company's currency, oldest first, and nothing was agreed about."""
    answers = env[name]
    owed = answers._read_owed(file.partner_id, file.company_id, file.currency_id)
    engaged = answers._read_engaged(owed)
    disputed = env["credit.dispute.line"].search([("item_id", "in", owed.ids)]).item_id
    return owed.filtered(lambda item: item.id not in engaged and item not in disputed)


def _values(env, file, row):
    return {
        "partner_id": file.partner_id.id,
        "company_id": file.company_id.id,
        "currency_id": file.currency_id.id,
        "user_id": named(env, "user", "analyst").id,
        "note": row["note"],
    }


def month(env, day):
    """What the debtors promised at the end of a past month: what they then paid, the ledger tells."""
    for place in ROOTS:
        company = named(env, "company", place)
        items = env["credit.followup.item"].search(
            [
                ("company_id", "=", company.id),
                ("date_due", "<", day),
                ("amount", ">", 0),
                ("document_currency_id", "=", company.currency_id.id),
            ],
            order="amount desc",
        )
        for items_of in list(items.grouped("partner_id").values())[:PROMISED]:
            _promise_of_month(env, items_of[:1], day)


def _promise_of_month(env, item, day):
    line = env["account.move.line"].browse(item.id)
    if env["credit.promise.line"].search_count([("item_id", "=", line.id)], limit=1):
        return
    env["credit.promise"].create(
        {
            "partner_id": item.partner_id.id,
            "company_id": item.company_id.id,
            "currency_id": line.currency_id.id,
            "user_id": named(env, "user", "analyst").id,
            "amount": line.amount_residual_currency,
            "date_made": day,
            "date": day + timedelta(days=PROMISED_DAYS),
            "line_ids": [
                Command.create({"item_id": line.id, "amount": line.amount_residual_currency})
            ],
        }
    )


def _date_verdicts(env):
    """Verdicts on days gone by were known on the day after, and reminders began anew then."""
    for promise in env["credit.promise"].search([("state", "!=", "open")]):
        promise.date_judged = promise.last_day + timedelta(days=1)
        restarts = env["credit.followup.restart"].search(
            [("item_id", "in", promise.line_ids.item_id.ids), ("reason", "=", "promise_broken")]
        )
        restarts.date = promise.date_judged


def _promise(env, row, today):
    file = profile(env, row["customer"], row["place"])
    owed = _owed(env, file, "credit.promise")
    amount = file.currency_id.round(
        sum(owed.mapped("amount_residual_currency")) * int(row["share"]) / 100
    )
    if not amount:
        return
    made = today - timedelta(days=int(row["made"]))
    env["credit.promise"].create(
        {
            **_values(env, file, row),
            "amount": amount,
            "date_made": made,
            "date": made + timedelta(days=int(row["days"])),
            "source": row["source"],
        }
    )


def _dispute(env, row, today):
    file = profile(env, row["customer"], row["place"])
    item = _owed(env, file, "credit.dispute")[:1]
    if not item:
        return
    amount = file.currency_id.round(item.amount_residual_currency * int(row["share"]) / 100)
    cause = row["cause"] and env.ref(f"credit_collection.dispute_cause_{row['cause']}").id
    dispute = env["credit.dispute"].create(
        {
            **_values(env, file, row),
            "category_id": env.ref(f"credit_collection.dispute_category_{row['category']}").id,
            "owner_id": named(env, "user", row["owner"]).id,
            "team": "accounting" if row["owner"] == "accountant" else "sales",
            "date": today - timedelta(days=int(row["days"])),
            "line_ids": [Command.create({"item_id": item.id, "amount": amount})],
            "cause_id": cause,
            "owner_opinion": row["opinion"],
            "owner_answer": row["answer"],
        }
    )
    if row["end"]:
        _end(env, dispute, item, row, today - timedelta(days=int(row["closed"])))


def _end(env, dispute, item, row, day):
    """A decision of the collector, a credit note of the accountant or a payment of the customer, on its day."""
    dispute = dispute.with_user(named(env, "user", "analyst"))
    dispute = dispute.with_context(allowed_company_ids=env.companies.ids)
    if row["end"] in ("accepted", "credited"):
        dispute.action_accept(reason=row["answer"])
    elif row["end"] == "refused":
        dispute.action_refuse(row["answer"])
    elif row["end"] == "cancelled":
        dispute.action_cancel()
    elif row["end"] == "settled":
        invoice = item.move_id
        root = cash.root(row["place"])
        cash.register(
            env, root, day, "transfer", dispute.partner_id, {invoice: invoice.amount_residual}
        )
    if row["end"] == "credited":
        dispute.sudo().action_credit_note()
        notes = dispute.sudo().credit_move_ids
        notes.invoice_date = day
        notes.action_post()
    if row["end"] != "accepted":
        dispute.sudo().date_closed = day


def _plan(env, row, today):
    """As far as its state: what has failed or was paid began in the past."""
    file = profile(env, row["customer"], row["place"])
    items = _owed(env, file, "credit.payment.plan")[: int(row["items"])]
    if not items:
        return
    plan = env["credit.payment.plan"].create(
        {
            **_values(env, file, row),
            "number": int(row["number"]),
            "date_first": today + timedelta(days=int(row["days"])),
            "line_ids": [
                Command.create({"item_id": item.id, "amount": item.amount_residual_currency})
                for item in items
            ],
        }
    )
    if row["state"] != "draft":
        plan.action_propose()
    if row["state"] in ("agreed", "kept", "defaulted"):
        plan.action_agree()
    if row["state"] == "defaulted":
        _fail(plan, today)
    elif row["state"] == "kept":
        move = items.move_id
        amounts = {each: each.amount_residual for each in move}
        cash.register(
            env, row["place"], today - timedelta(days=1), "transfer", file.partner_id, amounts
        )


def _fail(plan, today):
    """The plan was agreed weeks ago, and its first instalment never came."""
    past = timedelta(days=40)
    for instalment in plan.instalment_ids:
        instalment.date -= past
    plan.write({"date": plan.date - past, "date_agreed": today - past})
    plan._judge(today)
    plan.date_ended = plan.date_first - past + timedelta(days=plan.tolerance_days + 1)
