from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...rules.promise import Promise, Receipt, judge

#: whether the counterpart ``m`` of a journal ``j`` is money
IS_MONEY = SQL(
    "(m.origin_payment_id IS NOT NULL OR m.statement_line_id IS NOT NULL OR j.type IN ('bank', 'cash', 'credit'))"
)


class CreditPromise(models.Model):
    """The status of a promise from the ledger, recomputed in full so that payments and reversals count at once."""

    _inherit = "credit.promise"

    @api.model
    def _cron_judge(self):
        """Assess promises after their last day, by each company's own date."""
        for company, promises in (
            self.search([("state", "=", "open")]).grouped("company_id").items()
        ):
            today = company._get_credit_today()
            promises.filtered(lambda promise, today=today: promise.last_day < today)._judge(today)

    @api.model
    def _judge_of(self, items):
        """Reassess the promises of journal items after a payment or its reversal."""
        lines = self.env["credit.promise.line"].sudo().search([("item_id", "in", items.ids)])
        promises = lines.promise_id.filtered(lambda promise: promise.state != "withdrawn")
        for company, of_company in promises.grouped("company_id").items():
            of_company._judge(company._get_credit_today())

    def _judge(self, today):
        """Write the status of promises on a day; a broken promise starts a new reminder cycle."""
        if not self:
            return
        receipts, waiting = self._read_receipts(), self._read_waiting()
        for promise in self.filtered(lambda promise: promise.state != "withdrawn"):
            rule = Promise(promise.amount, promise.date_made, promise.last_day)
            verdict = judge(
                rule,
                receipts[promise.id],
                today,
                waiting.get(promise.id, 0.0),
                promise.currency_id.rounding,
            )
            if (promise.state, promise.amount_paid) != (verdict.state, verdict.paid):
                promise._write_verdict(verdict, today)

    def _write_verdict(self, verdict, today):
        broke = self.state == "open" and verdict.state in ("partly", "broken")
        self.write(
            {
                "state": verdict.state,
                "amount_paid": verdict.paid,
                "date_judged": verdict.state != "open" and today,
            }
        )
        if broke:
            items = self.line_ids.item_id.filtered(lambda item: not item.reconciled)
            self.env["credit.followup.restart"]._log(items, "promise_broken", today)

    # === FACTS === #

    def _flush_facts(self):
        for name in (
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "credit.promise",
            "credit.promise.line",
        ):
            self.env[name].flush_model()

    def _read_receipts(self):
        """``{promise id: [Receipt]}`` of its items, in their currency.

        What an item had been paid before it was promised is no receipt, even if it was paid on the day of the promise:
        the first allocations are left out up to that amount.
        """
        self._flush_facts()
        found = defaultdict(list)
        for promise_id, *receipt in self.env.execute_query(
            SQL(
                """SELECT s.promise_id, s.max_date,
                          CASE WHEN s.max_date > s.date_made THEN s.amount
                               ELSE GREATEST(LEAST(s.amount, s.settled - s.before), 0) END::float, s.is_money
                     FROM (SELECT pl.promise_id, p.date_made, r.max_date, r.debit_amount_currency AS amount,
                                  SUM(r.debit_amount_currency) OVER (PARTITION BY pl.id ORDER BY r.id) AS settled,
                                  l.amount_currency - pl.amount_then AS before, %(is_money)s AS is_money
                             FROM credit_promise_line pl
                             JOIN credit_promise p ON p.id = pl.promise_id
                             JOIN account_move_line l ON l.id = pl.item_id
                             JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                             JOIN account_move_line e ON e.id = r.credit_move_id
                             JOIN account_move m ON m.id = e.move_id AND m.state = 'posted'
                             JOIN account_journal j ON j.id = m.journal_id
                            WHERE pl.promise_id IN %(promises)s AND r.debit_amount_currency <> 0) s""",
                is_money=IS_MONEY,
                promises=tuple(self.ids),
            )
        ):
            found[promise_id].append(Receipt(*receipt))
        return found

    def _read_waiting(self):
        """``{promise id: customer's unallocated payments}``, in the currency of the promise."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT p.id, -SUM(l.amount_residual_currency)::float
                         FROM credit_promise p
                         JOIN res_partner c ON c.commercial_partner_id = p.partner_id
                         JOIN account_move_line l ON l.partner_id = c.id AND l.currency_id = p.currency_id
                          AND l.date BETWEEN p.date_made AND p.last_day
                         JOIN account_move m ON m.id = l.move_id
                         JOIN account_journal j ON j.id = m.journal_id
                        WHERE p.id IN %(promises)s AND l.account_id IN %(accounts)s AND l.parent_state = 'posted'
                          AND l.reconciled IS NOT TRUE AND l.amount_residual < 0 AND %(root)s = p.company_id AND %(is_money)s
                        GROUP BY p.id""",
                    promises=tuple(self.ids),
                    accounts=self.env["account.account"]._get_exposure_account_ids(),
                    root=self.env["credit.exposure"]._roots_sql(SQL("l.company_id"))[0],
                    is_money=IS_MONEY,
                )
            )
        )
