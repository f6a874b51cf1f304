"""Payments, in batches, and cheques taken to the bank.

Odoo's wizard costs half a second a payment. Here a month of payments is created,
posted and matched at once, by the same methods that the wizard calls.
"""

from collections import defaultdict
from datetime import timedelta

from .billing import receivable, union
from .names import named

CLEARING = timedelta(days=15)


def collect(env, cases, span):
    """Register what was paid in these days, in the order of time."""
    found = sorted(_payments(cases, span), key=lambda one: one[2].day)
    for place in ("main", "export"):
        paid = [(move, payment) for order, move, payment in found if root(order.place) == place]
        _register(env, place, _amounts(paid))


def register(env, place, day, method, partner, amounts):
    """One payment of a customer: `{invoice: amount}`."""
    _register(env, place, {(partner, day, method, union(amounts).currency_id): amounts})


def unallocated(env, place, day, partner, amount, method="transfer"):
    """Money that nobody could match yet."""
    line = named(env, method, place)
    payment = _create(env, [_values(line, partner, day, amount)])
    payment.action_post()
    return payment


def root(place):
    """The company that has the bank account: a branch uses its parent's."""
    return "export" if place == "export" else "main"


def bank_cheques(env, today):
    """Cheques older than the bank's delay are cashed; the last ones are not yet."""
    for place in ("main", "export"):
        method = named(env, "cheque", place)
        domain = [("payment_method_line_id", "=", method.id), ("date", "<", today - CLEARING)]
        payments = env["account.payment"].search(domain)
        if payments:
            _cash(env, payments, method.payment_account_id)


def _payments(cases, span):
    for case in cases:
        for part, move in case.moves.items():
            for payment in case.order.deliveries[part].invoice.payments:
                if payment.day in span and move.state == "posted":
                    yield case.order, move, payment


def _amounts(paid):
    """What each payment pays of each invoice: one payment a customer, day, method and currency."""
    amounts, still_open = defaultdict(dict), {}
    for move, payment in paid:
        rest = still_open.get(move, move.amount_residual)
        amount = rest if payment.share == 1 else round(rest * payment.share, 2)
        still_open[move] = rest - amount
        if not move.currency_id.is_zero(amount):
            amounts[move.commercial_partner_id, payment.day, payment.method, move.currency_id][
                move
            ] = amount
    return amounts


def _register(env, place, amounts):
    """Create, post and match these payments."""
    if not amounts:
        return
    values = []
    for (partner, day, method, _currency), parts in amounts.items():
        line = named(env, method, place)
        values.append(_values(line, partner, day, sum(parts.values()), union(parts)))
    payments = _create(env, values)
    payments.action_post()
    pairs = zip(payments, amounts.values(), strict=True)
    env["account.move.line"]._reconcile_plan(
        [_to_match(payment, parts) for payment, parts in pairs]
    )


def _create(env, values):
    company = env["account.journal"].browse(values[0]["journal_id"]).company_id
    return env["account.payment"].with_company(company).create(values)


def _to_match(payment, parts):
    return receivable(payment.move_id) + receivable(union(parts)).filtered(
        lambda line: not line.reconciled
    )


def _values(line, partner, day, amount, invoices=None):
    values = {
        "payment_type": "inbound",
        "partner_type": "customer",
        "partner_id": partner.id,
        "date": day,
        "amount": amount,
        "journal_id": line.journal_id.id,
        "payment_method_line_id": line.id,
        "currency_id": line.company_id.currency_id.id,
    }
    if invoices:
        memo = ", ".join(invoices.mapped("name"))
        values |= {
            "memo": memo,
            "invoice_ids": [(6, 0, invoices.ids)],
            "currency_id": invoices.currency_id.id,
        }
    return values


def _cash(env, payments, account):
    """The bank's entries, matched with the cheques: Odoo Community has no bank screen for it."""
    company = account.company_ids & payments.company_id
    entries = (
        env["account.move"]
        .with_company(company)
        .create([_bank_entry(one, account) for one in payments])
    )
    entries.action_post()
    pairs = zip(payments.move_id, entries, strict=True)
    plan = [
        (cheque + entry).line_ids.filtered(lambda line: line.account_id == account)
        for cheque, entry in pairs
    ]
    env["account.move.line"]._reconcile_plan(plan)


def _bank_entry(payment, account):
    journal = payment.journal_id
    debit = {
        "name": payment.name,
        "account_id": journal.default_account_id.id,
        "debit": payment.amount,
    }
    credit = {"name": payment.name, "account_id": account.id, "credit": payment.amount}
    return {
        "journal_id": journal.id,
        "date": payment.date + CLEARING,
        "ref": payment.name,
        "line_ids": [(0, 0, debit), (0, 0, credit)],
    }
