from odoo import api, fields, models
from odoo.tools import SQL


class CreditCommissionCollection(models.Model):
    """Logs reconciliations that are undone or have vanished."""

    _inherit = "credit.commission.collection"

    @api.model
    def _log_undone(self, partial_ids):
        """Log undone reconciliations before they are deleted.

        A payment is cleared by everything that settles its outstanding item. A credit note counts in full as long as
        its invoice is settled and its earlier uses stand.
        """
        if not partial_ids:
            return
        self.env["account.partial.reconcile"].flush_model(["debit_move_id", "credit_move_id"])
        self._log_opposite(partial_ids, self._find_clearings(partial_ids))
        if items := self._find_credits_to_reopen(partial_ids):
            self._log_opposite([-id_ for id_ in items])
            self._log_again(self._find_reconciled(items) - set(partial_ids))

    @api.model
    def _log_opposite(self, partial_ids, row_ids=()):
        """Log the opposite of the rows of some reconciliations, and of some given rows.

        The date is today, or the payment date if later.
        """
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_commission_collection (
                          event, stage, nature, is_cleared, origin_id, company_id, partial_id, via_partial_id,
                          via_path, clearing_partial_id, undo_count, move_id, line_id, payment_move_id, currency_id, amount,
                          amount_discount, amount_lost, amount_company, date, date_due, days_late, create_uid,
                          create_date)
                   SELECT 'undone', c.stage, c.nature, c.is_cleared, c.id, c.company_id, c.partial_id, c.via_partial_id,
                          c.via_path, c.clearing_partial_id, c.undo_count, c.move_id, c.line_id, c.payment_move_id, c.currency_id, -c.amount,
                          -c.amount_discount, -c.amount_lost, -c.amount_company, GREATEST(c.date, %(today)s), c.date_due,
                          c.days_late, %(uid)s, %(now)s
                     FROM credit_commission_collection c
                    WHERE (c.partial_id = ANY(%(ids)s) OR c.via_partial_id = ANY(%(ids)s)
                           OR c.clearing_partial_id = ANY(%(ids)s)
                           OR c.via_path IS NOT NULL AND string_to_array(c.via_path, ',') && %(path_ids)s
                           OR c.id = ANY(%(rows)s))
                      AND c.event <> 'undone'
                    ORDER BY c.id
                       ON CONFLICT DO NOTHING""",
                today=fields.Date.context_today(self),
                uid=self.env.uid,
                now=self.env.cr.now(),
                ids=list(partial_ids),
                path_ids=[str(id_) for id_ in partial_ids],
                rows=list(row_ids),
            )
        )

    def _find_credits_to_reopen(self, partial_ids):
        """Items of credit notes logged in full that no longer should be.

        An earlier partial use was undone, or the invoice is no longer collected. Such a credit note is read again, by
        reconciliation, and in full once that applies again.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT w.line_id
                     FROM credit_commission_collection u
                     JOIN account_move m ON m.id = u.move_id
                     JOIN account_move n ON n.reversed_entry_id = m.id OR n.id = m.id
                     JOIN credit_commission_collection w ON w.move_id = n.id AND w.partial_id < 0 AND w.event <> 'undone'
                    WHERE u.event = 'undone' AND (u.partial_id = ANY(%(ids)s) OR u.via_partial_id = ANY(%(ids)s))
                      AND NOT EXISTS (SELECT FROM credit_commission_collection wu
                                       WHERE wu.origin_id = w.id AND wu.event = 'undone')
                      AND (u.line_id = w.line_id OR n.reversed_entry_id = m.id AND (
                              SELECT round(SUM(c.amount + c.amount_discount + c.amount_lost), 8) FROM credit_commission_collection c
                               WHERE c.move_id = m.id AND c.stage = 'registered' AND c.nature <> 'factor')
                           < m.amount_total_in_currency_signed)""",
                ids=list(partial_ids),
            )
        )
        return [id_ for (id_,) in rows]

    def _find_reconciled(self, items):
        """Ids of the reconciliations of some items."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM account_partial_reconcile WHERE debit_move_id = ANY(%(items)s)
                   UNION SELECT id FROM account_partial_reconcile WHERE credit_move_id = ANY(%(items)s)""",
                items=items,
            )
        )
        return {id_ for (id_,) in rows}

    def _find_vanished(self, first):
        """Logged reconciliations from a number that are no longer in the ledger.

        A transaction that undoes one while another logs it does not see the new log row.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT c.partial_id, c.via_partial_id, c.clearing_partial_id
                     FROM credit_commission_collection c
                    WHERE c.event <> 'undone' AND c.partial_id > 0
                      AND (c.partial_id >= %(first)s OR c.via_partial_id >= %(first)s
                           OR c.clearing_partial_id >= %(first)s)
                      AND NOT EXISTS (SELECT FROM credit_commission_collection u
                                       WHERE u.origin_id = c.id AND u.event = 'undone')""",
                first=first,
            )
        )
        logged = {id_ for row in rows for id_ in row if id_}
        known = self.env.execute_query(
            SQL("SELECT id FROM account_partial_reconcile WHERE id = ANY(%s)", list(logged))
        )
        return sorted(logged - {id_ for (id_,) in known})
