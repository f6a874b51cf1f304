from odoo import fields, models
from odoo.tools import SQL


class CreditFollowupAnalysis(models.Model):
    """What reminders cost, and how much sooner than usual the money came after them.

    It came after them, not because of them: customers who would have paid anyway are among them.
    """

    _inherit = "credit.followup.analysis"
    _depends = {
        "account.move.line": ["account_id", "date", "date_maturity", "partner_id"],
        "credit.channel.cost": ["amount", "channel", "company_id"],
        "credit.followup.notice.line": ["date_due"],
        "credit.followup.run": ["unattended"],
        "res.partner": ["commercial_partner_id"],
    }

    cost = fields.Monetary(readonly=True, help="Based on the channel costs in the configuration")
    days_gained = fields.Float(
        readonly=True,
        digits=(16, 0),
        aggregator="avg",
        help="Days by which payments within 30 days came earlier than the customer's average over the previous twelve months. This is a correlation: it does not prove that the reminder caused them.",
    )
    unattended_share = fields.Float(
        string="Unattended (%)",
        readonly=True,
        digits=(16, 0),
        aggregator="avg",
        help="Share of the reminders sent without manual work",
    )

    @property
    def _table_query(self):
        # EXTENDS 'credit_followup'
        return SQL(
            """SELECT a.*, COALESCE(c.amount, 0) AS cost, habit.delay - came.delay AS days_gained,
                      CASE WHEN run.unattended THEN 100 ELSE 0 END AS unattended_share
                 FROM (%(analysis)s) a
                 JOIN credit_followup_notice n ON n.id = a.id
                 LEFT JOIN credit_followup_run run ON run.id = n.run_id
                 LEFT JOIN credit_channel_cost c ON c.company_id = a.company_id AND c.channel = a.channel
                 LEFT JOIN (%(came)s) came ON came.notice_id = a.id
                 LEFT JOIN LATERAL (%(habit)s) habit ON came.notice_id IS NOT NULL""",
            analysis=super()._table_query,
            came=self._came_sql(),
            habit=self._habit_sql(),
        )

    def _came_sql(self):
        """How late the money was that came within 30 days of each notice, weighted by amount."""
        return SQL(
            """SELECT q.notice_id, SUM(q.amount * (m.date + q.days - e.date_due)) / NULLIF(SUM(q.amount), 0) AS delay
                 FROM (%s) q
                 JOIN credit_followup_notice m ON m.id = q.notice_id
                 JOIN credit_followup_notice_line e ON e.id = q.line_id
                WHERE q.days <= 30
                GROUP BY q.notice_id""",
            self._payments_sql(),
        )

    def _habit_sql(self):
        """How late the customer of notice ``n`` paid in the twelve months before it, weighted by amount."""
        return SQL(
            """SELECT SUM(r.amount * (r.max_date - COALESCE(l.date_maturity, l.date))) / NULLIF(SUM(r.amount), 0) AS delay
                 FROM res_partner p
                 JOIN account_move_line l ON l.partner_id = p.id AND l.account_id IN %(accounts)s AND l.balance > 0
                 JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                WHERE p.commercial_partner_id = n.partner_id AND r.max_date < n.date AND r.max_date >= n.date - 365
                  AND %(root)s = n.company_id""",
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            root=self.env["credit.exposure"]._roots_sql(SQL("l.company_id"))[0],
        )
