from dataclasses import replace

from odoo import api, models

from ..rules import free_quantity, surplus_quantity
from .sale_order_growth import RESTORED


class SaleOrderLine(models.Model):
    """Lines through which a confirmed order grows; see :class:`~.sale_order_growth.SaleOrder`."""

    _inherit = "sale.order.line"

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
        """What the line makes the customer owe beyond its price now, in the order's currency with taxes: delivered
        beyond the order, or invoiced before it was made cheaper.
        """
        line = self.sudo()
        if line.display_type or line.is_downpayment or line.price_total < 0:
            return 0.0
        return max(line._get_credit_surplus(), line._get_credit_billed() - line.price_total, 0.0)

    def _get_credit_surplus(self):
        """Price of what was invoiced or delivered beyond the order, in its currency, as the exposure counts it."""
        line = self.sudo()
        if line.display_type or (line.is_downpayment and not line.product_uom_qty):
            return 0.0
        delivered = line.qty_delivered if line.product_id.invoice_policy == "delivery" else 0.0
        surplus = surplus_quantity(line.product_uom_qty, line.qty_invoiced, delivered)
        return surplus and surplus * line._get_credit_price()

    def _get_credit_billed(self):
        """Of its invoices, drafts too, less what posted credit notes took back; the order's currency, taxes included."""
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
        """Of a unit, taxes included."""
        if self.product_uom_qty:
            return self.price_total / self.product_uom_qty
        return self.credit_unit_price

    # === GROWTH THAT WAITS === #

    def _get_credit_free(self):
        """How much of the line may be delivered and invoiced: all of it, or what was allowed before its order grew."""
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
        )

    def _read_restored(self):
        return self.order_id._read_credit_values_of(self, RESTORED["sale.order.line"])

    def _get_restored(self, values):
        """What is to be written back; a new line orders nothing."""
        if values is None:
            return {"product_uom_qty": 0.0} if self.product_uom_qty else {}
        now = self.sudo()._read_restored()
        # together, as a quantity brings its own price from the list
        kept = {name: values[name] for name in now}
        return kept if kept != now else {}

    @api.depends("order_id.credit_hold_ids.allowed", "order_id.credit_hold_ids.state")
    def _compute_qty_to_invoice(self):
        # EXTENDS 'sale': growth that nobody released waits, but what was delivered goes out on an invoice
        result = super()._compute_qty_to_invoice()
        for line in self:
            if not line.is_downpayment and line.order_id._get_growth_hold():
                free = max(line._get_credit_free(), line.qty_delivered) - line.qty_invoiced
                line.qty_to_invoice = min(line.qty_to_invoice, max(free, 0.0))
        return result
