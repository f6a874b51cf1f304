from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CreditCommissionSimulation(models.Model):
    """Simulates a plan on past sales.

    The plan's rules calculate the same amounts from the log as real entries; only the result is written.
    """

    _name = "credit.commission.simulation"
    _description = "Simulation of a Commission Plan"
    _order = "id desc"
    _rec_name = "plan_id"
    _inherit = ["credit.commission.owned.mixin"]
    _company_path = "plan_id.company_id"

    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date_from = fields.Date(
        "Sales and Payments From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    date_to = fields.Date("Payments Until", required=True, default=fields.Date.context_today)
    date_run = fields.Datetime("Simulated On", readonly=True, copy=False)
    line_ids = fields.One2many(
        "credit.commission.simulation.line", "simulation_id", readonly=True, copy=False
    )
    amount = fields.Monetary("Commission", compute="_compute_amount")

    _dates_in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "A simulation must end after it begins. Correct its dates."
    )

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for simulation in self:
            simulation.amount = sum(simulation.line_ids.mapped("amount"))

    def action_simulate(self):
        """Run the plan on the payments of the period and replace the earlier result."""
        self.check_access("write")
        self.env["credit.commission.collection"].sudo()._log_new()
        for simulation in self:
            simulation.line_ids = [Command.clear(), *map(Command.create, simulation._run())]
            simulation.date_run = fields.Datetime.now()

    def _run(self):
        """Values of the lines."""
        if not self.plan_id.rule_ids or not self.plan_id.agent_ids:
            raise UserError(
                self.env._(
                    "Add a rule and a share to the plan %(plan)s before you simulate it.",
                    plan=self.plan_id.name,
                )
            )
        self.plan_id.check_access("read")
        sums = defaultdict(lambda: [0, 0, 0])
        for entry, adjustment in self.plan_id._simulate(self.date_from, self.date_to):
            for total, value in enumerate(self._get_figures(entry, adjustment)):
                sums[self._get_key(entry, adjustment)][total] += value
        return [
            {
                "person_id": person,
                "date": period,
                "rule": rule,
                "base": float(base),
                "amount": float(amount),
                "entries": count,
            }
            for (person, period, rule), (base, amount, count) in sorted(sums.items())
        ]

    def _get_figures(self, entry, adjustment):
        return (
            (entry.base, entry.amount, 1) if entry else (0, Decimal(str(adjustment["amount"])), 1)
        )

    def _get_key(self, entry, adjustment):
        """Grouping key: person, period and rule or adjustment."""
        if entry:
            rule = self.env["credit.commission.rule"].browse(entry.rule_id).name
            return entry.person_id, entry.period_start.replace(day=1), rule
        adjustments = self.env["credit.commission.entry"]._fields["adjustment"]
        labels = dict(adjustments._description_selection(self.env))
        start = adjustment["period_start"].replace(day=1)
        return adjustment["person_id"], start, labels[adjustment["adjustment"]]

    def action_open_lines(self):
        """Open the result by person and period."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_commission.action_credit_commission_simulation_line"
        )
        return {**action, "domain": [("simulation_id", "in", self.ids)]}
