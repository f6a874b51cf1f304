from odoo import models
from odoo.addons.credit_followup.left_out import LeftOut
from odoo.tools import SQL


class CreditFollowupItem(models.Model):
    """What a customer promised is not asked for again before its day is over; it comes back by itself."""

    _inherit = "credit.followup.item"
    _depends = {
        "credit.promise": ["last_day", "state"],
        "credit.promise.line": ["item_id", "promise_id", "state"],
    }

    def _left_out_sources(self):
        # EXTENDS 'credit_followup'
        return super()._left_out_sources() | {
            "promised": LeftOut(
                self.env._("Promised"),
                self._promised_rows,
                self.env._(
                    "The customer promised to pay: reminders go on by themselves if it does not"
                ),
                keeps_credits=True,
            ),
        }

    def _promised_rows(self, today):
        return SQL(
            """SELECT q.item_id, p.last_day AS until
                 FROM credit_promise_line q JOIN credit_promise p ON p.id = q.promise_id
                WHERE q.state = 'open' AND p.last_day >= %s""",
            today,
        )
