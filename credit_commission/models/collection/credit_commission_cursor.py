from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: maximum delay between the numbering of a reconciliation and its commit
LONGEST_TRANSACTION = timedelta(days=1)


class CreditCommissionCursor(models.Model):
    """How far the ledger has been read into the log of collections: a single row."""

    _name = "credit.commission.cursor"
    _description = "Ledger Reading Position"

    partial_id = fields.Integer(
        "Last Reconciliation Read",
        required=True,
        default=0,
        help="Reconciliations up to this number are in the log; later ones are read again.",
    )

    @api.model
    def _lock(self):
        """Lock the row for this transaction; empty if another one holds it."""
        cursor = self.search([], limit=1) or self.create({})
        return cursor.try_lock_for_update()

    def _touch(self):
        """Wait for a process reading the ledger, and make one that missed this transaction start again."""
        self.env.cr.execute(
            SQL(
                "UPDATE credit_commission_cursor SET partial_id = partial_id WHERE id = ANY(%s)",
                self.ids,
            )
        )

    def _get_range(self):
        """First and last reconciliation to read, and the last one that slow transactions can no longer precede."""
        [(last, settled)] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(MAX(id), 0),
                          COALESCE(MAX(id) FILTER (WHERE create_date IS NULL OR create_date < %(before)s), 0)
                     FROM account_partial_reconcile WHERE id > %(read)s""",
                before=self.env.cr.now() - LONGEST_TRANSACTION,
                read=self.partial_id,
            )
        )
        return self.partial_id + 1, last, settled
