from odoo import api, models
from odoo.tools import SQL


class CreditCommissionCollection(models.Model):
    """Finds when registered payments clear at the bank, directly or through deposits.

    Cheques may be deposited together by an entry that transfers them from one outstanding account to another; they
    all clear when the bank settles that item. Any number of such entries is followed.
    """

    _inherit = "credit.commission.collection"

    def _arrivals_sql(self, chosen, written):
        """Common table expressions for :meth:`_cleared_sql`.

        ``sources``: entries whose outstanding items the chosen reconciliations settle, and their predecessors.
        ``waiting``: the registered payments among them, and those just logged, which may have cleared before.
        ``arrivals``: the entries that took over their outstanding items, step by step.

        :param written: ids of the rows just logged
        """
        return SQL(
            """sources AS (%(sources)s),
               waiting AS MATERIALIZED (
                   SELECT payment_move_id AS id FROM credit_commission_collection
                    WHERE id = ANY(%(written)s) AND NOT is_cleared
                    UNION
                   SELECT move_id FROM sources),
               arrivals AS (%(arrivals)s),""",
            sources=self._sources_sql(SQL("p.id %s", chosen)),
            written=written,
            arrivals=self._arrivals_of_sql(),
        )

    def _sources_sql(self, condition):
        """Entries ``(move_id, sign)`` whose outstanding items are settled, and those that transferred items to them."""
        return SQL(
            """SELECT l.move_id, SIGN(l.balance)::int AS sign
                 FROM account_partial_reconcile p
                 JOIN account_move_line l ON l.id IN (p.debit_move_id, p.credit_move_id)
                 JOIN accounts al ON al.id = l.account_id AND al.waiting
                WHERE %(condition)s
                UNION
               SELECT y.move_id, s.sign
                 FROM sources s
           CROSS JOIN LATERAL (
                      SELECT z.id FROM account_move_line z
                       WHERE z.move_id = s.move_id AND SIGN(z.balance) = -s.sign
                         AND EXISTS (SELECT FROM accounts az WHERE az.id = z.account_id AND az.waiting)
                      OFFSET 0) z
           CROSS JOIN LATERAL (%(others)s) y
                WHERE NOT (%(bank)s)""",
            condition=condition,
            others=self._settling_sql(SQL("z.id")),
            bank=self._at_bank_sql(SQL("s.move_id")),
        )

    def _arrivals_of_sql(self):
        """The entries that settle the payments' outstanding items, step by step."""
        return SQL(
            """SELECT w.id AS payment_id, SIGN(x.balance)::int AS sign, y.partial_id, y.move_id, y.date,
                      ARRAY[w.id, y.move_id] AS moves
                 FROM waiting w
           CROSS JOIN LATERAL (
                      SELECT l.id, l.balance FROM account_move_line l
                       WHERE l.move_id = w.id AND l.reconciled
                         AND EXISTS (SELECT FROM accounts a WHERE a.id = l.account_id AND a.money AND NOT a.bank)
                      OFFSET 0) x
           CROSS JOIN LATERAL (%(first)s) y
                WHERE NOT EXISTS (SELECT FROM (%(first)s) d WHERE d.state <> 'posted')
                UNION ALL
               SELECT a.payment_id, a.sign, y.partial_id, y.move_id, GREATEST(a.date, y.date), a.moves || y.move_id
                 FROM arrivals a
           CROSS JOIN LATERAL (
                      SELECT l.id FROM account_move_line l
                       WHERE l.move_id = a.move_id AND SIGN(l.balance) = a.sign AND l.reconciled
                         AND EXISTS (SELECT FROM accounts t WHERE t.id = l.account_id AND t.waiting)
                      OFFSET 0) z
           CROSS JOIN LATERAL (%(next)s) y
                WHERE NOT (%(bank)s) AND y.state = 'posted' AND y.move_id <> ALL(a.moves)""",
            first=self._settling_sql(SQL("x.id")),
            next=self._settling_sql(SQL("z.id")),
            bank=self._at_bank_sql(SQL("a.move_id")),
        )

    def _settling_sql(self, item):
        """The entries that settle an item, with their reconciliations."""
        return SQL(
            """SELECT v.id AS partial_id, b.id AS move_id, b.date, b.state
                 FROM (SELECT p.id, p.credit_move_id AS other_id FROM account_partial_reconcile p
                        WHERE p.debit_move_id = %(item)s
                       UNION ALL
                       SELECT p.id, p.debit_move_id FROM account_partial_reconcile p
                        WHERE p.credit_move_id = %(item)s
                       OFFSET 0) v
                 JOIN account_move_line o ON o.id = v.other_id
                 JOIN account_move b ON b.id = o.move_id""",
            item=item,
        )

    def _at_bank_sql(self, move_id):
        """Whether an entry posts to a bank or cash account."""
        return SQL(
            """EXISTS (SELECT FROM account_move_line bl
                        WHERE bl.move_id = %s
                          AND EXISTS (SELECT FROM accounts ba WHERE ba.id = bl.account_id AND ba.bank))""",
            move_id,
        )

    def _cleared_sql(self):
        """Logged payments that have cleared at the bank, from :meth:`_arrivals_sql`."""
        return SQL(
            """SELECT DISTINCT ON (c.id) 'cleared' AS stage, c.nature, TRUE AS is_cleared, c.company_id, c.partial_id,
                      c.via_partial_id, c.via_path, a.partial_id AS clearing_partial_id, c.move_id, c.line_id,
                      c.payment_move_id, c.currency_id, c.amount, c.amount_discount, c.amount_lost, c.amount_company,
                      GREATEST(c.date, a.date) AS date, c.date_due, c.days_late
                 FROM arrivals a
                 JOIN credit_commission_collection c ON c.payment_move_id = a.payment_id
                      AND c.event = 'registered' AND NOT c.is_cleared
                WHERE %(bank)s
                  AND NOT EXISTS (SELECT FROM credit_commission_collection u
                                   WHERE u.origin_id = c.id AND u.event = 'undone')
                  AND NOT EXISTS (SELECT FROM credit_commission_collection d
                                   LEFT JOIN credit_commission_collection du
                                          ON du.origin_id = d.id AND du.event = 'undone'
                                   WHERE d.partial_id = c.partial_id AND d.line_id = c.line_id
                                     AND d.via_partial_id IS NOT DISTINCT FROM c.via_partial_id
                                     AND d.via_path IS NOT DISTINCT FROM c.via_path
                                     AND d.event = 'cleared' AND du.id IS NULL)
                ORDER BY c.id, a.date DESC, a.partial_id DESC""",
            bank=self._at_bank_sql(SQL("a.move_id")),
        )

    @api.model
    def _find_clearings(self, partial_ids):
        """Logged clearings that depend on some reconciliations, of a payment or of its deposit."""
        known = SQL(
            "SELECT 1 FROM credit_commission_collection WHERE clearing_partial_id IS NOT NULL LIMIT 1"
        )
        if not self.env.execute_query(known):
            return []
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE accounts AS MATERIALIZED (%s), sources AS (%s)
                   SELECT c.id FROM (SELECT DISTINCT move_id FROM sources) s
                     JOIN credit_commission_collection c ON c.payment_move_id = s.move_id AND c.event = 'cleared'""",
                self._accounts_sql(),
                self._sources_sql(SQL("p.id = ANY(%s)", list(partial_ids))),
            )
        )
        return [id_ for (id_,) in rows]
