from odoo import models
from odoo.tools import SQL


class CreditFollowupItem(models.Model):
    """Items of an open case are left to it: they get no reminder."""

    _inherit = "credit.followup.item"
    _depends = {"credit.litigation.line": ["item_id", "state"]}

    def _legal_rows(self, today):
        # EXTENDS 'credit_followup': an item of an open case too, whatever the status of its customer
        return SQL(
            """%s UNION ALL
               SELECT q.item_id, NULL::date AS until FROM credit_litigation_line q
                WHERE q.state = 'open'""",
            super()._legal_rows(today),
        )
