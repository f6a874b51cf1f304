from odoo import api, fields, models
from odoo.tools import SQL


class CreditSnapshotDifference(models.Model):
    """What the ledger says now of closed months, beside what it said when they were closed, by customer.

    No table: one row for each customer whose receivables of a closed month have changed. Balances change by entries alone: those
    that were booked into the month since, and the rest: posted, cancelled or changed since.
    """

    _name = "credit.snapshot.difference"
    _description = "Difference to a Closed Month"
    _auto = False
    _order = "day desc, id"
    _rec_name = "partner_id"

    day = fields.Date(string="Month", readonly=True)
    taken_at = fields.Datetime(string="Closed at", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    closed = fields.Monetary(string="Receivables When Closed", readonly=True)
    current = fields.Monetary(string="Receivables Now", readonly=True)
    difference = fields.Monetary(readonly=True)
    booked_since = fields.Monetary(
        string="Entries Since",
        readonly=True,
        help="Entries made since, dated in the month or before it",
    )
    changed_since = fields.Monetary(
        string="Changes Since", readonly=True, help="Entries posted, cancelled or changed since"
    )
    cause = fields.Char(compute="_compute_cause")

    @api.depends("booked_since", "changed_since")
    @api.depends_context("lang")
    def _compute_cause(self):
        for row in self:
            booked = self.env._("back-dated entries") if row.booked_since else ""
            changed = (
                self.env._("entries posted, cancelled or changed since")
                if row.changed_since
                else ""
            )
            row.cause = ", ".join(filter(None, (booked, changed)))

    # === SQL === #

    @property
    def _table_query(self):
        exposure = self.env["credit.exposure"]
        root, currency, _decimals = exposure._roots_sql(SQL("l.company_id"))
        return SQL(
            """SELECT (t.month * 1000 + t.company_id) * 1000000000 + COALESCE(x.partner_id, 0) AS id, t.day, t.taken_at, t.company_id,
                      x.partner_id, x.currency_id, COALESCE(x.closed, 0) AS closed, COALESCE(x.current, 0) AS current,
                      COALESCE(x.current, 0) - COALESCE(x.closed, 0) AS difference, x.booked AS booked_since,
                      COALESCE(x.current, 0) - COALESCE(x.closed, 0) - x.booked AS changed_since
                 FROM (SELECT day, company_id, MAX(taken_at) AS taken_at,
                              ((EXTRACT(YEAR FROM day) - 2000) * 12 + EXTRACT(MONTH FROM day))::bigint AS month
                         FROM credit_snapshot GROUP BY day, company_id) t
                CROSS JOIN LATERAL (
                      SELECT y.partner_id, MAX(y.currency_id) AS currency_id, SUM(y.closed) AS closed,
                             SUM(y.current) AS current, SUM(y.booked) AS booked
                        FROM (SELECT s.partner_id, s.currency_id, s.receivable AS closed, 0 AS current, 0 AS booked
                                FROM credit_snapshot s WHERE s.day = t.day AND s.company_id = t.company_id
                               UNION ALL
                              SELECT p.commercial_partner_id, %(currency)s, 0, l.balance,
                                     CASE WHEN l.create_date > t.taken_at THEN l.balance ELSE 0 END
                                FROM account_move_line l
                                LEFT JOIN res_partner p ON p.id = l.partner_id
                               WHERE l.account_id IN %(accounts)s AND l.parent_state = 'posted'
                                 AND l.date <= t.day AND %(root)s = t.company_id) y
                       GROUP BY y.partner_id
                      HAVING COALESCE(SUM(y.closed), 0) <> SUM(y.current)) x""",
            root=root,
            currency=currency,
            accounts=self.env["account.account"]._get_exposure_account_ids(),
        )

    @api.readonly
    def action_open_entries(self):
        """Open the journal items of the month and before it that were made or changed since it was closed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Changed Since the Month Was Closed"),
            "res_model": "account.move.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("account_id", "in", self.env["account.account"]._get_exposure_account_ids()),
                ("partner_id", "child_of" if self.partner_id else "=", self.partner_id.id),
                ("date", "<=", self.day),
                ("write_date", ">", self.taken_at),
            ],
        }
