"""Orders and limits as the people of the company enter them, and what became of the orders."""

from odoo.fields import Command

from .table import cents


def confirm(env, amounts):
    """Confirm an order for each customer, all in one call: `{partner: order}`.

    :param amounts: `{partner: amount}`
    """
    product = _service(env)
    orders = env["sale.order"].create(
        [_order(partner, product, amount) for partner, amount in amounts.items()]
    )
    orders.action_confirm()
    return dict(zip(amounts, orders, strict=True))


def _service(env):
    """Something without tax that is invoiced as ordered."""
    name = "Late Payments: service"
    products = env["product.product"].sudo()
    return products.search([("name", "=", name)], limit=1) or products.create(
        {
            "name": name,
            "type": "service",
            "invoice_policy": "order",
            "company_id": env.company.id,
            "taxes_id": [Command.clear()],
        }
    )


def _order(partner, product, amount):
    line = {
        "product_id": product.id,
        "product_uom_qty": 1,
        "price_unit": float(amount),
        "tax_ids": [Command.clear()],
    }
    return {"partner_id": partner.id, "order_line": [Command.create(line)]}


def hold_over_limit(env):
    """The company's policy holds what goes over the limit, and nothing else."""
    rule = {"kind": "over_limit", "action": "hold"}
    policies = env["credit.policy"]
    policies.create({"name": "Late Payments", "rule_ids": [Command.create(rule)]}).action_use()


def grant(env, amounts):
    """Request a limit for each customer, and approve it.

    :param amounts: `{partner: amount}`
    """
    files = _credit_files(env, amounts)
    limits = env["credit.limit"].create(
        [
            {
                "profile_id": files[partner].id,
                "amount": float(amount),
                "reason": "Half the highest balance",
            }
            for partner, amount in amounts.items()
        ]
    )
    limits.action_request()
    limits.action_approve()


def _credit_files(env, partners):
    """`{partner: profile}`; those of customers with an open order are there already."""
    profiles = env["credit.profile"].search([("company_id", "=", env.company.id)])
    found = set(profiles.partner_id)
    profiles |= profiles.create(
        [{"partner_id": partner.id} for partner in partners if partner not in found]
    )
    return {profile.partner_id: profile for profile in profiles}


def outcome(order):
    """What the gate made of an order: its state, then the figures and reasons of its holds."""
    holds = tuple(
        (
            hold.state,
            tuple(hold.reason_ids.mapped("kind")),
            *(cents(hold[name]) for name in ("amount", "exposure", "credit_limit", "excess")),
        )
        for hold in order.credit_hold_ids
    )
    return order.state, holds


def expected_outcome(case):
    """The same from the independent computation."""
    if not case.is_held:
        return "sale", ()
    figures = (case.order, case.exposure, case.limit, case.excess)
    return "sent", (("pending", ("over_limit",), *figures),)
