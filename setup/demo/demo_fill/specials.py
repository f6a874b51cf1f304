"""What happens once: down payments, money that nobody could match."""

from datetime import timedelta
from random import Random

from demo_plan import story

from . import cash
from .customers import customer
from .history import noon, order_values
from .names import named

DOWN_PAYMENT = 30  # percent


def load(env, today):
    """One down payment that is paid, one that is due, and two payments without an invoice, one of them a cheque not cashed yet."""
    paid = _down_payment(env, "cobalt", "lyon", 46000, today - timedelta(days=41))
    day = today - timedelta(days=25)
    cash.register(
        env, "main", day, "transfer", customer(env, "cobalt"), {paid: paid.amount_residual}
    )
    _down_payment(env, "opaline", "main", 19000, today - timedelta(days=9))
    cash.unallocated(env, "main", today - timedelta(days=6), customer(env, "mascaret"), 5200)
    cash.unallocated(env, "main", today - timedelta(days=2), customer(env, "forez"), 1850, "cheque")


def _down_payment(env, code, place, worth, day):
    """An order not delivered yet and the invoice of its down payment."""
    lines = story.basket(worth, Random(f"down payment {code}"))
    company = named(env, "company", place)
    order = (
        env["sale.order"].with_company(company).create(order_values(env, code, place, lines, day))
    )
    order.action_confirm()
    order.date_order = noon(day)
    wizard = (
        env["sale.advance.payment.inv"].with_company(company).with_context(active_ids=order.ids)
    )
    wizard = wizard.create({"advance_payment_method": "percentage", "amount": DOWN_PAYMENT})
    wizard.create_invoices()
    order.invoice_ids.invoice_date = day + timedelta(days=1)
    order.invoice_ids.action_post()
    return order.invoice_ids
