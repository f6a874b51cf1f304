from odoo import api, models
from odoo.tools import SQL


class CreditPosition(models.AbstractModel):
    """Guarantees in the limit, and their facts for credit policies."""

    _inherit = "credit.position"

    @api.model
    def _get_models_read(self):
        # EXTENDS 'credit_management'
        return (
            *super()._get_models_read(),
            "credit.guarantee",
            "credit.guarantee.type",
            "credit.insurance.declaration",
            "credit.insurance.policy",
            "res.currency.rate",
        )

    def _raised_limit_sql(self, limit, today):
        # EXTENDS 'credit_management': see rules.raise_limit, which this repeats guarantee by guarantee
        return SQL(
            """CASE WHEN EXISTS (SELECT FROM credit_guarantee g WHERE g.profile_id = f.id AND g.state = 'active')
                    THEN (WITH RECURSIVE covers AS (%(covers)s), steps AS (
                              SELECT 0::bigint AS step, (%(limit)s)::numeric AS amount
                               UNION ALL
                              SELECT c.step, CASE WHEN c.effect = 'limit' THEN s.amount + c.covered
                                                  ELSE LEAST(s.amount + c.covered, s.amount / NULLIF(1 - c.share, 0)) END
                                FROM steps s JOIN covers c ON c.step = s.step + 1)
                          SELECT ROUND(amount, 2) FROM steps ORDER BY step DESC LIMIT 1)
                    ELSE %(limit)s END""",
            limit=super()._raised_limit_sql(limit, today),
            covers=self._covers_sql(today),
        )

    def _covers_sql(self, today):
        """Guarantees of file ``f`` in the order in which they raise its limit, the last called upon first."""
        guarantees = self.env["credit.guarantee"]
        return SQL(
            """SELECT ROW_NUMBER() OVER (ORDER BY g.effect = 'exposure', y.sequence DESC, g.id DESC) AS step,
                      g.effect, g.quota / 100 AS share, %(amount)s * g.quota / 100 AS covered
                 FROM credit_guarantee g
                 JOIN credit_guarantee_type y ON y.id = g.type_id
                 LEFT JOIN credit_insurance_policy i ON i.id = g.insurance_policy_id
                WHERE g.profile_id = f.id AND %(in_force)s""",
            amount=guarantees._amount_sql(today),
            in_force=guarantees._in_force_sql(today),
        )

    # === FACTS === #

    @api.model
    def _get_fact_readers(self):
        # EXTENDS 'credit_management'
        return super()._get_fact_readers() | {
            "guarantee_expired_days": (self._read_guarantee_expired, 0),
            "cover_stopped_days": (self._read_cover_stopped, 0),
        }

    def _read_guarantee_expired(self, customers, today):
        """Days since the last guarantee ended that no other of its type follows."""
        guarantees = self.env["credit.guarantee"]
        rows = SQL(
            """SELECT f.partner_id, f.company_id, %(today)s::date - MAX(x.ends)
                 FROM a JOIN credit_profile f ON f.partner_id = a.partner_id AND f.company_id = a.company_id
                 JOIN credit_guarantee e ON e.profile_id = f.id AND e.state = 'active'
                 LEFT JOIN credit_insurance_policy c ON c.id = e.insurance_policy_id
                CROSS JOIN LATERAL (SELECT LEAST(e.date_to, c.date_to) AS ends) x
                WHERE x.ends < %(today)s::date AND NOT EXISTS (
                      SELECT FROM credit_guarantee g
                        LEFT JOIN credit_insurance_policy i ON i.id = g.insurance_policy_id
                       WHERE g.profile_id = f.id AND g.state = 'active' AND g.type_id = e.type_id AND %(valid)s)
                GROUP BY 1, 2""",
            today=today,
            valid=guarantees._valid_sql(today),
        )
        return self._read_secured(customers, rows)

    def _read_cover_stopped(self, customers, today):
        """Days since the insurer's cover stopped by an unpaid item."""
        guarantees = self.env["credit.guarantee"]
        rows = SQL(
            """SELECT f.partner_id, f.company_id, %(today)s::date - MIN(x.last_day)
                 FROM a JOIN credit_profile f ON f.partner_id = a.partner_id AND f.company_id = a.company_id
                 JOIN credit_guarantee g ON g.profile_id = f.id AND g.state = 'active'
                 JOIN credit_insurance_policy i ON i.id = g.insurance_policy_id
                CROSS JOIN LATERAL (%(items)s) x
                WHERE %(valid)s
                GROUP BY 1, 2""",
            today=today,
            items=guarantees._stopping_items_sql(today),
            valid=guarantees._valid_sql(today),
        )
        return self._read_secured(customers, rows)

    def _read_secured(self, customers, rows):
        """``{customer: figure}`` where there is one.

        :param rows: query of ``partner_id, company_id, figure`` from ``a``, the customers
        """
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        query = SQL(
            "WITH a AS (SELECT * FROM UNNEST(%s::int[], %s::int[]) a(partner_id, company_id)) %s",
            partners,
            companies,
            rows,
        )
        found = self.env.execute_query(self._flushing(query))
        return {(partner, company): figure for partner, company, figure in found}
