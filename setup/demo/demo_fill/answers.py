"""What customers answered: promises, a payment plan and disputes, on what they owe on the day of loading."""

from datetime import timedelta

from demo_plan.tables import rows
from odoo.fields import Command

from .credit import profile
from .names import named, settle


def load(env, today):
    """Each on items that nothing else was agreed about; a promise whose day is over is broken by the ledger."""
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
    env["credit.dispute"].create(
        {
            **_values(env, file, row),
            "category_id": env.ref(f"credit_collection.dispute_category_{row['category']}").id,
            "owner_id": named(env, "user", row["owner"]).id,
            "date": today - timedelta(days=int(row["days"])),
            "line_ids": [Command.create({"item_id": item.id, "amount": amount})],
        }
    )


def _plan(env, row, today):
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
    plan.action_propose()
    plan.action_agree()
