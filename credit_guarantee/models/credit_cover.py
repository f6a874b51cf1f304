from odoo import fields, models
from odoo.tools import SQL


class CreditCover(models.Model):
    """Exposure of each customer today: insured, own retention, not insured. No table: see ``rules.share_exposure``."""

    _name = "credit.cover"
    _description = "Insured and Own Risk"
    _auto = False
    _order = "own_risk desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    parent_id = fields.Many2one("credit.profile", string="Group", readonly=True)
    risk_class_id = fields.Many2one("credit.risk.class", string="Class", readonly=True)
    exposure = fields.Monetary(readonly=True)
    insured = fields.Monetary(readonly=True)
    retained = fields.Monetary(string="Own Retention", readonly=True)
    uninsured = fields.Monetary(string="Not Insured", readonly=True)
    own_risk = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        today = self.env["res.company"]._get_credit_today()
        positions = self.env["credit.position"]
        rows = SQL(
            """SELECT f.id, f.partner_id, f.company_id, f.parent_id, f.risk_class_id, r.currency_id, f.exposure,
                      x.insured, LEAST(x.retained, x.left_over) AS retained,
                      x.left_over - LEAST(x.retained, x.left_over) AS uninsured, x.left_over AS own_risk
                 FROM (%(files)s) f
                 JOIN res_company r ON r.id = f.company_id
                CROSS JOIN LATERAL (%(shares)s) x
                WHERE f.exposure <> 0""",
            files=positions._limits_sql(
                today,
                SQL("COALESCE(%s, 0) AS exposure", positions._exposure_sql("x")),
                SQL("f.parent_id, f.risk_class_id"),
                joins=SQL(
                    "LEFT JOIN (%s) x ON x.partner_id = f.partner_id AND x.company_id = f.company_id",
                    positions._figures_sql(today, late=False),
                ),
            ),
            shares=self._shares_sql(today),
        )
        return positions._flushing(rows)

    def _shares_sql(self, today):
        """``insured, retained, left_over`` of the exposure of file ``f``, guarantee by guarantee."""
        guarantees = self.env["credit.guarantee"]
        return SQL(
            """WITH RECURSIVE covers AS (
                    SELECT ROW_NUMBER() OVER (ORDER BY y.sequence, g.id) AS step,
                           g.quota / 100 AS share, %(amount)s AS amount
                      FROM credit_guarantee g
                      JOIN credit_guarantee_type y ON y.id = g.type_id
                      LEFT JOIN credit_insurance_policy i ON i.id = g.insurance_policy_id
                     WHERE g.profile_id = f.id AND %(in_force)s),
                steps AS (
                    SELECT 0::bigint AS step, 0::numeric AS insured, 0::numeric AS retained,
                           GREATEST(f.exposure, 0)::numeric AS left_over
                     UNION ALL
                    SELECT c.step, s.insured + c.share * LEAST(c.amount, s.left_over),
                           s.retained + (1 - c.share) * LEAST(c.amount, s.left_over),
                           s.left_over - c.share * LEAST(c.amount, s.left_over)
                      FROM steps s JOIN covers c ON c.step = s.step + 1)
               SELECT ROUND(insured, 2) AS insured, ROUND(retained, 2) AS retained, ROUND(left_over, 2) AS left_over
                 FROM steps ORDER BY step DESC LIMIT 1""",
            amount=guarantees._amount_sql(today),
            in_force=guarantees._in_force_sql(today),
        )
