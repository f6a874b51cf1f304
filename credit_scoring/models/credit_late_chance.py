from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.chance import CHECKPOINTS, HALF_LIFE, STRENGTHS


class CreditLateChance(models.Model):
    """How likely each open item is late by 1, 15, 30 and 60 days, from the customer's own history. No table.

    See ``rules.late_chances``: all customers of the company, then the class, then the customer.
    """

    _name = "credit.late.chance"
    _description = "Chance of Late Payment"
    _auto = False
    _order = "chance_15 desc, id"
    _rec_name = "move_id"

    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    profile_id = fields.Many2one("credit.profile", string="Credit File", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(string="Open Amount", readonly=True)
    date_due = fields.Date(string="Due", readonly=True)
    chance_1 = fields.Float(
        string="Late by a Day (%)", readonly=True, digits=(16, 0), aggregator="avg"
    )
    chance_15 = fields.Float(
        string="Late by 15 Days (%)", readonly=True, digits=(16, 0), aggregator="avg"
    )
    chance_30 = fields.Float(
        string="Late by 30 Days (%)", readonly=True, digits=(16, 0), aggregator="avg"
    )
    chance_60 = fields.Float(
        string="Late by 60 Days (%)", readonly=True, digits=(16, 0), aggregator="avg"
    )
    expected_date = fields.Date(
        string="Expected",
        readonly=True,
        help="Due date and the customer's median delay, or today where that is past",
    )
    items = fields.Integer(string="Items Known", readonly=True, aggregator=None)
    late_items = fields.Integer(readonly=True, aggregator=None)
    explanation = fields.Char(string="Why", compute="_compute_explanation")

    @api.depends("items", "late_items")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for item in self:
            item.explanation = (
                self.env._(
                    "%(late)s of the last %(items)s invoices were paid after the due date",
                    late=item.late_items,
                    items=item.items,
                )
                if item.items
                else self.env._("No invoice known yet: as other customers")
            )

    @property
    def _table_query(self):
        today = self.env["res.company"]._get_credit_today()
        chances = [
            SQL(
                "%s AS %s",
                SQL("100 * %s", self._chance_sql(place)),
                SQL.identifier(f"chance_{days}"),
            )
            for place, days in enumerate(CHECKPOINTS)
        ]
        rows = SQL(
            """WITH history AS (%(history)s),
                    counts AS (%(counts)s),
                    of_class AS (SELECT company_id, risk_class_id, %(sums)s FROM counts GROUP BY 1, 2),
                    of_all AS (SELECT company_id, %(sums)s FROM counts GROUP BY 1)
               SELECT h.line_id AS id, h.move_id, h.file_id AS profile_id, h.partner_id, h.company_id, r.currency_id,
                      h.open AS amount, h.due AS date_due, %(chances)s,
                      GREATEST(h.due + COALESCE(c.median, 0), %(today)s::date) AS expected_date, c.items, c.late_items
                 FROM history h
                 JOIN res_company r ON r.id = h.company_id
                 JOIN counts c ON c.file_id = h.file_id
                 JOIN of_class k ON k.company_id = h.company_id AND k.risk_class_id IS NOT DISTINCT FROM c.risk_class_id
                 JOIN of_all a ON a.company_id = h.company_id
                CROSS JOIN LATERAL (SELECT %(today)s::date - h.due AS age) x
                WHERE h.settled IS NULL AND h.open > 0""",
            history=self.env["credit.payer"]._history_sql(today),
            counts=self._counts_sql(today),
            sums=SQL(", ").join(SQL("SUM(%s) AS %s", name, name) for name in self._count_names()),
            chances=SQL(", ").join(chances),
            today=today,
        )
        return self.env["credit.exposure"]._flushing(rows)

    def _count_names(self):
        return [
            SQL.identifier(f"{what}_{place}")
            for what in ("reached", "paid")
            for place in range(len(CHECKPOINTS))
        ]

    def _counts_sql(self, today):
        """Weighted counts of each credit file: see ``rules.count_history``."""
        columns = []
        for place, days in enumerate(CHECKPOINTS):
            got = SQL("late >= %s", CHECKPOINTS[place - 1]) if place else SQL("TRUE")
            paid = SQL("%s AND is_paid AND late < %s", got, days)
            reached = SQL("%s AND (is_paid OR late >= %s)", got, days)
            for what, condition in (("reached", reached), ("paid", paid)):
                name = SQL.identifier(f"{what}_{place}")
                columns.append(
                    SQL("COALESCE(SUM(weight) FILTER (WHERE %s), 0) AS %s", condition, name)
                )
        return SQL(
            """SELECT file_id, company_id, risk_class_id, %(columns)s,
                      COUNT(*) FILTER (WHERE is_paid OR late > 0)::int AS items,
                      COUNT(*) FILTER (WHERE late > 0)::int AS late_items,
                      ROUND(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY late) FILTER (WHERE is_paid OR late > 0))::int
                      AS median
                 FROM (SELECT *, settled IS NOT NULL AS is_paid, COALESCE(settled, %(today)s::date) - due AS late,
                              POWER(0.5, (%(today)s::date - issued) / %(half_life)s) AS weight
                         FROM history WHERE issued < %(today)s::date OR settled IS NULL) w
                GROUP BY file_id, company_id, risk_class_id""",
            columns=SQL(", ").join(columns),
            today=today,
            half_life=float(HALF_LIFE),
        )

    def _chance_sql(self, place):
        """Chance of being late by a checkpoint for an item of ``age`` days past due."""
        factors = []
        for n in range(place + 1):
            share = SQL("0.5")
            for alias, strength in zip("akc", STRENGTHS, strict=False):
                share = SQL(
                    "(%(paid)s + %(strength)s * %(share)s) / (%(reached)s + %(strength)s)",
                    paid=SQL.identifier(alias, f"paid_{n}"),
                    reached=SQL.identifier(alias, f"reached_{n}"),
                    strength=strength,
                    share=share,
                )
            factors.append(
                SQL("CASE WHEN x.age < %s THEN 1 - %s ELSE 1 END", CHECKPOINTS[n], share)
            )
        return SQL(" * ").join(SQL("(%s)", factor) for factor in factors)
