"""A plan on collected revenue, and the statements of the last months."""

from demo_plan.dates import month_end, month_start
from odoo.fields import Command

from .names import named, settle

MONTHS = 4


def load(env, today):
    """Salespeople earn on what comes in, less on what comes late; the last statement waits for their answer."""
    company = named(env, "company", "main")
    env = env(user=named(env, "user", "director"))
    plans = env["credit.commission.plan"].with_company(company)
    plans.create(_plan(company, month_start(today, 15))).action_activate()
    for months_ago in range(MONTHS, 0, -1):
        first = month_start(today, months_ago)
        statements = (
            env["credit.commission.statement"]
            .with_company(company)
            .sudo()
            ._prepare_period(company, first, month_end(first))
        )
        statements.sudo(False).action_mark_sent()
        if months_ago > 1:
            statements.sudo(False).action_close()
        settle(env)


def _plan(company, day):
    return {
        "name": "Commission sur encaissement",
        "company_id": company.id,
        "date_from": day,
        "tier_mode": "marginal",
        "rule_ids": [
            Command.create(
                {
                    "name": "Toutes les ventes",
                    "earning": "tiers",
                }
            )
        ],
        "tier_ids": [
            Command.create({"threshold": 0, "percent": 2.0}),
            Command.create({"threshold": 100000, "percent": 2.5}),
        ],
        "speed_ids": [
            Command.create({"days_late": 31, "percent": 50.0}),
            Command.create({"days_late": 91, "percent": 0.0}),
        ],
        "agent_ids": [Command.create({})],
    }
