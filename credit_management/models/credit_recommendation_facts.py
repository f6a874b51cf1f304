from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..rules.recommendation import PERIOD, RecommendationFacts


class CreditRecommendationFacts(models.AbstractModel):
    """Reads twelve months of history of customers of one company, in a few queries for any number."""

    _name = "credit.recommendation.facts"
    _description = "Facts for a Recommended Limit"

    @api.model
    def _read_facts(self, profiles, today):
        """``{profile: RecommendationFacts}`` of credit files of one company, in its currency.

        :param profiles: credit files; their risk classes give the share of the need
        """
        if not profiles:
            return {}
        self.env.flush_all()
        company = profiles.company_id.ensure_one()
        partners = profiles.partner_id.ids
        columns = [
            self._read_sales(partners, company, today),
            self._read_delays(partners, company, today),
            self._read_peaks(partners, company, today),
            self._read_open(partners, company),
        ]
        own_sales = self._read_own_sales(company, today)
        return {
            profile: RecommendationFacts(
                **{
                    k: v
                    for column in columns
                    for k, v in column.get(profile.partner_id.id, {}).items()
                },
                own_sales=own_sales,
                class_share=profile.risk_class_id.limit_share if profile.risk_class_id else 100.0,
            )
            for profile in profiles
        }

    def _read_sales(self, partners, company, today):
        """Invoices less credit notes, their terms, and the age of the business relationship."""
        debt = SQL("l.balance > 0 AND l.invoiced > %s", today - timedelta(PERIOD))
        query = SQL(
            """SELECT l.partner_id, COALESCE(SUM(l.balance) FILTER (WHERE l.invoiced > %(first)s), 0),
                      COALESCE(SUM(l.balance * (l.due - l.invoiced)) FILTER (WHERE %(debt)s)
                               / NULLIF(SUM(l.balance) FILTER (WHERE %(debt)s), 0), 0),
                      LEAST(%(today)s::date - MIN(l.invoiced), %(period)s)
                 FROM (%(lines)s) l
                WHERE l.move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND l.invoiced <= %(today)s
                GROUP BY l.partner_id""",
            first=today - timedelta(PERIOD),
            debt=debt,
            period=PERIOD,
            today=today,
            lines=self._lines_sql(partners, company),
        )
        return {
            partner: {"sales": float(sales), "term_days": float(terms), "days": days}
            for partner, sales, terms, days in self.env.execute_query(query)
        }

    def _read_delays(self, partners, company, today):
        """Days from due date to payment, weighted by amount; unpaid overdue items count up to today. Credit notes and
        exchange differences are not payments."""
        query = SQL(
            """SELECT x.partner_id, SUM(x.amount * x.late) / NULLIF(SUM(x.amount), 0)
                 FROM (SELECT l.partner_id, r.amount, c.date - l.due AS late
                         FROM (%(lines)s) l
                         JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                         JOIN account_move_line c ON c.id = r.credit_move_id
                         JOIN account_move p ON p.id = c.move_id AND p.move_type <> 'out_refund'
                        WHERE l.balance > 0 AND l.date > %(older)s AND c.date > %(first)s
                          AND NOT EXISTS (SELECT FROM account_partial_reconcile x
                                           WHERE x.exchange_move_id IN (l.move_id, c.move_id))
                        UNION ALL
                       SELECT l.partner_id, l.amount_residual, %(today)s::date - l.due
                         FROM (%(lines)s) l
                        WHERE l.reconciled IS NOT TRUE AND l.amount_residual > 0 AND l.due < %(today)s) x
                GROUP BY x.partner_id""",
            first=today - timedelta(PERIOD),
            older=today - timedelta(2 * PERIOD),
            today=today,
            lines=self._lines_sql(partners, company),
        )
        rows = self.env.execute_query(query)
        return {partner: {"delay_days": float(late)} for partner, late in rows if late is not None}

    def _read_peaks(self, partners, company, today):
        """Highest balance at the end of a day, rolled back from the present balance by movements."""
        query = SQL(
            """WITH lines AS MATERIALIZED (%(lines)s AND l.date <= %(today)s
                                            AND (l.date > %(first)s OR l.reconciled IS NOT TRUE)),
                    now AS (SELECT partner_id, SUM(amount_residual) AS owed FROM lines
                             WHERE reconciled IS NOT TRUE GROUP BY partner_id),
                    days AS (SELECT partner_id, date, SUM(balance) AS moved FROM lines
                              WHERE date > %(first)s GROUP BY partner_id, date)
               SELECT d.partner_id,
                      MAX(COALESCE(n.owed, 0) - d.later), MAX(COALESCE(n.owed, 0) - d.later - d.moved)
                 FROM (SELECT partner_id, moved, SUM(moved) OVER (
                                PARTITION BY partner_id ORDER BY date DESC) - moved AS later
                         FROM days) d
                 LEFT JOIN now n ON n.partner_id = d.partner_id
                GROUP BY d.partner_id""",
            lines=self._lines_sql(partners, company),
            first=today - timedelta(PERIOD),
            today=today,
        )
        rows = self.env.execute_query(query)
        return {partner: {"peak": float(max(after, before))} for partner, after, before in rows}

    def _read_open(self, partners, company):
        """Open amounts today: ordered, to invoice, open items."""
        names = {"receivable": "open_items", "delivered": "to_invoice", "ordered": "ordered"}
        exposure = self.env["credit.exposure"]
        query = SQL(
            """SELECT partner_id, source, SUM(amount) FROM (%s) e
                WHERE partner_id = ANY(%s) AND company_id = %s GROUP BY partner_id, source""",
            exposure._rows_sql(set(names)),
            partners,
            company.id,
        )
        found = {}
        for partner, source, amount in self.env.execute_query(query):
            found.setdefault(partner, {})[names[source]] = float(amount)
        return found

    def _read_own_sales(self, company, today):
        """Total sales of the company and its branches in a year, without taxes."""
        query = SQL(
            """SELECT COALESCE(SUM(amount_untaxed_signed), 0) FROM account_move
                WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  AND invoice_date > %s AND invoice_date <= %s AND company_id IN %s""",
            today - timedelta(PERIOD),
            today,
            self._get_tree(company),
        )
        return float(self.env.execute_query(query)[0][0])

    def _lines_sql(self, partners, company):
        """Posted lines ``l`` on receivable accounts, with customer, invoice date and due date."""
        return SQL(
            """SELECT l.id, l.move_id, p.commercial_partner_id AS partner_id, l.balance, l.amount_residual, l.reconciled,
                      l.date, COALESCE(l.date_maturity, l.date) AS due, m.move_type,
                      COALESCE(m.invoice_date, m.date) AS invoiced
                 FROM res_partner p
                 JOIN account_move_line l ON l.partner_id = p.id
                 JOIN account_move m ON m.id = l.move_id
                WHERE p.commercial_partner_id = ANY(%s) AND l.company_id IN %s AND l.parent_state = 'posted'
                  AND l.account_id IN %s""",
            partners,
            self._get_tree(company),
            self.env["account.account"]._get_exposure_account_ids(),
        )

    def _get_tree(self, company):
        return tuple(company._get_credit_tree().ids)
