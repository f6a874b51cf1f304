"""Invoices of what was delivered, and credit notes of what was contested."""

from collections import defaultdict


ALLOWANCE = 0.3


def invoice(env, cases, part):
    """Invoice this part of the orders, each on its day; some stay drafts."""
    for company, group in _by_company(cases).items():
        moves = _create_invoices(company, group)
        for case in group:
            move = moves.get(case.document.name)
            if move:
                case.moves[part] = move.with_env(env)
                move.invoice_date = case.order.deliveries[part].invoice.day
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


def _by_company(cases):
    groups = defaultdict(list)
    for case in cases:
        groups[case.document.company_id].append(case)
    return groups


def _create_invoices(company, cases):
    """One invoice an order, by the order's name; none where nothing was delivered."""
    orders = cases[0].document.union(*(case.document for case in cases)).with_company(company)
    moves = orders.with_context(raise_if_nothing_to_invoice=False)._create_invoices(grouped=True)
    return {move.invoice_origin: move for move in moves}


def _is_final(case, part):
    return part in case.moves and not case.order.deliveries[part].invoice.draft


def _post(moves):
    """Numbers follow the dates."""
    if moves:
        moves = sorted(moves, key=lambda move: (move.invoice_date, move.id))
        moves[0].union(*moves).browse([move.id for move in moves]).action_post()


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
