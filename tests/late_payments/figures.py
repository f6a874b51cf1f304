"""What the add-on and Odoo's own ledger say about the company."""

from .table import cents


def exposure(env, source, *more):
    """Amount and number of documents of a source of the exposure.

    :param more: conditions
    """
    domain = [("company_id", "=", env.company.id), ("source", "=", source), *more]
    [[amount, count]] = env["credit.exposure"]._read_group(
        domain, [], ["amount:sum", "res_id:count_distinct"]
    )
    return cents(amount or 0), count


def exposure_by_customer(env, source):
    """`{partner: amount}`, those without one left out."""
    domain = [("company_id", "=", env.company.id), ("source", "=", source)]
    rows = env["credit.exposure"]._read_group(domain, ["partner_id"], ["amount:sum"])
    return {partner: cents(amount) for partner, amount in rows}


def ledger(env, *more):
    """Amount and number of the posted invoices that Odoo takes for unpaid."""
    moves = _invoices(env, ("payment_state", "!=", "paid"), *more)
    return cents(sum(moves.mapped("amount_residual"))), len(moves)


def invoiced(env):
    """Amount and number of all posted invoices."""
    moves = _invoices(env)
    return cents(sum(moves.mapped("amount_total"))), len(moves)


def _invoices(env, *more):
    domain = [("company_id", "=", env.company.id), ("move_type", "=", "out_invoice")]
    return env["account.move"].search([*domain, ("state", "=", "posted"), *more])


def orders_in_state(orders, state):
    """Amount and number of the orders in a state."""
    found = [order for order in orders.values() if order.state == state]
    return cents(sum(order.amount_total for order in found)), len(found)
