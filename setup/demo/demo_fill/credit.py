"""Credit files, limits, policy and authorities.

A limit is set by what the customer owes on the day of loading: so, whatever the day,
most customers keep within theirs, a few are near it and some are over.
"""

from datetime import datetime, time, timedelta
from math import ceil, floor

from demo_plan.tables import keyed, rows
from odoo.fields import Date

from .customers import customer
from .names import named

DEFAULT_LIMIT = 3000
APPROVED_DAYS_AGO = 240


def load(env, today):
    """Files, authorities and limits; the policy comes last, so that it judges the present only."""
    env = env(context=dict(env.context, mail_activity_quick_update=True))
    _authorities(env)
    _files(env, today)
    _limits(env, today)
    _further_limits(env, today)
    _policy(env)


def profile(env, code, place):
    """The file of a customer, in the root company of a place."""
    return env["credit.profile"]._ensure(customer(env, code), named(env, "company", place))


def _policy(env):
    for place in ("main", "export"):
        named(env, "company", place).write(
            {
                "credit_management_policy_id": env.ref(
                    "credit_management.credit_policy_standard"
                ).id,
                "credit_management_default_mode": "limited",
                "credit_management_default_limit": DEFAULT_LIMIT,
                "credit_management_analyst_id": named(env, "user", "analyst").id,
            }
        )


def _authorities(env):
    """A ceiling for each person, instead of the authority without one that the add-on ships."""
    env.ref("credit_management.credit_authority_manager").active = False
    env["credit.authority"].create(
        [_authority(env, row, 10 * n) for n, row in enumerate(rows("authorities"), 1)]
    )


def _authority(env, row, sequence):
    ceilings = {key: float(row[key]) for key in ("max_excess", "max_exposure", "max_limit")}
    return ceilings | {
        "user_id": named(env, "user", row["login"]).id,
        "company_id": False,  # counts in every company
        "max_overdue_days": int(row["max_overdue_days"]),
        "is_unlimited": row["is_unlimited"] == "1",
        "sequence": sequence,
    }


def _root_places(row):
    """The root companies that a customer buys from."""
    return sorted({"export" if place == "export" else "main" for place in row["places"].split()})


def _known():
    """The customers with a history, once for each root company they buy from."""
    return [(row, place) for row in rows("customers") if row["risk"] for place in _root_places(row)]


def _files(env, today):
    for row, place in _known():
        profile(env, row["code"], place).write(_file_values(env, row, today))


def _file_values(env, row, today):
    days = int(keyed("reviews")[row["risk"]]["days"])
    status = keyed("statuses").get(row["code"], {"status": "normal", "reason": False})
    return {
        "credit_mode": row["mode"],
        "status": status["status"],
        "status_reason": status["reason"],
        "risk_class_id": env.ref(f"credit_management.credit_risk_class_{row['risk'].lower()}").id,
        "analyst_id": named(env, "user", "analyst").id,
        "review_date": today + timedelta(days=days),
    }


def _limits(env, today):
    """Every limit in force was asked for by the analyst and granted by who may."""
    since = today - timedelta(days=APPROVED_DAYS_AGO)
    values = [
        {
            "profile_id": profile(env, row["code"], place).id,
            "amount": _limit(profile(env, row["code"], place).exposure, row),
            "date_from": since,
            "reason": "Revue annuelle : comptes, comportement de paiement et besoin",
        }
        for row, place in _known()
        if row["mode"] == "limited"
    ]
    limits = _request(env, values)
    _approve(env, limits)
    limits.write(
        {
            "requested_at": datetime.combine(since, time(9)),
            "decided_at": datetime.combine(since, time(15)),
        }
    )


def _limit(exposure, row):
    """A round amount, of which the exposure uses the share that the table tells."""
    use = float(row["use"])
    amount = max(exposure / use, float(row["monthly"]))
    step = 1000 if amount > 10000 else 100
    return (floor if use > 1 else ceil)(amount / step) * step


def _request(env, values):
    limits = env["credit.limit"].with_user(named(env, "user", "analyst")).create(values)
    limits.action_request()
    return limits.with_env(env)


def _approve(env, limits):
    for limit in limits:
        limit.with_user(_decider(env, limit)).action_approve()


def _decider(env, limit):
    """The manager as far as the manager's authority goes, the director above."""
    manager = named(env, "user", "manager")
    held = limit._get_authorities()._held_by(manager, Date.context_today(limit))
    return manager if held else named(env, "user", "director")


def _further_limits(env, today):
    """Requests that wait, one refused, and one that counts for some weeks."""
    for row in rows("limits"):
        limit = _request(env, [_further_values(env, row, today)])
        if row["state"] == "approved":
            _approve(env, limit)
        elif row["state"] == "refused":
            limit.with_user(_decider(env, limit)).action_refuse(row["note"])


def _further_values(env, row, today):
    file = profile(env, row["customer"], row["place"])
    values = {
        "profile_id": file.id,
        "kind": row["kind"],
        "amount": ceil(file.credit_limit * float(row["factor"]) / 1000) * 1000,
        "date_from": today + timedelta(days=int(row["from"])),
        "reason": row["reason"],
    }
    if row["until"]:
        values["date_to"] = today + timedelta(days=int(row["until"]))
    return values
