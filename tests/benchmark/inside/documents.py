"""The documents that are measured, made by the ORM: orders to confirm, invoices to post, invoices to pay."""

import json

from ..sizes import MEASURED, Sizes
from .templates import Templates, quotation

KEY = "credit_benchmark.plan"


def make(env, sizes: Sizes, templates: Templates) -> dict:
    """For each measured customer a quotation, a draft and an open invoice; for the batch a quotation each.

    What was made is kept in a parameter of the database, for all its copies.
    """
    first = env["res.partner"].search([("name", "=", "Customer 000001")]).id
    product = env["product.product"].browse(templates.product)
    customers = {
        name: _documents(env, env["res.partner"].browse(first + number - 1), product)
        for name, number in MEASURED.items()
    }
    start = first + len(MEASURED)
    batch = [n for n in range(start, first + sizes.customers) if (n - first + 1) % 20 != 1]
    partners = env["res.partner"].browse(batch[: sizes.batch])
    orders = [quotation(env, partner, product, sizes.lines, 10.0).id for partner in partners]
    plan = {"sizes": sizes.as_dict(), "first": first, "customers": customers, "batch": orders}
    plan["account"] = templates.receivable
    env["ir.config_parameter"].set_param(KEY, json.dumps(plan))
    return plan


def read(env) -> dict:
    """What :func:`make` kept."""
    return json.loads(env["ir.config_parameter"].sudo().get_param(KEY))


def _documents(env, partner, product):
    line = {"product_id": product.id, "quantity": 1, "price_unit": 120, "tax_ids": False}
    values = {"partner_id": partner.id, "invoice_date": env.cr.now().date()}
    draft = env["account.move"].create(
        {"move_type": "out_invoice", **values, "invoice_line_ids": [(0, 0, line)]}
    )
    unpaid = [
        ("partner_id", "=", partner.id),
        ("payment_state", "=", "not_paid"),
        ("state", "=", "posted"),
    ]
    return {
        "partner": partner.id,
        "order": quotation(env, partner, product, 3).id,
        "draft": draft.id,
        "unpaid": env["account.move"].search(unpaid, order="id desc", limit=1).id,
    }
