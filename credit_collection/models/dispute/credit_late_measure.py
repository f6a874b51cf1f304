from odoo import api, models
from odoo.tools import SQL


class CreditLateMeasure(models.AbstractModel):
    _inherit = "credit.late.measure"

    @api.model
    def _get_disputed(self, items):
        # EXTENDS 'credit_followup': no charge on what is disputed; refused, it bears them as if nothing had been
        disputed = dict(super()._get_disputed(items))
        for item_id, amount in self.env.execute_query(self._query_disputed(items)):
            disputed[item_id] = disputed.get(item_id, 0.0) + float(amount)
        return disputed

    def _query_disputed(self, items):
        """Rows of item and disputed amount, in the company's currency at the rate at which it was booked."""
        self.env["credit.dispute.line"].flush_model()
        return SQL(
            """SELECT l.id, SUM(d.withheld * l.balance / NULLIF(l.amount_currency, 0))
                 FROM credit_dispute_line d JOIN account_move_line l ON l.id = d.item_id
                WHERE d.item_id IN %s AND d.withheld > 0 AND l.amount_currency <> 0
                GROUP BY l.id""",
            tuple(items.ids) or (0,),
        )
