from datetime import timedelta

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_credit_paid(self):
        """What is paid of the posted invoices of the line, in the order's currency, taxes included."""
        return sum(
            line.price_total
            * (-1 if line.move_id.move_type == "out_refund" else 1)
            * (1 - line.move_id.amount_residual / (line.move_id.amount_total or 1.0))
            for line in self.invoice_lines
            if line.parent_state == "posted"
        )

    def _get_credit_shipped(self, moves):
        """What moves ship of the line, as far as it was ordered; the company's currency at the order's rate, with taxes.

        Parts of a kit are worth what is still to deliver of the line.
        """
        to_deliver = max(self.product_uom_qty - self.qty_delivered, 0.0)
        shipped = to_deliver
        if moves.product_id == self.product_id:
            shipped = sum(
                move.product_uom._compute_quantity(move._get_credit_quantity(), self.product_uom_id)
                for move in moves
            )
        rate = self.order_id.currency_rate or 1.0
        return min(shipped, to_deliver) * self._get_credit_price() / rate

    def _is_growth_shipped(self, moves):
        """Moves would ship more than was allowed before the order grew."""
        line = self.sudo()
        if not line.order_id._get_growth_hold():
            return False
        shipped = sum(
            move.product_uom._compute_quantity(move._get_credit_quantity(), line.product_uom_id)
            for move in moves
            if move.product_id == line.product_id
        )
        free = line._get_credit_free()
        if moves.product_id != line.product_id:  # parts of a kit: with the first of them
            return free < line.product_uom_qty and line.qty_delivered >= free
        return line.product_uom_id.compare(line.qty_delivered + shipped, free) > 0

    def _get_credit_day(self):
        """When the exposure expects the delivery."""
        order = self.order_id
        return (order.commitment_date or order.date_order + timedelta(self.customer_lead)).date()
