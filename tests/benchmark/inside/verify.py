"""Whether the generated database is one that Odoo could have written: its own totals agree.

Each check returns what is wrong, or an empty text.
"""

_UNBALANCED = """
SELECT move_id FROM account_move_line GROUP BY move_id HAVING ABS(SUM(balance)) > 0.001
"""

_LINE_RESIDUALS = """
SELECT l.id FROM account_move_line l JOIN account_account a ON a.id = l.account_id
  LEFT JOIN (SELECT debit_move_id AS id, SUM(amount) AS paid FROM account_partial_reconcile GROUP BY 1) d ON d.id = l.id
  LEFT JOIN (SELECT credit_move_id AS id, SUM(amount) AS paid FROM account_partial_reconcile GROUP BY 1) c ON c.id = l.id
 WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
   AND (l.amount_residual <> l.balance - COALESCE(d.paid, 0) + COALESCE(c.paid, 0)
        OR l.reconciled IS DISTINCT FROM (l.amount_residual = 0))
"""

_MOVE_RESIDUALS = """
SELECT m.id FROM account_move m JOIN (
       SELECT l.move_id, SUM(l.amount_residual) AS residual FROM account_move_line l
         JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable' GROUP BY 1
       ) l ON l.move_id = m.id
 WHERE m.move_type = 'out_invoice'
   AND (m.amount_residual <> l.residual OR (m.payment_state = 'paid') <> (l.residual = 0))
"""

_ORDER_TOTALS = """
SELECT o.id FROM sale_order o JOIN (SELECT order_id, SUM(price_total) AS total FROM sale_order_line GROUP BY 1) l
    ON l.order_id = o.id
 WHERE ABS(o.amount_total - l.total) > 0.001
"""

_DANGLING = """
SELECT l.id FROM account_move_line l
  LEFT JOIN account_move m ON m.id = l.move_id LEFT JOIN res_partner p ON p.id = l.partner_id
  LEFT JOIN account_full_reconcile f ON f.id = l.full_reconcile_id
 WHERE m.id IS NULL OR p.id IS NULL OR (l.full_reconcile_id IS NOT NULL AND f.id IS NULL)
"""

QUERIES = {
    "every move balances": _UNBALANCED,
    "residuals of journal items are what their reconciliations left": _LINE_RESIDUALS,
    "residuals and payment states of invoices are those of their items": _MOVE_RESIDUALS,
    "totals of orders are those of their lines": _ORDER_TOTALS,
    "nothing points to what is not there": _DANGLING,
}

_RECEIVABLES = """
SELECT SUM(l.amount_residual) FROM account_move_line l JOIN account_account a ON a.id = l.account_id
 WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted' AND l.partner_id = %s
"""

SAMPLE = 12


def verify(env, customers) -> dict[str, str]:
    """``{check: what is wrong}``."""
    env.cr.execute("SET LOCAL jit = off")
    found = {name: _count(env.cr, query) for name, query in QUERIES.items()}
    found["Odoo's receivable of a customer is the raw sum"] = _credits(env, customers)
    found["computed anew by Odoo, nothing changes"] = _recomputed(env, customers)
    return found


def _count(cr, query):
    cr.execute(f"SELECT COUNT(*), MIN(id) FROM ({query}) AS wrong(id)")
    count, first = cr.fetchone()
    return f"{count} rows, the first has id {first}" if count else ""


def _credits(env, customers):
    wrong = []
    for partner in env["res.partner"].browse(customers):
        env.cr.execute(_RECEIVABLES, [partner.id])
        raw = float(env.cr.fetchone()[0] or 0)
        if abs(partner.credit - raw) > 0.001:
            wrong.append(f"{partner.id}: {partner.credit} by Odoo, {raw} by SQL")
    return ", ".join(wrong)


def _recomputed(env, customers):
    """Stored figures of some documents of each customer, computed again by their own methods."""
    wrong = []
    for model, partner, names in (
        ("account.move", "partner_id", ("amount_total", "amount_residual", "payment_state")),
        ("account.move.line", "partner_id", ("amount_residual", "reconciled", "price_total")),
        ("sale.order", "partner_id", ("amount_total", "invoice_status")),
        (
            "sale.order.line",
            "order_partner_id",
            ("price_total", "qty_to_invoice", "invoice_status"),
        ),
    ):
        for customer in customers:
            records = env[model].search([(partner, "=", customer)], limit=SAMPLE)
            wrong += _changed(records, names)
    env.invalidate_all(flush=False)
    return ", ".join(wrong)


def _changed(records, names):
    before = {(record, name): record[name] for record in records for name in names}
    for name in names:
        records.env.add_to_compute(records._fields[name], records)
    records._recompute_recordset(names)
    return [
        f"{record} {name}: {value} became {record[name]}"
        for (record, name), value in before.items()
        if record[name] != value
        and not (isinstance(value, float) and abs(record[name] - value) < 0.001)
    ]
