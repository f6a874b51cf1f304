from odoo import api, models
from odoo.exceptions import UserError

#: fields that can reduce a line
_PRICED = frozenset(
    {"discount", "price_unit", "product_id", "product_uom_id", "product_uom_qty", "tax_ids"}
)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "credit.derived.mixin"]

    _credit_down_payment_idx = models.Index("(order_id) WHERE is_downpayment")

    @api.model
    def _get_derived_fields(self, creating):
        derived = super()._get_derived_fields(creating)
        # only the down-payment wizard creates such lines; no line becomes one later
        if not creating:
            derived |= {"is_downpayment"}
        if not creating and all(line._is_invoiced_by_period() for line in self):
            derived -= {"qty_to_invoice"}
        if not creating and all(line.qty_delivered_method != "manual" for line in self):
            derived |= {"qty_delivered"}
        # the link can be written from both sides; the invoice line's side has its own access rules
        return derived if self._writes_invoice_lines() else derived | {"invoice_lines"}

    def _is_invoiced_by_period(self):
        """Whether Odoo's period invoicing writes the quantity to invoice, which must not include what waits for a
        release."""
        return self.order_id.state == "sale" and not self.order_id._get_growth_hold()

    def _writes_invoice_lines(self):
        return self.env["account.move.line"].has_access("write")

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'sale'
        default = self.env.context.get("default_order_id")
        order_ids = {vals.get("order_id", default) for vals in vals_list} - {None, False}
        with self.env["sale.order"].browse(order_ids)._watch_growth():
            lines = super().create(vals_list)
            lines._check_down_payment()
            if any(vals.get("invoice_lines") for vals in vals_list):
                lines._check_invoice_links({})
            return lines

    def write(self, vals):
        # EXTENDS 'sale'
        is_figure = self.env["sale.order"]._is_credit_figure
        orders = self.env["sale.order"]
        if any(is_figure(self._name, name) for name in vals):
            orders = self.order_id | self.order_id.browse(vals.get("order_id") or ())
        linked = {line: line.invoice_lines for line in self} if "invoice_lines" in vals else None
        with orders._watch_growth():
            result = super().write(vals)
        if linked is not None:
            self._check_invoice_links(linked)
        if vals.keys() & {"price_unit", "product_id", "product_uom_qty"}:
            self._check_down_payment()
        if vals.keys() & _PRICED:
            self.order_id._reassess_credit_soon()
        return result

    def _check_invoice_links(self, before):
        """:param before: ``{line: invoice lines}`` that were linked already"""
        for line in self if not self.env.su else ():
            added = line.invoice_lines - before.get(line, line.invoice_lines.browse())
            added._check_new_links(line)

    def _check_down_payment(self):
        """A down payment is money and orders nothing; a line marked as one would otherwise count as invoiced.

        One without a product and a price is worth nothing, whatever its quantity, and may stay.

        :raise UserError: if a quantity is entered on one
        """
        wrong = self.filtered(
            lambda line: (
                line.is_downpayment
                and line.product_uom_qty
                and (line.product_id or line.price_unit)
            )
        )
        if wrong and not self.env.su:
            raise UserError(
                self.env._(
                    "A down payment has no quantity. Press Create Invoice and choose a down payment, or add the product on a separate line."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_reassess_credit(self):
        self.order_id._reassess_credit_soon()
