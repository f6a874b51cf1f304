from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules import Entry

#: PostgreSQL column types of an entry by Python type
_TYPES = {
    date: "date",
    bool: "boolean",
    Decimal: "numeric",
    Decimal | None: "numeric",
}


NUMBERS = {name for name, type_ in Entry.__annotations__.items() if _TYPES.get(type_) == "numeric"}


def to_array(values) -> str:
    """Numbers, dates and booleans as a PostgreSQL array, much faster than one parameter each.

    >>> to_array([1, None, date(2026, 1, 31), True])
    '{1,NULL,2026-01-31,True}'
    """
    texts = ",".join(map(str, values))  # no value contains text, so "None" is always NULL
    return f"{{{texts.replace('None', 'NULL')}}}"


class CreditCommissionPlan(models.Model):
    """Creates the entries of a plan from the log.

    The facts of a batch of collections are read at once, ``rules/entering.py`` calculates the amounts, and one
    ``INSERT`` writes them. Nothing is read or written line by line.
    """

    _inherit = "credit.commission.plan"

    #: collections per batch
    _batch_size = 2_000

    @api.model
    def _cron_compute(self):
        """Enter new collections plan by plan, for the scheduled job."""
        plans = self.sudo().with_context(active_test=False).search([("state", "!=", "draft")])
        if not plans:
            return
        self.env["credit.commission.collection"]._log_new(commit=True)
        today = fields.Date.context_today(self)
        for plan in plans:
            plan._compute_entries(today, log=False, commit=True)

    def _compute_entries(self, until, log=True, commit=False):
        """Enter the commission on collections up to a day; returns the number of entries.

        Then enter the reversals of undone collections and the adjustments of ended periods. Without plans in
        ``self``, all plans of the company that were ever active are used.

        :param until: last payment date that counts, safety days included
        :param log: read the ledger into the log first
        :param commit: commit after each batch, for a scheduled job
        """
        plans = self.sudo() or self.sudo().with_context(active_test=False).search(
            Domain("state", "!=", "draft") & Domain("company_id", "=", self.env.company.root_id.id)
        )
        if log:
            self.env["credit.commission.collection"].sudo()._log_new()
        self.env.flush_all()
        made = 0
        for plan in plans:
            if plan._lock_entering(commit):
                made += plan._enter_collections(until, commit)
            if plan._lock_entering(commit):  # the commit released the lock
                made += plan._enter_reversals(until) + len(plan._adjust_periods(until))
        self.env["credit.commission.entry"].invalidate_model()
        return made

    def _lock_entering(self, commit=False):
        """Lock the plan's entries until the end of this transaction. A transaction that read the plan before another
        one entered something must start again, because the row has changed.

        :param commit: for a scheduled job, which skips a locked plan
        :raise UserError: otherwise, if the plan is locked
        """
        if not self.try_lock_for_update():
            if commit:
                return False
            raise UserError(
                self.env._(
                    "Another user is computing entries of the plan %(plan)s. Try again in a minute.",
                    plan=self.display_name,
                )
            )
        self.env.cr.execute(
            SQL(
                "UPDATE credit_commission_plan SET collection_read = collection_read WHERE id = %s",
                self.id,
            )
        )
        return True

    # === COLLECTIONS === #

    def _enter_collections(self, until, commit=False):
        """Enter collections without entries, in batches of limited size."""
        if self.state != "active":
            return 0
        made, after = self._enter_waiting(until) if self._holds_back() else 0, self.collection_read
        while ids := self._find_collections(until, after):
            made += self._enter(self._hold(self._find_to_enter(ids), until))
            after = ids[-1]
            if commit and not self.env["ir.cron"]._commit_progress(len(ids)):
                return made
        self.collection_read = self._get_collection_read(until)
        return made

    def _enter(self, days):
        """Enter a batch of collections.

        :param days: ``{collection: date of its payment or of the end of its wait; None for the first}``
        """
        if not days:
            return 0
        entering = self._make_entering()
        parts = [
            part._replace(date=max(part.date, days[part.collection_id] or part.date))
            for part in self._read_parts(self._logged_sql(list(days)))
        ]
        self._load_entered(entering, parts)
        return self._insert_entries("collection", entering.enter(parts))

    def _find_collections(self, until, after):
        """Ids of the next collections that may belong to the plan, in order.

        Both sides of a credit note and its invoice are in the same batch, because they may cancel out.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id, c.partial_id FROM credit_commission_collection c
                    WHERE c.id > %s AND %s ORDER BY c.id LIMIT %s""",
                after,
                self._due_sql(until),
                self._batch_size,
            )
        )
        whole = [id_ for id_, partial in rows if partial != rows[-1][1]]
        if len(rows) == self._batch_size and whole:
            return whole
        return [id_ for id_, _partial in rows]

    def _find_to_enter(self, ids):
        """The collections that the plan pays and has not entered, in order.

        Two queries are used because PostgreSQL's planner does not know about this transaction's new entries and would
        scan them all for each collection.
        """
        paid = self.env.execute_query(
            SQL(
                """SELECT c.id FROM credit_commission_collection c
                     JOIN account_move m ON m.id = c.move_id
                LEFT JOIN account_move d ON d.id = m.reversed_entry_id AND m.move_type = 'out_refund'
                    WHERE c.id = ANY(%(ids)s)
                      AND COALESCE(d.invoice_date, m.invoice_date) BETWEEN %(first)s AND %(last)s
                      AND %(lasting)s
                    ORDER BY c.id""",
                ids=ids,
                first=self.date_from,
                last=self.date_to or date.max,
                lasting=self._lasting_sql(),
            )
        )
        entered = self.env.execute_query(
            SQL(
                "SELECT collection_id FROM credit_commission_entry WHERE collection_id = ANY(%s) AND plan_id = %s",
                ids,
                self.id,
            )
        )
        done = {id_ for (id_,) in entered}
        return [id_ for (id_,) in paid if id_ not in done]

    def _due_sql(self, until):
        """Condition: collections ``c`` at the plan's stage and past the safety days."""
        return SQL(
            "c.company_id = %s AND c.event <> 'undone' AND %s AND c.date + %s <= %s",
            self.company_id.id,
            self._trigger_sql(),
            self.safety_days,
            until,
        )

    def _lasting_sql(self):
        """Condition: collections ``c`` not undone within the safety days."""
        return SQL(
            """NOT EXISTS (SELECT FROM credit_commission_collection u
                            WHERE u.origin_id = c.id AND u.event = 'undone' AND u.date <= c.date + %s)""",
            self.safety_days,
        )

    def _trigger_sql(self):
        if self.trigger == "cleared":
            return SQL("(c.stage = 'cleared' OR c.is_cleared)")
        if self.factor_event == "money":
            return SQL("c.stage = 'registered' AND c.nature <> 'factor'")
        return SQL(
            """c.stage = 'registered' AND NOT (c.nature = 'factored' AND EXISTS (
                   SELECT FROM credit_commission_collection h
                    WHERE h.partial_id = c.partial_id AND h.line_id = c.line_id AND h.nature = 'factor'
                      AND h.event <> 'undone'))"""
        )

    def _get_collection_read(self, until):
        """The number up to which everything is entered: before the first collection that still waits. Undone
        collections do not count: they are written without the lock of the log and may overtake others.
        """
        [(waiting, last)] = self.env.execute_query(
            SQL(
                """SELECT MIN(id) FILTER (WHERE date + %s > %s), MAX(id)
                     FROM credit_commission_collection
                    WHERE id > %s AND company_id = %s AND event <> 'undone'""",
                self.safety_days,
                until,
                self.collection_read,
                self.company_id.id,
            )
        )
        return waiting - 1 if waiting else last or self.collection_read

    # === WHAT IS UNDONE === #

    def _enter_reversals(self, until):
        """Reverse, in the open period, the commission on collections undone since, settled or not."""
        undone = self._find_undone(until) + self._find_reopened(until)
        if not undone:
            return 0
        entering = self._make_entering()
        self._load_sums(entering, {entry.move_id for _id, _day, entry, _origin in undone})
        return self._insert_entries("reversal", entering.undo(undone))

    def _find_undone(self, until):
        """``(id, date)`` of undone collections with their entry and its id, in order."""
        rows = self.env.execute_query(
            SQL(
                """SELECT u.id, u.date, e.id, %(columns)s
                     FROM credit_commission_collection u
                     JOIN credit_commission_entry e ON e.collection_id = u.origin_id AND e.plan_id = %(plan)s
                      AND e.kind = 'collection'
                    WHERE u.event = 'undone' AND u.date <= %(until)s AND u.company_id = %(company)s
                      AND NOT EXISTS (SELECT FROM credit_commission_entry x WHERE x.origin_id = e.id)
                    ORDER BY u.id, e.line_id, e.id""",
                columns=self._entry_texts_sql("e"),
                plan=self.id,
                until=until,
                company=self.company_id.id,
            )
        )
        return [(id_, day, self._to_entry(values), origin) for id_, day, origin, *values in rows]

    # === WRITING === #

    def _entry_columns_sql(self, alias):
        return SQL(", ").join(SQL.identifier(alias, name) for name in Entry._fields)

    def _to_entry(self, values):
        """An entry as returned by PostgreSQL, with numbers as text."""
        pairs = zip(Entry._fields, values, strict=True)
        return Entry(
            *(Decimal(value) if name in NUMBERS and value else value for name, value in pairs)
        )

    def _entry_texts_sql(self, alias):
        """The columns to read, as text: Odoo would read numbers as floats and lose digits."""
        return SQL(", ").join(
            SQL("%s::text" if name in NUMBERS else "%s", SQL.identifier(alias, name))
            for name in Entry._fields
        )

    def _insert_entries(self, kind, entries):
        """Insert entries with one statement; returns their number."""
        if not entries:
            return 0
        columns = [to_array(column) for column in zip(*entries, strict=True)]
        types = (SQL(_TYPES.get(Entry.__annotations__[name], "int")) for name in Entry._fields)
        arrays = (SQL("%s::%s[]", *pair) for pair in zip(columns, types, strict=True))
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_commission_entry (
                          kind, company_id, plan_id, role, order_line_id, again, create_uid, create_date, %(names)s)
                   SELECT %(kind)s, %(company)s, %(plan)s, a.role, %(order_line)s, %(again)s, %(uid)s, %(now)s, %(columns)s
                     FROM unnest(%(arrays)s) WITH ORDINALITY AS e (%(names)s, place)
                     JOIN credit_commission_agent a ON a.id = e.agent_id
                 ORDER BY e.place""",
                names=SQL(", ").join(map(SQL.identifier, Entry._fields)),
                kind=kind,
                company=self.company_id.id,
                plan=self.id,
                order_line=SQL("(SELECT o.id FROM sale_order_line o WHERE o.id = e.order_part)")
                if any(entry.order_part for entry in entries)
                else SQL("NULL::int"),
                again=self._again_sql() if kind == "collection" and self.only_when_paid else 0,
                uid=self.env.uid,
                now=self.env.cr.now(),
                columns=self._entry_columns_sql("e"),
                arrays=SQL(", ").join(arrays),
            )
        )
        return self.env.cr.rowcount

    def _again_sql(self):
        """Number of earlier entries of the collection, if its invoice was reopened and paid in full again."""
        return SQL(
            """(SELECT COUNT(*) FROM credit_commission_entry b
                 WHERE b.line_id = e.line_id AND b.agent_id = e.agent_id AND b.collection_id = e.collection_id
                   AND b.order_part = e.order_part AND b.origin_id IS NULL)"""
        )
