from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import month_ends

#: months that the job looks back
MONTHS = 24
#: days after the end of a month within which orders are still those of then
ORDER_DAYS = 7

_AMOUNTS = (
    "receivable",
    "not_due",
    "overdue",
    "at_risk",
    "late",
    "late_days",
    "opening",
    "sales",
    "sales_year",
    "paid",
    "paid_days",
    "taken_days",
)
_DIMENSIONS = ("partner_id", "salesperson_id", "team_id", "risk_class_id", "country_id")


class CreditSnapshot(models.Model):
    """Figures of closed months as they stood when the month was closed, by customer and salesperson.

    Written by a job from the ledger, a month at a time, and never edited. What the ledger says of the month now may differ: see
    ``credit.snapshot.difference``. ``ordered`` cannot be read from the ledger later; it is known of months that were closed within
    a week of their end.
    """

    _name = "credit.snapshot"
    _description = "Figures of a Closed Month"
    _inherit = ["credit.figure.mixin"]
    _order = "day desc, id"
    _rec_name = "day"

    day = fields.Date(
        string="Month", required=True, readonly=True, index=True, help="Last day of the month"
    )
    taken_at = fields.Datetime(string="Closed at", required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="set null"
    )
    salesperson_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True, ondelete="set null")
    risk_class_id = fields.Many2one("credit.risk.class", readonly=True, ondelete="set null")
    country_id = fields.Many2one("res.country", readonly=True, ondelete="set null")
    ordered = fields.Monetary(
        string="Ordered, Not Invoiced",
        readonly=True,
        help="Orders and draft invoices as they stood; unknown where the month was closed more than a week after its end",
    )

    # === ACTIONS === #

    def action_take_again(self):
        """Close the month of this row again, from the ledger as it stands."""
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise UserError(self.env._("Ask a credit manager to close the month again."))
        for company, rows in self.sudo().grouped("company_id").items():
            for day in set(rows.mapped("day")):
                self._take(company, day)
        return {"type": "ir.actions.client", "tag": "reload"}

    # === CRON === #

    @api.model
    def _cron_take(self):
        """Close the months of all companies that are not closed yet, one a commit."""
        missing = self._get_missing()
        self.env["ir.cron"]._commit_progress(remaining=len(missing))
        for company, day in missing:
            self._take(company, day)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _get_missing(self):
        """``[(root company, last day)]`` of the months to close, oldest first."""
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        taken = {
            (company.id, day)
            for company, day in self.sudo()._read_group([], ["company_id", "day:day"])
        }
        return [
            (company, day)
            for company in roots
            for day in month_ends(company._get_credit_today(), MONTHS)
            if (company.id, day) not in taken
        ]

    def _take(self, company, day):
        """Write the rows of a month, instead of those that there are."""
        self._refuse_open_month(company, day)
        # whoever closes the same month waits, then replaces what was written
        self.env.execute_query(
            SQL("SELECT id FROM res_company WHERE id = %s FOR NO KEY UPDATE", company.id)
        )
        self.sudo().search([("company_id", "=", company.id), ("day", "=", day)]).unlink()
        self.env.flush_all()
        self.env.cr.execute(self._insert_sql(company, day))
        if (company._get_credit_today() - day).days <= ORDER_DAYS:
            self.env.cr.execute(self._insert_orders_sql(company, day))
        self.env.invalidate_all(flush=False)

    def _refuse_open_month(self, company, day):
        if day >= company._get_credit_today():
            raise UserError(
                self.env._("This month is not over yet. Close it once its last day is past.")
            )

    # === SQL === #

    def _insert_sql(self, company, day):
        figures = self.env["credit.figure"].sudo().with_company(company)._on(day)
        names = [SQL.identifier(name) for name in _DIMENSIONS]
        sums = [SQL("SUM(%s)", SQL.identifier(name)) for name in _AMOUNTS]
        return SQL(
            """INSERT INTO credit_snapshot (day, taken_at, company_id, currency_id, create_uid, create_date, write_uid,
                                            write_date, %(names)s, %(amounts)s)
               SELECT day, %(now)s, company_id, currency_id, %(uid)s, %(now)s, %(uid)s, %(now)s, %(names)s, %(sums)s
                 FROM %(figures)s f
                WHERE company_id = %(company)s AND fact <> 'history'
                GROUP BY day, company_id, currency_id, %(names)s""",
            names=SQL(", ").join(names),
            amounts=SQL(", ").join(SQL.identifier(name) for name in _AMOUNTS),
            sums=SQL(", ").join(sums),
            now=self.env.cr.now(),
            uid=self.env.uid,
            figures=figures._table_sql,
            company=company.id,
        )

    def _insert_orders_sql(self, company, day):
        return SQL(
            """INSERT INTO credit_snapshot (day, taken_at, company_id, currency_id, create_uid, create_date, write_uid,
                                            write_date, partner_id, salesperson_id, team_id, ordered)
               SELECT %(day)s, %(now)s, company_id, currency_id, %(uid)s, %(now)s, %(uid)s, %(now)s,
                      partner_id, salesperson_id, team_id, SUM(amount)
                 FROM %(rows)s r
                WHERE company_id = %(company)s AND source NOT IN ('receivable', 'uncleared')
                GROUP BY company_id, currency_id, partner_id, salesperson_id, team_id""",
            day=day,
            now=self.env.cr.now(),
            uid=self.env.uid,
            rows=self.env["credit.exposure.salesperson"].sudo()._table_sql,
            company=company.id,
        )
