"""What secures some customers, and the accounts that some of them sent."""

from datetime import date, timedelta

from demo_plan.tables import rows

from .credit import profile
from .names import named, settle

#: accounts are told in thousands
UNIT = 1000


def load(env, today):
    """A contract with an insurer, guarantees in force and accounts of the last years."""
    contract = _contract(env, today)
    for row in rows("guarantees"):
        _guarantee(env, row, contract, today)
    for row in rows("statements"):
        _statement(env, row, today)
    settle(env)


def _issuer(env, name):
    partners = env["res.partner"]
    return partners.search([("name", "=", name)], limit=1) or partners.create(
        {"name": name, "is_company": True}
    )


def _contract(env, today):
    return env["credit.insurance.policy"].create(
        {
            "name": "PC-7730",
            "insurer_id": _issuer(env, "Assureur-crédit de démonstration").id,
            "company_id": named(env, "company", "main").id,
            "date_from": today - timedelta(400),
            "declaration_days": 60,
            "extension_days": 90,
            "handover_days": 150,
            "unnamed_limit": 5000,
            "user_id": named(env, "user", "analyst").id,
        }
    )


def _guarantee(env, row, contract, today):
    kind = env.ref(f"credit_guarantee.guarantee_type_{row['kind']}")
    file = profile(env, row["customer"], row["place"])
    guarantee = env["credit.guarantee"].create(
        {
            "profile_id": file.id,
            "type_id": kind.id,
            "issuer_id": row["issuer"] and _issuer(env, row["issuer"]).id,
            "insurance_policy_id": kind.category == "insurance" and contract.id,
            "number": row["number"],
            "amount_requested": float(row["amount"]),
            "amount": float(row["amount"]),
            "currency_id": file.currency_id.id,
            "date_from": today + timedelta(int(row["from"])),
            "date_to": row["until"] and today + timedelta(int(row["until"])),
            "conditions": row["conditions"],
            "user_id": named(env, "user", "analyst").id,
        }
    )
    guarantee.action_activate()


def _statement(env, row, today):
    file = profile(env, row["customer"], row["place"])
    env["credit.financial.statement"].create(
        {
            "partner_id": file.partner_id.id,
            "company_id": file.company_id.id,
            "currency_id": file.currency_id.id,
            "date_end": date(today.year - int(row["years_ago"]), 12, 31),
            "source": "Comptes envoyés par le client",
            **{
                name: UNIT * float(value)
                for name, value in row.items()
                if name not in ("customer", "place", "years_ago")
            },
        }
    )
