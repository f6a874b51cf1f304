"""Fills a database by set-based SQL: copies of rows that Odoo wrote, with other ids, customers, dates and amounts.

What is to be made is laid down in the schema ``bench`` first, a row for each document, numbered in the order
of its date, so that the rows of one customer are scattered over the tables as in real life.
"""

from psycopg2.extras import execute_values

from ..sizes import MEASURED, Sizes
from .copying import bare_tables, copy
from .templates import SALESPEOPLE, Templates

FILLED = (
    "res_partner",
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_full_reconcile",
    "sale_order",
    "sale_order_line",
)
#: a limit that no measured document comes near
ENOUGH = 100_000_000

_RANDOM = """
CREATE FUNCTION bench.random(seed bigint, salt int, below bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
AS 'SELECT abs(hashint8extended(seed, salt) % below)'
"""

# One in 20 has no limit, one in 20 is over its limit.
_CUSTOMERS = """
SELECT n, %(first)s + n AS id, 'Customer ' || lpad(n::text, 6, '0') AS name,
       CASE WHEN n <= %(measured)s THEN %(enough)s WHEN n %% 20 = 0 THEN 0 WHEN n %% 20 = 1 THEN 5
            ELSE %(enough)s / 100 END AS credit_limit
  FROM generate_series(1, %(customers)s) n
"""

# Open invoices are up to 150 days old, half overdue, one in 20 half paid; settled ones are up to two years old.
_INVOICES = """
WITH asked AS (
     SELECT customer, g, TRUE AS opened FROM bench.special, generate_series(1, opened) g
      UNION ALL
     SELECT customer, g, FALSE FROM bench.special, generate_series(1, settled) g
      UNION ALL
     SELECT %(measured)s + 1 + bench.random(g, 1, %(others)s), g, TRUE FROM generate_series(1, %(opened)s) g
      UNION ALL
     SELECT %(measured)s + 1 + bench.random(g, 2, %(others)s), g, FALSE FROM generate_series(1, %(settled)s) g
), drawn AS (
     SELECT customer, opened, bench.random(seed, 3, 100000) AS dice,
            (1000 + bench.random(seed, 4, 100000)) / 100.0 AS amount,
            CURRENT_DATE - CASE WHEN opened THEN bench.random(seed, 5, 150)
                                ELSE 60 + bench.random(seed, 6, 670) END::int AS day,
            30 + 15 * bench.random(seed, 7, 3)::int AS term
       FROM asked, LATERAL (SELECT g::bigint * 100003 + customer AS seed) s
), dated AS (
     SELECT *, row_number() OVER (ORDER BY day, dice, customer) AS n FROM drawn
)
SELECT d.n, prefix, prefix || lpad(d.n::text, 7, '0') AS name,
       c.id AS customer, c.name AS customer_name, d.amount, d.day, d.day + d.term AS due,
       CASE WHEN NOT opened THEN 'settled' WHEN dice %% 20 = 0 THEN 'partial' ELSE 'open' END AS kind,
       CASE WHEN NOT opened THEN d.amount WHEN dice %% 20 = 0 THEN ROUND(d.amount / 2, 2) ELSE 0 END AS paid,
       LEAST(d.day + 10 + (dice %% 50)::int, CURRENT_DATE) AS paid_on
  FROM dated d JOIN bench.customer c ON c.n = d.customer
 CROSS JOIN LATERAL (SELECT 'INV/' || to_char(d.day, 'YYYY') || '/' AS prefix) p
"""

_PAYMENTS = """
WITH dated AS (
     SELECT *, row_number() OVER (ORDER BY paid_on, n) AS p,
            row_number() OVER (ORDER BY (kind = 'settled') DESC, paid_on, n) AS f
       FROM bench.invoiced WHERE paid > 0
)
SELECT p AS n, %(partial)s + p AS partial,
       x.prefix, x.prefix || lpad(p::text, 7, '0') AS name,
       CASE WHEN kind = 'settled' THEN %(full)s + f END AS whole,
       CASE WHEN kind = 'settled' THEN (%(full)s + f)::text ELSE 'P' || %(partial)s + p END AS matching,
       d.n AS invoice, customer, paid AS amount, paid_on AS day, kind
  FROM dated d
 CROSS JOIN LATERAL (SELECT 'BNK1/' || to_char(d.paid_on, 'YYYY') || '/' AS prefix) x
"""

_DRAFTS = """
SELECT g AS n, %(move)s + g AS id, %(line)s + 2 * g - 1 AS line, c.id AS customer, c.name AS customer_name,
       (1000 + bench.random(g, 11, 100000)) / 100.0 AS amount, CURRENT_DATE AS day, CURRENT_DATE + 30 AS due
  FROM bench.customer c JOIN generate_series(1, %(drafts)s) g ON c.n = 10 * g
"""

# Invoices and payments get their ids in the order of their dates: Odoo looks for the last number of a journal by id.
_NUMBERS = """
SELECT payment, n, %(move)s + m AS id, %(line)s + 2 * m - 1 AS line
  FROM (SELECT *, row_number() OVER (ORDER BY day, payment, n) AS m
          FROM (SELECT FALSE AS payment, n, day FROM bench.invoiced UNION ALL SELECT TRUE, n, day FROM bench.paid) d) x
"""

_NUMBERED_INVOICES = """
SELECT x.id, x.line, b.* FROM bench.invoiced b JOIN bench.number x ON x.n = b.n AND NOT x.payment
"""

_NUMBERED_PAYMENTS = """
SELECT x.id, x.line, i.line + 1 AS debit, b.* FROM bench.paid b JOIN bench.number x ON x.n = b.n AND x.payment
  JOIN bench.invoice i ON i.n = b.invoice
"""

# Orders of the last 40 days; every third line was delivered in part.
_ORDER_LINES = """
SELECT row_number() OVER (ORDER BY day, o, k) AS n, *, quantity * price AS amount
  FROM (SELECT c.id AS customer, (c.n - 1) * %(orders)s + g AS o, k,
               CURRENT_DATE - bench.random(c.n * 10 + g, 8, 40)::int AS day,
               2 + bench.random(c.n * 100 + g * 10 + k, 9, 8) AS quantity,
               (500 + bench.random(c.n * 100 + g * 10 + k, 10, 20000)) / 100.0 AS price,
               CASE WHEN k = 3 THEN 1 ELSE 0 END AS delivered
          FROM bench.customer c, generate_series(1, %(orders)s) g, generate_series(1, %(lines)s) k) l
"""

_ORDERS = """
SELECT row_number() OVER (ORDER BY day, o) AS n, o, customer, day, SUM(amount) AS amount
  FROM bench.order_line GROUP BY o, customer, day
"""

_PARTNERS = ("partner_id", "commercial_partner_id", "partner_shipping_id")
_MOVE_TOTALS = (
    "amount_total",
    "amount_total_signed",
    "amount_total_in_currency_signed",
)
_MOVE_UNTAXED = (
    "amount_untaxed",
    "amount_untaxed_signed",
    "amount_untaxed_in_currency_signed",
)


def _each(columns, expression):
    return dict.fromkeys(columns, expression)


def _booked(sign, amount):
    """Columns of a journal item: ``sign`` 1 debits, -1 credits."""
    side, other = ("debit", "credit") if sign > 0 else ("credit", "debit")
    signed = amount if sign > 0 else f"-({amount})"
    return {side: amount, other: "0", **_each(("balance", "amount_currency"), signed)}


def _alternate(first, second):
    """Columns that differ between the first (``x.k = 0``) and the second line of a move."""
    return {
        column: f"CASE x.k WHEN 0 THEN {first.get(column, f't.{column}')} ELSE {second.get(column, f't.{column}')} END"
        for column in first.keys() | second.keys()
    }


def _residual(amount):
    return _each(("amount_residual", "amount_residual_currency"), amount)


class Filler:
    """One generation, on a connection that commits each statement."""

    def __init__(self, cr, sizes: Sizes, templates: Templates, progress):
        self.cr = cr
        self.sizes = sizes
        self.templates = templates
        self.progress = progress

    def run(self) -> None:
        """Fill, then index and analyse."""
        self.cr.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'; SET jit = off")
        self.progress("plan")
        self._plan()
        with bare_tables(self.cr, FILLED, self.progress):
            for fill in (self._customers, self._moves, self._lines, self._reconciled, self._orders):
                self.progress(fill.__name__.strip("_"))
                fill()
        self.cr.execute("DROP SCHEMA bench CASCADE")
        self.progress("vacuum and analyse")
        for table in FILLED:
            self.cr.execute(f"VACUUM ANALYZE {table}")

    # === What is to be made === #

    def _plan(self):
        self.cr.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
        self.cr.execute(_RANDOM)
        self._create(
            "customer",
            _CUSTOMERS,
            first=self._last("res_partner"),
            measured=len(MEASURED),
            customers=self.sizes.customers,
            enough=ENOUGH,
        )
        self._plan_invoices()
        self._create("order_line", _ORDER_LINES, orders=self.sizes.orders, lines=self.sizes.lines)
        self._create("order", _ORDERS)

    def _plan_invoices(self):
        specials = [(MEASURED[name], *counts) for name, counts in self.sizes.specials.items()]
        self.cr.execute("CREATE TABLE bench.special (customer int, opened int, settled int)")
        execute_values(self.cr, "INSERT INTO bench.special VALUES %s", specials)
        opened, settled = self.sizes.others
        others = {"measured": len(MEASURED), "others": self.sizes.customers - len(MEASURED)}
        self._create("invoiced", _INVOICES, opened=opened, settled=settled, **others)
        partial = self._last("account_partial_reconcile")
        full = self._last("account_full_reconcile")
        payments = self._create("paid", _PAYMENTS, partial=partial, full=full)
        move, line = self._last("account_move"), self._last("account_move_line")
        self._create("number", _NUMBERS, move=move, line=line)
        self._create("invoice", _NUMBERED_INVOICES)
        self._create("payment", _NUMBERED_PAYMENTS)
        self.cr.execute("CREATE UNIQUE INDEX ON bench.payment (invoice); ANALYZE bench.payment")
        moves = self.sizes.invoices + payments
        ids = {"move": move + moves, "line": line + 2 * moves}
        self._create("draft", _DRAFTS, drafts=self.sizes.drafts, **ids)

    def _create(self, name, query, **values):
        """Make a table of the plan; how many rows it has."""
        self.cr.execute(f'CREATE UNLOGGED TABLE bench."{name}" AS {query}', values)
        count = self.cr.rowcount
        self.cr.execute(f'ANALYZE bench."{name}"')
        return count

    def _last(self, table):
        self.cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        return self.cr.fetchone()[0]

    def _by_kind(self, column, ids):
        """The id of the template by the kind of the row."""
        cases = " ".join(f"WHEN '{kind}' THEN {id_}" for kind, id_ in ids.items())
        return f"CASE {column} {cases} END"

    def _template(self, column, rows, n):
        """Template of a move (0), or of its first (1) or receivable (2) line."""
        return self._by_kind(column, {kind: ids[n] for kind, ids in rows.items()})

    # === Making it === #

    def _customers(self):
        names = _each(("name", "complete_name", "commercial_company_name"), "b.name")
        limit = f"jsonb_build_object('{self.templates.company}', b.credit_limit)"
        values = {"id": "b.id", "commercial_partner_id": "b.id", "credit_limit": limit, **names}
        copy(self.cr, "res_partner", "bench.customer b", str(self.templates.partner), values)

    def _moves(self):
        """Invoices, payments and drafts."""
        number = {
            **_each(("name", "payment_reference"), "b.name"),
            "sequence_prefix": "b.prefix",
            "sequence_number": "b.n",
        }
        day = {"id": "b.id", "date": "b.day"}
        invoice = {
            **day,
            "invoice_date": "b.day",
            "invoice_date_due": "b.due",
            "invoice_partner_display_name": "b.customer_name",
            "invoice_user_id": f"{self.templates.user} + b.customer % {SALESPEOPLE}",
            **_each(_PARTNERS, "b.customer"),
            **_each((*_MOVE_TOTALS, *_MOVE_UNTAXED), "b.amount"),
        }
        left = _each(("amount_residual", "amount_residual_signed"), "b.amount - b.paid")
        invoices, payments = self.templates.invoices, self.templates.payments
        values = {**invoice, **number, **left}
        copy(
            self.cr,
            "account_move",
            "bench.invoice b",
            self._template("b.kind", invoices, 0),
            values,
        )
        number.pop("payment_reference")
        values = {**day, **number, **_each(_MOVE_TOTALS, "b.amount")}
        copy(
            self.cr,
            "account_move",
            "bench.payment b",
            self._template("b.kind", payments, 0),
            values,
        )
        left = _each(("amount_residual", "amount_residual_signed"), "b.amount")
        draft = str(invoices["draft"][0])
        copy(self.cr, "account_move", "bench.draft b", draft, {**invoice, **left})

    def _lines(self):
        """Two lines of each move: of the product or the bank (0), and of the receivable (1)."""
        day = {"id": "b.line + x.k", "move_id": "b.id", "date": "b.day", "partner_id": "b.customer"}
        invoiced = {**day, "invoice_date": "b.day"}
        product = {
            **_booked(-1, "b.amount"),
            **_each(("price_unit", "price_subtotal", "price_total"), "b.amount"),
        }
        receivable = {**_booked(1, "b.amount"), "date_maturity": "b.due"}
        matched = {"full_reconcile_id": "y.whole", "matching_number": "y.matching"}
        posted = {**receivable, **matched, "name": "b.name", **_residual("b.amount - b.paid")}
        invoices = "bench.invoice b LEFT JOIN bench.payment y ON y.invoice = b.n"
        values = {**invoiced, "move_name": "b.name", **_alternate(product, posted)}
        self._copy_lines(invoices, "b.kind", self.templates.invoices, values)
        values = {**invoiced, **_alternate(product, {**receivable, **_residual("b.amount")})}
        self._copy_lines("bench.draft b", "'draft'", self.templates.invoices, values)
        bank = {**_booked(1, "b.amount"), **_residual("b.amount")}
        paid = {
            **_booked(-1, "b.amount"),
            "full_reconcile_id": "b.whole",
            "matching_number": "b.matching",
        }
        prices = ("price_subtotal", "price_total")
        bank, paid = {**bank, **_each(prices, "b.amount")}, {**paid, **_each(prices, "-b.amount")}
        values = {**day, "move_name": "b.name", **_alternate(bank, paid)}
        self._copy_lines("bench.payment b", "b.kind", self.templates.payments, values)

    def _copy_lines(self, source, kind, rows, values):
        first, second = (self._template(kind, rows, n) for n in (1, 2))
        template = f"CASE x.k WHEN 0 THEN {first} ELSE {second} END"
        source = f"{source} CROSS JOIN (VALUES (0), (1)) x(k)"
        copy(self.cr, "account_move_line", source, template, values, order="b.n, x.k")

    def _reconciled(self):
        payments = "bench.payment b"
        copy(
            self.cr,
            "account_full_reconcile",
            f"(SELECT whole AS n FROM {payments} WHERE whole IS NOT NULL) b",
            str(self.templates.full),
            {"id": "b.n"},
        )
        amounts = _each(("amount", "debit_amount_currency", "credit_amount_currency"), "b.amount")
        values = {
            "id": "b.partial",
            "debit_move_id": "b.debit",
            "credit_move_id": "b.line + 1",
            "full_reconcile_id": "b.whole",
            "max_date": "b.day",
            "create_date": "b.day",
            **amounts,
        }
        template = self._by_kind("b.kind", self.templates.partials)
        copy(self.cr, "account_partial_reconcile", payments, template, values)

    def _orders(self):
        first = self._last("sale_order")
        partners = _each(("partner_id", "partner_invoice_id", "partner_shipping_id"), "b.customer")
        values = {
            "id": f"{first} + b.n",
            "name": "'B' || lpad(b.n::text, 6, '0')",
            "date_order": "b.day::timestamp",
            **partners,
            **_each(("amount_untaxed", "amount_total"), "b.amount"),
        }
        copy(self.cr, "sale_order", 'bench."order" b', str(self.templates.order), values)
        totals = ("price_subtotal", "price_total", "untaxed_amount_to_invoice")
        prices = (
            "price_unit",
            "technical_price_unit",
            "price_reduce_taxexcl",
            "price_reduce_taxinc",
        )
        values = {
            "id": f"{self._last('sale_order_line')} + b.n",
            "order_id": f"{first} + o.n",
            "order_partner_id": "b.customer",
            **_each(("product_uom_qty", "qty_to_invoice"), "b.quantity"),
            "qty_delivered": "b.delivered",
            **_each(prices, "b.price"),
            **_each(totals, "b.amount"),
        }
        lines = 'bench.order_line b JOIN bench."order" o ON o.o = b.o'
        copy(self.cr, "sale_order_line", lines, str(self.templates.order_lines[0]), values)
