from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL, split_every

from ...rules import Deal, why_held


class CreditCommissionPlan(models.Model):
    """Holds back payments of invoices not paid in full, and of doubtful or disputed sales.

    They wait in ``credit.commission.waiting`` and are reviewed each time entries are computed. If an invoice is no
    longer paid in full, its commission is taken back and waits again.
    """

    _inherit = "credit.commission.plan"

    def _holds_back(self):
        """Whether the plan may hold payments back."""
        return self.only_when_paid or self.hold_back

    def _get_holding_sources(self):
        """``{reason: condition on the invoice d}``: reasons to hold payments back, if the plan says so. Add-ons
        extend it with ``super() {…}`` and add the reason to the selection of ``credit.commission.waiting``.
        """
        return {"doubtful": self._doubtful_sql(), "blocked": SQL("d.payment_state = 'blocked'")}

    def _doubtful_sql(self):
        """Whether the debt, or part of it, was transferred to a doubtful account and is still open there."""
        return SQL(
            """EXISTS (SELECT FROM account_move_line i
                         JOIN account_partial_reconcile p ON p.debit_move_id = i.id
                         JOIN account_move_line o ON o.id = p.credit_move_id
                         JOIN account_move_line z ON z.move_id = o.move_id AND z.reconciled IS NOT TRUE
                          AND z.account_id = ANY(%s) AND z.balance > 0
                        WHERE i.move_id = d.id)""",
            self.company_id._get_commission_doubtful_accounts().ids,
        )

    # === WHAT WAITS === #

    def _hold(self, ids, until, reasons=None):
        """Hold back collections that earn nothing yet; return the others with their earning date.

        :param reasons: ``{collection: reason}`` of collections that waited before
        :return: ``{collection: date of the payment, or later}``
        """
        if not self._holds_back() or not ids:
            return dict.fromkeys(ids)
        deals, reasons = self._read_deals(ids, until), reasons or {}
        held = {id_: why_held(deals[id_], self.only_when_paid, self.hold_back) for id_ in ids}
        self._let_wait({id_: reason for id_, reason in held.items() if reason})
        released = min(until, fields.Date.context_today(self)) - timedelta(self.safety_days)
        return {
            id_: deals[id_].last if reasons.get(id_, "unpaid") == "unpaid" else released
            for id_, reason in held.items()
            if not reason
        }

    def _let_wait(self, held):
        if held:
            rows = SQL(", ").join(
                SQL("(%s, %s, %s)", self.id, id_, reason) for id_, reason in held.items()
            )
            self.env.cr.execute(
                SQL(
                    """INSERT INTO credit_commission_waiting (plan_id, collection_id, reason) VALUES %s
                           ON CONFLICT (plan_id, collection_id) DO UPDATE SET reason = EXCLUDED.reason""",
                    rows,
                )
            )

    def _enter_waiting(self, until):
        """Enter the collections that no longer wait."""
        made = 0
        for ids in split_every(self._batch_size, self._find_waiting(until)):
            reasons = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT collection_id, reason FROM credit_commission_waiting WHERE plan_id = %s AND collection_id = ANY(%s)",
                        self.id,
                        list(ids),
                    )
                )
            )
            days = self._hold(list(ids), until, reasons)
            made += self._enter(days)
            self._wait_no_more(list(days))
        return made

    def _find_waiting(self, until):
        """Waiting collections that are due and not undone."""
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id FROM credit_commission_waiting w
                     JOIN credit_commission_collection c ON c.id = w.collection_id
                    WHERE w.plan_id = %s AND c.date + %s <= %s AND c.move_id IS NOT NULL
                      AND NOT EXISTS (SELECT FROM credit_commission_collection u
                                       WHERE u.origin_id = c.id AND u.event = 'undone')
                    ORDER BY c.id""",
                self.id,
                self.safety_days,
                until,
            )
        )
        return [id_ for (id_,) in rows]

    def _wait_no_more(self, ids):
        self.env.cr.execute(
            SQL(
                "DELETE FROM credit_commission_waiting WHERE plan_id = %s AND collection_id = ANY(%s)",
                self.id,
                ids,
            )
        )

    # === SALES === #

    def _read_deals(self, ids, until):
        """``{collection: its sale}``."""
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id, %s FROM credit_commission_collection c JOIN account_move m ON m.id = c.move_id WHERE c.id = ANY(%s)",
                self._deal_sql(),
                ids,
            )
        )
        deals = self._read_sales({deal for _id, deal in rows}, until)
        return {id_: deals[deal] for id_, deal in rows}

    def _read_sales(self, deals, until):
        """``{invoice: its settlement}``.

        :rtype: dict[int, ..rules.Deal]
        """
        sources = self._get_holding_sources() if self.hold_back else {}
        rows = self.env.execute_query(
            SQL(
                """SELECT d.id, d.amount_total_in_currency_signed::text, COALESCE(s.settled, 0)::text,
                          COALESCE(s.waits, FALSE), COALESCE(s.last, d.date), %(reasons)s
                     FROM account_move d
                LEFT JOIN LATERAL (%(settled)s) s ON TRUE
                    WHERE d.id = ANY(%(deals)s)""",
                reasons=SQL(
                    "ARRAY[%s]::text[]",
                    SQL(", ").join(
                        SQL("CASE WHEN %s THEN %s END", condition, reason)
                        for reason, condition in sources.items()
                    ),
                ),
                settled=self._settling_of_sql(until),
                deals=list(deals),
            )
        )
        return {
            id_: Deal(Decimal(total), Decimal(settled), waits, last, tuple(filter(None, reasons)))
            for id_, total, settled, waits, last, reasons in rows
        }

    def _settling_of_sql(self, until):
        """Settlements of invoice ``d`` by a day, whether payments still wait, and the last date."""
        return SQL(
            """SELECT SUM(r.amount + r.amount_discount + r.amount_lost)
                      FILTER (WHERE r.stage = 'registered') AS settled,
                      MAX(r.date) FILTER (WHERE r.event <> 'undone') AS last,
                      bool_or(r.event = 'registered' AND r.amount <> 0 AND %(lasting)s AND NOT (%(due)s)) AS waits
                 FROM credit_commission_collection r
                WHERE r.move_id = d.id AND r.date <= %(until)s AND r.nature <> %(other)s""",
            lasting=SQL(
                "NOT EXISTS (SELECT FROM credit_commission_collection u WHERE u.origin_id = r.id AND u.event = 'undone')"
            ),
            due=SQL(
                "r.date + %s <= %s AND (r.is_cleared OR %s OR EXISTS (%s))",
                self.safety_days,
                until,
                self.trigger != "cleared",
                SQL(
                    """SELECT FROM credit_commission_collection a
                        WHERE a.event = 'cleared' AND a.partial_id = r.partial_id AND a.line_id = r.line_id
                          AND a.via_partial_id IS NOT DISTINCT FROM r.via_partial_id
                          AND a.via_path IS NOT DISTINCT FROM r.via_path AND a.date + %s <= %s
                          AND NOT EXISTS (SELECT FROM credit_commission_collection au
                                           WHERE au.origin_id = a.id AND au.event = 'undone')""",
                    self.safety_days,
                    until,
                ),
            ),
            until=until,
            other="factored" if self.factor_event == "handed" else "factor",
        )

    # === NOT PAID IN FULL ANY MORE === #

    def _find_reopened(self, until):
        """Like :meth:`_find_undone`: entries of the other payments of invoices no longer paid in full."""
        if not self.only_when_paid:
            return []
        last = dict(
            self.env.execute_query(
                SQL(
                    """SELECT u.move_id, MAX(u.id) FROM credit_commission_collection u
                        WHERE u.event = 'undone' AND u.company_id = %s AND u.date <= %s
                          AND EXISTS (SELECT FROM credit_commission_entry e
                                       WHERE e.move_id = u.move_id AND e.plan_id = %s)
                     GROUP BY u.move_id""",
                    self.company_id.id,
                    until,
                    self.id,
                )
            )
        )
        sales = self._read_sales(set(last), until)
        open_ = [id_ for id_, deal in sales.items() if not deal.is_paid]
        return self._find_live_entries(open_, last) if open_ else []

    def _find_live_entries(self, invoices, last):
        """Entries of invoices and their credit notes whose payments still stand.

        :param last: ``{invoice: its last undone collection}``
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT %(deal)s, e.id, %(columns)s
                     FROM credit_commission_entry e
                     JOIN account_move m ON m.id = e.move_id
                    WHERE e.plan_id = %(plan)s AND e.kind = 'collection'
                      AND (m.id = ANY(%(invoices)s) OR m.reversed_entry_id = ANY(%(invoices)s))
                      AND NOT EXISTS (SELECT FROM credit_commission_entry x WHERE x.origin_id = e.id)
                      AND NOT EXISTS (SELECT FROM credit_commission_collection u
                                       WHERE u.origin_id = e.collection_id AND u.event = 'undone')
                    ORDER BY 1, e.collection_id, e.line_id""",
                deal=self._deal_sql(),
                columns=self._entry_texts_sql("e"),
                plan=self.id,
                invoices=invoices,
            )
        )
        entries = [(deal, origin, self._to_entry(values)) for deal, origin, *values in rows]
        days = self._get_days(last.values())
        self._let_wait({entry.collection_id: "unpaid" for _deal, _origin, entry in entries})
        return [(last[deal], days[last[deal]], entry, origin) for deal, origin, entry in entries]

    def _get_days(self, collections):
        rows = self.env.execute_query(
            SQL(
                "SELECT id, date FROM credit_commission_collection WHERE id = ANY(%s)",
                list(collections),
            )
        )
        return dict(rows)
