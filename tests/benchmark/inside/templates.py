"""Rows that Odoo itself wrote: the generator copies them with all their columns.

The invoices are of 100, the payment of the second one of 100 and of the third one of 50.
"""

from dataclasses import dataclass

AMOUNT = 100.0
SALESPEOPLE = 20


@dataclass(frozen=True)
class Templates:
    """Database ids of the rows to copy."""

    company: int
    receivable: int
    partner: int
    product: int
    #: the first of so many salespeople, whose ids follow each other
    user: int
    #: ``{"open": (move, product line, receivable line), "settled": …, "partial": …, "draft": …}``
    invoices: dict
    #: ``{"settled": (move, bank line, receivable line), "partial": …}``
    payments: dict
    #: ``{"settled": partial, "partial": partial}``
    partials: dict
    full: int
    order: int
    order_lines: tuple


def make(env) -> Templates:
    """Make the rows by the ORM, in a company with the French chart."""
    company = env.company
    env["account.chart.template"].try_loading("fr", company)
    # with a country, installing any add-on brings those of Odoo that the country asks for
    company.country_id = False
    _book_payments(env, company)
    partner = env["res.partner"].create({"name": "Template", "is_company": True})
    product = env["product.product"].create(
        {"name": "Service", "type": "service", "invoice_policy": "order", "taxes_id": False}
    )
    users = _salespeople(env)
    invoices = {
        kind: _invoice(env, partner, product) for kind in ("open", "settled", "partial", "draft")
    }
    for kind in ("open", "settled", "partial"):
        invoices[kind].action_post()
    payments = {
        "settled": _pay(invoices["settled"], 1.0),
        "partial": _pay(invoices["partial"], 0.5),
    }
    order = quotation(env, partner, product, 3)
    order.action_confirm()
    env.flush_all()
    return _ids(partner, product, users, invoices, payments, order)


def _book_payments(env, company):
    """Registered payments make an entry, on an account of outstanding receipts: the longer way of Odoo's two."""
    account = env["account.account"].create(
        {
            "name": "Outstanding receipts",
            "code": "511900",
            "account_type": "asset_current",
            "reconcile": True,
        }
    )
    banks = [("type", "=", "bank"), ("company_id", "=", company.id)]
    for line in env["account.journal"].search(banks).inbound_payment_method_line_ids:
        line.payment_account_id = account


def _salespeople(env):
    return env["res.users"].create(
        [{"name": f"Salesperson {n}", "login": f"salesperson{n}"} for n in range(SALESPEOPLE)]
    )


def _invoice(env, partner, product):
    today = env.cr.now().date()
    line = {"product_id": product.id, "quantity": 1, "price_unit": AMOUNT, "tax_ids": False}
    values = {"partner_id": partner.id, "invoice_date": today, "invoice_date_due": today}
    return env["account.move"].create(
        {"move_type": "out_invoice", **values, "invoice_line_ids": [(0, 0, line)]}
    )


def _pay(invoice, share):
    """A bank entry that pays a share of the invoice."""
    env = invoice.env
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", invoice.company_id.id)], limit=1
    )
    receivable = _receivable(invoice)
    amount = AMOUNT * share
    line = {"name": "Payment", "partner_id": invoice.partner_id.id}
    bank = {**line, "account_id": journal.default_account_id.id, "debit": amount}
    customer = {**line, "account_id": receivable.account_id.id, "credit": amount}
    entry = env["account.move"].create(
        {"journal_id": journal.id, "line_ids": [(0, 0, bank), (0, 0, customer)]}
    )
    entry.action_post()
    (receivable + _receivable(entry)).reconcile()
    return entry


def quotation(env, partner, product, lines, price=50.0):
    """An order to confirm."""
    line = {"product_id": product.id, "product_uom_qty": 2, "price_unit": price, "tax_ids": False}
    return env["sale.order"].create(
        {"partner_id": partner.id, "order_line": [(0, 0, line) for _line in range(lines)]}
    )


def _receivable(move):
    return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")


def _ids(partner, product, users, invoices, payments, order):
    def move(record):
        receivable = _receivable(record)
        return record.id, (record.line_ids - receivable).id, receivable.id

    partials = {kind: _receivable(entry).matched_debit_ids for kind, entry in payments.items()}
    return Templates(
        company=order.company_id.id,
        receivable=_receivable(invoices["open"]).account_id.id,
        partner=partner.id,
        product=product.id,
        user=users[0].id,
        invoices={kind: move(invoice) for kind, invoice in invoices.items()},
        payments={kind: move(entry) for kind, entry in payments.items()},
        partials={kind: partial.id for kind, partial in partials.items()},
        full=partials["settled"].full_reconcile_id.id,
        order=order.id,
        order_lines=tuple(order.order_line.ids),
    )
