"""The best SQL for each question, written for this data alone: what no add-on can be faster than.

It knows that there is one company and one currency, that every invoice is the customer's own, that nobody has
two limits, and that nothing ordered is invoiced yet. The answers are the suite's: the benchmark checks that.
"""

#: reconciliations up to which commissions are compared with raw SQL; more take too long
COMPARED = 200_000

RECEIVABLE = (
    "account_id IN %(accounts)s AND parent_state = 'posted'"
    " AND reconciled IS NOT TRUE AND amount_residual <> 0"
)
_DRAFT = "state = 'draft' AND move_type IN ('out_invoice', 'out_refund')"
_ORDER = "o.state = 'sale' AND o.invoice_status IS DISTINCT FROM 'invoiced'"
_OPEN = "l.price_total * (l.product_uom_qty - l.qty_invoiced) / l.product_uom_qty / o.currency_rate"

EXPOSURE = f"""
SELECT COALESCE((SELECT SUM(amount_residual) FROM account_move_line
                  WHERE {RECEIVABLE} AND partner_id = %(partner)s), 0)
     + COALESCE((SELECT SUM(amount_total_signed) FROM account_move
                  WHERE {_DRAFT} AND commercial_partner_id = %(partner)s), 0)
     + COALESCE((SELECT SUM({_OPEN}) FROM sale_order o JOIN sale_order_line l ON l.order_id = o.id
                  WHERE {_ORDER} AND o.partner_invoice_id = %(partner)s), 0)
"""

_OVERDUE = """,
       SUM(amount_residual) FILTER (WHERE date_maturity < %(today)s OR amount_residual < 0) AS due,
       MIN(date_maturity) FILTER (WHERE date_maturity < %(today)s AND amount_residual > 0) AS oldest"""


def _exposures(overdue):
    """Every customer's exposure, and what is overdue if asked."""
    more, none, total = (
        (_OVERDUE, ", NULL, NULL", ", SUM(due) AS due, MIN(oldest) AS oldest")
        if overdue
        else [""] * 3
    )
    return f"""
SELECT partner_id, SUM(amount) AS exposure{total}
  FROM (SELECT partner_id, SUM(amount_residual) AS amount{more}
          FROM account_move_line WHERE {RECEIVABLE} GROUP BY partner_id
         UNION ALL
        SELECT commercial_partner_id, SUM(amount_total_signed){none} FROM account_move
         WHERE {_DRAFT} GROUP BY commercial_partner_id
         UNION ALL
        SELECT o.partner_invoice_id, SUM({_OPEN}){none}
          FROM sale_order o JOIN sale_order_line l ON l.order_id = o.id
         WHERE {_ORDER} GROUP BY o.partner_invoice_id) e
 GROUP BY partner_id"""


EXPOSURES = _exposures(overdue=False)

HIGHEST = f"""
SELECT f.id FROM credit_profile f LEFT JOIN ({EXPOSURES}) e USING (partner_id)
 ORDER BY COALESCE(e.exposure, 0) DESC, f.id LIMIT 80
"""

OVER = f"""
SELECT f.id FROM credit_profile f JOIN credit_limit l ON l.profile_id = f.id AND l.state = 'approved'
  LEFT JOIN ({EXPOSURES}) e ON e.partner_id = f.partner_id
 WHERE f.credit_mode = 'limited' AND l.amount < COALESCE(e.exposure, 0)
"""

PAGE = f"""
SELECT f.id, p.complete_name, f.credit_mode, f.status, l.amount, e.exposure, l.amount - e.exposure AS available,
       100 * e.exposure / NULLIF(l.amount, 0) AS used, GREATEST(e.due, 0) AS overdue, %(today)s::date - e.oldest AS days,
       (SELECT COUNT(*) FROM credit_profile)
  FROM credit_profile f JOIN res_partner p ON p.id = f.partner_id
  LEFT JOIN credit_limit l ON l.profile_id = f.id AND l.state = 'approved' AND f.credit_mode = 'limited'
  LEFT JOIN ({_exposures(overdue=True)}) e ON e.partner_id = f.partner_id
 ORDER BY COALESCE(e.exposure, 0) DESC, f.id LIMIT 80
"""
