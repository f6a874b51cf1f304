from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    # a past day is the ledger of now less what was matched since: read backwards from now
    _credit_reporting_day_idx = models.Index(
        "(max_date) INCLUDE (debit_move_id, credit_move_id, amount)"
    )
