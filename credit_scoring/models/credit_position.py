from odoo import api, models
from odoo.tools import SQL


class CreditPosition(models.AbstractModel):
    """Scores, classes and habits for credit policies."""

    _inherit = "credit.position"

    @api.model
    def _get_fact_readers(self):
        # EXTENDS 'credit_management'
        return super()._get_fact_readers() | {
            "class_place": (self._read_class_place, 0),
            "score": (self._read_score, None),
            "delay_trend": (self._read_delay_trend, 0.0),
        }

    def _read_class_place(self, customers, _today):
        """The place of the customer's class in the list of classes, from 1."""
        self.env["credit.risk.class"].flush_model()
        rows = SQL(
            """SELECT f.partner_id, f.company_id, (
                      SELECT COUNT(*) FROM credit_risk_class o
                       WHERE o.active AND (o.company_id IS NULL OR o.company_id = f.company_id)
                         AND (o.sequence, o.id) <= (k.sequence, k.id))
                 FROM a JOIN credit_profile f ON f.partner_id = a.partner_id AND f.company_id = a.company_id
                 JOIN credit_risk_class k ON k.id = f.risk_class_id"""
        )
        return self._read_of_files(customers, rows)

    def _read_score(self, customers, _today):
        """The last score."""
        self.env["credit.score"].flush_model()
        rows = SQL(
            """SELECT DISTINCT ON (f.id) f.partner_id, f.company_id, s.score::float
                 FROM a JOIN credit_profile f ON f.partner_id = a.partner_id AND f.company_id = a.company_id
                 JOIN credit_score s ON s.profile_id = f.id
                ORDER BY f.id, s.date DESC, s.id DESC"""
        )
        return self._read_of_files(customers, rows)

    def _read_delay_trend(self, customers, today):
        """By how many days the customer pays later than before."""
        partners = [partner for partner, _company in customers]
        files = self.env["credit.profile"].sudo().search([("partner_id", "in", partners)])
        rows = SQL(
            """SELECT f.partner_id, f.company_id, x.trend::float
                 FROM a JOIN credit_profile f ON f.partner_id = a.partner_id AND f.company_id = a.company_id
                 JOIN (%s) x ON x.id = f.id WHERE x.trend IS NOT NULL""",
            self.env["credit.payer"]._rows_sql(today, files.ids),
        )
        return self._read_of_files(customers, rows)

    def _read_of_files(self, customers, rows):
        """``{customer: figure}`` where there is one.

        :param rows: query of ``partner_id, company_id, figure`` from ``a``, the customers
        """
        self.env["credit.profile"].flush_model()
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        query = SQL(
            "WITH a AS (SELECT * FROM UNNEST(%s::int[], %s::int[]) a(partner_id, company_id)) %s",
            partners,
            companies,
            rows,
        )
        found = self.env.execute_query(query)
        return {(partner, company): figure for partner, company, figure in found}
