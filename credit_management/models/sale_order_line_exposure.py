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

    # === COMPUTE METHODS === #

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

    # === BUSINESS METHODS === #

    def _auto_init(self):
        # EXTENDS 'base': empty for nearly every line; the installation hook computes the others
        if not column_exists(self.env.cr, self._table, "credit_unit_price"):
            create_column(self.env.cr, self._table, "credit_unit_price", "numeric")
        return super()._auto_init()

    def _is_credited_by_invoices(self):
        """Odoo's invoiced quantity does not say what is posted: it counts drafts and forgets what was credited, and a
        line that calls itself a down payment is invoiced at once. Nor does the total of an order with something
        negative say what it may come to."""
        if (self.is_downpayment and self.product_uom_qty) or self._is_negative():
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

    def _is_negative(self):
        return self.price_total < 0 and not self.display_type and not self.is_downpayment

    def _get_credit_uncertain(self):
        """What is negative of a line and may never be invoiced, in the order's currency with taxes: goods and services
        on delivery that are not delivered, and negative quantities, which Odoo leaves out of an ordinary invoice."""
        if self.price_total >= 0 or self.display_type:
            return 0.0
        if self.product_uom_qty < 0:
            certain = self.qty_invoiced_posted
        elif self.product_id.invoice_policy == "delivery":
            certain = self.qty_delivered
        else:
            return 0.0
        return self.price_total * (1.0 - min(max(certain / self.product_uom_qty, 0.0), 1.0))

    # === WHAT AN INVOICE MAY TAKE OF IT === #

    def _get_amount_allowed(self):
        """What the line may be invoiced for in all, in the order's currency with taxes: what passed the gate, and what
        was delivered beyond it."""
        if self.is_downpayment and not self.product_uom_qty:
            return 0.0
        if self.price_total < 0:
            return self.price_total - self._get_credit_uncertain()
        return self._get_quantity_allowed() * self._get_credit_price()

    def _get_quantity_allowed(self):
        delivered = self.qty_delivered if self.product_id.invoice_policy == "delivery" else 0.0
        return max(self._get_credit_free(), delivered)

    def _get_amount_open(self, invoice):
        """What an invoice may take of the line, by its quantity and by its price; a down payment is one of the order."""
        if self.is_downpayment and not self.product_uom_qty:
            return self.order_id._get_amount_open(invoice)
        taken = self._get_taken_before(invoice)
        left = self._get_quantity_allowed() - taken._sum_quantity_in(self.product_uom_id)
        by_quantity = left * self._get_credit_price()
        by_price = self._get_amount_allowed() - taken._sum_price_in(self.order_id)
        return max(min(by_quantity, by_price), 0.0)

    def _get_taken_before(self, invoice):
        """Lines of what is posted, and of older drafts: two that are posted at once take nothing twice."""
        return self.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted"
                or (line.parent_state == "draft" and line.move_id.id < invoice.id)
            )
        )

    def _get_down_paid(self):
        """What posted invoices of a down payment come to, in the order's currency at the rate of each."""
        posted = self.invoice_lines.filtered(lambda line: line.parent_state == "posted")
        return posted._sum_price_in(self.order_id)

    # === AN ORDER OF WHICH NOTHING MORE WILL BE INVOICED === #

    def _get_closed_content(self):
        """What a decision on the order is about; kept as JSON."""
        return {
            "product": self.product_id.id,
            "quantity": self.product_uom_qty,
            "total": self.price_total,
            "delivered": self.qty_delivered,
        }

    def _is_closed_with(self, content):
        """Of the same product, and no more of it than when somebody decided; what people type as delivered stays as it
        was then, lower or higher.

        :param content: see :meth:`_get_closed_content`; ``None`` for a line that is new
        """
        if not content or content["product"] != self.product_id.id:
            return False
        typed = self.qty_delivered_method == "manual"
        delivered = self.product_uom_id.compare(self.qty_delivered, content["delivered"])
        return (
            self.product_uom_id.compare(self.product_uom_qty, content["quantity"]) <= 0
            and self.currency_id.compare_amounts(self.price_total, content["total"]) <= 0
            and (delivered == 0 if typed else delivered <= 0)
        )
