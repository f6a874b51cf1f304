"""The collectors' side: who follows whom, whom to call there, what was said, targets, costs and margins."""

from datetime import datetime, time, timedelta

from demo_plan.dates import month_start
from demo_plan.identity import email
from demo_plan.tables import rows
from odoo.fields import Command

from .credit import profile
from .customers import customer
from .names import create, named, settle


def load(env, today):
    """What people set up comes first, then what they did; nothing is sent."""
    _portfolios(env, today)
    _targets(env, today)
    _costs(env)
    _margins(env)
    _people(env, today)
    for row in rows("calls"):
        _call(env, row, today)
    for row in rows("concessions"):
        _concession(env, row)
    settle(env)


def _portfolios(env, today):
    """The first one is followed by its stand-in these days: its collector is away."""
    create(
        env,
        "credit.portfolio",
        "portfolio",
        {
            row["code"]: _portfolio(env, row, 10 * number, today)
            for number, row in enumerate(rows("portfolios"), 1)
        },
    )


def _portfolio(env, row, sequence, today):
    classes = [
        env.ref(f"credit_management.credit_risk_class_{each}").id for each in row["classes"].split()
    ]
    values = {
        "name": row["name"],
        "sequence": sequence,
        "company_id": named(env, "company", row["place"]).id,
        "user_id": named(env, "user", row["user"]).id,
        "domain": repr([("risk_class_id", "in", classes)] if classes else []),
    }
    if row["deputy"]:
        values |= {
            "deputy_id": named(env, "user", row["deputy"]).id,
            "absent_from": today - timedelta(days=int(row["since"])),
            "absent_to": today + timedelta(days=int(row["until"])),
        }
    return values


def _targets(env, today):
    env["credit.collection.target"].create(
        [
            {
                "user_id": named(env, "user", row["user"]).id,
                "company_id": named(env, "company", row["place"]).id,
                "month": month_start(today, int(row["months"])),
                "amount": float(row["amount"]),
                "max_delay": float(row["delay"]),
            }
            for row in rows("targets")
        ]
    )


def _costs(env):
    env["credit.channel.cost"].create(
        [
            {
                "company_id": named(env, "company", place).id,
                "channel": row["channel"],
                "amount": float(row["amount"]),
            }
            for place in ("main", "export")
            for row in rows("costs")
        ]
    )


def _margins(env):
    env["credit.negotiation.margin"].create(
        [
            {
                "company_id": named(env, "company", row["place"]).id,
                "portfolio_id": row["portfolio"] and named(env, "portfolio", row["portfolio"]).id,
                "max_days": int(row["days"]),
                "max_instalments": int(row["instalments"]),
                "max_discount": float(row["discount"]),
                "max_waiver": float(row["waiver"]),
            }
            for row in rows("margins")
        ]
    )


def _people(env, today):
    """Departments rather than persons: nobody is invented."""
    for row in rows("people"):
        roles = [env.ref(f"credit_collection.role_{role}").id for role in row["roles"].split()]
        parent = customer(env, row["customer"])
        env["res.partner"].create(
            {
                "parent_id": parent.id,
                "name": row["name"],
                "function": row["function"],
                "phone": row["phone"],
                "lang": parent.lang,
                "email": email(row["customer"], row["box"]),
                "credit_contact_role_ids": [Command.set(roles)],
                "credit_wrong_person_date": row["wrong"]
                and today - timedelta(days=int(row["wrong"])),
            }
        )


def _call(env, row, today):
    day = today - timedelta(days=int(row["days"]))
    file = profile(env, row["customer"], row["place"])
    person = file.partner_id.child_ids.filtered(lambda each: each.name == row["person"])[:1]
    wrong = person.credit_wrong_person_date
    log = env["credit.contact.log"].create(
        {
            "profile_id": file.id,
            "date": datetime.combine(day, time(int(row["hour"]))),
            "user_id": named(env, "user", row["user"]).id,
            "outcome_id": env.ref(f"credit_collection.outcome_{row['outcome']}").id,
            "channel": row["channel"],
            "direction": row["direction"],
            "contact_id": person.id,
            "answer_date": row["named"] and day + timedelta(days=int(row["named"])),
            "reason": row["note"],
            "note": row["note"],
        }
    )
    if not row["named"]:
        log.next_date = row["next"] and today + timedelta(days=int(row["next"]))
    if wrong:
        person.credit_wrong_person_date = wrong


def _concession(env, row):
    request = (
        env["credit.negotiation.request"]
        .with_user(named(env, "user", "analyst"))
        .create(
            {
                "profile_id": profile(env, row["customer"], row["place"]).id,
                "kind": row["kind"],
                "asked": float(row["asked"]),
                "reason": row["reason"],
            }
        )
    )
    if row["decision"]:
        request = request.with_user(named(env, "user", "manager"))
        request.decision_note = row["note"]
        {"granted": request.action_grant, "refused": request.action_refuse}[row["decision"]]()
