from odoo import api, fields, models
from odoo.tools import SQL

#: of order lines ``l``: what is open, delivered or not, and the price of a unit, in ``q``
_OPEN_QUANTITIES = SQL(
    """LATERAL (
            SELECT CASE WHEN l.qty_delivered > l.product_uom_qty AND (
                             SELECT t.invoice_policy FROM product_product v
                               JOIN product_template t ON t.id = v.product_tmpl_id WHERE v.id = l.product_id
                        ) IS DISTINCT FROM 'delivery'
                        THEN l.product_uom_qty ELSE l.qty_delivered END AS quantity
      ) d
      CROSS JOIN LATERAL (
            SELECT GREATEST(d.quantity - l.qty_invoiced, 0) AS delivered,
                   CASE WHEN l.product_uom_qty < 0 THEN LEAST(l.product_uom_qty - l.qty_invoiced, 0)
                        ELSE GREATEST(l.product_uom_qty - GREATEST(d.quantity, l.qty_invoiced), 0)
                   END AS ordered,
                   COALESCE(l.price_total / NULLIF(l.product_uom_qty, 0),
                            l.price_unit * (1 - COALESCE(l.discount, 0) / 100)) AS price
      ) q"""
)

#: what the invoices of a down-payment line ``l``, drafts included, took off its order
_DOWN_PAYMENT = SQL(
    """LATERAL (
            SELECT SUM(CASE WHEN m.move_type = 'out_refund' THEN -e.price_total ELSE e.price_total END)
                   AS invoiced
              FROM sale_order_line_invoice_rel i
              JOIN account_move_line e ON e.id = i.invoice_line_id
              JOIN account_move m ON m.id = e.move_id
             WHERE i.order_line_id = l.id AND m.state <> 'cancel'
      ) i"""
)

#: orders ``o`` with something open; an order below nothing makes no room: credit counts once it is a credit note.
#: A cancelled order has nothing open, though goods left: Odoo does not invoice it before the gate has passed it anew
_OPEN_ORDER = SQL(
    "o.state = 'sale' AND o.invoice_status IS DISTINCT FROM 'invoiced' AND o.amount_total > 0"
)

#: when line ``l`` of order ``o`` is expected to be delivered
_EXPECTED = SQL(
    "COALESCE(o.commitment_date, o.date_order + make_interval(days => l.customer_lead::int))::date"
)

#: the last of these days of order ``o``
_EXPECTED_LAST = SQL(
    """COALESCE(o.commitment_date, o.date_order + make_interval(days => (
            SELECT MAX(x.customer_lead)::int FROM sale_order_line x WHERE x.order_id = o.id)))::date"""
)


class CreditExposure(models.Model):
    """What customers owe or will owe, one row for each open document line and source.

    No table: the rows are read from the ledger and the orders each time, of every source that some policy counts
    (without a policy: those that a policy counts by default). Amounts are in the root
    company's currency, taxes included; receivables positive, credit notes and unallocated payments
    negative. An add-on adds a source by extending :meth:`_exposure_sources`.
    """

    _name = "credit.exposure"
    _description = "Credit Exposure"
    _auto = False
    _order = "date_due, id"
    _rec_name = "source"

    _depends = {
        "account.payment": [
            "credit_cleared_date",
            "move_id",
            "partner_type",
            "payment_type",
            "state",
        ],
        "account.move": [
            "amount_total_signed",
            "commercial_partner_id",
            "invoice_date_due",
            "move_type",
            "state",
        ],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "date",
            "date_maturity",
            "parent_state",
            "partner_id",
            "price_total",
            "reconciled",
        ],
        "payment.transaction": ["amount", "payment_id", "sale_order_ids", "state"],
        "product.template": ["invoice_policy"],
        "res.partner": ["commercial_partner_id"],
        "sale.order": [
            "amount_total",
            "commitment_date",
            "currency_rate",
            "invoice_status",
            "partner_invoice_id",
            "state",
        ],
        "sale.order.line": [
            "invoice_status",
            "price_total",
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
            ("paid_online", "Paid online, to book"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    date = fields.Date(readonly=True, help="Date of the document")
    date_due = fields.Date(
        string="Due",
        readonly=True,
        help="Due date of a receivable, expected delivery of an order",
    )
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", readonly=True)
    document_name = fields.Char(string="Number", compute="_compute_document_name")

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for model, rows in self.grouped("res_model").items():
            documents = self.env[model].sudo().browse(rows.mapped("res_id"))
            names = {document.id: document.display_name for document in documents}
            for row in rows:
                row.document_name = names[row.res_id]

    @property
    def _table_query(self):
        return self._rows_sql(self.env["credit.policy"]._get_countings().sources)

    def _rows_sql(self, sources):
        """The rows of some sources, in the shape of this model.

        :param sources: names of sources
        """
        root, currency, _decimals = self._roots_sql(SQL("s.company_id"))
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT s.line_id::bigint * %(slots)s + a.slot AS id, p.commercial_partner_id AS partner_id,
                          %(root)s AS company_id, %(currency)s AS currency_id, a.source, a.amount,
                          s.date, s.date_due, s.res_model, s.res_id
                     FROM (%(rows)s) s
                     JOIN res_partner p ON p.id = s.partner_id
                    CROSS JOIN LATERAL (VALUES %(amounts)s) a(slot, source, amount)
                    WHERE a.amount <> 0""",
                slots=self._slots,
                root=root,
                currency=currency,
                rows=rows,
                amounts=self._amounts_sql(amounts),
            )
            for amounts, rows in self._get_scans(sources)
        )

    def _amounts_sql(self, amounts):
        slots = self._source_slots()
        return SQL(", ").join(
            SQL("(%s, %s::varchar, %s::numeric)", slots[source], source, amount)
            for source, amount in amounts.items()
        )

    def _roots_sql(self, company_id):
        """Root company, its currency and the decimals of that, of a company."""
        roots = self.env["res.company"]._get_credit_roots()
        return [
            self._case(company_id, {key: row[n] for key, row in roots.items()}) for n in range(3)
        ]

    def _get_scans(self, sources):
        """The scans that some sources need, without the amounts of the others."""
        for amounts, rows in self._exposure_scans():
            if wanted := {source: amounts[source] for source in amounts if source in sources}:
                yield wanted, rows

    def _flushing(self, sql):
        """The same SQL, which writes what is pending on the documents before it runs."""
        to_flush = (
            self.env[model]._fields[name]
            for model, names in self._depends.items()
            for name in names
        )
        return SQL("%s%s", sql, SQL().join(SQL(to_flush=field) for field in to_flush))

    #: row ids are ``id of the line * slots + slot of the source``
    _slots = 16

    def _source_slots(self):
        """``{source: number}`` that makes row ids of different sources differ."""
        sources = dict.fromkeys(
            source for amounts, _rows in self._exposure_scans() for source in amounts
        )
        return {source: slot for slot, source in enumerate(sources)}

    def _case(self, key, values):
        """``CASE`` over a small map inlined in the query, or its one value when all are equal."""
        if len(set(values.values())) == 1:
            return SQL("%s", next(iter(values.values())))
        branches = (SQL("WHEN %s THEN %s", when, then) for when, then in values.items())
        return SQL("CASE %s %s END", key, SQL(" ").join(branches))

    def _exposure_scans(self):
        """What is read, and where in it the amounts are: each source by itself, but the lines of orders once for two.

        :rtype: list[tuple[dict[str, SQL], SQL]]
        """
        amount = SQL("s.amount")
        of_orders = {"delivered": SQL("s.delivered"), "ordered": SQL("s.ordered")}
        return [
            *(({source: amount}, rows) for source, rows in self._exposure_sources().items()),
            (of_orders, self._order_rows()),
            ({"ordered": amount}, self._down_payment_rows()),
        ]

    def _exposure_sources(self):
        """``{source: SQL}``: the rows of each source, but of the lines of orders. Extend, do not replace.

        A fragment selects ``line_id`` (unique in the source), ``partner_id`` (the contact of the document, or its
        commercial entity), ``company_id`` (of the document, a branch or not), ``amount`` (company currency, rounded,
        taxes included, signed), ``date`` of the document, ``date_due``, ``res_model`` and ``res_id``. A condition on
        ``partner_id`` must be able to sink into it: joins and ``WHERE`` only, no window, no aggregate over customers.

        :rtype: dict[str, SQL]
        """
        return {
            "receivable": self._receivable_rows(),
            "uncleared": self._uncleared_rows(),
            "draft_invoice": self._draft_invoice_rows(),
            "paid_online": self._paid_online_rows(),
        }

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

    def _uncleared_rows(self):
        """Money of customers that is registered but not seen on the bank: cheques, bills of exchange, direct debits.

        What it settles is no receivable any more and what it does not is a negative one: either way it is added back.
        """
        return SQL(
            """SELECT l.id AS line_id, l.partner_id, l.company_id,
                      l.amount_residual AS amount, l.date, l.date AS date_due,
                      'account.payment'::varchar AS res_model, y.id AS res_id
                 FROM account_move_line l
                 JOIN account_payment y ON y.move_id = l.move_id
                WHERE l.account_id IN %s
                  AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0
                  AND y.payment_type = 'inbound' AND y.partner_type = 'customer' AND y.credit_cleared_date IS NULL""",
            self.env["account.account"]._get_outstanding_account_ids(),
        )

    def _draft_invoice_rows(self):
        return SQL(
            """SELECT m.id AS line_id, m.commercial_partner_id AS partner_id, m.company_id,
                      m.amount_total_signed AS amount, COALESCE(m.invoice_date, m.date) AS date,
                      m.invoice_date_due AS date_due,
                      'account.move'::varchar AS res_model, m.id AS res_id
                 FROM account_move m
                WHERE m.state = 'draft' AND m.move_type IN ('out_invoice', 'out_refund')
                  AND m.amount_total_signed <> 0"""
        )

    def _order_rows(self):
        """Lines of confirmed orders: what is ``delivered`` and what is only ``ordered``, at the order's price and stored rate.

        A line of which nothing came yet is its total: most lines need no arithmetic. A line that is invoiced has
        nothing open, though less came than was ordered: goods by weight, what came back.
        """
        return SQL(
            """SELECT l.id AS line_id, o.partner_invoice_id AS partner_id, o.company_id,
                      CASE WHEN l.qty_delivered = 0 THEN 0 ELSE %(delivered)s END AS delivered,
                      CASE WHEN l.invoice_status = 'invoiced' THEN 0
                           WHEN l.qty_delivered = 0 AND l.qty_invoiced = 0 THEN %(untouched)s
                           ELSE %(ordered)s END AS ordered,
                      o.date_order::date AS date, %(date_due)s AS date_due,
                      'sale.order'::varchar AS res_model, o.id AS res_id
                 FROM sale_order o
                 JOIN sale_order_line l ON l.order_id = o.id
                CROSS JOIN %(quantities)s
                WHERE %(open)s AND l.display_type IS NULL AND (l.is_downpayment IS NOT TRUE OR l.product_uom_qty <> 0)""",
            delivered=self._order_amount_sql(SQL("q.price * q.delivered")),
            untouched=self._order_amount_sql(SQL("l.price_total")),
            ordered=self._order_amount_sql(SQL("q.price * q.ordered")),
            date_due=_EXPECTED,
            quantities=_OPEN_QUANTITIES,
            open=_OPEN_ORDER,
        )

    def _down_payment_rows(self):
        """What down-payment invoices already took off their open orders, drafts included.

        A down payment orders a quantity of nothing: a line that calls itself one and orders something counts. It is
        taken off what is delivered last, so that it makes no room before its order is within the horizon.
        """
        return SQL(
            """SELECT l.id AS line_id, o.partner_invoice_id AS partner_id, o.company_id,
                      %(amount)s AS amount, o.date_order::date AS date, %(date_due)s AS date_due,
                      'sale.order'::varchar AS res_model, o.id AS res_id
                 FROM sale_order o
                 JOIN sale_order_line l ON l.order_id = o.id
                CROSS JOIN %(down_payment)s
                WHERE %(open)s AND l.is_downpayment AND l.product_uom_qty = 0 AND i.invoiced <> 0""",
            amount=self._order_amount_sql(SQL("-i.invoiced")),
            date_due=_EXPECTED_LAST,
            down_payment=_DOWN_PAYMENT,
            open=_OPEN_ORDER,
        )

    def _order_amount_sql(self, amount):
        """An amount of order ``o`` in the company's currency, at the rate stored on it."""
        _root, _currency, decimals = self._roots_sql(SQL("o.company_id"))
        return SQL("ROUND(%s / NULLIF(o.currency_rate, 0)::numeric, %s)", amount, decimals)

    def _paid_online_rows(self):
        """What was paid online for open orders, until the ledger has the payment.

        A payment without an entry is ``paid`` once the bank has settled its invoices; one cancelled has bounced.
        """
        return SQL(
            """SELECT o.id AS line_id, o.partner_invoice_id AS partner_id, o.company_id,
                      %(amount)s AS amount, o.date_order::date AS date, o.date_order::date AS date_due,
                      'sale.order'::varchar AS res_model, o.id AS res_id
                 FROM sale_order o
                CROSS JOIN LATERAL (
                      SELECT SUM(t.amount) AS amount
                        FROM sale_order_transaction_rel r
                        JOIN payment_transaction t ON t.id = r.transaction_id
                        LEFT JOIN account_payment y ON y.id = t.payment_id
                        LEFT JOIN account_move m ON m.id = y.move_id
                       WHERE r.sale_order_id = o.id AND t.state IN ('authorized', 'done')
                         AND m.state IS DISTINCT FROM 'posted'
                         AND COALESCE(y.state, '') NOT IN ('paid', 'canceled', 'rejected')
                      ) paid
                WHERE %(open)s AND paid.amount IS NOT NULL
                  AND o.id IN (SELECT sale_order_id FROM sale_order_transaction_rel)""",
            amount=self._order_amount_sql(SQL("-LEAST(paid.amount, o.amount_total)")),
            open=_OPEN_ORDER,
        )

    @api.readonly
    def action_open_document(self):
        """Open the document behind this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
