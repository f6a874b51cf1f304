from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

#: figures compared, in this order
_FIGURES = (
    "run_date",
    "judged_count",
    "judged_amount",
    "held_count",
    "held_share",
    "held_amount",
    "held_customer_count",
    "warned_count",
    "overdue_count",
    "overdue_amount",
    "late_count",
    "late_amount",
    "in_time_count",
    "in_time_amount",
    "rules_summary",
)
_TABLE = Markup('<table class="table table-sm w-100">{}<tbody>{}</tbody></table>')
_HEAD = Markup(
    '<thead><tr><th></th><th class="text-end">{}</th><th class="text-end">{}</th></tr></thead>'
)
_ROW = Markup('<tr><td>{}</td><td class="text-end">{}</td><td class="text-end">{}</td></tr>')


class CreditPolicySimulationComparison(models.TransientModel):
    """Two simulations side by side, and the orders only one of them would have held."""

    _name = "credit.policy.simulation.comparison"
    _description = "Comparison of Two Simulations"

    first_id = fields.Many2one("credit.policy.simulation", required=True, readonly=True)
    second_id = fields.Many2one("credit.policy.simulation", required=True, readonly=True)
    table = fields.Html(string="Comparison", compute="_compute_table", sanitize=False)
    first_only_count = fields.Integer(
        string="Held Only by the First", compute="_compute_only_counts"
    )
    second_only_count = fields.Integer(
        string="Held Only by the Second", compute="_compute_only_counts"
    )

    # === COMPUTE METHODS === #

    @api.depends("first_id", "second_id")
    @api.depends_context("lang")
    def _compute_table(self):
        for comparison in self:
            sides = (comparison.first_id, comparison.second_id)
            head = _HEAD.format(*comparison._get_heads())
            rows = (_ROW.format(*self._get_row(name, sides)) for name in _FIGURES)
            comparison.table = _TABLE.format(head, Markup().join(rows))

    def _get_heads(self):
        """Which is which, also where both replay the same policy and the same months."""
        return (
            self.env._("First: %s", self.first_id.display_name),
            self.env._("Second: %s", self.second_id.display_name),
        )

    def _get_row(self, name, sides):
        """Label and both figures of a row, in the reader's language."""
        field = sides[0]._fields[name]
        return (
            field._description_string(self.env),
            *(self._format_figure(field, simulation) for simulation in sides),
        )

    def _format_figure(self, field, simulation):
        value = simulation[field.name]
        if field.type == "monetary":
            return simulation.currency_id.format(value)
        if field.type == "float":
            return formatLang(self.env, value, digits=1)
        if field.type == "text":
            return Markup("<br/>").join((value or "").split("\n"))
        return format_date(self.env, value) if field.type == "date" else str(value)

    @api.depends("first_id", "second_id")
    def _compute_only_counts(self):
        lines = self.env["credit.policy.simulation.line"]
        for comparison in self:
            first, second = comparison.first_id, comparison.second_id
            comparison.first_only_count = lines.search_count(self._get_only_domain(first, second))
            comparison.second_only_count = lines.search_count(self._get_only_domain(second, first))

    @api.model
    def _get_only_domain(self, simulation, other):
        """Domain of the orders held by one simulation but not by the other."""
        others = self.env["credit.policy.simulation.line"]._search(
            [("simulation_id", "=", other.id), ("verdict", "=", "hold")]
        )
        return [
            ("simulation_id", "=", simulation.id),
            ("verdict", "=", "hold"),
            ("order_id", "not in", others.subselect("order_id")),
        ]

    # === ACTIONS === #

    @api.readonly
    def action_view_first_only(self):
        """Open the orders only the first one would have held."""
        return self._action_view_only(self.first_id, self.second_id)

    @api.readonly
    def action_view_second_only(self):
        """Open the orders only the second one would have held."""
        return self._action_view_only(self.second_id, self.first_id)

    def _action_view_only(self, simulation, other):
        lines = self.env["credit.policy.simulation.line"].search(
            self._get_only_domain(simulation, other)
        )
        return simulation._action_view_lines([("id", "in", lines.ids)])

    # === BUSINESS METHODS === #

    @api.model
    def _open(self, simulations):
        """Compare two simulations.

        :raise UserError: unless given two finished simulations of one company
        """
        first, second = simulations.sorted("id") if len(simulations) == 2 else (simulations,) * 2
        if (
            first == second
            or first.company_id != second.company_id
            or {first.state, second.state} != {"done"}
        ):
            raise UserError(
                self.env._("Choose two simulations of one company that are done, and compare them.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_first_id": first.id,
                "default_second_id": second.id,
                "dialog_size": "large",
            },
        }
