from operator import attrgetter, itemgetter

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, groupby

from ...rules.ageing import LIMITS, age
from ...rules.statement import Account, Line, Statement, open_account

_OF_ACCOUNT = attrgetter("partner_id", "currency_id")

#: document type of an item in a journal ``j``; only invoices and credit notes have payment terms
_DOCUMENT_TYPE = SQL(
    """CASE WHEN display_type = 'payment_term' AND amount_currency > 0 THEN 'invoice'
            WHEN display_type = 'payment_term' THEN 'refund'
            WHEN j.type IN ('bank', 'cash', 'credit') THEN 'payment'
            ELSE 'entry' END"""
)


class CreditStatement(models.AbstractModel):
    """Reads statements of account from the ledger for any number of customers at once.

    Customer: a commercial entity with its contacts. Company: a root company with its branches. Amounts are in the
    currency of the documents, taxes included. Debts on accounts of doubtful customers are part of it.
    """

    _name = "credit.statement"
    _description = "Statement of Account"

    def _read(self, partners, company, date_to, date_from=None):
        """Statements of customers: open items at the end of a day, or movements of a period.

        :param partners: customers or their contacts
        :param date_to: the day; later entries, including payments, are excluded
        :param date_from: first day of the period; without it, open items are read
        :return: ``{customer: Statement}``, in the order of the customers
        :rtype: dict[res.partner, Statement]
        :raise AccessError: without the credit right, or outside this company
        """
        customers = partners.with_env(self.env).commercial_partner_id
        self._check_may_read(customers, company)
        scope = {"customers": tuple(customers.ids) or (0,), "company": company, "date_to": date_to}
        self._flush_facts()
        accounts = (
            self._read_movements(scope, date_from) if date_from else self._read_open_items(scope)
        )
        main = company.root_id.sudo().currency_id
        order = self.env["res.currency"].browse({c for _p, c in accounts}).sorted("name")
        found = {customer: Statement(customer.id, date_to, date_from) for customer in customers}
        for currency in (main & order) | order:
            for customer, statement in found.items():
                if account := accounts.get((customer.id, currency.id)):
                    statement.accounts.append(account)
        return found

    def _check_may_read(self, customers, company):
        if self.env.su:
            return
        if not self.env.user.has_group("credit_management.group_credit_user"):
            raise AccessError(
                self.env._(
                    "Statements of account need the access right Credit / User. Ask a colleague in credit control."
                )
            )
        if company.root_id not in self.env.companies.root_id:
            raise AccessError(
                self.env._("Switch to the company %s to see its statements.", company.sudo().name)
            )
        customers.check_access("read")

    def _flush_facts(self):
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])

    # === OPEN ITEMS === #

    def _read_open_items(self, scope):
        """``{(customer id, currency id): Account}`` of the items open at the end of the day."""
        rows = map(Line._make, self.env.execute_query(self._open_items_sql(scope)))
        return {
            key: open_account(key[1], list(lines), scope["date_to"])
            for key, lines in groupby(rows, _OF_ACCOUNT)
        }

    def _open_items_sql(self, scope):
        return SQL(
            """SELECT i.partner_id, i.currency_id, i.id, %(kind)s, l.move_name, l.ref,
                      COALESCE(l.invoice_date, l.date), i.date_due, l.amount_currency::float8, i.amount::float8,
                      a.doubtful_customers IS TRUE
                 FROM (%(items)s) i
                 JOIN account_move_line l ON l.id = i.id
                 JOIN account_journal j ON j.id = l.journal_id
                 JOIN account_account a ON a.id = l.account_id
                ORDER BY i.partner_id, i.currency_id, i.date_due, i.id""",
            items=self._residuals_sql(scope),
            kind=_DOCUMENT_TYPE,
        )

    def _residuals_sql(self, scope):
        """Rows ``(partner_id, currency_id, date_due, id, amount)``: the open amount of each item at the end of the
        day. It is the amount open now, plus later allocations and allocations to documents reset to draft; so only
        open items and later changes are read, not the history. Amounts are in the item's currency.
        """
        day = scope["date_to"]
        until = SQL("l.date <= %s", day)
        since = SQL("l.date <= %s AND r.max_date > %s", day, day)
        columns = SQL(
            "p.commercial_partner_id AS partner_id, l.currency_id, %s AS date_due, l.id",
            self._due_sql(day),
        )
        return SQL(
            """SELECT partner_id, currency_id, date_due, id, SUM(amount) AS amount
                 FROM (SELECT %(columns)s, l.amount_residual_currency AS amount
                         FROM %(now)s AND l.reconciled IS NOT TRUE AND l.amount_residual_currency <> 0
                        UNION ALL
                       SELECT %(columns)s, r.debit_amount_currency
                         FROM account_partial_reconcile r JOIN %(debit)s
                        UNION ALL
                       SELECT %(columns)s, -r.credit_amount_currency
                         FROM account_partial_reconcile r JOIN %(credit)s
                        UNION ALL
                       SELECT %(columns)s, r.amount
                         FROM (%(drafts)s) r JOIN %(drafted)s) part
                GROUP BY partner_id, currency_id, date_due, id HAVING SUM(amount) <> 0""",
            columns=columns,
            now=self._lines_sql(scope, until),
            debit=self._lines_sql(scope, since, on=SQL("l.id = r.debit_move_id")),
            credit=self._lines_sql(scope, since, on=SQL("l.id = r.credit_move_id")),
            drafts=self._allocated_to_drafts_sql(),
            drafted=self._lines_sql(
                scope,
                SQL("l.date <= %s AND r.max_date <= %s", day, day),
                on=SQL("l.id = r.item_id"),
            ),
        )

    def _due_sql(self, _date_to):
        """Due date of a journal item ``l`` on a statement to a day. Extend where something replaces it.

        :rtype: SQL
        """
        return SQL("COALESCE(l.date_maturity, l.date)")

    def _allocated_to_drafts_sql(self):
        """Rows ``(item_id, amount, max_date)``: allocations to documents reset to draft, which stay reconciled
        although nothing is posted. ``OFFSET 0`` makes the planner start from the few drafts.
        """
        return SQL(
            """SELECT m.item_id, m.amount, m.max_date
                 FROM account_move_line d
                CROSS JOIN LATERAL (
                      SELECT credit_move_id AS item_id, -credit_amount_currency AS amount, max_date
                        FROM account_partial_reconcile WHERE debit_move_id = d.id
                       UNION ALL
                      SELECT debit_move_id, debit_amount_currency, max_date
                        FROM account_partial_reconcile WHERE credit_move_id = d.id
                      ) m
                WHERE d.parent_state = 'draft' AND d.matching_number IS NOT NULL
               OFFSET 0"""
        )

    def _lines_sql(self, scope, condition, on=None):
        """Journal items ``l`` of the customers with their partners ``p``: the end of a ``FROM``, and a ``WHERE``."""
        roots = self.env["res.company"]._get_credit_roots()
        root = scope["company"].root_id.id
        return SQL(
            """account_move_line l %(on)s
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE p.commercial_partner_id IN %(customers)s AND l.company_id IN %(companies)s
                  AND l.account_id IN %(accounts)s AND l.parent_state = 'posted' AND %(condition)s""",
            on=SQL("ON %s", on) if on else SQL(),
            customers=scope["customers"],
            companies=tuple(company for company, row in roots.items() if row[0] == root),
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            condition=condition,
        )

    # === MOVEMENTS === #

    def _read_movements(self, scope, date_from):
        """``{(customer id, currency id): Account}`` of a period.

        The closing balance is the open amount. A difference means an allocation to another customer or currency,
        which counts as a movement.
        """
        accounts = self._read_plain_movements(scope, date_from)
        self._add_ageing(accounts, scope)
        currencies = self.env["res.currency"]
        differing = {
            customer
            for (customer, currency_id), account in accounts.items()
            if not currencies.browse(currency_id).is_zero(
                self._get_last_balance(account) - account.closing
            )
        }
        if differing:
            scope = scope | {"customers": tuple(differing)}
            again = self._read_plain_movements(scope, date_from, allocations=True)
            self._add_ageing(again, scope)
            accounts = {k: a for k, a in accounts.items() if k[0] not in differing} | again
        return {key: a for key, a in accounts.items() if a.lines or a.opening or any(a.ageing[0])}

    def _get_last_balance(self, account):
        return account.lines[-1].balance if account.lines else account.opening

    def _read_plain_movements(self, scope, date_from, allocations=False):
        sql = self._movements_sql(scope, date_from, allocations)
        rows = map(Line._make, self.env.execute_query(sql))
        accounts = {}
        for key, lines in groupby(rows, _OF_ACCOUNT):
            account = accounts[key] = Account(key[1], lines=list(lines))
            if account.lines[0].kind == "opening":
                account.opening = account.lines.pop(0).balance
        return accounts

    def _add_ageing(self, accounts, scope):
        """Add the closing open amounts by age."""
        rows = self.env.execute_query(self._due_dates_sql(scope))
        for key, items in groupby(rows, itemgetter(0, 1)):
            account = accounts.setdefault(key, Account(key[1]))
            account.ageing = age((item[2:] for item in items), scope["date_to"])

    def _due_dates_sql(self, scope):
        """Rows of customer, currency, due date and amount; items in the oldest bucket are grouped under one due date."""
        oldest = fields.Date.subtract(scope["date_to"], days=LIMITS[-1] + 1)
        return SQL(
            """SELECT partner_id, currency_id, GREATEST(date_due, %s), SUM(amount)::float8
                 FROM (%s) i GROUP BY 1, 2, 3, amount < 0 ORDER BY 1, 2""",
            oldest,
            self._residuals_sql(scope),
        )

    def _movements_sql(self, scope, date_from, allocations):
        """The opening balance, then each movement with its running balance. Transfers between accounts of the
        customer (for example to doubtful debts) are not movements.
        """
        day = scope["date_to"]
        return SQL(
            """WITH allocation AS (%(allocations)s),
                    entry AS (
                      SELECT p.commercial_partner_id AS partner_id, l.currency_id, l.id, l.move_id, l.journal_id,
                             l.account_id, l.display_type, l.move_name AS name, l.ref AS reference, l.date,
                             %(due)s AS date_due, l.amount_currency
                        FROM %(inside)s),
                    transfer AS (
                      SELECT e.move_id, e.partner_id, e.currency_id
                        FROM entry e JOIN account_journal j ON j.id = e.journal_id AND j.type = 'general'
                       GROUP BY 1, 2, 3 HAVING COUNT(*) > 1 AND SUM(e.amount_currency) = 0),
                    movement AS (%(parts)s)
               SELECT partner_id, currency_id, id, kind, name, reference, date, date_due, amount::float8,
                      (SUM(amount) OVER (PARTITION BY partner_id, currency_id ORDER BY date NULLS FIRST, id, kind DESC
                                         ROWS UNBOUNDED PRECEDING))::float8, doubtful
                 FROM movement
                ORDER BY partner_id, currency_id, date NULLS FIRST, id, kind DESC""",
            allocations=self._allocations_sql(scope) if allocations else self._no_allocation_sql(),
            inside=self._lines_sql(
                scope,
                SQL("l.date BETWEEN %s AND %s AND l.amount_currency <> 0", date_from, day),
            ),
            parts=self._movement_parts_sql(scope, date_from),
            due=self._due_sql(scope["date_to"]),
        )

    def _movement_parts_sql(self, scope, date_from):
        """The opening balances, the entries that are not transfers, and the allocations of the period."""
        return SQL(
            """SELECT partner_id, currency_id, 0 AS id, 'opening' AS kind, NULL AS name, NULL AS reference,
                       NULL::date AS date, NULL::date AS date_due, SUM(amount) AS amount, FALSE AS doubtful
                  FROM (SELECT p.commercial_partner_id AS partner_id, l.currency_id, l.amount_currency AS amount
                          FROM %(before)s
                         UNION ALL
                        SELECT partner_id, currency_id, amount FROM allocation WHERE date < %(date_from)s) past
                 GROUP BY partner_id, currency_id
                 UNION ALL
                SELECT e.partner_id, e.currency_id, e.id, %(kind)s, e.name, e.reference, e.date,
                       e.date_due, e.amount_currency, a.doubtful_customers IS TRUE
                  FROM entry e
                  JOIN account_journal j ON j.id = e.journal_id
                  JOIN account_account a ON a.id = e.account_id
                  LEFT JOIN transfer t ON t.move_id = e.move_id AND t.partner_id = e.partner_id
                                   AND t.currency_id = e.currency_id
                 WHERE t.move_id IS NULL
                 UNION ALL
                SELECT partner_id, currency_id, id, 'allocation', name, reference, date, date, amount, doubtful
                  FROM allocation WHERE date >= %(date_from)s""",
            before=self._lines_sql(scope, SQL("l.date < %s AND l.amount_currency <> 0", date_from)),
            date_from=date_from,
            kind=_DOCUMENT_TYPE,
        )

    def _no_allocation_sql(self):
        return SQL(
            """SELECT 0 AS partner_id, 0 AS currency_id, 0 AS id, ''::varchar AS name, ''::varchar AS reference,
                      NULL::date AS date, 0.0 AS amount, FALSE AS doubtful WHERE FALSE"""
        )

    def _allocations_sql(self, scope):
        """Allocations to documents of another customer or currency up to the last day."""
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT p.commercial_partner_id AS partner_id, l.currency_id, l.id, o.move_name AS name,
                          l.move_name AS reference, r.max_date AS date, %(amount)s AS amount, FALSE AS doubtful
                     FROM account_partial_reconcile r
                     JOIN account_move_line o ON o.id = %(other)s
                     LEFT JOIN res_partner q ON q.id = o.partner_id
                     JOIN %(lines)s""",
                amount=amount,
                other=other,
                lines=self._lines_sql(
                    scope,
                    SQL(
                        """r.max_date <= %s AND %s <> 0 AND o.parent_state = 'posted' AND (o.currency_id <> l.currency_id
                           OR q.commercial_partner_id IS DISTINCT FROM p.commercial_partner_id)""",
                        scope["date_to"],
                        amount,
                    ),
                    on=SQL("l.id = %s", own),
                ),
            )
            for amount, own, other in (
                (SQL("-r.debit_amount_currency"), SQL("r.debit_move_id"), SQL("r.credit_move_id")),
                (SQL("r.credit_amount_currency"), SQL("r.credit_move_id"), SQL("r.debit_move_id")),
            )
        )
