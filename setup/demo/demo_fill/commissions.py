"""A plan on collected revenue, and the statements of the last months."""

from demo_plan.dates import month_end, month_start
from demo_plan.identity import email, french_vat, siret
from odoo.fields import Command

from .customers import customer
from .names import named, remember, settle

MONTHS = 4
INTRODUCED = "grandlarge"  # brought by the agent


def load(env, today):
    """Salespeople earn on what comes in, less on what comes late; the last statement waits for their answer."""
    company = named(env, "company", "main")
    introduced = customer(env, INTRODUCED)
    agent = _agent(env)
    env = env(user=named(env, "user", "director"))
    plans = env["credit.commission.plan"].with_company(company)
    plan = _plan(company, month_start(today, 15), agent, introduced)
    plans.create(plan).action_activate()
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


def _agent(env):
    """An independent agent, who sends bills for its commissions."""
    code = "agence ponant"
    agent = env["res.partner"].create(
        {
            "name": "Agence commerciale du Ponant SARL",
            "is_company": True,
            "supplier_rank": 1,
            "street": "5 rue de la Corderie",
            "zip": "29200",
            "city": "Brest",
            "country_id": env.ref("base.fr").id,
            "lang": "fr_FR",
            "email": email("agence-ponant"),
            "vat": french_vat(code),
            "company_registry": siret(code),
        }
    )
    remember(env, "agent", {"ponant": agent})
    return agent


def _plan(company, day, agent, introduced):
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
        "agent_ids": [
            Command.create({}),
            Command.create(
                {
                    "person_kind": "named",
                    "person_id": agent.id,
                    "role": "agent",
                    "share": 50.0,
                    "is_override": True,
                    "scope_partner_id": introduced.id,
                }
            ),
        ],
    }
