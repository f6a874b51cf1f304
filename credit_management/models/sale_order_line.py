from odoo import api, models

#: computed and stored, or linked by the invoice: what the exposure of an order is read from
_DERIVED = frozenset({"invoice_lines", "invoice_status", "price_total", "qty_invoiced"})

#: what makes a line smaller
_PRICED = frozenset(
    {"discount", "price_unit", "product_id", "product_uom_id", "product_uom_qty", "tax_ids"}
)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    _credit_down_payment_idx = models.Index("(order_id) WHERE is_downpayment")

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"]
        orders._refuse_derived(_DERIVED & orders._get_typed(vals_list))
        return super().create(vals_list)

    def write(self, vals):
        # the wizard of down payments makes their lines; no line becomes one later
        self.env["sale.order"]._refuse_derived((_DERIVED | {"is_downpayment"}) & vals.keys())
        result = super().write(vals)
        if vals.keys() & _PRICED:
            self.order_id._reassess_credit_soon()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_reassess_credit(self):
        self.order_id._reassess_credit_soon()
