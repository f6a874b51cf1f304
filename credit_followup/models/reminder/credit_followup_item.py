from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, split_every

from ...left_out import LeftOut
from ...rules import steps
from ...sql_array import sql_array
from ...sql_relation import sql_relation

#: items whose next step is computed at a time
_BATCH = 5000


@dataclass(slots=True)
class History:
    """The notices of an item: ``named`` since its last restart; ``times`` per level since the beginning."""

    named: tuple = ()
    times: dict = field(default_factory=dict)
    proposed: bool = False


class CreditFollowupItem(models.Model):
    """The open items of customers with their reminders.

    No table: one row per posted, open journal item on a receivable account, with its id. Amounts are in the root company's
    currency, taxes included; credit notes and unallocated payments are negative. Days are counted from the user's today.
    """

    _name = "credit.followup.item"
    _description = "Item to Follow Up"
    _auto = False
    _order = "date_due, id"
    _rec_name = "move_id"

    _depends = {
        "account.journal": ["type"],
        "account.move": ["payment_state"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "amount_residual_currency",
            "currency_id",
            "credit_followup_marked_by_id",
            "date",
            "date_maturity",
            "journal_id",
            "no_followup",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "credit.followup.notice": ["date", "state"],
        "credit.followup.notice.line": ["cancelled", "item_id", "level_id", "notice_id"],
        "credit.followup.pause": [
            "active",
            "company_id",
            "date_from",
            "date_to",
            "item_ids",
            "partner_id",
        ],
        "credit.followup.procedure": ["active", "company_id"],
        "credit.profile": [
            "company_id",
            "followup_procedure_id",
            "insolvency_date",
            "insolvency_kind",
            "partner_id",
            "risk_class_id",
            "status",
        ],
        "credit.risk.class": ["followup_procedure_id"],
        "res.company": ["credit_followup_procedure_id"],
        "res.partner": ["commercial_partner_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", string="Company Currency", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    date = fields.Date(string="Accounting Date", readonly=True)
    date_due = fields.Date(string="Due", readonly=True)
    days_late = fields.Integer(
        readonly=True, aggregator="max", help="Days since the due date, 0 before it"
    )
    amount = fields.Monetary(readonly=True, help="Open, in the company's currency")
    document_currency_id = fields.Many2one("res.currency", string="Currency", readonly=True)
    amount_currency = fields.Monetary(
        string="In Currency",
        currency_field="document_currency_id",
        aggregator=None,
        readonly=True,
        help="Open, in the currency of the document",
    )
    procedure_id = fields.Many2one("credit.followup.procedure", readonly=True)
    last_level_id = fields.Many2one("credit.followup.level", readonly=True)
    last_date = fields.Date(string="Last Reminder", readonly=True)
    left_out = fields.Selection(
        selection="_get_left_out_selection", readonly=True, help="Why it is not reminded now"
    )
    left_out_until = fields.Date(readonly=True, help="Last day. Empty if there is no end date")
    next_level_id = fields.Many2one("credit.followup.level", compute="_compute_next")
    next_date = fields.Date(
        string="Next Reminder",
        compute="_compute_next",
        search="_search_next_date",
        help="First day on which a run can include it. Empty if no reminder follows.",
    )

    # === ROWS === #

    @property
    def _table_query(self):
        today = self.env["res.company"]._get_credit_today()
        root, currency, _decimals = self._roots_sql()
        return SQL(
            """SELECT l.id, p.commercial_partner_id AS partner_id, %(root)s AS company_id,
                      %(currency)s AS currency_id, l.move_id, l.date,
                      COALESCE(l.date_maturity, l.date) AS date_due,
                      GREATEST(%(today)s - COALESCE(l.date_maturity, l.date), 0) AS days_late,
                      l.amount_residual AS amount, l.currency_id AS document_currency_id,
                      l.amount_residual_currency AS amount_currency,
                      %(procedure)s AS procedure_id,
                      %(last_level)s AS last_level_id, %(last_date)s AS last_date,
                      COALESCE(%(left_out)s, CASE WHEN l.amount_residual > 0 AND %(failed)s THEN 'failed' END) AS left_out,
                      %(until)s AS left_out_until
                 FROM account_move_line l
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE %(open)s""",
            root=root,
            currency=currency,
            today=today,
            procedure=self._procedure_sql(SQL("p.commercial_partner_id"), root),
            last_level=self._last_notice_sql(SQL("e.level_id")),
            last_date=self._last_notice_sql(SQL("e.date")),
            left_out=self._left_out_sql(SQL("s.reason"), today),
            until=self._left_out_sql(SQL("s.until"), today),
            failed=self._failed_sql(SQL("p.commercial_partner_id"), root),
            open=self._open_sql(),
        )

    def _roots_sql(self):
        """Root company of journal item ``l``, with its currency and decimals."""
        return self.env["credit.exposure"]._roots_sql(SQL("l.company_id"))

    def _open_sql(self):
        """Condition for an open journal item ``l``, identical to that of the index."""
        return SQL(
            """l.account_id IN %s
               AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0""",
            self.env["account.account"]._get_exposure_account_ids(),
        )

    def _withheld_sql(self, _today):
        """The part of item ``l`` that is not claimed on a day, in its own currency, at most the open amount; empty if all
        is. Extend.

        :rtype: SQL
        """
        return SQL()

    def _asked_sql(self, today):
        """The amount to claim on an open item ``l`` on a day, in the company's currency and in its own."""
        withheld = self._withheld_sql(today)
        if not withheld:
            return SQL("l.amount_residual"), SQL("l.amount_residual_currency")
        _root, _currency, decimals = self._roots_sql()
        share = SQL("(%s) * l.amount_residual / NULLIF(l.amount_residual_currency, 0)", withheld)
        return (
            SQL("(l.amount_residual - COALESCE(ROUND(%s, %s), 0))", share, decimals),
            SQL("(l.amount_residual_currency - (%s))", withheld),
        )

    def _procedure_sql(self, customer, company):
        """The procedure of a customer in a root company: from the file, the risk class or the company; archived ones
        are ignored.
        """
        return SQL(
            """(SELECT y.id
                  FROM res_company c
                  LEFT JOIN credit_profile f ON f.company_id = c.id AND f.partner_id = %(customer)s
                  LEFT JOIN credit_risk_class k ON k.id = f.risk_class_id
                  JOIN credit_followup_procedure y
                    ON y.id IN (f.followup_procedure_id, k.followup_procedure_id, c.credit_followup_procedure_id)
                   AND y.active AND (y.company_id IS NULL OR y.company_id = c.id)
                 WHERE c.id = %(company)s
                 ORDER BY y.id = f.followup_procedure_id DESC NULLS LAST,
                          y.id = k.followup_procedure_id DESC NULLS LAST
                 LIMIT 1)""",
            customer=customer,
            company=company,
        )

    def _last_notice_sql(self, column):
        """A column of the last notice line ``e`` of item ``l``."""
        return SQL(
            """(SELECT %s
                  FROM credit_followup_notice_line e
                  JOIN credit_followup_notice n ON n.id = e.notice_id
                 WHERE e.item_id = l.id AND e.cancelled IS NOT TRUE AND e.occurrence > 0 AND n.state = 'sent'
                 ORDER BY e.id DESC LIMIT 1)""",
            column,
        )

    def _failed_sql(self, customer, company):
        """Condition: a failed notice lists an item that is still owed to the root company."""
        return SQL(
            """EXISTS (SELECT FROM credit_followup_notice f
                         JOIN credit_followup_notice_line g ON g.notice_id = f.id
                         JOIN account_move_line o ON o.id = g.item_id
                        WHERE f.state = 'failed' AND f.partner_id = %s AND f.company_id = %s
                          AND g.cancelled IS NOT TRUE AND g.occurrence > 0
                          AND o.parent_state = 'posted' AND o.reconciled IS NOT TRUE AND o.amount_residual > 0)""",
            customer,
            company,
        )

    # === WHAT IS LEFT OUT === #

    @api.model
    def _left_out_sources(self):
        """``{reason: LeftOut}``: all reasons, most serious first; lists, labels and queries follow. Extend with ``super()
        {...}``.

        Add the fields that your rows read to ``_depends``.

        :rtype: dict[str, LeftOut]
        """
        return self._get_position_sources() | self._get_run_sources()

    def _get_position_sources(self):
        """Reasons from the credit file, a user or the ledger, independent of runs."""
        return {
            "insolvent": LeftOut(
                self.env._("Insolvent"),
                self._insolvent_rows,
                self.env._("Declare the debt in the insolvency proceedings; it is not chased"),
            ),
            "legal": LeftOut(
                self.env._("In litigation"),
                self._legal_rows,
                self.env._(
                    "Ask the person in charge of the case. Reminders resume when the status changes"
                ),
            ),
            "paused": LeftOut(self.env._("Paused"), self._paused_rows),
            "no_followup": LeftOut(
                self.env._("Marked as not to follow up"), self._marked_rows, keeps_credits=True
            ),
            "in_payment": LeftOut(self.env._("Payment in process"), self._in_payment_rows),
            "doubtful": LeftOut(self.env._("Doubtful customer"), self._doubtful_rows),
        }

    def _get_run_sources(self):
        """Reasons found by a run when it examines everything a customer owes."""
        failed = self.env._(
            "A notice did not reach the customer: correct it and try again, or reject it"
        )
        return {
            "unmatched": LeftOut(self.env._("Unallocated credits")),
            "below_minimum": LeftOut(self.env._("Below the minimum")),
            "too_recent": LeftOut(self.env._("Last contact too recent")),
            "not_yet": LeftOut(self.env._("Next level not reached")),
            "finished": LeftOut(self.env._("All levels sent")),
            "other_run": LeftOut(self.env._("Waiting in another run")),
            "failed": LeftOut(self.env._("Last notice failed"), advice=failed),
            "no_address": LeftOut(self.env._("No address")),
            "no_procedure": LeftOut(self.env._("No procedure")),
        }

    @api.model
    def _get_left_out_selection(self):
        """Reasons and their labels, for selection fields."""
        return [(reason, source.label) for reason, source in self._left_out_sources().items()]

    @api.model
    def _get_credit_stoppers(self):
        """Reasons that keep a credit from being deducted."""
        sources = self._left_out_sources().items()
        return {reason for reason, source in sources if not source.keeps_credits}

    def _insolvent_rows(self, _today):
        return self._rows_of_file_sql(self.env["credit.profile"]._insolvent_sql())

    def _legal_rows(self, _today):
        return self._rows_of_file_sql(SQL("f.status = 'legal'"))

    def _rows_of_file_sql(self, condition):
        """Items ``l`` of customers whose credit file ``f`` meets a condition; no end date."""
        root, _currency, _decimals = self._roots_sql()
        return SQL(
            """SELECT l.id AS item_id, NULL::date AS until
                 FROM account_move_line l
                 JOIN res_partner p ON p.id = l.partner_id
                 JOIN credit_profile f ON f.partner_id = p.commercial_partner_id AND f.company_id = %s
                WHERE %s""",
            root,
            condition,
        )

    def _paused_rows(self, today):
        root, _currency, _decimals = self._roots_sql()
        items, pause, item = sql_relation(self.env["credit.followup.pause"]._fields["item_ids"])
        return SQL(
            """SELECT l.id AS item_id, w.date_to AS until
                 FROM account_move_line l
                 JOIN res_partner p ON p.id = l.partner_id
                 JOIN credit_followup_pause w ON w.partner_id = p.commercial_partner_id AND w.company_id = %(root)s
                WHERE w.active AND w.date_from <= %(today)s AND (w.date_to IS NULL OR w.date_to >= %(today)s)
                  AND (NOT EXISTS (SELECT FROM %(items)s r WHERE r.%(pause)s = w.id)
                       OR EXISTS (SELECT FROM %(items)s r WHERE r.%(pause)s = w.id AND r.%(item)s = l.id))""",
            root=root,
            today=today,
            items=items,
            pause=pause,
            item=item,
        )

    def _marked_rows(self, _today):
        """Items excluded by a user. Odoo also excludes miscellaneous entries, including opening balances: those do
        not count.
        """
        return SQL(
            """SELECT l.id AS item_id, NULL::date AS until
                 FROM account_move_line l JOIN account_journal j ON j.id = l.journal_id
                WHERE l.no_followup AND (j.type <> 'general' OR l.credit_followup_marked_by_id IS NOT NULL)"""
        )

    def _doubtful_rows(self, _today):
        return SQL(
            """SELECT l.id AS item_id, NULL::date AS until
                 FROM account_move_line l JOIN account_account a ON a.id = l.account_id
                WHERE a.doubtful_customers"""
        )

    def _in_payment_rows(self, _today):
        """Invoices with a payment in process. Without a payment entry the item stays open, although Odoo Community
        shows it as paid.

        Checked item by item, because a ledger has many paid invoices.
        """
        return SQL(
            """SELECT l.id AS item_id, NULL::date AS until
                 FROM account_move_line l
                WHERE (SELECT m.payment_state FROM account_move m WHERE m.id = l.move_id) IN ('in_payment', 'paid')"""
        )

    def _left_out_rows(self, today):
        """Rows ``item_id, reason, rank, until`` of all sources; PostgreSQL pushes conditions down into each source."""
        sources = self._left_out_sources().items()
        queries = {reason: source.rows(today) for reason, source in sources if source.rows}
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT q.item_id, %s::varchar AS reason, %s AS rank, q.until FROM (%s) q",
                reason,
                rank,
                rows,
            )
            for rank, (reason, rows) in enumerate(queries.items())
        )

    def _left_out_sql(self, column, today):
        """A column of the reason that holds item ``l`` back longest."""
        return SQL(
            """(SELECT %s FROM (%s) s WHERE s.item_id = l.id AND l.amount_residual > 0
                 ORDER BY s.until DESC NULLS FIRST, s.rank LIMIT 1)""",
            column,
            self._left_out_rows(today),
        )

    @api.model
    def _read_left_out(self, item_ids, today):
        """The reasons that hold items back on a day; each source is read for these items only.

        :return: ``{item id: {reason: last day or None}}``, the latest day per reason
        """
        query = SQL(
            """SELECT s.item_id, s.reason, s.until FROM (%s) s WHERE s.item_id = ANY(%s::int[])
                ORDER BY s.until DESC NULLS FIRST, s.rank""",
            self._left_out_rows(today),
            sql_array(item_ids),
        )
        with self._by_index():
            rows = self.env.execute_query(query)
        found = defaultdict(dict)
        for item_id, reason, until in rows:
            found[item_id].setdefault(reason, until)
        return found

    @api.model
    def _get_left_out(self, item_ids, today=None):
        """``{item id: reason}`` of the items not reminded now."""
        self._flush_facts()
        left_out = self._read_left_out(
            item_ids, today or self.env["res.company"]._get_credit_today()
        )
        return {item_id: next(iter(reasons)) for item_id, reasons in left_out.items()}

    # === FACTS === #

    @contextmanager
    def _planned(self, setting, value):
        """A planner setting for the block: the default random_page_cost (4) is too high when tables are cached.

        Without ``finally``: after an error, the rollback of the transaction or savepoint restores the setting.
        """
        change = SQL(
            "SELECT current_setting(%s), set_config(%s, %s, TRUE)", setting, setting, value
        )
        [(before, _value)] = self.env.execute_query(change)
        yield
        self.env.cr.execute(SQL("SELECT set_config(%s, %s, TRUE)", setting, before))

    def _by_index(self):
        """Use indexes rather than sequential scans for the thousands of rows that a query touches.

        Foreign key checks are planned once per session: planned in a company's first run, while the table is small,
        they would scan the whole table for each line later.
        """
        return self._planned("enable_seqscan", "off")

    def _by_index_if_large(self):
        """The same, but only if the table is large: a sequential scan is faster while it is small."""
        return self._planned("random_page_cost", "1.1")

    def _flush_facts(self):
        """Flush pending writes before the reads below, which cover many fields, including those of other add-ons."""
        self.env.flush_all()

    @api.model
    def _get_open(self, item_ids, today=None):
        """``{item id: (amount, amount in the document's currency)}``: the amounts to claim on the items still open."""
        self._flush_facts()
        today = today or self.env["res.company"]._get_credit_today()
        rows = self.env.execute_query(
            SQL(
                """SELECT l.id, %s, %s
                     FROM account_move_line l WHERE l.id = ANY(%s) AND %s""",
                *self._asked_sql(today),
                list(item_ids),
                self._open_sql(),
            )
        )
        return {item_id: (amount, in_currency) for item_id, amount, in_currency in rows}

    @api.model
    def _read_histories(self, item_ids):
        """The notice history of items; unapproved and failed notices do not count.

        :return: ``{item id: History}`` of the items listed on a notice
        """
        query = SQL(
            """SELECT e.item_id, e.level_id, e.level_days, e.occurrence, e.date, n.state,
                      e.id > COALESCE((SELECT MAX(r.last_line_id) FROM credit_followup_restart r
                                        WHERE r.item_id = e.item_id), 0)
                 FROM credit_followup_notice_line e
                 JOIN credit_followup_notice n ON n.id = e.notice_id
                WHERE e.item_id = ANY(%s::int[]) AND e.cancelled IS NOT TRUE AND e.occurrence > 0
                  AND n.state <> 'cancelled'
                ORDER BY e.item_id, e.id""",
            sql_array(item_ids),
        )
        with self._by_index_if_large():
            rows = self.env.execute_query(query)
        histories = defaultdict(History)
        for item_id, level_id, days, occurrence, day, state, counts in rows:
            history = histories[item_id]
            times = history.times
            times[level_id] = max(times.get(level_id, 0), occurrence or 0)
            if state == "proposed":
                history.proposed = True
            elif counts and state != "failed":
                history.named += (steps.Named(level_id, days, day),)
        return histories

    @api.model
    def _read_last_contacts(self, customer_ids, company_id, proposals=True):
        """``{customer id: day of the last notice}`` in a root company; failed notices do not count.

        :param proposals: count unapproved notices too
        """
        ignored = ("cancelled", "failed") if proposals else ("cancelled", "failed", "proposed")
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT n.partner_id, MAX(n.date) FROM credit_followup_notice n
                        WHERE n.partner_id = ANY(%s) AND n.company_id = %s AND n.state NOT IN %s
                        GROUP BY 1""",
                    list(customer_ids),
                    company_id,
                    ignored,
                )
            )
        )

    @api.model
    def _read_failed(self, customers):
        """Customers who get nothing until their failed notice is retried or rejected.

        :param customers: pairs of ids of customer and root company
        """
        found = self._read_with_failure([customer for customer, _company in customers])
        found &= set(customers)
        if not found:
            return set()
        partners, companies = zip(*found, strict=True)
        query = SQL(
            "SELECT k.id, k.company FROM UNNEST(%s::int[], %s::int[]) k(id, company) WHERE %s",
            sql_array(partners),
            sql_array(companies),
            self._failed_sql(SQL("k.id"), SQL("k.company")),
        )
        with self._by_index():
            return set(self.env.execute_query(query))

    def _read_with_failure(self, customer_ids):
        """Pairs of customer and company with a failed notice: few, so that not all lines need to be read."""
        return set(
            self.env.execute_query(
                SQL(
                    """SELECT f.partner_id, f.company_id FROM credit_followup_notice f
                        WHERE f.state = 'failed' AND f.partner_id = ANY(%s::int[])""",
                    sql_array(customer_ids),
                )
            )
        )

    @api.model
    def _get_failed(self, item_ids):
        """The items whose customer did not receive the last notice."""
        today = self.env["res.company"]._get_credit_today()
        customers = {row[0]: row[1:3] for row in self._read_owed(item_ids, today)}
        failed = self._read_failed(set(customers.values()))
        return [item_id for item_id, customer in customers.items() if customer in failed]

    # === ACTIONS === #

    @api.model
    def _action_open(self, partner, company):
        """The open items of a customer."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_followup.action_credit_followup_item"
        )
        domain = [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
        return {**action, "domain": domain, "context": {}}

    @api.readonly
    def action_open_document(self):
        """Open the invoice or entry of this item."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }

    @api.readonly
    def action_pause(self):
        """Prepare a pause of these items of one customer."""
        if len(self.partner_id) > 1:
            raise UserError(
                self.env._("Choose items of one customer only: a pause covers a single customer.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause"),
            "res_model": "credit.followup.pause",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id[:1].id,
                "default_item_ids": [Command.set(self.ids)],
                "default_user_id": self.env.uid,
            },
        }

    # === WHAT COMES NEXT === #

    @api.depends_context("company", "uid")
    def _compute_next(self):
        nexts = self._read_next(self.ids, self.env["res.company"]._get_credit_today())
        for item in self:
            step = nexts.get(item.id)
            item.next_level_id = step and step.level.id
            item.next_date = step and step.date

    @api.model
    def _read_next(self, item_ids, today):
        """The next step of each item, dated today or later.

        :return: ``{item id: steps.Step}``, without the items that have no next step
        """
        self._flush_facts()
        rows = self._read_owed(item_ids, today)
        rules = self._get_all_rules()
        left_out = self._read_left_out(item_ids, today)
        histories = self._read_histories(item_ids)
        contacts = self._read_contacts_by_company(rows)
        failed = self._read_failed({row[1:3] for row in rows})
        nexts = {}
        for item_id, customer, company, date_due, amount, procedure in rows:
            until = left_out.get(item_id, {}).values()
            rule = rules.get(procedure)
            if (
                not rule
                or amount <= rule.tolerance
                or None in until
                or (customer, company) in failed
            ):
                continue
            named = histories[item_id].named if item_id in histories else ()
            nexts[item_id] = steps.foresee(
                steps.Item(item_id, date_due, amount, named),
                rule,
                today,
                last_contact=contacts.get((customer, company)),
                until=max(until, default=None),
            )
        return {item_id: step for item_id, step in nexts.items() if step}

    def _get_all_rules(self):
        """``{procedure id: steps.Procedure}`` of all procedures with levels."""
        procedures = self.env["credit.followup.procedure"].sudo()
        return procedures.search([("level_ids", "!=", False)])._get_rules()

    def _read_owed(self, item_ids, today):
        """Rows ``(id, customer, root company, due, amount, procedure)`` of the open debts."""
        root, _currency, _decimals = self._roots_sql()
        return self.env.execute_query(
            SQL(
                """SELECT l.id, p.commercial_partner_id, %(root)s, COALESCE(l.date_maturity, l.date),
                          %(asked)s::float, %(procedure)s
                     FROM account_move_line l JOIN res_partner p ON p.id = l.partner_id
                    WHERE l.id = ANY(%(items)s) AND l.amount_residual > 0 AND %(open)s""",
                root=root,
                asked=self._asked_sql(today)[0],
                procedure=self._procedure_sql(SQL("p.commercial_partner_id"), root),
                items=list(item_ids),
                open=self._open_sql(),
            )
        )

    def _read_contacts_by_company(self, rows):
        customers = defaultdict(set)
        for _item, customer, company, *_facts in rows:
            customers[company].add(customer)
        return {
            (customer, company): day
            for company, ids in customers.items()
            for customer, day in self._read_last_contacts(ids, company, proposals=False).items()
        }

    def _search_next_date(self, operator, value):
        """Supports only the search of items without a next reminder."""
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        today, without = self.env["res.company"]._get_credit_today(), []
        for item_ids in split_every(_BATCH, self.search([("amount", ">", 0)]).ids, list):
            nexts = self._read_next(item_ids, today)
            without += [item_id for item_id in item_ids if item_id not in nexts]
        return Domain("id", "in", without)

    @api.depends("move_id")
    def _compute_display_name(self):
        # a user who may see the row sees the name, even of a branch's invoice
        for row in self:
            row.display_name = row.sudo().move_id.display_name
