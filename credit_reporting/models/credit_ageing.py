from itertools import pairwise

from odoo import fields, models
from odoo.addons.credit_management.rules.ageing import LAST_DAYS
from odoo.tools import SQL

AGES = [
    ("not_due", "Not due"),
    ("days_30", "1–30 days"),
    ("days_60", "31–60 days"),
    ("days_90", "61–90 days"),
    ("older", "Over 90 days"),
]


class CreditAgeing(models.Model):
    """Open items by age, at the end of any day.

    No table: one row for each open item, with its id. See :class:`credit.ledger.mixin` for the day.
    """

    _name = "credit.ageing"
    _description = "Ageing of Receivables"
    _inherit = ["credit.ledger.mixin"]
    _auto = False
    _order = "days_late desc, id"
    _rec_name = "move_id"

    amount = fields.Monetary(string="Open Amount", readonly=True, depends_context=("credit_days",))
    days_late = fields.Integer(readonly=True, aggregator="max", depends_context=("credit_days",))
    age = fields.Selection(AGES, readonly=True, depends_context=("credit_days",))
    not_due = fields.Monetary(readonly=True, depends_context=("credit_days",))
    days_30 = fields.Monetary(string="1–30 Days", readonly=True, depends_context=("credit_days",))
    days_60 = fields.Monetary(string="31–60 Days", readonly=True, depends_context=("credit_days",))
    days_90 = fields.Monetary(string="61–90 Days", readonly=True, depends_context=("credit_days",))
    older = fields.Monetary(string="Over 90 Days", readonly=True, depends_context=("credit_days",))
    overdue = fields.Monetary(readonly=True, depends_context=("credit_days",))

    @property
    def _table_query(self):
        days = self._get_days()
        names = ["amount", "days_late", "age", *(name for name, _label in AGES), "overdue"]
        rows = SQL(" UNION ALL ").join(
            SQL(
                "SELECT q.source_id::bigint * %s + %s AS id, %s::date AS day, q.* FROM (%s) q",
                len(days),
                number,
                day,
                self._open_items_sql(day, self._ages_sql(day)),
            )
            for number, day in enumerate(days)
        )
        columns = SQL(", ").join(SQL.identifier("r", name) for name in ("id", *names))
        return self._with_dimensions_sql(rows, columns)

    def _ages_sql(self, day):
        """The open amount in the column of its age."""
        late = SQL("(%s::date - x.due)", day)
        conditions = {
            name: condition
            for (name, _label), condition in zip(AGES, self._within_sqls(late), strict=True)
        }
        return SQL(
            "i.amount, %(late)s AS days_late, %(age)s::varchar AS age, %(amounts)s,"
            " CASE WHEN %(late)s > 0 THEN i.amount ELSE 0 END AS overdue",
            late=late,
            age=SQL(
                "CASE %s END",
                SQL(" ").join(
                    SQL("WHEN %s THEN %s", sql, name) for name, sql in conditions.items()
                ),
            ),
            amounts=SQL(", ").join(
                SQL("CASE WHEN %s THEN i.amount ELSE 0 END AS %s", sql, SQL.identifier(name))
                for name, sql in conditions.items()
            ),
        )

    def _within_sqls(self, late):
        """Conditions on the days late, one for each age."""
        return [
            SQL("%s <= 0", late),
            *(
                SQL("%s BETWEEN %s AND %s", late, first + 1, last)
                for first, last in pairwise(LAST_DAYS)
            ),
            SQL("%s > %s", late, LAST_DAYS[-1]),
        ]
