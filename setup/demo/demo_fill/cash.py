"""Payments as the accountant registers them, and cheques taken to the bank."""

from collections import defaultdict
from datetime import timedelta

from .billing import receivable
from .names import named

CLEARING = timedelta(days=12)


def collect(env, cases, span):
    """Register what was paid in these days: in one go where a whole invoice was paid."""
    runs = defaultdict(list)
    for case, move, payment in sorted(_payments(cases, span), key=lambda found: found[2].day):
        if payment.share < 1:
            _register(env, case.order.place, payment.day, payment.method, move, payment.share)
        else:
            runs[_root(case.order.place), payment.day, payment.method].append(move)
    for (place, day, method), moves in runs.items():
        _register(env, place, day, method, moves[0].union(*moves))


def bank_cheques(env, today):
    """Cheques older than the bank's delay are cashed; the last ones are not yet."""
    for place in ("main", "export"):
        method = named(env, "cheque", place)
        domain = [("payment_method_line_id", "=", method.id), ("date", "<", today - CLEARING)]
        for payment in env["account.payment"].search(domain):
            _cash(env, payment, method.payment_account_id)


def _root(place):
    return "export" if place == "export" else "main"


def _payments(cases, span):
    for case in cases:
        for part, move in case.moves.items():
            for payment in case.order.deliveries[part].invoice.payments:
                if payment.day in span and move.state == "posted":
                    yield case, move, payment


def _register(env, place, day, method, moves, share=1):
    """Odoo's own wizard makes one payment a customer and currency."""
    lines = receivable(moves).filtered(lambda line: not line.reconciled)
    if not lines:
        return
    line = named(env, method, _root(place))
    values = {"payment_date": day, "journal_id": line.journal_id.id, "payment_method_line_id": line.id}
    context = {"active_model": "account.move.line", "active_ids": lines.ids, "dont_redirect_to_payments": True}
    wizard = env["account.payment.register"].with_company(line.journal_id.company_id).with_context(**context)
    wizard = wizard.create(values | {"group_payment": True})
    if share < 1:
        wizard.amount = round(wizard.amount * share, 2)
    wizard.action_create_payments()


def _cash(env, payment, account):
    """The bank's entry, matched with the cheque: Odoo Community has no bank screen for it."""
    waiting = payment.move_id.line_ids.filtered(lambda line: line.account_id == account)
    journal = payment.journal_id
    values = [
        {"name": payment.name, "account_id": journal.default_account_id.id, "debit": waiting.debit},
        {"name": payment.name, "account_id": account.id, "credit": waiting.debit},
    ]
    entry = env["account.move"].with_company(journal.company_id).create(
        {
            "journal_id": journal.id,
            "date": payment.date + CLEARING,
            "ref": payment.name,
            "line_ids": [(0, 0, line) for line in values],
        }
    )
    entry.action_post()
    (waiting + entry.line_ids.filtered(lambda line: line.account_id == account)).reconcile()
