from odoo import fields, models
from odoo.addons.credit_management.models.credit_exposure import Source
from odoo.tools import SQL


class CreditExposure(models.Model):
    """Deposits taken at the till on open orders, and sales on account until the session is closed."""

    _inherit = "credit.exposure"
    _depends = {
        "pos.order": ["account_move", "currency_rate", "partner_id", "state"],
        "pos.order.line": ["order_id", "price_subtotal_incl", "sale_order_line_id"],
        "pos.payment": ["amount", "payment_method_id", "pos_order_id"],
        "sale.order.line": ["is_downpayment", "order_id"],
    }

    source = fields.Selection(selection_add=[("till_account", "Sold on account at the till")])

    def _exposure_sources(self):
        # EXTENDS 'credit_management'
        return super()._exposure_sources() | {
            "till_account": Source("till_account", self._till_account_rows())
        }

    def _order_deposits(self):
        # EXTENDS 'credit_management'
        return super()._order_deposits() | {"till": self._till_deposit_sql()}

    def _till_deposit_sql(self):
        """Deposits taken at the till on open orders, which have no invoice line that would deduct them."""
        return SQL(
            """(SELECT COALESCE(SUM(t.price_subtotal_incl / NULLIF(s.currency_rate, 0)::numeric), 0)
                  FROM sale_order_line l
                  JOIN pos_order_line t ON t.sale_order_line_id = l.id
                  JOIN pos_order s ON s.id = t.order_id
                 WHERE l.order_id = o.id AND l.is_downpayment AND s.state IN ('paid', 'done'))"""
        )

    def _till_account_rows(self):
        """Sales on account of open sessions, not yet in the ledger, except those already invoiced."""
        _root, _currency, decimals = self._roots_sql(SQL("s.company_id"))
        return SQL(
            """SELECT y.id AS line_id, s.partner_id, s.company_id,
                      ROUND(y.amount / NULLIF(s.currency_rate, 0)::numeric, %s) AS amount,
                      s.date_order::date AS date, s.date_order::date AS date_due,
                      'pos.order'::varchar AS res_model, s.id AS res_id
                 FROM pos_order s
                 JOIN pos_payment y ON y.pos_order_id = s.id
                 JOIN pos_payment_method m ON m.id = y.payment_method_id
                WHERE s.state = 'paid' AND s.account_move IS NULL AND m.journal_id IS NULL AND y.amount <> 0""",
            decimals,
        )
