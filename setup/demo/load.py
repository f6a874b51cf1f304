"""Fills a new database with a living demo: `load(env, progress)`.

Every date is counted from the day of loading. The story is told in `demo_plan`,
without Odoo; `demo_fill` puts it into the database.
"""

from datetime import date

from demo_fill import (
    analysis,
    answers,
    cash,
    catalogue,
    collection,
    commissions,
    companies,
    credit,
    customers,
    gate,
    history,
    people,
    reminders,
    specials,
)
from demo_fill.names import QUIET, settle

# Login, password, role. Printed by setup/run, which reads this list without importing it.
LOGINS = [
    ("admin", "admin", "Administrator, in English; the others in French"),
    ("sales", "sales", "Salesperson"),
    ("sales2", "sales2", "Salesperson, export"),
    ("analyst", "analyst", "Credit analyst"),
    ("manager", "manager", "Credit manager"),
    ("accountant", "accountant", "Accountant"),
    ("director", "director", "Director"),
]

LOADED_ON = "credit_demo.loaded_on"


def load(env, progress):
    """Load the demo once; a second call leaves the database as it is.

    It commits month by month. When it fails half-way, drop the database and begin again.
    """
    if env["ir.config_parameter"].sudo().get_param(LOADED_ON):
        progress("already loaded")
        return
    today = date.today()
    _fill(env, today, progress)
    env["ir.config_parameter"].sudo().set_param(LOADED_ON, today.isoformat())


def _fill(env, today, progress):
    progress("companies, charts of accounts, currencies")
    companies.load(env, today)
    everywhere = [company.id for company in companies.places(env).values()]
    env = env(context=QUIET | {"allowed_company_ids": everywhere})
    _forget_installation(env)
    progress("users, products, customers")
    people.load(env, LOGINS)
    catalogue.load(env)
    customers.load(env)
    reminders.use(env, today)
    settle(env)
    history.load(env, today, progress)
    specials.load(env, today)
    cash.bank_cheques(env, today)
    progress("credit files, limits and holds")
    credit.load(env, today)
    settle(env)
    gate.load(env, today)
    progress("reminders")
    reminders.load(env, today)
    progress("promises, plans and disputes")
    answers.load(env, today)
    progress("portfolios, contacts and calls")
    collection.load(env, today)
    progress("guarantees and accounts")
    analysis.load(env, today)
    progress("commissions")
    commissions.load(env, today)


def _forget_installation(env):
    """What the installation wrote on its own records, in English, is nothing that happened in this company."""
    env["mail.message"].search([("model", "=like", "credit.%")]).unlink()
