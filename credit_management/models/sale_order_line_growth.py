from dataclasses import replace

from odoo import api, models

from ..rules import free_quantity, surplus_quantity
from .sale_order_growth import RESTORED


class SaleOrderLine(models.Model):
    """Lines that increase a confirmed order; see :class:`~.sale_order_growth.SaleOrder`."""

    _inherit = "sale.order.line"

    # === CRUD === #

    def unlink(self):
        # EXTENDS 'sale'
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

    # === WHAT IS OWED BEYOND THE ORDER === #

    def _get_credit_beyond(self):
        """Amount owed on the line beyond its present price, in the order's currency with taxes: delivered beyond the
        order, or invoiced before the price was reduced.
        """
        line = self.sudo()
        if line.display_type or line.is_downpayment or line.price_total < 0:
            return 0.0
        return max(line._get_credit_surplus(), line._get_credit_billed() - line.price_total, 0.0)

    def _get_credit_surplus(self):
        """Price of quantities invoiced or delivered beyond the order, in its currency, as the exposure counts it."""
        line = self.sudo()
        if line.display_type or (line.is_downpayment and not line.product_uom_qty):
            return 0.0
        delivered = line.qty_delivered if line.product_id.invoice_policy == "delivery" else 0.0
        surplus = surplus_quantity(line.product_uom_qty, line.qty_invoiced, delivered)
        return surplus and surplus * line._get_credit_price()

    def _get_credit_billed(self):
        """Total of its invoices, drafts included, less posted credit notes, in the order's currency, taxes included."""
        invoiced = self.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted"
                or (line.parent_state == "draft" and line.move_id.move_type == "out_invoice")
            )
        )
        return sum(
            -line.move_id.direction_sign
            * line.currency_id._convert(
                line.price_total,
                self.currency_id,
                self.company_id,
                line.move_id.invoice_date or line.move_id.date,
            )
            for line in invoiced
        )

    def _get_credit_price(self):
        """Price of one unit, taxes included."""
        if self.product_uom_qty:
            return self.price_total / self.product_uom_qty
        return self.credit_unit_price

    # === GROWTH THAT WAITS === #

    def _get_credit_free(self):
        """Quantity of the line that may be delivered and invoiced: all of it, or what was approved before the
        increase."""
        hold = self.order_id._get_growth_hold()
        if not hold:
            return self.product_uom_qty
        allowed = hold._get_allowed_snapshot()
        if self.order_id._get_credit_size().is_asked_whole(allowed["size"]):
            return 0.0
        line = self.sudo()
        before = allowed["lines"].get(str(self.id), {})
        return free_quantity(
            before.get("product_uom_qty", 0.0),
            before.get("total", 0.0),
            line.product_uom_qty,
            line.price_total,
            line.currency_id.rounding,
        )

    def _read_restored(self):
        return self.order_id._read_credit_values_of(self, RESTORED["sale.order.line"])

    def _get_restored(self, values):
        """Values to restore; a new line is reset to quantity 0."""
        if values is None:
            return {"product_uom_qty": 0.0} if self.product_uom_qty else {}
        now = self.sudo()._read_restored()
        # together, because a quantity recomputes its pricelist price
        kept = {name: values[name] for name in now}
        return kept if kept != now else {}

    @api.depends("order_id.credit_hold_ids.allowed", "order_id.credit_hold_ids.state")
    def _compute_qty_to_invoice(self):
        # EXTENDS 'sale': an unreleased increase waits, but what was delivered is invoiced
        result = super()._compute_qty_to_invoice()
        for line in self:
            if not line.is_downpayment and line.order_id._get_growth_hold():
                free = max(line._get_credit_free(), line.qty_delivered) - line.qty_invoiced
                line.qty_to_invoice = min(line.qty_to_invoice, max(free, 0.0))
        return result
