"""What is measured, as a user of Odoo would do it. Each act prepares outside the clock, then works inside it.

An act is a generator: it yields once, when it is ready; what follows is timed, with the flush of all that it
wrote. It returns what the benchmark checks. It may yield again, the name of each step that it has done: what was
written is flushed, and the step has a time of its own.
"""

import datetime
import decimal

from .. import raw

ACTS = {}


def act(function):
    """Register by name."""
    ACTS[function.__name__] = function
    return function


@act
def confirm(env, orders):
    """Confirm orders; the states they got."""
    orders = env["sale.order"].browse(orders)
    yield
    orders.action_confirm()
    return lambda: sorted(set(orders.mapped("state")))


@act
def post(env, moves):
    """Post draft invoices."""
    moves = env["account.move"].browse(moves)
    yield
    moves.action_post()
    return lambda: sorted(set(moves.mapped("state")))


@act
def pay(env, moves):
    """Register the payment of an invoice."""
    moves = env["account.move"].browse(moves)
    yield
    context = {"active_model": "account.move", "active_ids": moves.ids}
    env["account.payment.register"].with_context(**context).create({}).action_create_payments()
    return lambda: sorted(set(moves.mapped("payment_state")))


@act
def highest(env):
    """The 80 customers with the highest exposure."""
    profiles = env["credit.profile"]
    yield
    found = profiles.search([], order="exposure desc, id", limit=80).ids
    return lambda: found


@act
def over(env):
    """Everybody over the limit."""
    profiles = env["credit.profile"]
    yield
    found = profiles.search([("available", "<", 0)]).ids
    return lambda: sorted(found)


@act
def exposures(env):
    """Everybody's exposure, as a pivot view reads it."""
    rows = env["credit.exposure"]
    yield
    sums = rows._read_group([], ["partner_id"], ["amount:sum"])
    return lambda: sorted((partner.id, round(amount, 2)) for partner, amount in sums)


@act
def files(env):
    """Everybody's exposure, as the credit files show it."""
    profiles = env["credit.profile"].search([])
    yield
    figures = [(profile.partner_id.id, round(profile.exposure, 2)) for profile in profiles]
    return lambda: sorted(figures)


FIGURES = ("credit_limit", "exposure", "available", "limit_used", "overdue", "oldest_due_days")


@act
def page(env, order="exposure desc, id"):
    """A page of the list, as the web client asks for it."""
    names = ("credit_mode", "status", *FIGURES)
    fields = {name: {} for name in names} | {"partner_id": {"fields": {"display_name": {}}}}
    profiles = env["credit.profile"]
    yield
    answer = profiles.web_search_read([], fields, limit=80, order=order)
    return lambda: [(row["id"], round(row["exposure"], 2)) for row in answer["records"]]


@act
def oca_over(env):
    """Everybody over the limit, as OCA's add-ons find them."""
    partners = env["res.partner"]
    yield
    found = partners.search([("risk_exception", "=", True)]).ids
    return lambda: len(found)


@act
def oca_page(env, first):
    """A page of customers with OCA's figures; it cannot be sorted by them."""
    fields = {name: {} for name in ("display_name", "credit_limit", "risk_total", "risk_exception")}
    partners = env["res.partner"]
    yield
    answer = partners.web_search_read([("id", ">=", first)], fields, limit=80, order="id")
    return lambda: len(answer["records"])


@act
def sql(env, query, **values):
    """A query of :mod:`..raw`."""
    values = {"today": datetime.date.today(), "accounts": _receivables(env), **values}
    query = getattr(raw, query)
    yield
    env.cr.execute(query, values)
    rows = env.cr.fetchall()
    return lambda: [[_plain(value) for value in row] for row in rows]


def _plain(value):
    """For JSON."""
    return float(value) if isinstance(value, decimal.Decimal) else value


def _receivables(env):
    """Accounts that hold what customers owe."""
    accounts = env["account.account"].sudo().with_context(active_test=False)
    return tuple(accounts.search([("account_type", "=", "asset_receivable")]).ids)
