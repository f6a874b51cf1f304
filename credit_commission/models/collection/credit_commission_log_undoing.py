from odoo import api, models
from odoo.tools import SQL


class CreditCommissionCollection(models.Model):
    """What else changes when reconciliations are undone, or vanish."""

    _inherit = "credit.commission.collection"

    @api.model
    def _log_undone(self, partial_ids):
        # EXTENDS 'credit_commission': a payment is cleared by all that settles its outstanding item, a credit note
        # counts as a whole as long as its invoice is collected and what was used of it before stays used
        if not partial_ids:
            return
        self.env["account.partial.reconcile"].flush_model(["debit_move_id", "credit_move_id"])
        super()._log_undone([*partial_ids, *self._find_clearings(partial_ids)])
        items = self._find_credits_to_reopen(partial_ids)
        if items:
            super()._log_undone([-id_ for id_ in items])
            self._log_again(self._find_reconciled(items) - set(partial_ids))

    def _find_clearings(self, partial_ids):
        """The reconciliations that clearings were logged with, where others of the same outstanding item go."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT v.id
                     FROM account_partial_reconcile p
                     JOIN account_move_line x ON x.id IN (p.debit_move_id, p.credit_move_id)
                     JOIN credit_commission_collection c ON c.payment_move_id = x.move_id AND c.kind = 'cleared'
                     JOIN account_partial_reconcile v ON v.id = c.clearing_partial_id
                      AND x.id IN (v.debit_move_id, v.credit_move_id)
                    WHERE p.id = ANY(%s)""",
                list(partial_ids),
            )
        )
        return [id_ for (id_,) in rows]

    def _find_credits_to_reopen(self, partial_ids):
        """Items of credit notes that the log holds as a whole, and no longer should.

        Part of it was used before, which is undone now; or its invoice is not collected any more. What the log should
        hold of it instead is read again: by reconciliation, and as a whole when that is right again.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT w.line_id
                     FROM credit_commission_collection u
                     JOIN account_move m ON m.id = u.move_id
                     JOIN account_move n ON n.reversed_entry_id = m.id OR n.id = m.id
                     JOIN credit_commission_collection w ON w.move_id = n.id AND w.partial_id < 0 AND w.kind <> 'undone'
                    WHERE u.kind = 'undone' AND (u.partial_id = ANY(%(ids)s) OR u.via_partial_id = ANY(%(ids)s))
                      AND NOT EXISTS (SELECT FROM credit_commission_collection wu
                                       WHERE wu.origin_id = w.id AND wu.kind = 'undone')
                      AND (u.line_id = w.line_id OR n.reversed_entry_id = m.id AND (
                              SELECT round(SUM(c.amount + c.amount_discount), 8) FROM credit_commission_collection c
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
        """Reconciliations from a number on that are in the log and no longer in the ledger.

        Who undoes one while another transaction logs it does not see that it is logged.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT c.partial_id, c.via_partial_id, c.clearing_partial_id
                     FROM credit_commission_collection c
                    WHERE c.kind <> 'undone' AND c.partial_id > 0
                      AND (c.partial_id >= %(first)s OR c.via_partial_id >= %(first)s
                           OR c.clearing_partial_id >= %(first)s)
                      AND NOT EXISTS (SELECT FROM credit_commission_collection u
                                       WHERE u.origin_id = c.id AND u.kind = 'undone')""",
                first=first,
            )
        )
        logged = {id_ for row in rows for id_ in row if id_}
        known = self.env.execute_query(
            SQL("SELECT id FROM account_partial_reconcile WHERE id = ANY(%s)", list(logged))
        )
        return sorted(logged - {id_ for (id_,) in known})
