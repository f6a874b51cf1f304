from collections import defaultdict
from datetime import date, timedelta

from odoo import fields, models
from odoo.tools import SQL, split_every

from ...rules import Periods
from ..collection.credit_commission_collection_log import SALES

#: documents evaluated together with their credit notes
BATCH = 2_000
#: first number of assumed collections, after all logged ones
SUPPOSED = 1 << 40


class CreditCommissionPlan(models.Model):
    """Commission not earned yet: on open invoices if their customers paid on a day, and in simulations.

    The same rules calculate the same amounts from assumed facts; nothing is written. Period tiers and caps are not
    forecast.
    """

    _inherit = "credit.commission.plan"

    def _expect(self, company, day, users=None):
        """Rows ``person_id``, ``plan_id``, ``move_id``, ``base``, ``amount``: expected commission per open invoice.

        Amounts are in the company's currency, without taxes. Payments waiting for the bank or for safety days are included.

        :param day: invoices open at the end of this day count as paid on it
        :param users: only invoices of these salespeople; by default all
        """
        plans = self.sudo().search([("company_id", "=", company.id), ("state", "=", "active")])
        self.env.flush_all()
        sums = defaultdict(lambda: [0, 0])
        for plan in plans:
            for entry in plan._foresee(day, users):
                total = sums[entry.move_id, plan.id, entry.person_id]
                total[0] += entry.base
                total[1] += entry.amount
        names = "move_id", "plan_id", "person_id"
        return [
            {**dict(zip(names, key, strict=True)), "base": base, "amount": amount}
            for key, (base, amount) in sorted(sums.items())
        ]

    def _foresee(self, day, users):
        """The entries that the plan would create, sale by sale."""
        pending = self._find_pending(day)
        supposed = SQL(
            "SELECT * FROM (%s) s WHERE EXISTS (%s)",
            SQL(" UNION ALL ").join(self._get_supposed(day, users)),
            self._of_plan_sql(),
        )
        collections = SQL("%s UNION ALL %s", supposed, self._pick_sql(self._logged_sql(pending)))
        for deals in split_every(BATCH, self._find_deals(collections)):
            entering = self._make_entering()
            parts = self._read_parts(self._of_deals_sql(collections, deals))
            self._load_entered(entering, parts)
            yield from entering.enter(parts)

    def _find_pending(self, day):
        """Logged collections not entered, whether or not their safety days are over."""
        until, after = day + timedelta(days=self.safety_days), self.collection_read
        found = self._find_waiting(until)
        while ids := self._find_collections(until, after):
            found += self._find_to_enter(ids)
            after = ids[-1]
        return found

    # === SALES === #

    def _find_deals(self, collections):
        """Ids of the invoices of collections, or of credit notes without an invoice."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT %s FROM (%s) c JOIN account_move m ON m.id = c.move_id ORDER BY 1""",
                self._deal_sql(),
                collections,
            )
        )
        return [id_ for (id_,) in rows]

    def _of_deals_sql(self, collections, deals):
        """The collections of some sales and their credit notes."""
        return SQL(
            """SELECT s.* FROM (%(collections)s) s
                WHERE s.move_id IN (SELECT m.id FROM account_move m WHERE m.id = ANY(%(deals)s)
                                    UNION SELECT m.id FROM account_move m
                                     WHERE m.reversed_entry_id = ANY(%(deals)s) AND m.move_type = 'out_refund')""",
            collections=collections,
            deals=list(deals),
        )

    def _deal_sql(self):
        return SQL(
            "COALESCE(CASE WHEN m.move_type = 'out_refund' THEN m.reversed_entry_id END, m.id)"
        )

    def _of_plan_sql(self):
        """Condition: the sale of collection ``s`` falls within the plan's dates."""
        return SQL(
            """SELECT FROM account_move m JOIN account_move d ON d.id = %s
                WHERE m.id = s.move_id AND d.invoice_date BETWEEN %s AND %s""",
            self._deal_sql(),
            self.date_from,
            self.date_to or date.max,
        )

    # === AS IF === #

    def _pick_sql(self, collections):
        """The columns of collections used to build parts."""
        return SQL(
            """SELECT c.id, c.date, c.partial_id, c.nature, c.days_late, c.amount, c.amount_discount, c.move_id,
                      c.payment_move_id
                 FROM (%s) c""",
            collections,
        )

    def _get_supposed(self, day, users):
        """Assumed collections: open items paid, and waiting payments cleared."""
        yield self._as_paid_sql(day, users)
        if self.trigger == "cleared":
            yield self._as_cleared_sql(day)

    def _as_paid_sql(self, day, users):
        """Each open item as a payment on the day."""
        companies = self.env["res.company"].sudo().search([("id", "child_of", self.company_id.id)])
        return SQL(
            """SELECT %(supposed)s + l.id AS id, %(day)s::date AS date, -l.id AS partial_id, 'money' AS nature,
                      %(day)s - COALESCE(l.date_maturity, l.date) AS days_late, l.amount_currency - s.currency AS amount,
                      0 AS amount_discount, m.id AS move_id, NULL::int AS payment_move_id
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id AND m.state = 'posted' AND m.move_type IN %(sales)s
                 JOIN account_account a ON a.id = l.account_id AND a.account_type = 'asset_receivable'
           CROSS JOIN LATERAL (%(settled)s) s
                WHERE l.company_id = ANY(%(companies)s) AND m.date <= %(day)s AND %(open)s AND %(users)s
                  AND l.amount_currency <> s.currency AND NOT %(counted)s""",
            supposed=SUPPOSED,
            companies=companies.ids,
            day=day,
            sales=SALES,
            settled=self._settled_sql(day),
            open=self._open_sql(day),
            counted=self.env["credit.commission.collection"]._counted_whole_sql("l"),
            users=SQL("m.invoice_user_id = ANY(%s)", users.ids) if users else SQL("TRUE"),
        )

    def _settled_sql(self, day):
        """The settled amount of item ``l`` at the end of the day, in its currency."""
        return SQL(
            """SELECT COALESCE(SUM(CASE WHEN p.debit_move_id = l.id THEN p.debit_amount_currency
                                        ELSE -p.credit_amount_currency END), 0) AS currency
                 FROM account_partial_reconcile p
                WHERE (p.debit_move_id = l.id OR p.credit_move_id = l.id) AND p.max_date <= %s""",
            day,
        )

    def _open_sql(self, day):
        """A fast condition for items that may be open: not reconciled, or reconciled after a past day."""
        if day >= fields.Date.context_today(self):
            return SQL("l.reconciled IS NOT TRUE")
        return SQL(
            """(l.reconciled IS NOT TRUE OR l.id IN (
                    SELECT debit_move_id FROM account_partial_reconcile WHERE max_date > %(day)s
                    UNION ALL
                    SELECT credit_move_id FROM account_partial_reconcile WHERE max_date > %(day)s))""",
            day=day,
        )

    def _as_cleared_sql(self, day):
        """Payments waiting for the bank, as if cleared."""
        return SQL(
            """SELECT 2 * %(supposed)s + c.id, %(day)s::date, c.partial_id, c.nature, c.days_late, c.amount,
                      c.amount_discount, c.move_id, c.payment_move_id
                 FROM credit_commission_collection c
                WHERE c.company_id = %(company)s AND c.event = 'registered' AND c.is_cleared IS NOT TRUE
                  AND c.date <= %(day)s AND c.nature <> 'factor'
                  AND NOT EXISTS (SELECT FROM credit_commission_collection u WHERE u.origin_id = c.id)
                  AND NOT EXISTS (SELECT FROM credit_commission_collection d
                                   WHERE d.event = 'cleared' AND d.partial_id = c.partial_id
                                     AND d.line_id = c.line_id
                                     AND d.via_partial_id IS NOT DISTINCT FROM c.via_partial_id
                                     AND d.via_path IS NOT DISTINCT FROM c.via_path)""",
            supposed=SUPPOSED,
            company=self.company_id.id,
            day=day,
        )

    # === SIMULATION === #

    def _simulate(self, first, until):
        """The entries and adjustments that the plan would have created for sales from a day. It is treated as active
        with nothing entered. Yields pairs of entry and adjustment, one of them ``None``.
        """
        plan = self.sudo()
        self.env.flush_all()
        collections = self._pick_sql(plan._collected_sql(first, until))
        periods = Periods()
        for deals in split_every(BATCH, self._find_deals(collections)):
            for entry in plan._simulate_deals(collections, deals, until):
                periods.add(plan._to_sums(entry))
                yield entry, None
        for adjustment in plan._get_adjustments(periods, until):
            yield None, adjustment

    def _simulate_deals(self, collections, deals, until):
        entering = self._make_entering()
        parts = self._read_parts(self._of_deals_sql(collections, deals))
        self._load_kept(entering, parts)
        entries = entering.enter(parts)
        return entries + entering.undo(self._find_simulated_undone(entries, until))

    def _find_simulated_undone(self, entries, until):
        """Undone simulated entries, like :meth:`_find_undone`."""
        by_collection = defaultdict(list)
        for number, entry in enumerate(entries):
            by_collection[entry.collection_id].append((entry, number))
        rows = self.env.execute_query(
            SQL(
                """SELECT id, date, origin_id FROM credit_commission_collection
                    WHERE event = 'undone' AND origin_id = ANY(%s) AND date <= %s ORDER BY id""",
                list(by_collection),
                until,
            )
        )
        return [(id_, day, *one) for id_, day, origin in rows for one in by_collection[origin]]

    def _collected_sql(self, first, until):
        """The collections that the plan would have entered for sales from a day."""
        return SQL(
            """SELECT c.* FROM credit_commission_collection c
                 JOIN account_move m ON m.id = c.move_id
                 JOIN account_move d ON d.id = %(deal)s
                WHERE %(due)s AND d.invoice_date >= %(first)s AND %(lasting)s""",
            deal=self._deal_sql(),
            due=self._due_sql(until),
            first=first,
            lasting=self._lasting_sql(),
        )
