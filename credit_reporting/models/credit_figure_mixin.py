from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules import KINDS, Figure, measure, months_of, period_of
from ..rules.figures import COUNT_BACK_MONTHS

_EPOCH = date(1970, 1, 1)
#: inputs of rules that are not sums
_CONSTANTS = ("days", "year_days", "rate", "months")


def _figure(string, help_text, **values):
    return fields.Float(string=string, help=help_text, readonly=True, aggregator="avg", **values)


class CreditFigureMixin(models.AbstractModel):
    """Figures of groups of rows: the rules of ``rules/figures.py`` on sums that one query reads.

    A figure is a field without a value of its own. Asked for with :meth:`_read_group`, by pivots or graphs, it comes out of
    its rule; as ``<figure>:array_agg`` with the reason why there is none.
    """

    _name = "credit.figure.mixin"
    _description = "Figures of Receivables"

    day = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    receivable = fields.Monetary(string="Receivables", readonly=True)
    not_due = fields.Monetary(readonly=True)
    overdue = fields.Monetary(
        readonly=True, help="Past due, less unallocated credit notes and payments"
    )
    at_risk = fields.Monetary(string="Over 90 Days Late", readonly=True)
    late = fields.Monetary(string="Overdue Before Credits", readonly=True)
    late_days = fields.Monetary(string="Overdue Before Credits × Days", readonly=True)
    opening = fields.Monetary(string="Receivables at the Start", readonly=True)
    sales = fields.Monetary(readonly=True, help="Invoices less credit notes, taxes included")
    sales_year = fields.Monetary(string="Sales of Twelve Months", readonly=True)
    paid = fields.Monetary(string="Collected", readonly=True)
    paid_days = fields.Monetary(string="Collected × Days Late", readonly=True)
    taken_days = fields.Monetary(string="Collected × Days Taken", readonly=True)

    dso = _figure("DSO (days)", "Receivables over the sales of the period, times its days")
    best_dso = _figure("Best Possible DSO (days)", "The DSO if nothing were overdue")
    days_delinquent = _figure(
        "Average Days Delinquent", "DSO less best possible DSO: days of sales that are overdue"
    )
    cei = _figure(
        "Collection Effectiveness (%)",
        "Share of what could be collected in the period that was collected",
    )
    overdue_share = _figure("Overdue (%)", "Overdue share of the receivables")
    risk_share = _figure("At Risk (%)", "Share of the receivables more than 90 days late")
    delay_paid = _figure(
        "Delay of Payments (days)", "Days from due date to payment over twelve months, by amount"
    )
    delay = _figure(
        "Delay With Unpaid (days)",
        "The delay of payments, with what is overdue counted up to the day",
    )
    days_to_pay = _figure(
        "Days to Pay", "Days from invoice to payment over twelve months, by amount"
    )
    days_overdue = _figure(
        "Age of Overdue (days)", "Average days late of what is overdue, by amount"
    )
    cash_per_day = _figure("Cash per Day of DSO", "Sales of twelve months over their days")
    year_cost = _figure("Cost of a Year", "Cost of financing the receivables over a year")

    # === READING === #

    @api.model
    def _get_kinds(self):
        """``{name: FigureKind}`` of the figures of this model. Extend, do not replace."""
        return {name: kind for name, kind in KINDS.items() if name in self._fields}

    @api.model
    def _measure(self, names, groupby=(), domain=()):
        """``{group: {name: Figure}}``, in one query; a group is a tuple of the values of ``groupby``.

        :param names: of figures, or of amounts
        """
        kinds = self._get_kinds()
        aggregates = [f"{name}:{'array_agg' if name in kinds else 'sum'}" for name in names]
        rows = self._read_group(list(domain), list(groupby), aggregates)
        cut = len(groupby)
        return {
            tuple(row[:cut]): {
                name: value if name in kinds else Figure(value or 0.0)
                for name, value in zip(names, row[cut:], strict=True)
            }
            for row in rows
        }

    @api.model
    def _explain(self, why):
        """The sentence that says why there is no figure."""
        return {
            "no_sales": self.env._("No figure: nothing was sold in the period."),
            "no_receivables": self.env._("No figure: nothing is owed."),
            "nothing_collectable": self.env._(
                "No figure: nothing could be collected in the period."
            ),
            "no_payments": self.env._("No figure: no payment in twelve months."),
            "nothing_overdue": self.env._("No figure: nothing is overdue."),
            "not_exhausted": self.env._("No figure: receivables exceed the sales of 24 months."),
            "no_rate": self.env._("No figure: enter the cost of capital in the settings."),
            "several_days": self.env._("No figure: choose one day."),
            "several_currencies": self.env._("No figure: choose companies with the same currency."),
        }[why]

    # === GROUPS === #

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS 'base': a figure is read as the sums that its rule needs
        kind = self._get_kinds().get(aggregate_spec.partition(":")[0])
        if not kind:
            return super()._read_group_select(aggregate_spec, query)
        day, currency = (
            self._field_to_sql(self._table, name, query) for name in ("day", "currency_id")
        )
        parts = [
            self._order_key_sql(kind, query),
            SQL("MAX(%s) - %s::date", day, _EPOCH),
            SQL("MAX(%s) - MIN(%s)", day, day),
            SQL("MAX(%s) - MIN(%s)", currency, currency),
            *(part for name in kind.inputs for part in self._input_sql(name, query)),
        ]
        return SQL("ARRAY[%s]::float8[]", SQL(", ").join(parts))

    def _order_key_sql(self, kind, query):
        """Groups are sorted by the first element of what is read."""
        if not kind.ratio:
            return SQL("0")
        above, below = (self._sum_sql(name, query) for name in kind.ratio)
        return SQL(
            "CASE WHEN %(below)s > 0 THEN %(above)s / %(below)s END", above=above, below=below
        )

    def _sum_sql(self, name, query):
        return SQL("SUM(%s)", self._field_to_sql(self._table, name, query))

    def _input_sql(self, name, query):
        """The sums of an input of a rule."""
        if name == "months":
            return self._months_sql(query)
        return [] if name in _CONSTANTS else [self._sum_sql(name, query)]

    def _months_sql(self, query):
        amount, back = (
            self._field_to_sql(self._table, name, query) for name in ("history", "months_back")
        )
        return [
            SQL("SUM(%s) FILTER (WHERE %s = %s)", amount, back, number)
            for number in range(COUNT_BACK_MONTHS)
        ]

    def _read_group_postprocess_aggregate(self, aggregate_spec, raw_values):
        # EXTENDS 'base': the rule makes the figure
        name, _colon, function = aggregate_spec.partition(":")
        kind = self._get_kinds().get(name)
        if not kind:
            return super()._read_group_postprocess_aggregate(aggregate_spec, raw_values)
        found = [self._to_figure(kind, values) for values in raw_values]
        if function == "array_agg":
            return found
        return [figure.value if figure else False for figure in found]

    def _to_figure(self, kind, values):
        _key, since, spread, currencies, *sums = values
        day = self._get_default_day() if since is None else _EPOCH + timedelta(int(since))
        amounts = self._get_constants(day)
        amounts["several"] = (
            "several_days" if spread else "several_currencies" if currencies else ""
        )
        sums = [value or 0.0 for value in sums]
        for name in kind.inputs:
            if name == "months":
                taken, sums = sums[:COUNT_BACK_MONTHS], sums[COUNT_BACK_MONTHS:]
                lengths = (month.days for month in months_of(day, COUNT_BACK_MONTHS))
                amounts[name] = list(zip(taken, lengths, strict=True))
            elif name not in _CONSTANTS:
                amounts[name] = sums.pop(0)
        return measure(kind, amounts)

    @api.model
    def _get_default_day(self):
        return self.env["res.company"]._get_credit_today()

    @api.model
    def _get_constants(self, day):
        company = self.env.company.root_id.sudo()
        return {
            "days": period_of(day, company.credit_reporting_months).days,
            "year_days": period_of(day, 12).days,
            "rate": company.credit_reporting_capital_cost,
        }
