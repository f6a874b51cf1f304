from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules import months_before, period_of
from ..rules.figures import COUNT_BACK_MONTHS, RISK_DAYS
from .credit_figure_mixin import _figure

FACTS = [
    ("open", "Open items"),
    ("opening", "Open items at the start of the period"),
    ("sales", "Sales of the period"),
    ("year", "Sales of twelve months"),
    ("history", "Sales of 24 months"),
    ("paid", "Payments of twelve months"),
]

#: the amounts of each fact; a row has those of its own fact
_AMOUNTS = {
    "open": ("receivable", "not_due", "overdue", "at_risk", "late", "late_days"),
    "opening": ("opening",),
    "sales": ("sales",),
    "year": ("sales_year",),
    "history": ("history",),
    "paid": ("paid", "paid_days", "taken_days"),
}
_COLUMNS = tuple(name for names in _AMOUNTS.values() for name in names)


class CreditFigure(models.Model):
    """Figures of receivables on a day, of any group of customers, and the documents behind them.

    No table: one row for each open item, sale and payment that a figure is made of. A figure reads the facts it needs, in
    one query. Amounts are in the root company's currency, taxes included.
    """

    _name = "credit.figure"
    _description = "Figure of Receivables"
    _inherit = ["credit.ledger.mixin", "credit.figure.mixin"]
    _auto = False
    _order = "date_due, id"
    _rec_name = "move_id"

    fact = fields.Selection(FACTS, string="What", readonly=True)
    receivable = fields.Monetary(depends_context=("credit_days",))
    not_due = fields.Monetary(depends_context=("credit_days",))
    overdue = fields.Monetary(depends_context=("credit_days",))
    at_risk = fields.Monetary(depends_context=("credit_days",))
    late = fields.Monetary(depends_context=("credit_days",))
    late_days = fields.Monetary(depends_context=("credit_days",))
    opening = fields.Monetary(depends_context=("credit_days",))
    history = fields.Monetary(string="Sales of 24 Months", readonly=True)
    months_back = fields.Integer(readonly=True, aggregator=None)
    dso_count_back = _figure(
        "DSO by Count-back (days)",
        "Receivables taken off the sales of the latest months, whose days are counted",
    )

    # === READING === #

    def _read_group(
        self, domain, groupby=(), aggregates=(), having=(), offset=0, limit=None, order=None
    ):
        # EXTENDS 'base': only the facts that are asked for are read
        return super()._read_group(
            self._on_facts(domain, aggregates), groupby, aggregates, having, offset, limit, order
        )

    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        # EXTENDS 'base': only the facts that are asked for are read
        return super()._read_grouping_sets(
            self._on_facts(domain, aggregates), grouping_sets, aggregates, order
        )

    def _on_facts(self, domain, aggregates):
        kinds = self._get_kinds()
        names = {spec.partition(":")[0] for spec in aggregates}
        inputs = {
            name for each in names for name in (kinds[each].inputs if each in kinds else (each,))
        }
        inputs |= {"history"} if "months" in inputs else set()
        facts = [fact for fact, amounts in _AMOUNTS.items() if inputs.intersection(amounts)]
        return Domain(domain) & Domain("fact", "in", facts) if facts else domain

    def _get_default_day(self):
        return self._get_days()[-1]

    # === SQL === #

    @property
    def _table_query(self):
        days = self._get_days()
        slots = [fact for fact, _label in FACTS]
        rows = SQL(" UNION ALL ").join(
            SQL(
                "SELECT (q.source_id::bigint * %s + %s) * %s + %s AS id, %s::date AS day, %s::varchar AS fact, q.* FROM (%s) q",
                len(slots),
                slots.index(fact),
                len(days),
                number,
                day,
                fact,
                sql,
            )
            for number, day in enumerate(days)
            for fact, sql in self._fact_sqls(day).items()
        )
        figures = (SQL("NULL::float8 AS %s", SQL.identifier(name)) for name in self._get_kinds())
        columns = (SQL.identifier("r", name) for name in ("id", "fact", "months_back", *_COLUMNS))
        return self._with_dimensions_sql(rows, SQL(", ").join([*columns, *figures]))

    def _fact_sqls(self, day):
        """``{fact: SQL}``."""
        period = period_of(day, self.env.company.root_id.sudo().credit_reporting_months)
        year = months_before(day, 12)
        return {
            "open": self._open_items_sql(
                day, self._amounts_sql("open", self._open_amounts_sql(day))
            ),
            "opening": self._open_items_sql(
                period.first - timedelta(1), self._amounts_sql("opening", [SQL("i.amount")])
            ),
            "sales": self._sales_sql("sales", period.first, day),
            "year": self._sales_sql("year", year + timedelta(1), day),
            "history": self._sales_sql(
                "history", months_before(day.replace(day=1), COUNT_BACK_MONTHS - 1), day
            ),
            "paid": self._paid_sql(year, day),
        }

    def _amounts_sql(self, fact, values, months_back=None):
        """All columns of amounts: those of a fact, and nothing for the others."""
        known = dict(zip(_AMOUNTS[fact], values, strict=True))
        amounts = (
            SQL("%s::numeric AS %s", known.get(name, SQL("NULL")), SQL.identifier(name))
            for name in _COLUMNS
        )
        return SQL(
            "%s::int AS months_back, %s", months_back or SQL("NULL"), SQL(", ").join(amounts)
        )

    def _open_amounts_sql(self, day):
        late = SQL("(%s::date - x.due)", day)
        return [
            SQL("i.amount"),
            SQL("CASE WHEN %s <= 0 THEN i.amount ELSE 0 END", late),
            SQL("CASE WHEN %s > 0 THEN i.amount ELSE 0 END", late),
            SQL("CASE WHEN %s > %s THEN i.amount ELSE 0 END", late, RISK_DAYS),
            SQL("CASE WHEN %s > 0 AND i.amount > 0 THEN i.amount ELSE 0 END", late),
            SQL(
                "CASE WHEN %(late)s > 0 AND i.amount > 0 THEN i.amount * %(late)s ELSE 0 END",
                late=late,
            ),
        ]

    def _sales_sql(self, fact, first, last):
        """Invoices less credit notes by accounting date, both days included."""
        months = SQL(
            "(EXTRACT(YEAR FROM %(last)s::date) - EXTRACT(YEAR FROM m.date)) * 12"
            " + EXTRACT(MONTH FROM %(last)s::date) - EXTRACT(MONTH FROM m.date)",
            last=last,
        )
        return SQL(
            """SELECT m.id AS source_id, m.commercial_partner_id AS partner_id, m.company_id, m.id AS move_id, m.date,
                      m.invoice_date_due AS date_due, %(amounts)s
                 FROM account_move m
                WHERE m.move_type IN ('out_invoice', 'out_refund', 'out_receipt') AND m.state = 'posted'
                  AND m.date >= %(first)s AND m.date <= %(last)s""",
            amounts=self._amounts_sql(fact, [SQL("m.amount_total_signed")], months),
            first=first,
            last=last,
        )

    def _paid_sql(self, after, last):
        """Payments by matching date; credit notes and exchange differences are none."""
        return SQL(
            """SELECT r.id AS source_id, l.partner_id, l.company_id, l.move_id, c.date,
                      COALESCE(l.date_maturity, l.date) AS date_due, %(amounts)s
                 FROM account_partial_reconcile r
                 JOIN account_move_line l ON l.id = r.debit_move_id AND l.account_id IN %(accounts)s
                      AND l.parent_state = 'posted'
                 JOIN account_move_line c ON c.id = r.credit_move_id AND c.parent_state = 'posted'
                 JOIN account_move o ON o.id = l.move_id
                 JOIN account_move n ON n.id = c.move_id AND n.move_type <> 'out_refund'
                WHERE r.max_date > %(after)s AND r.max_date <= %(last)s
                  AND NOT EXISTS (SELECT FROM account_partial_reconcile e WHERE e.exchange_move_id IN (l.move_id, c.move_id))""",
            amounts=self._amounts_sql(
                "paid",
                [
                    SQL("r.amount"),
                    SQL("r.amount * (c.date - COALESCE(l.date_maturity, l.date))"),
                    SQL("r.amount * (c.date - COALESCE(o.invoice_date, l.date))"),
                ],
            ),
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            after=after,
            last=last,
        )
