from datetime import timedelta

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_credit_paid(self):
        """Paid part of the line's posted invoices, in the order's currency, taxes included."""
        return sum(
            line.price_total
            * (-1 if line.move_id.move_type == "out_refund" else 1)
            * (1 - line.move_id.amount_residual / (line.move_id.amount_total or 1.0))
            for line in self.invoice_lines
            if line.parent_state == "posted"
        )

    def _get_credit_shipped(self, moves):
        """Amount the moves ship of the line, up to the ordered quantity, in the company's currency at the order's rate,
        with taxes.

        Components of a kit are valued at everything still to deliver on the line.
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
        """Whether the moves would ship more than was approved before the increase."""
        line = self.sudo()
        if not line.order_id._get_growth_hold():
            return False
        shipped = sum(
            move.product_uom._compute_quantity(move._get_credit_quantity(), line.product_uom_id)
            for move in moves
            if move.product_id == line.product_id
        )
        free = line._get_credit_free()
        if moves.product_id != line.product_id:  # components of a kit: counted with the first one
            return free < line.product_uom_qty and line.qty_delivered >= free
        return line.product_uom_id.compare(line.qty_delivered + shipped, free) > 0

    def _get_credit_day(self):
        """Delivery date expected by the exposure."""
        order = self.order_id
        return (order.commitment_date or order.date_order + timedelta(self.customer_lead)).date()
