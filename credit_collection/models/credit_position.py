from odoo import api, models
from odoo.tools import SQL


class CreditPosition(models.AbstractModel):
    """Facts about promises, plans and disputes for credit policies."""

    _inherit = "credit.position"

    @api.model
    def _get_fact_readers(self):
        # EXTENDS 'credit_management'
        return super()._get_fact_readers() | {
            "broken_promises": (self._read_broken_promises, 0),
            "defaulted_plans": (self._read_defaulted_plans, 0.0),
            "disputed": (self._read_disputed, 0.0),
        }

    def _read_broken_promises(self, customers, today):
        """Number of promises broken or partly kept within a year."""
        self.env["credit.promise"].flush_model()
        rows = SQL(
            """SELECT a.partner_id, a.company_id, COUNT(*)
                 FROM a JOIN credit_promise p ON p.partner_id = a.partner_id AND p.company_id = a.company_id
                WHERE p.state IN ('partly', 'broken') AND p.last_day > %s::date - 365
                GROUP BY 1, 2""",
            today,
        )
        return self._read_of_customers(customers, rows)

    def _read_disputed(self, customers, _today):
        """Disputed amount still open, in the company's currency."""
        self.env["credit.dispute.line"].flush_model()
        rows = SQL(
            """SELECT a.partner_id, a.company_id,
                      SUM(LEAST(d.withheld, l.amount_residual_currency)
                          * l.amount_residual / NULLIF(l.amount_residual_currency, 0))::float
                 FROM a JOIN credit_dispute p ON p.partner_id = a.partner_id AND p.company_id = a.company_id
                 JOIN credit_dispute_line d ON d.dispute_id = p.id AND d.withheld > 0
                 JOIN account_move_line l ON l.id = d.item_id
                WHERE l.reconciled IS NOT TRUE AND l.amount_residual > 0
                GROUP BY 1, 2"""
        )
        return self._read_of_customers(customers, rows)

    def _read_defaulted_plans(self, customers, _today):
        """Amount still owed on defaulted plans, in the company's currency."""
        self.env["credit.payment.plan.line"].flush_model()
        rows = SQL(
            """SELECT a.partner_id, a.company_id, SUM(l.amount_residual)::float
                 FROM a JOIN credit_payment_plan p ON p.partner_id = a.partner_id AND p.company_id = a.company_id
                 JOIN credit_payment_plan_line q ON q.plan_id = p.id
                 JOIN account_move_line l ON l.id = q.item_id
                WHERE p.state = 'defaulted' AND l.reconciled IS NOT TRUE AND l.amount_residual > 0
                GROUP BY 1, 2"""
        )
        return self._read_of_customers(customers, rows)

    def _read_of_customers(self, customers, rows):
        """``{customer: figure}`` where there is one.

        :param rows: query of ``partner_id, company_id, figure`` from ``a``, the customers
        """
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        asked = SQL(
            "WITH a AS (SELECT * FROM UNNEST(%s::int[], %s::int[]) a(partner_id, company_id))",
            partners,
            companies,
        )
        return {
            row[:2]: row[2] for row in self.env.execute_query(SQL("%s %s", asked, rows)) if row[2]
        }
