from contextlib import contextmanager
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..collection.credit_commission_log import SALES


class CreditCommissionPlan(models.Model):
    """What is not earned yet: what open invoices would earn if their customers paid on a day.

    The plan itself answers: the open items are put into the log as if they were paid, entered, read, and all of that is
    taken back at once, so that the expected amount is the one that will be earned, to the cent. Tiers and caps of a period
    are not foreseen.
    """

    _inherit = "credit.commission.plan"

    def _expect(self, company, day, users=None):
        """Rows ``person_id``, ``plan_id``, ``move_id``, ``base``, ``amount``: what each open invoice would earn.

        Amounts are in the company's currency, without taxes. Money that waits for the bank or for its safety days is
        expected too.

        :param day: open at the end of this day, and paid on it
        :param users: only invoices of these salespeople; default: of all
        """
        plans = self.sudo().search([("company_id", "=", company.id), ("state", "=", "active")])
        if not plans:
            return []
        with self._tried_out():
            last = self._get_last_entry_id()
            self._log_as_paid(company, day, users)
            if "cleared" in plans.mapped("trigger"):
                self._log_as_cleared(company, day)
            for plan in plans:
                plan._enter_all(day)
            return self._read_after(last)

    @contextmanager
    def _tried_out(self):
        """Whatever is written inside is taken back."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def _get_last_entry_id(self):
        [(last,)] = self.env.execute_query(
            SQL("SELECT COALESCE(MAX(id), 0) FROM credit_commission_entry")
        )
        return last

    def _enter_all(self, day):
        """Enter what is in the log and not entered, whether its safety days are over or not."""
        until, after = day + timedelta(days=self.safety_days), self.collection_read
        while ids := self._find_collections(until, after):
            self._enter(self._find_to_enter(ids))
            after = ids[-1]

    def _read_after(self, last):
        return self.env.execute_query_dict(
            SQL(
                """SELECT person_id, plan_id, move_id, SUM(base) AS base, SUM(amount) AS amount
                     FROM credit_commission_entry WHERE id > %s AND move_id IS NOT NULL
                 GROUP BY person_id, plan_id, move_id ORDER BY move_id, plan_id""",
                last,
            )
        )

    # === AS IF === #

    def _log_as_paid(self, company, day, users):
        """Each open item, as money that came on the day."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_commission_collection (
                          kind, stage, nature, is_cleared, company_id, partial_id, turn, move_id, line_id, currency_id,
                          amount, amount_discount, amount_company, date, date_due, days_late)
                   SELECT 'registered', 'registered', 'money', TRUE, %(company)s, -l.id, -1, m.id, l.id, m.currency_id,
                          l.amount_currency - s.currency, 0, l.balance - s.company, %(day)s,
                          COALESCE(l.date_maturity, l.date), %(day)s - COALESCE(l.date_maturity, l.date)
                     FROM account_move_line l
                     JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.move_type IN %(sales)s
                     JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
               CROSS JOIN LATERAL (%(settled)s) s
                    WHERE l.company_id = ANY(%(companies)s) AND m.date <= %(day)s AND %(open)s AND %(users)s
                      AND l.amount_currency <> s.currency AND NOT %(counted)s
                 ORDER BY l.id""",
                company=company.id,
                companies=company.sudo().search([("id", "child_of", company.id)]).ids,
                day=day,
                sales=SALES,
                settled=self._settled_sql(day),
                open=self._open_sql(day),
                counted=self.env["credit.commission.collection"]._counted_whole_sql("l"),
                users=SQL("m.invoice_user_id = ANY(%s)", users.ids) if users else SQL("TRUE"),
            )
        )

    def _settled_sql(self, day):
        """What of the item ``l`` is settled at the end of the day, in its currency and in the company's."""
        return SQL(
            """SELECT COALESCE(SUM(CASE WHEN p.debit_move_id = l.id THEN p.debit_amount_currency
                                        ELSE -p.credit_amount_currency END), 0) AS currency,
                      COALESCE(SUM(CASE WHEN p.debit_move_id = l.id THEN p.amount ELSE -p.amount END), 0) AS company
                 FROM account_partial_reconcile p
                WHERE (p.debit_move_id = l.id OR p.credit_move_id = l.id) AND p.max_date <= %s""",
            day,
        )

    def _open_sql(self, day):
        """A quick condition for items that may be open: not reconciled, or reconciled later than a past day."""
        if day >= fields.Date.context_today(self):
            return SQL("l.reconciled IS NOT TRUE")
        return SQL(
            """(l.reconciled IS NOT TRUE OR l.id IN (
                    SELECT debit_move_id FROM account_partial_reconcile WHERE max_date > %(day)s
                    UNION ALL
                    SELECT credit_move_id FROM account_partial_reconcile WHERE max_date > %(day)s))""",
            day=day,
        )

    def _log_as_cleared(self, company, day):
        """Payments that wait for the bank, as if it had them."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_commission_collection (
                          kind, stage, nature, is_cleared, company_id, partial_id, via_partial_id, via_path,
                          clearing_partial_id,
                          turn, move_id, line_id, payment_move_id, currency_id, amount, amount_discount,
                          amount_company, date, date_due, days_late)
                   SELECT 'cleared', 'cleared', c.nature, TRUE, c.company_id, c.partial_id, c.via_partial_id, c.via_path, -c.id, 0,
                          c.move_id, c.line_id, c.payment_move_id, c.currency_id, c.amount, c.amount_discount,
                          c.amount_company, %(day)s, c.date_due, c.days_late
                     FROM credit_commission_collection c
                    WHERE c.company_id = %(company)s AND c.kind = 'registered' AND c.is_cleared IS NOT TRUE
                      AND c.date <= %(day)s AND c.nature <> 'factor'
                      AND NOT EXISTS (SELECT FROM credit_commission_collection u WHERE u.origin_id = c.id)
                      AND NOT EXISTS (SELECT FROM credit_commission_collection d
                                       WHERE d.kind = 'cleared' AND d.partial_id = c.partial_id
                                         AND d.line_id = c.line_id
                                         AND d.via_partial_id IS NOT DISTINCT FROM c.via_partial_id
                                         AND d.via_path IS NOT DISTINCT FROM c.via_path)
                 ORDER BY c.id""",
                company=company.id,
                day=day,
            )
        )
