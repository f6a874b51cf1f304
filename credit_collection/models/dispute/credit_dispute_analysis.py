from odoo import fields, models
from odoo.tools import SQL

from .credit_dispute import STATES
from .credit_dispute_category import TEAMS


class CreditDisputeAnalysis(models.Model):
    """What is disputed, product by product of the disputed invoices.

    No table: one row for each disputed item and product of its invoice; an item of another entry has one row without a product.
    An amount is the dispute's, spread in proportion to the prices with taxes, in the root company's currency at the rate of the item.
    """

    _name = "credit.dispute.analysis"
    _description = "Dispute by Product"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "dispute_id"
    _depends = {
        "account.move.line": [
            "amount_currency",
            "balance",
            "display_type",
            "move_id",
            "price_total",
            "product_id",
        ],
        "credit.dispute": [
            "amount",
            "amount_accepted",
            "amount_refused",
            "category_id",
            "cause_id",
            "company_id",
            "date",
            "date_closed",
            "owner_id",
            "partner_id",
            "state",
            "team",
        ],
        "credit.dispute.line": ["amount", "dispute_id", "item_id"],
    }

    dispute_id = fields.Many2one("credit.dispute", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    category_id = fields.Many2one("credit.dispute.category", readonly=True)
    cause_id = fields.Many2one("credit.dispute.cause", string="Root Cause", readonly=True)
    owner_id = fields.Many2one("res.users", readonly=True)
    team = fields.Selection(TEAMS, readonly=True)
    state = fields.Selection(STATES, readonly=True)
    date = fields.Date(string="Opened On", readonly=True)
    date_closed = fields.Date(string="Closed On", readonly=True)
    days_to_close = fields.Integer(
        string="Days to Close", readonly=True, aggregator="avg", help="Empty while it is open"
    )
    amount = fields.Monetary(
        string="Disputed",
        readonly=True,
        help="Share of the dispute that falls on the product, in the company's currency",
    )
    accepted = fields.Monetary(readonly=True)
    refused = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT ROW_NUMBER() OVER (ORDER BY d.id, q.id, g.product_id) AS id, d.id AS dispute_id, d.partner_id, d.company_id,
                      r.currency_id, g.product_id, d.category_id, d.cause_id, d.owner_id, d.team, d.state, d.date, d.date_closed,
                      d.date_closed - d.date AS days_to_close, s.amount,
                      s.amount * d.amount_accepted / NULLIF(d.amount, 0) AS accepted,
                      s.amount * d.amount_refused / NULLIF(d.amount, 0) AS refused
                 FROM credit_dispute d
                 JOIN res_company r ON r.id = d.company_id
                 JOIN credit_dispute_line q ON q.dispute_id = d.id
                 LEFT JOIN account_move_line l ON l.id = q.item_id
                 LEFT JOIN LATERAL (%(products)s) g ON TRUE
                CROSS JOIN LATERAL (
                      SELECT q.amount * COALESCE(l.balance / NULLIF(l.amount_currency, 0), 1) * COALESCE(g.share, 1) AS amount) s
                WHERE d.state <> 'cancelled'""",
            products=self._products_sql(),
        )

    def _products_sql(self):
        """Products of the invoice of item ``l``, with their share of its total."""
        return SQL(
            """SELECT p.product_id, SUM(p.price_total) / SUM(SUM(p.price_total)) OVER () AS share
                 FROM account_move_line p
                WHERE p.move_id = l.move_id AND p.display_type = 'product' AND p.price_total <> 0
                GROUP BY p.product_id
               HAVING (SELECT SUM(t.price_total) FROM account_move_line t
                        WHERE t.move_id = MIN(p.move_id) AND t.display_type = 'product') <> 0"""
        )
