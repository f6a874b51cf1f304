from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column


class SaleOrderLine(models.Model):
    """Fields the exposure reads from a line in addition to Odoo's own."""

    _inherit = "sale.order.line"

    credit_unit_price = fields.Float(
        string="Unit Price, Taxes Included",
        compute="_compute_credit_unit_price",
        store=True,
        precompute=True,
        copy=False,
        digits=0,
        help="For quantities delivered on a line without an ordered quantity",
    )

    def _auto_init(self):
        # EXTENDS 'base': empty for nearly every line; the installation hook computes the others
        if not column_exists(self.env.cr, self._table, "credit_unit_price"):
            create_column(self.env.cr, self._table, "credit_unit_price", "numeric")
        return super()._auto_init()

    @api.depends("product_uom_qty", "price_unit", "discount", "tax_ids")
    def _compute_credit_unit_price(self):
        for line in self:
            ordered = line.product_uom_qty or line.display_type or line.is_downpayment
            line.credit_unit_price = 0.0 if ordered else line._get_price_of_one()

    def _get_price_of_one(self):
        """Price of one unit, taxes included, unrounded."""
        base_line = self._prepare_base_line_for_taxes_computation(quantity=1.0)
        company = self.company_id or self.env.company
        self.env["account.tax"]._add_tax_details_in_base_line(base_line, company)
        return base_line["tax_details"]["raw_total_included_currency"]

    def _is_credited_by_invoices(self):
        """Whether Odoo's invoiced quantity differs from what is posted: it counts drafts, ignores credit notes, and
        treats down-payment lines as invoiced at once."""
        if self.is_downpayment and self.product_uom_qty:
            return True
        return any(
            line.parent_state == "draft" or line.move_id.move_type == "out_refund"
            for line in self.invoice_lines
        )

    def _get_credit_invoiced(self):
        """Posted invoices of the order, in its currency, taxes included; goods up to the ordered quantity."""
        if self.display_type:
            return 0.0
        if self.is_downpayment and not self.product_uom_qty:
            return self._get_down_paid()
        if not self.product_uom_qty or not self.invoice_lines:
            return 0.0
        share = self.qty_invoiced_posted / self.product_uom_qty
        return self.price_total * min(max(share, 0.0), 1.0)

    def _get_down_paid(self):
        """Total of posted down-payment invoices, in the order's currency at the rate of each."""
        order = self.order_id
        return sum(
            line.price_total
            * -line.move_id.direction_sign
            * (
                1.0
                if line.currency_id == order.currency_id
                else (order.currency_rate or 1.0) / (line.move_id.invoice_currency_rate or 1.0)
            )
            for line in self.invoice_lines
            if line.parent_state == "posted"
        )
