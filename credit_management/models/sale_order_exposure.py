from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

from .credit_exposure import OPEN_ORDER

#: fields the rate of an order depends on
_RATED = frozenset({"company_id", "currency_id", "date_order", "pricelist_id"})


class SaleOrder(models.Model):
    """Fields the exposure reads from an order in addition to Odoo's own."""

    _inherit = "sale.order"

    credit_by_invoices = fields.Boolean(
        string="Exposure by Invoices",
        compute="_compute_credit_by_invoices",
        store=True,
        copy=False,
        help="An invoice is a draft or a credit note, or a line is negative: only its invoices say what is posted of the"
        " order.",
    )
    credit_closure_ids = fields.One2many(
        "credit.order.closure", "order_id", string="Closed without an Invoice", copy=False
    )
    credit_closed = fields.Boolean(
        string="Nothing More to Invoice",
        compute="_compute_credit_closed",
        store=True,
        copy=False,
        help="It was decided that nothing more will be invoiced on the order as it stands.",
    )

    _credit_exposure_idx = models.Index(
        "(partner_invoice_id) INCLUDE (id, company_id, currency_rate, commitment_date)"
        f" WHERE {OPEN_ORDER.replace('o.', '')}"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "order_line.is_downpayment",
        "order_line.price_total",
        "order_line.product_uom_qty",
        "order_line.invoice_lines.parent_state",
        "order_line.invoice_lines.move_type",
    )
    def _compute_credit_by_invoices(self):
        for order in self:
            order.credit_by_invoices = any(
                line._is_credited_by_invoices() for line in order.order_line
            )

    @api.depends(
        "order_line.price_total",
        "order_line.product_id",
        "order_line.product_uom_qty",
        "order_line.qty_delivered",
        "partner_invoice_id.commercial_partner_id",
        "credit_closure_ids.content",
        "credit_closure_ids.state",
    )
    def _compute_credit_closed(self):
        for order in self:
            order.credit_closed = any(closure._covers() for closure in order.credit_closure_ids)

    # === BUSINESS METHODS === #

    def _auto_init(self):
        # EXTENDS 'base': one statement instead of a loop over orders
        cr = self.env.cr
        if not column_exists(cr, self._table, "credit_by_invoices"):
            create_column(cr, self._table, "credit_by_invoices", "boolean")
            create_column(cr, self._table, "credit_closed", "boolean")
            cr.execute(
                """UPDATE sale_order o SET credit_by_invoices = TRUE
                    WHERE o.id IN (
                          SELECT l.order_id FROM account_move m
                            JOIN account_move_line e ON e.move_id = m.id
                            JOIN sale_order_line_invoice_rel i ON i.invoice_line_id = e.id
                            JOIN sale_order_line l ON l.id = i.order_line_id
                           WHERE m.state = 'draft' AND m.move_type IN ('out_invoice', 'out_refund')
                              OR m.state = 'posted' AND m.move_type = 'out_refund'
                           UNION ALL
                          SELECT l.order_id FROM sale_order_line l
                           WHERE l.is_downpayment AND l.product_uom_qty <> 0
                              OR l.price_total < 0 AND NOT l.is_downpayment)"""
            )
        return super()._auto_init()

    def _get_ordering_lines(self):
        """The lines that order something, or of which something was delivered."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and (line.price_total or line.product_uom_qty or line.qty_delivered)
            )
        )

    def _check_fixed_rates(self, rates):
        """:param rates: ``{order: rate}`` before the change"""
        for order, rate in rates.items():
            if order.currency_rate > rate:  # it would count less; counting more is an increase
                raise UserError(
                    self.env._(
                        "The rate of %s was fixed when it was confirmed. Cancel it and set it back to quotation"
                        " to change its date or currency.",
                        order.name,
                    )
                )

    def _get_fixed_rates(self, names):
        """``{order: rate}`` of confirmed orders, unless the superuser writes them.

        :param names: names of the written fields
        """
        if self.env.su or not _RATED & names:
            return {}
        return {order: order.currency_rate for order in self if order.state == "sale"}

    def _get_credit_total(self):
        """What the order may come to, in its currency, taxes included: what is negative counts once it is certain."""
        return self.amount_total - sum(line._get_credit_uncertain() for line in self.order_line)

    def _get_credit_remainder(self):
        """That total less what posted invoices took off it, in the order's currency, taxes included; never below 0."""
        invoiced = sum(line._get_credit_invoiced() for line in self.order_line)
        return max(self._get_credit_total() - invoiced, 0.0)

    # === WHAT ITS INVOICES MAY TAKE OF IT === #

    def _get_credit_customer(self):
        """Whose credit the order passed with, empty unless it did and counts."""
        if self.state != "sale" or self.credit_closed:
            return ()
        return self.partner_invoice_id.commercial_partner_id.id, self.company_id.root_id.id

    def _get_amount_covered(self, invoice, drawn):
        """How much of an invoice the order stands behind, in the invoice's currency: as much of each line, and of the
        whole, as is open of it.

        :param drawn: ``{order line: amount}`` on the invoice, in its currency
        """
        rate = invoice._get_rate_of(self)
        covered = sum(
            min(amount * rate, line._get_amount_open(invoice)) if amount > 0 else amount * rate
            for line, amount in drawn.items()
        )
        return max(min(covered, self._get_amount_open(invoice)), 0.0) / rate

    def _get_amount_open(self, invoice):
        """What an invoice may take of the order, in its currency, taxes included."""
        lines = self.order_line.filtered(lambda line: not line.display_type)
        rounding = self.amount_total - sum(lines.mapped("price_total"))
        worth = sum(line._get_amount_allowed() for line in lines)
        taken = self.env["account.move.line"].union(
            *(line._get_taken_before(invoice) for line in lines)
        )
        return max(worth + rounding - taken._sum_price_in(self), 0.0)

    @api.readonly
    def action_close_credit(self):
        """Open the form to decide that nothing more will be invoiced on this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Nothing More to Invoice: %s", self.name),
            "res_model": "credit.order.closure",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    @api.readonly
    def action_view_credit_closure(self):
        """Open the decision that nothing more will be invoiced."""
        self.ensure_one()
        closure = self.credit_closure_ids.filtered(lambda closure: closure.state == "closed")[:1]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Nothing More to Invoice: %s", self.name),
            "res_model": "credit.order.closure",
            "views": [(False, "form")],
            "res_id": closure.id,
        }
