from dataclasses import replace

from odoo import api, models

from ..rules import surplus_quantity


class SaleOrderLine(models.Model):
    """Lines through which a confirmed order grows; see :class:`~.sale_order_growth.SaleOrder`."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.env.context.get("default_order_id")
        order_ids = {vals.get("order_id", default) for vals in vals_list} - {None, False}
        with self.env["sale.order"].browse(order_ids)._watch_growth():
            return super().create(vals_list)

    def write(self, vals):
        is_figure = self.env["sale.order"]._is_credit_figure
        if not any(is_figure(self._name, name) for name in vals):
            return super().write(vals)
        orders = self.order_id | self.order_id.browse(vals.get("order_id") or ())
        with orders._watch_growth():
            return super().write(vals)

    def unlink(self):
        with self.order_id._watch_growth():
            return super().unlink()

    def _compute_field_value(self, field):
        # EXTENDS 'base': time, pickings and costs deliver more than was ordered
        result = super()._compute_field_value(field)
        if field.name == "qty_delivered":
            lines = self.filtered(lambda line: line._origin.id and line.state == "sale")
            lines.filtered(lambda line: line._get_credit_surplus() > 0)._remember_over_delivered()
        return result

    def _remember_over_delivered(self):
        if orders := self.sudo().order_id:
            ordered = {
                order: replace(
                    order._get_credit_size(),
                    amount=order.amount_total / (order.currency_rate or 1.0),
                )
                for order in orders
            }
            orders._remember_grown(ordered)

    def _get_credit_surplus(self):
        """Price of what was invoiced or delivered beyond the order, in its currency, as the exposure counts it."""
        line = self.sudo()
        if line.display_type or (line.is_downpayment and not line.product_uom_qty):
            return 0.0
        delivered = line.qty_delivered if line.product_id.invoice_policy == "delivery" else 0.0
        surplus = surplus_quantity(line.product_uom_qty, line.qty_invoiced, delivered)
        return surplus and surplus * line._get_credit_price()

    def _get_credit_price(self):
        """Of a unit, taxes included."""
        if self.product_uom_qty:
            return self.price_total / self.product_uom_qty
        return self.credit_unit_price
