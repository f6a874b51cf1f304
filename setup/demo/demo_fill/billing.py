"""Invoices of what was delivered, and credit notes of what was contested."""

from collections import defaultdict

ALLOWANCE = 0.3


def invoice(env, cases, part):
    """Invoice this part of the orders, each on its day; some stay drafts."""
    for company, group in _by_company(cases).items():
        values = [_invoice_values(case, case.order.deliveries[part].invoice.day) for case in group]
        billed = [
            (case, one) for case, one in zip(group, values, strict=True) if one["invoice_line_ids"]
        ]
        moves = env["account.move"].with_company(company).create([one for _case, one in billed])
        for (case, _one), move in zip(billed, moves, strict=True):
            case.moves[part] = move.with_env(env)
        _post([case.moves[part] for case in group if _is_final(case, part)])


def credit(env, cases, span):
    """Contested invoices get an allowance on their first line, matched with them."""
    for case in cases:
        for part, move in case.moves.items():
            told = case.order.deliveries[part].invoice
            if told.credited in span and move.state == "posted":
                _allow(env, move, told.credited)


def receivable(move):
    """The customer's lines of an entry."""
    return move.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")


def union(records):
    """One recordset of at least one record."""
    first, *others = records
    return first.union(*others)


def _by_company(cases):
    groups = defaultdict(list)
    for case in cases:
        groups[case.document.company_id].append(case)
    return groups


def _invoice_values(case, day):
    """As the order prepares it, with its day from the start: to write it later costs as much again."""
    order = case.document.with_company(case.document.company_id)
    lines = order.with_context(lang=order.partner_id.lang)._get_invoiceable_lines()
    values = order._prepare_invoice() | {"invoice_date": day}
    return values | {"invoice_line_ids": [(0, 0, line._prepare_invoice_line()) for line in lines]}


def _is_final(case, part):
    return part in case.moves and not case.order.deliveries[part].invoice.draft


def _post(moves):
    """Numbers follow the dates."""
    if moves:
        union(moves).sorted(lambda move: (move.invoice_date, move.id)).action_post()


def _allow(env, move, day):
    """The line is not tied to the order: the goods stay delivered and invoiced."""
    line = move.invoice_line_ids.filtered("product_id")[:1]
    note = env["account.move"].with_company(move.company_id).create(_note_values(move, line, day))
    note.action_post()
    (receivable(move) + receivable(note)).reconcile()


def _note_values(move, line, day):
    return {
        "move_type": "out_refund",
        "partner_id": move.partner_id.id,
        "company_id": move.company_id.id,
        "currency_id": move.currency_id.id,
        "invoice_user_id": move.invoice_user_id.id,
        "invoice_date": day,
        "reversed_entry_id": move.id,
        "invoice_origin": move.name,
        "invoice_line_ids": [(0, 0, _allowance(line))],
    }


def _allowance(line):
    return {
        "product_id": line.product_id.id,
        "quantity": line.quantity,
        "price_unit": line.price_unit * ALLOWANCE,
        "tax_ids": [(6, 0, line.tax_ids.ids)],
    }
