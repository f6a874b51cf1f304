from odoo import api, models
from odoo.tools import SQL


class CreditPosition(models.AbstractModel):
    """Facts about litigation and insolvency for credit policies."""

    _inherit = "credit.position"

    @api.model
    def _get_fact_readers(self):
        # EXTENDS 'credit_collection'
        return super()._get_fact_readers() | {
            "legal_cases": (self._read_legal_cases, 0.0),
            "insolvent_days": (self._read_insolvent_days, -1),
        }

    def _read_legal_cases(self, customers, _today):
        """Amount still owed on the items of open cases, in the company's currency."""
        self.env["credit.litigation.line"].flush_model()
        rows = SQL(
            """SELECT a.partner_id, a.company_id, SUM(l.amount_residual)::float
                 FROM a JOIN credit_litigation p ON p.partner_id = a.partner_id AND p.company_id = a.company_id
                 JOIN credit_litigation_line q ON q.litigation_id = p.id AND q.state = 'open'
                 JOIN account_move_line l ON l.id = q.item_id
                WHERE l.reconciled IS NOT TRUE AND l.amount_residual > 0
                GROUP BY 1, 2"""
        )
        return self._read_of_customers(customers, rows)

    def _read_insolvent_days(self, customers, today):
        """Days since the judgment that opened insolvency proceedings, from the credit file."""
        self.env["credit.profile"].flush_model()
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        rows = self.env.execute_query(
            SQL(
                """SELECT f.partner_id, f.company_id, GREATEST(%s::date - f.insolvency_date, 0)
                     FROM UNNEST(%s::int[], %s::int[]) a(partner_id, company_id)
                     JOIN credit_profile f ON f.partner_id = a.partner_id AND f.company_id = a.company_id
                    WHERE f.insolvency_date IS NOT NULL""",
                today,
                partners,
                companies,
            )
        )
        return {row[:2]: row[2] for row in rows}
