from itertools import pairwise

from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL

from ..rules.ageing import LAST_DAYS, group_by_age, share_out

#: colours of the age groups, from not due to oldest
_COLOURS = ("bg-success", "bg-info", "bg-warning", "bg-danger", "bg-dark")
_BAR = Markup('<div class="progress mb-1" style="height: 1.25rem">{}</div><div>{}</div>')
_PART = Markup('<div class="progress-bar {}" style="width: {}%" title="{}"></div>')
_LEGEND = Markup('<span class="me-3 text-nowrap"><span class="badge {}">&#160;</span> {}</span>')


class CreditProfile(models.Model):
    """Payment behaviour: ageing of open items, habit and last payment. Read from the ledger."""

    _inherit = "credit.profile"

    phone = fields.Char(related="partner_id.phone")
    email = fields.Char(related="partner_id.email")
    ageing_bar = fields.Html(
        string="Receivables by Age", compute="_compute_ageing_bar", sanitize=False
    )
    payment_delay = fields.Float(
        string="Average Delay (days)",
        compute="_compute_payment_delay",
        digits=(16, 0),
        help="Days from due date to payment over twelve months, weighted by amount; unpaid overdue items count up to today. Negative if paid early.",
    )
    payment_habit = fields.Char(compute="_compute_payment_delay")
    last_payment_date = fields.Date(string="Last Payment", compute="_compute_last_payment")
    last_payment_amount = fields.Monetary(compute="_compute_last_payment")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "tz", "lang")
    def _compute_ageing_bar(self):
        today = self.env["res.company"]._get_credit_today()
        items = self._read_receivables()
        for profile in self:
            sums = group_by_age(items.get(profile._get_customer(), ()), today)
            profile.ageing_bar = profile._draw_ages(sums) if any(sums) else False

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "tz", "lang")
    def _compute_payment_delay(self):
        delays = self._read_delays()
        for profile in self:
            delay = delays.get(profile._get_customer())
            profile.payment_delay = delay or 0.0
            profile.payment_habit = self._describe_habit(delay)

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid")
    def _compute_last_payment(self):
        payments = self._read_last_payments()
        for profile in self:
            found = payments.get(profile._get_customer(), (False, 0.0))
            profile.last_payment_date, profile.last_payment_amount = found

    # === WORDS === #

    def _draw_ages(self, sums):
        labels = self._get_age_labels()
        words = [
            self.env._("%(age)s: %(amount)s", age=label, amount=self.currency_id.format(amount))
            for label, amount in zip(labels, sums, strict=True)
        ]
        rows = list(zip(_COLOURS, words, sums, share_out(sums), strict=True))
        parts = [_PART.format(colour, round(share, 1), text) for colour, text, _, share in rows]
        legend = [_LEGEND.format(colour, text) for colour, text, amount, _ in rows if amount]
        return _BAR.format(Markup().join(parts), Markup().join(legend))

    @api.model
    def _get_age_labels(self):
        """Labels of the age groups, not due first."""
        ranges = pairwise(LAST_DAYS)
        return [
            self.env._("Not due"),
            *(
                self.env._("%(first)s–%(last)s days", first=first + 1, last=last)
                for first, last in ranges
            ),
            self.env._("over %s days", LAST_DAYS[-1]),
        ]

    @api.model
    def _describe_habit(self, delay):
        """The payment habit, in words.

        :param delay: days, negative when early; ``None`` when nothing was paid
        """
        if delay is None:
            return self.env._("No payment in the last twelve months")
        days = round(delay)
        if days > 0:
            return self.env._("Pays %s days late on average", days)
        if days < 0:
            return self.env._("Pays %s days early on average", -days)
        return self.env._("Pays on the due date on average")

    # === READING === #

    def _read_receivables(self):
        """``{customer: [(due date, amount)]}`` of open receivables."""
        customers = self._get_own_customers()
        if not customers:
            return {}
        exposure = self.env["credit.exposure"]
        query = SQL(
            """SELECT e.partner_id, e.company_id, e.date_due, SUM(e.amount) FROM (%s) e
                WHERE e.partner_id = ANY(%s) AND e.company_id = ANY(%s)
                GROUP BY e.partner_id, e.company_id, e.date_due""",
            exposure._flushing(exposure._rows_sql({"receivable"})),
            [partner_id for partner_id, _company_id in customers],
            [company_id for _partner_id, company_id in customers],
        )
        found = {}
        for partner_id, company_id, due, amount in self.env.execute_query(query):
            found.setdefault((partner_id, company_id), []).append((due, float(amount)))
        return found

    def _read_delays(self):
        """``{customer: average days}`` of those who paid or are overdue."""
        today = self.env["res.company"]._get_credit_today()
        self.env.flush_all()
        found = {}
        for company_id, customers in self._group_own_customers().items():
            company = self.env["res.company"].browse(company_id)
            for partner_id, values in (
                self.env["credit.recommendation.facts"]
                .sudo()
                ._read_delays(customers, company, today)
                .items()
            ):
                found[partner_id, company_id] = values["delay_days"]
        return found

    def _read_last_payments(self):
        """``{customer: (date, amount)}`` of the last day with a payment."""
        self.env.flush_all()
        found = {}
        for company_id, customers in self._group_own_customers().items():
            company = self.env["res.company"].browse(company_id)
            lines = self.env["credit.recommendation.facts"].sudo()._lines_sql(customers, company)
            query = SQL(
                """SELECT DISTINCT ON (l.partner_id) l.partner_id, l.date, -SUM(l.balance)
                     FROM (%s AND l.balance < 0) l
                     JOIN account_move_line e ON e.id = l.id
                     JOIN account_journal j ON j.id = e.journal_id AND j.type IN ('bank', 'cash', 'credit')
                    GROUP BY l.partner_id, l.date
                    ORDER BY l.partner_id, l.date DESC""",
                lines,
            )
            for partner_id, day, amount in self.env.execute_query(query):
                found[partner_id, company_id] = (day, float(amount))
        return found

    def _group_own_customers(self):
        """``{company id: customer ids}`` of the files the user may see."""
        found = {}
        for partner_id, company_id in self._get_own_customers():
            found.setdefault(company_id, []).append(partner_id)
        return found
