from odoo import models
from odoo.tools import SQL


class CreditExposure(models.Model):
    """What will never be delivered: its moves are done or cancelled without a backorder, or it was returned."""

    _inherit = "credit.exposure"
    _depends = {
        "sale.order": ["delivery_status"],
        "sale.order.line": ["qty_delivered_method"],
        "stock.move": ["sale_line_id", "state"],
    }

    def _never_delivered_sql(self):
        # EXTENDS 'credit_management': moves are only read where something was delivered
        return SQL(
            """(%s OR o.delivery_status IN ('started', 'partial', 'full') AND l.qty_delivered_method = 'stock_move'
                AND (SELECT t.invoice_policy = 'delivery' FROM product_product v
                       JOIN product_template t ON t.id = v.product_tmpl_id WHERE v.id = l.product_id)
                AND (SELECT BOOL_AND(k.state IN ('done', 'cancel')) AND BOOL_OR(k.state = 'done')
                       FROM stock_move k WHERE k.sale_line_id = l.id))""",
            super()._never_delivered_sql(),
        )
