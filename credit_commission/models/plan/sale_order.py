from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        # EXTENDS 'sale': log product costs at the time of sale, for margins
        result = super()._action_confirm()
        self.order_line.flush_recordset(["product_id", "product_uom_id"])
        self.env["credit.commission.cost"].sudo()._log_orders(self)
        return result
