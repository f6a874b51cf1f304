from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CreditCommissionCost(models.Model):
    """The unit cost of a product at the time of sale, which fixes the margin.

    Logged once per line, when an order is confirmed or an invoice posted; an invoice takes the cost of its order
    line, a credit note that of its invoice. In the company's currency; never edited.
    """

    _name = "credit.commission.cost"
    _description = "Cost at Sale"
    _order = "id desc"
    _rec_name = "line_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_id = fields.Many2one(
        "account.move.line", "Invoice Line", readonly=True, ondelete="cascade"
    )
    order_line_id = fields.Many2one("sale.order.line", readonly=True, ondelete="cascade")
    unit_cost = fields.Float(
        digits=(16, 6), readonly=True, help="Per unit of measure of the product."
    )

    _line_once = models.UniqueIndex(
        "(line_id) WHERE line_id IS NOT NULL", "Its cost is already logged. Reload the page."
    )
    _order_once = models.UniqueIndex(
        "(order_line_id) WHERE order_line_id IS NOT NULL",
        "Its cost is already logged. Reload the page.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_id")
    def _compute_display_name(self):
        # a user who may see the row sees the name, even of a branch's invoice
        for row in self:
            row.display_name = row.sudo().line_id.display_name

    # === CRUD === #

    def write(self, vals):
        # EXTENDS 'base'
        if vals:
            raise UserError(
                self.env._(
                    "The cost at sale cannot be edited, because the margin is based on it. Correct the commission by an answer to a contested line instead."
                )
            )
        return super().write(vals)

    # === BUSINESS METHODS === #

    @api.model
    def _log_orders(self, orders):
        """Log the costs of the lines of confirmed orders."""
        for company, own in orders.grouped("company_id").items():
            self._log(
                company,
                SQL(
                    """SELECT NULL::int, ol.id, COALESCE(%(margin)s, %(now)s, 0)
                         FROM sale_order_line ol
                         JOIN sale_order so ON so.id = ol.order_id
                         JOIN product_product pp ON pp.id = ol.product_id
                         JOIN product_template pt ON pt.id = pp.product_tmpl_id
                        WHERE ol.order_id = ANY(%(orders)s)""",
                    margin=self._margin_sql("ol"),
                    now=self._now_sql(company),
                    orders=own.ids,
                ),
            )

    @api.model
    def _log_invoices(self, moves):
        """Log the costs of invoice and credit note lines that have none yet."""
        for company, own in moves.grouped("company_id").items():
            self._log(
                company,
                SQL(
                    """SELECT l.id, NULL::int, COALESCE(g.unit_cost, %(margin)s, o.unit_cost, %(now)s, 0)
                         FROM account_move_line l
                         JOIN account_move m ON m.id = l.move_id
                         JOIN product_product pp ON pp.id = l.product_id
                         JOIN product_template pt ON pt.id = pp.product_tmpl_id
                    LEFT JOIN LATERAL (
                              SELECT ol.* FROM sale_order_line_invoice_rel r
                                JOIN sale_order_line ol ON ol.id = r.order_line_id
                               WHERE r.invoice_line_id = l.id ORDER BY ol.id LIMIT 1) ol ON TRUE
                    LEFT JOIN sale_order so ON so.id = ol.order_id
                    LEFT JOIN credit_commission_cost o ON o.order_line_id = ol.id
                    LEFT JOIN LATERAL (
                              SELECT k.unit_cost FROM account_move_line il
                                JOIN credit_commission_cost k ON k.line_id = il.id
                               WHERE il.move_id = m.reversed_entry_id AND il.product_id = l.product_id
                                 AND m.move_type = 'out_refund' ORDER BY il.id LIMIT 1) g ON TRUE
                        WHERE l.move_id = ANY(%(moves)s) AND l.display_type = 'product'""",
                    margin=self._margin_sql("ol"),
                    now=self._now_sql(company),
                    moves=own.ids,
                ),
            )

    def _log(self, company, costs):
        self.env.execute_query(
            SQL(
                """INSERT INTO credit_commission_cost (company_id, line_id, order_line_id, unit_cost)
                   SELECT %s, c.* FROM (%s) c ON CONFLICT DO NOTHING""",
                company.root_id.id,
                costs,
            )
        )

    def _now_sql(self, company):
        """The current cost of product ``pp``."""
        products = self.env["product.product"].with_company(company)
        return SQL("(%s)::numeric", products._field_to_sql("pp", "standard_price"))

    def _margin_sql(self, alias):
        """The cost stored on the order line, if sale margins are installed."""
        if "purchase_price" not in self.env["sale.order.line"]._fields:
            return SQL("NULL::numeric")
        return SQL(
            """(%(price)s / NULLIF(so.currency_rate, 0)
                * (SELECT factor FROM uom_uom WHERE id = pt.uom_id)
                / NULLIF((SELECT factor FROM uom_uom WHERE id = %(uom)s), 0))::numeric""",
            price=SQL.identifier(alias, "purchase_price"),
            uom=SQL.identifier(alias, "product_uom_id"),
        )
