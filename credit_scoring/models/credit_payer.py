from itertools import pairwise

from odoo import fields, models
from odoo.tools import SQL

from ..rules.chance import HALF_LIFE
from ..rules.payer import ANCHORS, FEWEST, LARGEST_SHARE

#: days of history
PERIOD = 730


class CreditPayer(models.Model):
    """How each customer with a credit file pays, from the invoices of two years. No table: one query for all.

    An item that is overdue and unpaid counts with its delay up to today. Amounts are in the company's currency.
    """

    _name = "credit.payer"
    _description = "Payer Profile"
    _auto = False
    _order = "points, id"
    _rec_name = "partner_id"

    profile_id = fields.Many2one("credit.profile", string="Credit File", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    risk_class_id = fields.Many2one("credit.risk.class", string="Class", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    industry_id = fields.Many2one("res.partner.industry", string="Sector", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    items = fields.Integer(
        readonly=True, help="Invoices of two years that are paid, or unpaid and overdue"
    )
    late_items = fields.Integer(readonly=True, help="Of these, paid or unpaid after the due date")
    mean_amount = fields.Monetary(string="Mean Invoice", readonly=True, aggregator="avg")
    weighted_delay = fields.Float(
        string="Weighted Delay (days)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Days from due date to payment, weighted by amount; unpaid overdue items count up to today. Negative if paid early",
    )
    median_delay = fields.Float(
        string="Median Delay (days)", readonly=True, digits=(16, 1), aggregator="avg"
    )
    spread = fields.Float(
        string="Spread (days)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Standard deviation of the delay",
    )
    on_time = fields.Float(
        string="On Time (%)", readonly=True, digits=(16, 1), aggregator="avg", help="Of the items"
    )
    on_time_amount = fields.Float(
        string="On Time (% of amount)", readonly=True, digits=(16, 1), aggregator="avg"
    )
    worst = fields.Integer(string="Worst Delay (days)", readonly=True, aggregator="max")
    trend = fields.Float(
        string="Trend (days)",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Weighted delay of the last three months less that of the nine months before; positive: pays later than before",
    )
    points = fields.Float(
        string="Payer Score",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="From 1 to 100: 80 pays on the due date, 50 a month late. At least three items",
    )

    @property
    def _table_query(self):
        return self._rows_sql(self.env["res.company"]._get_credit_today())

    def _rows_sql(self, today, only=None):
        """One row for each credit file with history.

        :param only: ids of credit files; all of them if not given
        """
        rows = SQL(
            """WITH items AS (%(items)s),
                    weighed AS (SELECT *, SUM(weight) OVER file AS total, COUNT(*) OVER file AS number
                                  FROM items WINDOW file AS (PARTITION BY id))
               SELECT f.id, f.id AS profile_id, f.partner_id, f.company_id, r.currency_id, f.risk_class_id,
                      p.country_id, p.industry_id, p.user_id, x.*
                 FROM (SELECT id AS file_id, COUNT(*)::int AS items, COUNT(*) FILTER (WHERE late > 0)::int AS late_items,
                              AVG(amount) AS mean_amount,
                              SUM(late * amount) / NULLIF(SUM(amount), 0) AS weighted_delay,
                              PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY late) AS median_delay,
                              STDDEV_POP(late) AS spread,
                              100.0 * COUNT(*) FILTER (WHERE late <= 0) / COUNT(*) AS on_time,
                              100 * COALESCE(SUM(amount) FILTER (WHERE late <= 0), 0) / NULLIF(SUM(amount), 0) AS on_time_amount,
                              MAX(late)::int AS worst,
                              %(recent)s - %(before)s AS trend,
                              CASE WHEN COUNT(*) >= %(fewest)s
                                   THEN SUM(%(weight)s * %(points)s) / NULLIF(SUM(%(weight)s), 0) END AS points
                         FROM weighed GROUP BY id) x
                 JOIN credit_profile f ON f.id = x.file_id
                 JOIN res_company r ON r.id = f.company_id
                 JOIN res_partner p ON p.id = f.partner_id""",
            items=self._judged_sql(today, only),
            recent=self._mean_between_sql(today, 90, 0),
            before=self._mean_between_sql(today, 365, 90),
            fewest=FEWEST,
            weight=self._capped_sql(),
            points=self._points_sql(SQL("late")),
        )
        return self.env["credit.exposure"]._flushing(rows)

    def _capped_sql(self):
        """The weight of an item, at most a share of all where there are enough of them: see ``rules.payer_score``."""
        return SQL(
            "CASE WHEN number * %(share)s >= 1 THEN LEAST(weight, total * %(share)s) ELSE weight END",
            share=LARGEST_SHARE,
        )

    def _mean_between_sql(self, today, first, last):
        """Weighted delay of what was paid, or was still unpaid, between two numbers of days ago."""
        period = SQL("ended > %s::date - %s AND ended <= %s::date - %s", today, first, today, last)
        return SQL(
            "SUM(late * amount) FILTER (WHERE %s) / NULLIF(SUM(amount) FILTER (WHERE %s), 0)",
            period,
            period,
        )

    def _points_sql(self, days):
        """Points by days late: the anchors of ``rules.payer``, linear between them."""
        branches = [
            SQL(
                "WHEN %(days)s <= %(last)s THEN %(high)s + (%(low)s - %(high)s) * (%(days)s - %(first)s) / %(length)s",
                days=days,
                first=first,
                last=last,
                high=high,
                low=low,
                length=float(last - first),
            )
            for (first, high), (last, low) in pairwise(ANCHORS)
        ]
        first, highest = ANCHORS[0]
        return SQL(
            "CASE WHEN %s <= %s THEN %s %s ELSE %s END",
            days,
            first,
            highest,
            SQL(" ").join(branches),
            ANCHORS[-1][1],
        )

    # === ITEMS === #

    def _judged_sql(self, today, only=None):
        """Items that are paid, or unpaid and overdue: credit file ``id``, ``amount``, days ``late``, ``ended`` on,
        ``weight``."""
        return SQL(
            """SELECT h.file_id AS id, h.amount::float, COALESCE(h.settled, %(today)s::date) - h.due AS late,
                      COALESCE(h.settled, %(today)s::date) AS ended,
                      h.amount * POWER(0.5, (%(today)s::date - h.issued) / %(half_life)s) AS weight
                 FROM (%(history)s) h
                WHERE h.settled IS NOT NULL OR h.due < %(today)s::date""",
            today=today,
            half_life=float(HALF_LIFE),
            history=self._history_sql(today, only),
        )

    def _history_sql(self, today, only=None):
        """Invoice items of two years: credit file, line, document, ``issued``, ``due``, ``amount``, ``open`` amount and
        the day when the last of it was ``settled``; what credit notes alone closed is left out."""
        exposure = self.env["credit.exposure"]
        return SQL(
            """SELECT f.id AS file_id, f.risk_class_id, f.company_id, f.partner_id, l.id AS line_id, l.move_id,
                      COALESCE(m.invoice_date, l.date) AS issued, COALESCE(l.date_maturity, l.date) AS due,
                      l.balance AS amount, l.amount_residual AS open,
                      CASE WHEN l.reconciled THEN s.settled END AS settled
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id AND m.move_type IN ('out_invoice', 'out_receipt')
                 JOIN res_partner p ON p.id = l.partner_id
                 JOIN credit_profile f ON f.partner_id = p.commercial_partner_id AND f.company_id = %(root)s
                 LEFT JOIN LATERAL (
                      SELECT MAX(c.date) AS settled
                        FROM account_partial_reconcile q
                        JOIN account_move_line c ON c.id = q.credit_move_id
                        JOIN account_move n ON n.id = c.move_id AND n.move_type <> 'out_refund'
                       WHERE q.debit_move_id = l.id AND l.reconciled) s ON TRUE
                WHERE l.parent_state = 'posted' AND l.account_id IN %(accounts)s AND l.balance > 0
                  AND l.date > %(today)s::date - %(period)s AND COALESCE(m.invoice_date, l.date) <= %(today)s::date
                  AND (l.reconciled IS NOT TRUE OR s.settled IS NOT NULL) AND %(only)s""",
            root=exposure._roots_sql(SQL("l.company_id"))[0],
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            today=today,
            period=PERIOD,
            only=SQL("f.id = ANY(%s)", list(only)) if only is not None else SQL("TRUE"),
        )
