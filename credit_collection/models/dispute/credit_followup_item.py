from odoo import models
from odoo.addons.credit_followup.left_out import LeftOut
from odoo.tools import SQL


class CreditFollowupItem(models.Model):
    """Of a disputed item the rest is asked for; one that is disputed in whole is left out."""

    _inherit = "credit.followup.item"
    _depends = {"credit.dispute.line": ["item_id", "withheld"]}

    def _left_out_sources(self):
        # EXTENDS 'credit_followup'
        return super()._left_out_sources() | {
            "disputed": LeftOut(
                self.env._("Disputed"),
                self._disputed_rows,
                self.env._("Settle the dispute: what is refused is asked for again by itself"),
                keeps_credits=True,
            ),
        }

    def _disputed_sql(self):
        """What is disputed of item ``l``, in its currency; nothing where nothing is."""
        return SQL(
            "(SELECT SUM(d.withheld) FROM credit_dispute_line d WHERE d.item_id = l.id AND d.withheld > 0)"
        )

    def _disputed_rows(self, _today):
        return SQL(
            """SELECT l.id AS item_id, NULL::date AS until
                 FROM account_move_line l
                WHERE %s >= l.amount_residual_currency AND l.amount_residual_currency > 0""",
            self._disputed_sql(),
        )

    def _withheld_sql(self):
        # EXTENDS 'credit_followup'
        disputed = SQL(
            "LEAST(COALESCE(%s, 0), GREATEST(l.amount_residual_currency, 0))", self._disputed_sql()
        )
        other = super()._withheld_sql()
        return SQL("%s + %s", other, disputed) if other else disputed
