from odoo import models
from odoo.tools import SQL

from .credit_commission_log import SALES


class CreditCommissionCollection(models.Model):
    """How money is followed through entries that moved the debt of an invoice to another account or customer.

    A *transfer* is an entry without money. A reconciliation is a step: the debt that one item had is settled by the
    entry of the other. A chain begins at the invoice, goes from transfer to transfer and ends at money, or at a factor.
    Each transfer shares what settles it among what it settled, by amount. Chains are found from their first step that
    is new, up to the invoices and down to the money; an entry comes only once in a chain, so that none runs in circles.

    Lookups by number are fenced with ``OFFSET 0``: a recursion is taken for long, and whole tables would be read for it.
    The amounts of a chain keep all their digits: parts of a whole add up to it, and nobody pays a cent of rounding.
    """

    _inherit = "credit.commission.collection"

    def _chains_sql(self, chosen):
        """What :meth:`_transferred_sql` is made from, as common table expressions.

        ``steps``: both sides of the reconciliations chosen that concern a transfer. ``up``: from them to what the
        transfers settled, ``tops``: those that came to an invoice, ``down``: from there to what settles them.
        ``weight`` is the part that goes that way.
        """
        return SQL(
            """transfers AS MATERIALIZED (
                   SELECT e.move_id FROM entries e JOIN account_move k ON k.id = e.move_id WHERE %(passes_on)s),
               steps AS MATERIALIZED (
                   SELECT s.id, s.sign, s.item_id, s.other_id, s.amount, s.amount_currency, s.max_date
                     FROM transfers t JOIN account_move_line x ON x.move_id = t.move_id JOIN sides s ON s.item_id = x.id
                   UNION
                   SELECT s.id, s.sign, s.item_id, s.other_id, s.amount, s.amount_currency, s.max_date
                     FROM transfers t JOIN account_move_line x ON x.move_id = t.move_id JOIN sides s ON s.other_id = x.id),
               up AS (%(up)s),
               tops AS MATERIALIZED (
                   SELECT u.*, i.move_id AS invoice_id
                     FROM up u
               CROSS JOIN LATERAL (
                          SELECT l.id, l.account_id, l.move_id, m.move_type
                            FROM account_move_line l
                            JOIN account_move m ON m.id = l.move_id AND m.move_type IN %(sales)s
                             AND m.state = 'posted'
                           WHERE l.id = u.item_id
                          OFFSET 0) i
                     JOIN accounts ai ON ai.id = i.account_id AND ai.receivable
                    WHERE i.move_type <> 'out_refund' OR NOT %(counted)s),
               down AS (%(down)s),""",
            passes_on=self._passes_on_sql(SQL("k"), SQL("e")),
            up=self._up_sql(chosen),
            sales=SALES,
            counted=self._counted_whole_sql("i"),
            down=self._down_sql(),
        )

    def _passes_on_sql(self, move, entry):
        """The move is a transfer; payments and bank statements are none.

        :param entry: what :meth:`_money_sql` says of it
        """
        return SQL(
            """(%(move)s.move_type = 'entry' AND %(move)s.state = 'posted' AND %(move)s.origin_payment_id IS NULL
                AND %(move)s.statement_line_id IS NULL AND NOT %(entry)s.has_money)""",
            move=move,
            entry=entry,
        )

    def _up_sql(self, chosen):
        """From a step to the steps before it, none of them new, as far as they go."""
        return SQL(
            """SELECT s.id AS start, s.sign, s.id AS first_id, s.item_id, s.amount, s.amount_currency, 1.0 AS weight,
                      ARRAY[]::int[] AS ids, ARRAY[]::int[] AS moves, s.max_date, FALSE AS factored
                 FROM steps s
               UNION ALL
               SELECT u.start, u.sign, q.id, q.item_id, q.amount, q.amount_currency, u.weight * u.amount / t.total,
                      u.first_id || u.ids, t.move_id || u.moves, GREATEST(u.max_date, q.max_date),
                      u.factored OR t.factor
                 FROM up u
           CROSS JOIN LATERAL (
                      SELECT x.move_id, ax.factor, k.total
                        FROM (SELECT l.move_id, l.account_id FROM account_move_line l
                               WHERE l.id = u.item_id AND SIGN(l.balance) = u.sign AND l.move_id <> ALL(u.moves)
                              OFFSET 0) x
                        JOIN accounts ax ON ax.id = x.account_id AND ax.passing
                  CROSS JOIN LATERAL (%(transfer)s) k) t
           CROSS JOIN LATERAL (
                      SELECT p.id, p.debit_move_id AS item_id, p.amount, p.debit_amount_currency AS amount_currency,
                             p.max_date
                        FROM account_move_line o JOIN account_partial_reconcile p ON p.credit_move_id = o.id
                       WHERE u.sign = 1 AND o.move_id = t.move_id AND o.id <> u.item_id
                   UNION ALL
                      SELECT p.id, p.credit_move_id, p.amount, p.credit_amount_currency, p.max_date
                        FROM account_move_line o JOIN account_partial_reconcile p ON p.debit_move_id = o.id
                       WHERE u.sign = -1 AND o.move_id = t.move_id AND o.id <> u.item_id) q
                WHERE NOT (q.id %(chosen)s)""",
            transfer=self._transfer_sql(SQL("x.move_id"), SQL("u.sign")),
            chosen=chosen,
        )

    def _down_sql(self):
        """From a step to the steps after it, as far as they go; ``move_id`` is the entry that it reached."""
        return SQL(
            """SELECT s.id AS start, s.sign, s.other_id, o.move_id, 1.0 AS weight, ARRAY[]::int[] AS ids,
                      ARRAY[o.move_id] AS moves, s.max_date, FALSE AS factored
                 FROM (SELECT DISTINCT start, sign FROM tops) t
                 JOIN steps s ON s.id = t.start AND s.sign = t.sign
                 JOIN account_move_line o ON o.id = s.other_id
               UNION ALL
               SELECT d.start, d.sign, n.other_id, n.move_id, d.weight * n.amount / t.total, d.ids || n.id,
                      d.moves || n.move_id, GREATEST(d.max_date, n.max_date), d.factored OR n.factor
                 FROM down d
           CROSS JOIN LATERAL (%(transfer)s) t
           CROSS JOIN LATERAL (
                      SELECT v.id, v.other_id, v.amount, v.max_date, o.move_id, ax.factor
                        FROM account_move_line x
                        JOIN accounts ax ON ax.id = x.account_id AND ax.passing
                  CROSS JOIN LATERAL (
                             SELECT p.id, p.credit_move_id AS other_id, p.amount, p.max_date
                               FROM account_partial_reconcile p WHERE d.sign = 1 AND p.debit_move_id = x.id
                          UNION ALL
                             SELECT p.id, p.debit_move_id, p.amount, p.max_date
                               FROM account_partial_reconcile p WHERE d.sign = -1 AND p.credit_move_id = x.id) v
                        JOIN account_move_line o ON o.id = v.other_id
                       WHERE x.move_id = d.move_id AND x.id <> d.other_id AND SIGN(x.balance) = d.sign) n
                WHERE n.move_id <> ALL(d.moves)""",
            transfer=self._transfer_sql(SQL("d.move_id"), SQL("d.sign")),
        )

    def _transfer_sql(self, move_id, sign):
        """The transfer with an id, and the sum of its items of one sign, in the company's currency; nothing if it is none."""
        return SQL(
            """SELECT m.total
                 FROM account_move tm
           CROSS JOIN LATERAL (
                      SELECT SUM(ABS(y.balance)) FILTER (WHERE SIGN(y.balance) = %(sign)s) AS total,
                             COALESCE(bool_or(ay.money), FALSE) AS has_money
                        FROM account_move_line y LEFT JOIN accounts ay ON ay.id = y.account_id
                       WHERE y.move_id = tm.id) m
                WHERE tm.id = %(move_id)s AND m.total <> 0 AND %(passes_on)s""",
            move_id=move_id,
            sign=sign,
            passes_on=self._passes_on_sql(SQL("tm"), SQL("m")),
        )

    def _transferred_sql(self):
        """Money at the end of a chain, and invoices handed to a factor, from what :meth:`_chains_sql` found."""
        return SQL(
            """SELECT 'registered',
                      CASE WHEN s.has_money THEN CASE WHEN c.factored THEN 'factored' ELSE 'money' END
                           WHEN r.share <> 0 THEN 'factor' ELSE 'loss' END,
                      CASE WHEN s.has_money THEN s.bank ELSE r.share = 0 END, i.company_id, c.ids[1],
                      CASE WHEN cardinality(c.ids) > 1 THEN c.ids[cardinality(c.ids)] END,
                      NULLIF(array_to_string(c.ids[2:cardinality(c.ids) - 1], ','), ''), NULL::int, m.id, i.id, k.id,
                      m.currency_id, round(c.sign * c.amount_currency * c.weight * r.share, 16), 0,
                      round(c.sign * c.amount_currency * c.weight * r.lost, 16),
                      round(c.sign * c.amount * c.weight * r.share, 16), c.max_date,
                      COALESCE(i.date_maturity, i.date), o.date - COALESCE(i.date_maturity, i.date)
                 FROM (SELECT u.sign, u.item_id, u.invoice_id, u.amount, u.amount_currency, d.other_id, d.move_id,
                              u.weight * d.weight AS weight, u.first_id || u.ids || d.ids AS ids,
                              GREATEST(u.max_date, d.max_date) AS max_date, u.factored OR d.factored AS factored
                         FROM tops u
                         JOIN down d ON d.start = u.start AND d.sign = u.sign AND NOT d.moves && u.moves) c
                 JOIN account_move_line i ON i.id = c.item_id
                 JOIN account_move m ON m.id = c.invoice_id
                 JOIN account_move_line o ON o.id = c.other_id
                 JOIN account_move k ON k.id = c.move_id AND k.move_type = 'entry' AND k.state = 'posted'
           CROSS JOIN LATERAL (
                      SELECT %(money)s
                        FROM account_move_line x
                        JOIN res_company co ON co.id = x.company_id
                   LEFT JOIN accounts ax ON ax.id = x.account_id
                       WHERE x.move_id = k.id) s
           CROSS JOIN LATERAL (
                      SELECT CASE WHEN NOT s.has_money AND NOT c.factored THEN s.factor_share
                                  WHEN s.has_money AND cardinality(c.ids) > 1 THEN s.passed_share
                                  ELSE 0 END AS share,
                             CASE WHEN cardinality(c.ids) = 1 THEN 0
                                  WHEN s.has_money THEN 1 - s.passed_share
                                  WHEN c.sign = 1 THEN s.lost_debit ELSE s.lost_credit END AS lost) r""",
            money=self._money_sql(),
        )
