from odoo import api, models

#: computed and stored, or linked by the invoice: what the exposure of an order and its delivery are read from
_DERIVED = frozenset(
    {
        "credit_unit_price",
        "invoice_lines",
        "invoice_status",
        "price_total",
        "qty_invoiced",
        "state",
    }
)

#: what makes a line smaller
_PRICED = frozenset(
    {"discount", "price_unit", "product_id", "product_uom_id", "product_uom_qty", "tax_ids"}
)


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "credit.derived.mixin"]

    _credit_down_payment_idx = models.Index("(order_id) WHERE is_downpayment")

    @api.model
    def _get_derived_fields(self, creating):
        derived = super()._get_derived_fields(creating) | _DERIVED
        if not creating:  # the wizard of down payments makes their lines; no line becomes one later
            derived |= {"is_downpayment"}
        if creating or any(line.order_id.state != "sale" for line in self):
            # of a sale, Odoo's own invoices of a period write it
            derived |= {"qty_to_invoice"}
        # a link is one of both sides: who writes invoice lines makes it from there
        return derived - {"invoice_lines"} if self._writes_invoice_lines() else derived

    def _writes_invoice_lines(self):
        return self.env["account.move.line"].has_access("write")

    @api.model_create_multi
    def create(self, vals_list):
        self = self._refuse_derived_defaults()
        vals_list = [self.browse()._refuse_derived(vals) for vals in vals_list]
        default = self.env.context.get("default_order_id")
        order_ids = {vals.get("order_id", default) for vals in vals_list} - {None, False}
        with self.env["sale.order"].browse(order_ids)._watch_growth():
            return super().create(vals_list)

    def write(self, vals):
        vals = self._refuse_derived(vals)
        is_figure = self.env["sale.order"]._is_credit_figure
        orders = self.env["sale.order"]
        if any(is_figure(self._name, name) for name in vals):
            orders = self.order_id | self.order_id.browse(vals.get("order_id") or ())
        with orders._watch_growth():
            result = super().write(vals)
        if vals.keys() & _PRICED:
            self.order_id._reassess_credit_soon()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_reassess_credit(self):
        self.order_id._reassess_credit_soon()
