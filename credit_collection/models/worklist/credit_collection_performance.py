from odoo import fields, models
from odoo.tools import SQL


class CreditCollectionPerformance(models.Model):
    """Monthly targets of collectors and the amounts collected.

    No table: one row for each collector, company and month. What came in is money allocated to items of customers, by its day; it counts for
    who has the customer in the worklist now. Amounts are in the root company's currency, taxes included.
    """

    _name = "credit.collection.performance"
    _description = "Targets and Collections"
    _auto = False
    _order = "month desc, user_id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(readonly=True)
    target = fields.Monetary(string="To Collect", readonly=True)
    collected = fields.Monetary(readonly=True)
    max_delay = fields.Float(
        string="Delay at Most (days)", readonly=True, digits=(16, 0), aggregator="avg"
    )
    delay = fields.Float(
        string="Delay (days)",
        readonly=True,
        digits=(16, 0),
        aggregator="avg",
        help="Days from due date to payment, weighted by amount; early payments count as negative",
    )
    contacts = fields.Integer(readonly=True)
    conversations = fields.Integer(readonly=True, help="Contacts in which somebody was reached")

    @property
    def _table_query(self):
        self.env.flush_all()
        return SQL(
            """SELECT ROW_NUMBER() OVER (ORDER BY q.month, q.user_id, q.company_id) AS id, q.user_id, q.company_id, q.month,
                      SUM(q.target) AS target, SUM(q.collected) AS collected, MAX(q.max_delay) AS max_delay,
                      SUM(q.late) / NULLIF(SUM(q.collected), 0) AS delay, SUM(q.contacts) AS contacts,
                      SUM(q.conversations) AS conversations
                 FROM (%(targets)s UNION ALL %(money)s UNION ALL %(contacts)s) q
                WHERE q.user_id IS NOT NULL
                GROUP BY q.month, q.user_id, q.company_id""",
            targets=self._targets_sql(),
            money=self._money_sql(),
            contacts=self._contacts_sql(),
        )

    def _targets_sql(self):
        return SQL(
            """SELECT t.user_id, t.company_id, date_trunc('month', t.month)::date AS month, t.amount AS target, 0 AS collected,
                      NULLIF(t.max_delay, 0) AS max_delay, 0 AS late, 0 AS contacts, 0 AS conversations
                 FROM credit_collection_target t"""
        )

    def _money_sql(self):
        """Money of the last two years, by the day on which it settled something."""
        today = self.env["res.company"]._get_credit_today()
        root = self.env["credit.exposure"]._roots_sql(SQL("l.company_id"))[0]
        return SQL(
            """SELECT %(collector)s, f.company_id, date_trunc('month', r.max_date)::date, 0, r.amount,
                      NULL, r.amount * (r.max_date - COALESCE(l.date_maturity, l.date)), 0, 0
                 FROM account_partial_reconcile r
                 JOIN account_move_line l ON l.id = r.debit_move_id AND l.account_id IN %(accounts)s
                 JOIN account_move_line c ON c.id = r.credit_move_id
                 JOIN account_journal j ON j.id = c.journal_id AND j.type IN ('bank', 'cash', 'credit')
                 JOIN res_partner p ON p.id = l.partner_id
                 JOIN credit_profile f ON f.partner_id = p.commercial_partner_id AND f.company_id = %(root)s
                 LEFT JOIN credit_portfolio w ON w.id = %(portfolio)s
                WHERE r.max_date >= %(first)s""",
            collector=self.env["credit.portfolio"]._collector_sql(today),
            portfolio=self.env["credit.portfolio"]._portfolio_sql(),
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            root=root,
            first=fields.Date.start_of(fields.Date.subtract(today, years=2), "month"),
        )

    def _contacts_sql(self):
        return SQL(
            """SELECT g.user_id, g.company_id, date_trunc('month', g.date)::date, 0, 0, NULL, 0, 1, o.is_reached::int
                 FROM credit_contact_log g JOIN credit_contact_outcome o ON o.id = g.outcome_id"""
        )
