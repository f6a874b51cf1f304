from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules import is_counted

#: orders ``o`` that are exposure; an order below nothing makes no room: credit counts once it is a credit note, and
#: what is negative and uncertain does not bring an order below nothing (``credit_by_invoices``).
#: A cancelled order has nothing open, though goods left: Odoo does not invoice it before the gate has passed it anew
COUNTED_ORDER = "o.state = 'sale' AND (o.amount_total > 0 OR o.credit_by_invoices) AND o.credit_closed IS NOT TRUE"

#: orders that may have something open; must match the predicate of the index on orders exactly
OPEN_ORDER = (
    f"{COUNTED_ORDER} AND (o.invoice_status IS DISTINCT FROM 'invoiced' OR o.credit_by_invoices)"
)

#: when line ``l`` of order ``o`` is expected to be delivered
_EXPECTED = SQL(
    "COALESCE(o.commitment_date, o.date_order + make_interval(days => l.customer_lead::int))::date"
)

#: for line ``l`` where Odoo's invoiced quantity does not tell what is posted, in the line's unit: quantity on drafts
#: (credit notes negative), quantity on posted credit notes, and number of draft invoices; else NULL
_BY_INVOICES = SQL(
    """CASE WHEN o.credit_by_invoices THEN (
            SELECT ARRAY[COALESCE(SUM(n.quantity) FILTER (WHERE n.state = 'draft'), 0),
                         COALESCE(-SUM(n.quantity) FILTER (WHERE n.state = 'posted' AND n.quantity < 0), 0),
                         COUNT(*) FILTER (WHERE n.state = 'draft' AND n.quantity > 0)]
              FROM (SELECT m.state, e.quantity * COALESCE(u.factor / NULLIF(t.factor, 0), 1)
                                    * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS quantity
                      FROM sale_order_line_invoice_rel i
                      JOIN account_move_line e ON e.id = i.invoice_line_id
                      JOIN account_move m ON m.id = e.move_id
                      LEFT JOIN uom_uom u ON u.id = e.product_uom_id
                      LEFT JOIN uom_uom t ON t.id = l.product_uom_id
                     WHERE i.order_line_id = l.id) n) END"""
)

#: delivered quantity of line ``l`` that will be invoiced
_DELIVERED = SQL(
    """CASE WHEN l.qty_delivered > l.product_uom_qty AND (
                 SELECT t.invoice_policy FROM product_product v
                   JOIN product_template t ON t.id = v.product_tmpl_id WHERE v.id = l.product_id
            ) IS DISTINCT FROM 'delivery'
            THEN l.product_uom_qty ELSE l.qty_delivered END"""
)

#: customer payments ``y`` not yet seen on the bank account
_WAITING_PAYMENT = SQL(
    "y.payment_type = 'inbound' AND y.partner_type = 'customer' AND y.credit_cleared_date IS NULL"
)

_AMOUNT = SQL("s.amount")


@dataclass(frozen=True)
class Source:
    """A source of exposure, with everything other code needs to know about it.

    ``name`` is a value of the field ``source``; a policy chooses by a field ``count_<name>``, if there is one. ``rows``
    is a fragment that selects ``line_id`` (unique in the source), ``partner_id`` (the contact of the document, or its
    commercial entity), ``company_id`` (of the document, a branch or not), ``date`` of the document, ``date_due``,
    ``res_model`` and ``res_id``; ``amount`` an expression over its rows ``s``, in company currency, rounded, taxes
    included, signed. PostgreSQL must be able to push a condition on ``partner_id`` down into ``rows``: joins and
    ``WHERE`` only, no window or aggregate over customers. Sources with the same ``rows`` are read in one scan.

    ``in_horizon``: counts only up to the policy's horizon. ``is_owed``: can become overdue. ``is_journal_item``:
    ``line_id`` is a journal item that no other such source contains. ``unless``: not counted where the policy counts
    one of these sources.
    """

    name: str
    rows: SQL
    amount: SQL = _AMOUNT
    in_horizon: bool = False
    is_owed: bool = False
    is_journal_item: bool = False
    unless: frozenset = frozenset()

    def until_sql(self, days, date):
        """The part of the amount due by ``date``, the horizon of ``days``; the whole amount without a horizon."""
        if days is None:
            return self.amount
        return SQL("CASE WHEN s.date_due <= %s THEN %s ELSE 0 END", date, self.amount)


class SummedSource(Source):
    """A source whose rows are sums: what is due by a date has a column."""

    def until_sql(self, days, date):
        return self.amount if days is None else SQL.identifier("s", f"{self.name}_{days}")


class CreditExposure(models.Model):
    """What customers owe or will owe, one row for each open document line and source.

    No table: rows are read from the ledger and the orders each time, for every source that some policy counts (without
    a policy, the default sources). Amounts are in the root company's currency, taxes included; receivables positive,
    credit notes and unallocated payments negative. An add-on adds a source by extending :meth:`_exposure_sources`.
    """

    _name = "credit.exposure"
    _description = "Credit Exposure"
    _auto = False
    _order = "date_due, id"
    _rec_name = "source"

    _depends = {
        "account.move": [
            "amount_total_signed",
            "commercial_partner_id",
            "currency_id",
            "invoice_currency_rate",
            "invoice_date_due",
            "move_type",
            "state",
        ],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "date",
            "date_maturity",
            "matching_number",
            "parent_state",
            "partner_id",
            "price_total",
            "product_uom_id",
            "quantity",
            "reconciled",
        ],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id"],
        "account.payment": [
            "credit_cleared_date",
            "move_id",
            "partner_type",
            "payment_type",
            "state",
        ],
        "payment.transaction": [
            "amount",
            "currency_id",
            "last_state_change",
            "payment_id",
            "sale_order_ids",
            "state",
        ],
        "product.template": ["invoice_policy"],
        "res.currency.rate": ["company_id", "currency_id", "name", "rate"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "amount_total",
            "commitment_date",
            "credit_by_invoices",
            "credit_closed",
            "currency_id",
            "currency_rate",
            "date_order",
            "invoice_status",
            "partner_invoice_id",
            "state",
        ],
        "sale.order.line": [
            "credit_unit_price",
            "customer_lead",
            "is_downpayment",
            "price_total",
            "product_uom_id",
            "product_uom_qty",
            "qty_delivered",
            "qty_invoiced",
        ],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    source = fields.Selection(
        [
            ("receivable", "Receivables"),
            ("uncleared", "Payments not cleared"),
            ("draft_invoice", "Draft invoices"),
            ("delivered", "Delivered, to invoice"),
            ("ordered", "Ordered, to deliver"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    date = fields.Date(readonly=True, help="Date of the document")
    date_due = fields.Date(
        string="Due",
        readonly=True,
        help="Due date of a receivable or expected delivery date of an order",
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", readonly=True)
    document_name = fields.Char(string="Number", compute="_compute_document_name")
    #: maximum number of sources: each needs its own range of row ids
    _slots = 16

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for model, rows in self.grouped("res_model").items():
            documents = self.env[model].sudo().browse(rows.mapped("res_id"))
            names = {document.id: document.display_name for document in documents}
            for row in rows:
                row.document_name = names[row.res_id]

    # === ACTIONS === #

    @api.readonly
    def action_open_document(self):
        """Open the document behind this row.

        Reading one row by its computed id scans all sources: acceptable for a click, not for a list.
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.document_name,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @property
    def _table_query(self):
        return self._rows_sql(self.env["credit.policy"]._get_scopes().sources)

    # === SOURCES === #

    def _exposure_sources(self):
        """``{key: Source}``. Extend, do not replace. Keys are unique; several sources may share a name.

        :rtype: dict[str, Source]
        """
        orders, drafts = self._order_rows(), self._draft_invoice_rows()
        return {
            "receivable": Source(
                "receivable", self._receivable_rows(), is_owed=True, is_journal_item=True
            ),
            "receivable_reopened": Source("receivable", self._reopened_rows(), is_owed=True),
            "uncleared": Source("uncleared", self._uncleared_rows(), is_journal_item=True),
            "uncleared_deposited": Source("uncleared", self._deposited_rows()),
            "draft_invoice": Source("draft_invoice", drafts),
            "draft_of_order": Source(
                "draft_invoice",
                drafts,
                SQL("s.of_orders"),
                unless=frozenset({"delivered", "ordered"}),
            ),
            "delivered": Source("delivered", orders, SQL("s.delivered")),
            "ordered": Source("ordered", orders, SQL("s.ordered"), in_horizon=True),
        }

    def _get_source_names(self):
        """The names of all sources, in display order."""
        return tuple(dict.fromkeys(source.name for source in self._exposure_sources().values()))

    def _get_scans(self, *scopes, owed=False):
        """The scans needed for some exposure scopes: ``{rows: {key: Source}}``.

        :param scopes: for each of them, the names of its sources
        :param owed: include sources that can become overdue, counted or not
        """
        scans = {}
        for key, source in self._exposure_sources().items():
            if (owed and source.is_owed) or any(is_counted(source, names) for names in scopes):
                scans.setdefault(source.rows, {})[key] = source
        return scans

    def _summed(self, scans, until):
        """The same scans, where there are sums of the rows instead of them.

        :param scans: see :meth:`_get_scans`
        :param until: ``{days: SQL of a date}``, how far ahead orders are asked for
        """
        lines, totals = self._order_rows(), self._order_totals(until)
        orders = {
            name: SummedSource(name, totals, SQL.identifier("s", name))
            for name in ("delivered", "ordered")
        }
        if lines in scans and scans[lines].keys() <= orders.keys():
            others = {rows: sources for rows, sources in scans.items() if rows != lines}
            return others | {totals: orders}
        return scans

    # === ROWS === #

    def _rows_sql(self, names):
        """The rows of some sources, in the shape of this model.

        :param names: names of sources
        """
        root, currency, _decimals = self._roots_sql(SQL("s.company_id"))
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT a.id, p.commercial_partner_id AS partner_id,
                          %(root)s AS company_id, %(currency)s AS currency_id, a.source, a.amount,
                          s.date, s.date_due, s.res_model, s.res_id
                     FROM (%(rows)s) s
                     JOIN res_partner p ON p.id = s.partner_id
                    CROSS JOIN LATERAL (VALUES %(amounts)s) a(id, source, amount)
                    WHERE a.amount <> 0""",
                root=root,
                currency=currency,
                rows=rows,
                amounts=self._amounts_sql(sources),
            )
            for rows, sources in self._get_scans(names).items()
        )

    def _amounts_sql(self, sources):
        return SQL(", ").join(
            SQL(
                "(%s, %s::varchar, %s::numeric)",
                self._id_sql(key, source),
                source.name,
                source.amount,
            )
            for key, source in sources.items()
        )

    def _id_sql(self, key, source):
        """The id of a row. Journal items take the even numbers, so that a billion of them still fit 32 bits, the limit
        of XML-RPC; the other sources share the odd ones."""
        if source.is_journal_item:
            return SQL("s.line_id::bigint * 2")
        slot = self._get_slots()[key]
        return SQL("(s.line_id::bigint * %s + %s) * 2 + 1", self._slots, slot)

    def _get_slots(self):
        """``{key: number}`` that keeps the row ids of different sources apart."""
        keys = self._exposure_sources()
        assert len(keys) <= self._slots, "More sources of exposure than there are row ids for"
        return {key: slot for slot, key in enumerate(keys)}

    def _roots_sql(self, company_id):
        """Root company of a company, its currency and that currency's decimals."""
        roots = self.env["res.company"]._get_credit_roots()
        return [
            self._case(company_id, {key: row[n] for key, row in roots.items()}) for n in range(3)
        ]

    def _flushing(self, sql):
        """The same SQL, flushing pending writes on the documents first."""
        to_flush = (
            self.env[model]._fields[name]
            for model, names in self._depends.items()
            for name in names
        )
        return SQL("%s%s", sql, SQL().join(SQL(to_flush=field) for field in to_flush))

    def _case(self, key, values):
        """``CASE`` over a small map inlined in the query, or a constant when all values are equal."""
        if len(set(values.values())) == 1:
            return SQL("%s", next(iter(values.values())))
        branches = (SQL("WHEN %s THEN %s", when, then) for when, then in values.items())
        return SQL("CASE %s %s END", key, SQL(" ").join(branches))

    # === LEDGER === #

    def _receivable_rows(self):
        return SQL(
            """SELECT l.id AS line_id, l.partner_id, l.company_id,
                      l.amount_residual AS amount, l.date, COALESCE(l.date_maturity, l.date) AS date_due,
                      'account.move'::varchar AS res_model, l.move_id AS res_id
                 FROM account_move_line l
                WHERE l.account_id IN %s
                  AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0""",
            self.env["account.account"]._get_exposure_account_ids(),
        )

    def _reopened_rows(self):
        """Cancels the effect of documents reset to draft that Odoo keeps matched: a draft settles nothing.

        ``OFFSET 0`` makes the planner start from the few drafts, not from what they are matched with.
        """
        return SQL(
            """SELECT x.line_id, l.partner_id, l.company_id, x.amount, l.date,
                      COALESCE(l.date_maturity, l.date) AS date_due,
                      'account.move'::varchar AS res_model, l.move_id AS res_id
                 FROM (SELECT r.* FROM account_move_line d
                        CROSS JOIN LATERAL (
                              SELECT r.id AS line_id, r.credit_move_id AS item_id, -r.amount AS amount
                                FROM account_partial_reconcile r WHERE r.debit_move_id = d.id
                               UNION ALL
                              SELECT r.id, r.debit_move_id, r.amount
                                FROM account_partial_reconcile r WHERE r.credit_move_id = d.id
                              ) r
                        WHERE d.parent_state = 'draft' AND d.matching_number IS NOT NULL
                       OFFSET 0) x
                 JOIN account_move_line l ON l.id = x.item_id
                WHERE l.account_id IN %s AND l.parent_state = 'posted'""",
            self.env["account.account"]._get_exposure_account_ids(),
        )

    def _uncleared_rows(self):
        """Money of customers that is registered but not seen on the bank: cheques, bills of exchange, direct debits.

        Its settled part is no longer a receivable and its unallocated part a negative one, so it is added back either
        way, unless the payment was returned and the debt is open again. A cheque remitted in its customer's name waits
        in the remittance entry.
        """
        accounts = self.env["account.account"]
        return SQL(
            """SELECT l.id AS line_id, l.partner_id, l.company_id,
                      GREATEST(l.amount_residual - b.amount, 0) AS amount, l.date, l.date AS date_due,
                      COALESCE(b.res_model, 'account.move')::varchar AS res_model, COALESCE(b.res_id, l.move_id) AS res_id
                 FROM account_move_line l
                CROSS JOIN LATERAL (
                      SELECT 'account.payment' AS res_model, y.id AS res_id, (
                             SELECT COALESCE(SUM(r.amount), 0)
                               FROM account_move_line k
                               JOIN account_partial_reconcile r ON r.credit_move_id = k.id
                               JOIN account_move_line d ON d.id = r.debit_move_id AND d.parent_state = 'posted'
                              WHERE k.move_id = l.move_id AND k.account_id IN %(debts)s
                                AND NOT EXISTS (SELECT FROM account_payment z WHERE z.move_id = d.move_id)
                                AND EXISTS (SELECT FROM account_move_line c
                                             WHERE c.move_id = d.move_id AND c.account_id IN %(money)s AND c.balance < 0)
                             ) AS amount
                        FROM account_payment y
                       WHERE y.move_id = l.move_id AND %(waiting)s
                       UNION ALL
                      SELECT NULL, NULL, 0
                       WHERE l.amount_residual > 0
                         AND NOT EXISTS (SELECT FROM account_payment y WHERE y.move_id = l.move_id)
                         AND EXISTS (
                             SELECT FROM account_move_line k
                               JOIN account_partial_reconcile r ON r.credit_move_id = k.id
                               JOIN account_move_line c ON c.id = r.debit_move_id
                               JOIN account_payment y ON y.move_id = c.move_id
                              WHERE k.move_id = l.move_id AND k.account_id IN %(waiting_accounts)s AND %(waiting)s)
                      ) b
                WHERE l.account_id IN %(waiting_accounts)s AND l.partner_id IS NOT NULL
                  AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0""",
            debts=accounts._get_exposure_account_ids(),
            money=accounts._get_money_account_ids(),
            waiting_accounts=accounts._get_outstanding_account_ids(),
            waiting=_WAITING_PAYMENT,
        )

    def _deposited_rows(self):
        """Cheques remitted together in one sum without a customer: each counts for its own customer.

        Goes from remittances not matched with the bank back to the cheques, through any number of remittances.
        """
        return SQL(
            """SELECT x.partial_id AS line_id, l.partner_id, l.company_id, ROUND(x.amount, %(decimals)s) AS amount,
                      l.date, l.date AS date_due, 'account.payment'::varchar AS res_model, y.id AS res_id
                 FROM (WITH RECURSIVE chain AS (
                              SELECT l.move_id, l.amount_residual / l.balance AS share, 0 AS partial_id, 0 AS item_id,
                                     0::numeric AS amount, 0 AS steps
                                FROM account_move_line l
                               WHERE l.account_id IN %(waiting_accounts)s AND l.partner_id IS NULL
                                 AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0
                                 AND l.amount_residual > 0 AND l.balance > 0
                               UNION ALL
                              SELECT d.move_id, c.share * r.amount / d.balance, r.id, d.id, c.share * r.amount, c.steps + 1
                                FROM chain c
                                JOIN account_move_line k ON k.move_id = c.move_id AND k.account_id IN %(waiting_accounts)s
                                JOIN account_partial_reconcile r ON r.credit_move_id = k.id
                                JOIN account_move_line d ON d.id = r.debit_move_id AND d.balance > 0
                               WHERE c.steps < 5
                       ) SELECT * FROM chain WHERE steps > 0 OFFSET 0) x
                 JOIN account_move_line l ON l.id = x.item_id
                 JOIN account_payment y ON y.move_id = l.move_id
                WHERE %(waiting)s AND l.partner_id IS NOT NULL""",
            decimals=self._roots_sql(SQL("l.company_id"))[2],
            waiting_accounts=self.env["account.account"]._get_outstanding_account_ids(),
            waiting=_WAITING_PAYMENT,
        )

    # === DRAFTS AND ORDERS === #

    def _draft_invoice_rows(self):
        """Draft invoices: the part without a counted order, and ``of_orders``, the part counted by its order until it
        is posted.

        Neither a draft credit note nor a negative draft line makes room.
        """
        return SQL(
            """SELECT m.id AS line_id, m.commercial_partner_id AS partner_id, m.company_id,
                      GREATEST(m.amount_total_signed - c.amount, 0) AS amount,
                      m.amount_total_signed - GREATEST(m.amount_total_signed - c.amount, 0) AS of_orders,
                      COALESCE(m.invoice_date, m.date) AS date, m.invoice_date_due AS date_due,
                      'account.move'::varchar AS res_model, m.id AS res_id
                 FROM account_move m
                CROSS JOIN LATERAL (
                      SELECT COALESCE(ROUND(SUM(e.price_total) / NULLIF(m.invoice_currency_rate, 0)::numeric, %(decimals)s), 0)
                             AS amount
                        FROM account_move_line e
                       WHERE e.move_id = m.id AND EXISTS (
                             SELECT FROM sale_order_line_invoice_rel i
                               JOIN sale_order_line l ON l.id = i.order_line_id
                               JOIN sale_order o ON o.id = l.order_id
                              WHERE i.invoice_line_id = e.id AND %(counted)s)
                      ) c
                WHERE m.state = 'draft' AND m.move_type IN ('out_invoice', 'out_receipt') AND m.amount_total_signed > 0""",
            decimals=self._roots_sql(SQL("m.company_id"))[2],
            counted=SQL(COUNTED_ORDER),
        )

    def _order_rows(self):
        """Lines of confirmed orders: ``delivered`` and only ``ordered``, at the order's price and stored rate.

        The lines of an order add up to its total less what is paid, never below 0. Laid end to end by delivery date,
        they count between ``low`` and ``high``: money (down payments, online payments) covers what is delivered first,
        discounts reduce what is delivered last, and negative lines make no room elsewhere.
        """
        delivered, ordered = SQL("x.delivered_upto"), SQL("x.ordered_upto")
        return SQL(
            """SELECT x.line_id, o.partner_invoice_id AS partner_id, o.company_id,
                      %(delivered)s - %(before_delivered)s AS delivered, %(ordered)s - %(before_ordered)s AS ordered,
                      o.date_order::date AS date, x.date_due,
                      'sale.order'::varchar AS res_model, o.id AS res_id
                 FROM sale_order o
                CROSS JOIN LATERAL (%(lines)s) x
                WHERE %(open)s AND (x.delivered > 0 OR x.ordered > 0)""",
            delivered=self._bounded_sql(delivered),
            before_delivered=self._bounded_sql(SQL("(%s - x.delivered)", delivered)),
            ordered=self._bounded_sql(ordered),
            before_ordered=self._bounded_sql(SQL("(%s - x.ordered)", ordered)),
            lines=self._with_bounds_sql(self._laid_out_sql()),
            open=SQL(OPEN_ORDER),
        )

    def _order_totals(self, until):
        """The sums of :meth:`_order_rows` by order, several times as fast: ``delivered``, ``ordered``, and ``ordered_<days>``
        for what is ordered until some day.

        What is delivered ends where what is ordered begins, and what is ordered until a day is the beginning of that:
        between sums nothing needs to be laid out.

        :param until: ``{days: SQL of a date}``
        """
        names = ["ordered", *(f"ordered_{days}" for days in until)]
        return SQL(
            """SELECT o.partner_invoice_id AS partner_id, o.company_id, x.middle - x.start AS delivered %(ordered)s
                 FROM sale_order o
                CROSS JOIN LATERAL (
                      SELECT x.*, CASE WHEN x.low = 0 THEN 0 ELSE %(start)s END AS start, %(middle)s AS middle
                        FROM (%(sums)s) x
                      OFFSET 0) x
                WHERE %(open)s""",
            ordered=SQL().join(
                SQL(
                    ", %s - x.middle AS %s",
                    self._bounded_sql(SQL("(x.delivered + %s)", SQL.identifier("x", name))),
                    SQL.identifier(name),
                )
                for name in names
            ),
            sums=self._with_bounds_sql(self._order_sums_sql(until)),
            start=self._bounded_sql(SQL("0")),
            middle=self._bounded_sql(SQL("x.delivered")),
            open=SQL(OPEN_ORDER),
        )

    def _bounded_sql(self, upto):
        """Running sum of order ``o`` up to a line, limited to ``low`` and ``high`` and rounded, so that the lines add
        up."""
        return SQL(
            "ROUND(LEAST(GREATEST(%s * x.up, x.low), x.high), %s)",
            upto,
            self._roots_sql(SQL("o.company_id"))[2],
        )

    def _with_bounds_sql(self, sums):
        """Sums ``z`` over the lines of order ``o``, with the bounds ``low`` and ``high``.

        ``up`` and ``down`` convert positive and negative amounts to the company's currency, and spread over the lines
        the difference between the total and their sum (taxes rounded globally). Most orders need no division, which is
        slow and produces long numbers. ``OFFSET 0``, here and below, computes each expression once instead of wherever
        it is used.
        """
        return SQL(
            """SELECT f.*, GREATEST(f.positive * f.up + f.negative * f.down, f.low) AS high
                 FROM (SELECT z.*, z.down_paid + p.paid AS low,
                              CASE WHEN o.currency_rate = 1 AND z.total = o.amount_total THEN 1
                                   ELSE (1 + %(spread)s) / NULLIF(o.currency_rate, 0)::numeric END AS up,
                              CASE WHEN o.currency_rate = 1 AND z.total = o.amount_total THEN 1
                                   ELSE (1 - %(spread)s) / NULLIF(o.currency_rate, 0)::numeric END AS down
                         FROM (%(sums)s) z
                        CROSS JOIN (SELECT %(deposits)s AS paid OFFSET 0) p
                       OFFSET 0) f
               OFFSET 0""",
            spread=SQL("COALESCE((o.amount_total - z.total) / NULLIF(z.total_abs, 0), 0)"),
            sums=sums,
            deposits=SQL(" + ").join(self._order_deposits().values()),
        )

    def _laid_out_sql(self):
        """The lines of order ``o`` in the order of their delivery, with sums up to each and over all of them."""
        return SQL(
            """SELECT q.line_id, q.date_due, q.delivered, q.ordered,
                      SUM(q.delivered) OVER upto AS delivered_upto,
                      SUM(q.delivered) OVER () + SUM(q.ordered) OVER upto AS ordered_upto,
                      SUM(q.delivered + q.ordered) OVER () AS positive, SUM(q.negative) OVER () AS negative,
                      SUM(q.total) OVER () AS total, SUM(ABS(q.total)) OVER () AS total_abs,
                      SUM(q.down_paid) OVER () AS down_paid
                 FROM (%s) q
               WINDOW upto AS (ORDER BY q.date_due, q.line_id)""",
            self._open_lines_sql(),
        )

    def _order_sums_sql(self, until):
        """Sums over the lines of order ``o``; zeros are passed by, as adding them takes longer than looking at them."""
        return SQL(
            """SELECT %(delivered)s AS delivered, %(ordered)s AS ordered, %(delivered)s + %(ordered)s AS positive
                      %(ordered_until)s, COALESCE(SUM(q.negative) FILTER (WHERE q.negative < 0), 0) AS negative,
                      COALESCE(SUM(q.down_paid) FILTER (WHERE q.down_paid > 0), 0) AS down_paid,
                      SUM(q.total) AS total,
                      SUM(q.total) - 2 * COALESCE(SUM(q.total) FILTER (WHERE q.total < 0), 0) AS total_abs
                 FROM (%(lines)s) q""",
            delivered=SQL("COALESCE(SUM(q.delivered) FILTER (WHERE q.delivered > 0), 0)"),
            ordered=SQL("COALESCE(SUM(q.ordered) FILTER (WHERE q.ordered > 0), 0)"),
            ordered_until=SQL().join(
                SQL(
                    ", COALESCE(SUM(q.ordered) FILTER (WHERE q.date_due <= %s), 0) AS %s",
                    date,
                    SQL.identifier(f"ordered_{days}"),
                )
                for days, date in until.items()
            ),
            lines=self._open_lines_sql(),
        )

    def _open_lines_sql(self):
        """What is open of the lines of order ``o``, in its currency: ``delivered`` and ``ordered``, both without what is
        ``negative``; of down-payment lines what is ``down_paid``, in the company's.

        A down payment that was taken off and credited is ordered again.
        """
        return SQL(
            """SELECT n.line_id, n.date_due, n.total, GREATEST(n.down_paid, 0) AS down_paid,
                      GREATEST(n.delivered, 0) AS delivered,
                      CASE WHEN n.down_paid = 0 THEN GREATEST(n.ordered, 0)
                           ELSE GREATEST(n.ordered, n.down_paid * -o.currency_rate::numeric, 0) END AS ordered,
                      LEAST(n.delivered, 0) + LEAST(n.ordered, 0) AS negative
                 FROM (%s) n
               OFFSET 0""",
            self._open_amounts_sql(),
        )

    def _open_amounts_sql(self):
        """The same, signed.

        For a line, ``goods`` is the delivered quantity that will be invoiced, ``invoiced`` the quantity on posted
        documents and ``billed`` the part of the goods invoiced at least once: goods credited and not invoiced again stay
        credited. The price is computed where it is used, because most lines have no delivery yet and are open in full.
        """
        return SQL(
            """SELECT b.line_id, b.date_due, b.total, b.down_paid,
                      CASE WHEN b.goods = 0 THEN 0 ELSE GREATEST(b.goods - b.billed, 0) * %(price)s END AS delivered,
                      CASE WHEN b.never THEN 0
                           WHEN b.goods = 0 AND b.invoiced = 0 THEN b.total
                           WHEN b.quantity < 0 THEN LEAST(b.quantity - b.invoiced, 0) * %(price)s
                           ELSE GREATEST(b.quantity - GREATEST(b.goods, b.invoiced), 0) * %(price)s END AS ordered
                 FROM (SELECT a.*,
                              CASE WHEN a.by_invoices IS NULL THEN a.posted ELSE a.posted - a.by_invoices[1] END
                              AS invoiced,
                              CASE WHEN a.by_invoices IS NULL THEN a.posted
                                   WHEN a.by_invoices[3] = 0 THEN a.posted - a.by_invoices[1] + a.by_invoices[2]
                                   ELSE a.posted - a.by_invoices[1] END AS billed
                         FROM (
                       SELECT l.id AS line_id, %(date_due)s AS date_due, l.price_total AS total,
                              l.product_uom_qty AS quantity, l.qty_invoiced AS posted, %(by_invoices)s AS by_invoices,
                              l.credit_unit_price, %(delivered)s AS goods,
                              %(is_down_payment)s OR %(never)s AS never,
                              CASE WHEN %(is_down_payment)s THEN %(down_paid)s ELSE 0 END AS down_paid
                         FROM sale_order_line l
                        WHERE l.order_id = o.id AND l.display_type IS NULL
                       OFFSET 0) a) b
               OFFSET 0""",
            price=SQL("COALESCE(b.total / NULLIF(b.quantity, 0), b.credit_unit_price, 0)"),
            date_due=_EXPECTED,
            delivered=_DELIVERED,
            is_down_payment=SQL("(l.is_downpayment IS TRUE AND l.product_uom_qty = 0)"),
            never=self._never_delivered_sql(),
            down_paid=self._down_paid_sql(),
            by_invoices=_BY_INVOICES,
        )

    def _never_delivered_sql(self):
        """Condition on line ``l`` of order ``o``: what is not delivered of it never will be, nor invoiced. Extend with ``OR``.

        Here: what is negative and may never be invoiced, as ``sale.order.line._get_credit_uncertain``.
        """
        return SQL(
            """(l.price_total < 0 AND (l.product_uom_qty < 0 OR (
                SELECT t.invoice_policy = 'delivery' FROM product_product v
                  JOIN product_template t ON t.id = v.product_tmpl_id WHERE v.id = l.product_id)))"""
        )

    def _down_paid_sql(self):
        """Amount of posted invoices of the down-payment line ``l`` of order ``o``, in the company's currency."""
        return SQL(
            """(SELECT COALESCE(SUM(CASE WHEN m.move_type = 'out_refund' THEN -e.price_total ELSE e.price_total END
                               / NULLIF(CASE WHEN m.currency_id = o.currency_id THEN o.currency_rate
                                             ELSE m.invoice_currency_rate END, 0)::numeric), 0)
                  FROM sale_order_line_invoice_rel i
                  JOIN account_move_line e ON e.id = i.invoice_line_id
                  JOIN account_move m ON m.id = e.move_id
                 WHERE i.order_line_id = l.id AND m.state = 'posted')"""
        )

    def _order_deposits(self):
        """``{name: SQL}``: amounts paid for order ``o`` that are not in the ledger yet, in the company's currency,
        taxes included, never NULL. Extend, do not replace.

        :rtype: dict[str, SQL]
        """
        return {"online": self._paid_online_sql()}

    def _paid_online_sql(self):
        """Online payments not yet in the ledger; one that pays several orders is shared out by their totals.

        A payment without an entry is ``paid`` once the bank has settled its invoices; a cancelled one bounced. A
        payment in a currency without a rate counts as nothing.
        """
        currency = self._roots_sql(SQL("o.company_id"))[1]
        return SQL(
            """CASE WHEN EXISTS (SELECT FROM sale_order_transaction_rel r WHERE r.sale_order_id = o.id) THEN
               (SELECT COALESCE(SUM(t.amount * o.amount_total / NULLIF((
                            SELECT SUM(GREATEST(p.amount_total, 0)) FROM sale_order_transaction_rel q
                              JOIN sale_order p ON p.id = q.sale_order_id WHERE q.transaction_id = t.id), 0)
                         * CASE WHEN t.currency_id = o.currency_id THEN 1 / NULLIF(o.currency_rate, 0)::numeric
                                WHEN t.currency_id = %(currency)s THEN 1
                                ELSE COALESCE(%(ours)s, 1) / NULLIF(%(theirs)s, 0) END), 0)
                  FROM sale_order_transaction_rel r
                  JOIN payment_transaction t ON t.id = r.transaction_id
                  LEFT JOIN account_payment y ON y.id = t.payment_id
                  LEFT JOIN account_move m ON m.id = y.move_id
                 WHERE r.sale_order_id = o.id AND t.state IN ('authorized', 'done')
                   AND m.state IS DISTINCT FROM 'posted'
                   AND COALESCE(y.state, '') NOT IN ('paid', 'canceled', 'rejected')) ELSE 0 END""",
            currency=currency,
            ours=self._rate_sql(currency),
            theirs=self._rate_sql(SQL("t.currency_id")),
        )

    def _rate_sql(self, currency_id):
        """The rate of a currency on the day of transaction ``t`` for the company of order ``o``, by Odoo's own look-up
        order."""
        return SQL(
            """(SELECT c.rate FROM res_currency_rate c
                 WHERE c.currency_id = %s AND (c.company_id IS NULL OR c.company_id = %s)
                   AND c.name <= COALESCE(t.last_state_change, t.create_date)::date
                 ORDER BY c.company_id, c.name DESC LIMIT 1)""",
            currency_id,
            self._roots_sql(SQL("o.company_id"))[0],
        )
