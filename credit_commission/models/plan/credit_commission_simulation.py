from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CreditCommissionSimulation(models.Model):
    """Who would have earned what by a plan on past sales.

    A copy of the plan runs on the log and is taken back at once, so that the same code counts the same cents, and no
    entry is left.
    """

    _name = "credit.commission.simulation"
    _description = "Simulation of a Commission Plan"
    _order = "id desc"
    _rec_name = "plan_id"

    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date_from = fields.Date(
        "Sales and Money From",
        required=True,
        default=lambda self: fields.Date.context_today(self).replace(month=1, day=1),
    )
    date_to = fields.Date("Money Until", required=True, default=fields.Date.context_today)
    date_run = fields.Datetime("Simulated On", readonly=True, copy=False)
    line_ids = fields.One2many(
        "credit.commission.simulation.line", "simulation_id", readonly=True, copy=False
    )
    amount = fields.Monetary("Commission", compute="_compute_amount")

    _dates_in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "A simulation ends after it begins: check its dates."
    )

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for simulation in self:
            simulation.amount = sum(simulation.line_ids.mapped("amount"))

    def action_simulate(self):
        """Run the plan on the money of the period; replaces what was found before."""
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
                    "Give the plan %(plan)s a rule and a share before you simulate it.",
                    plan=self.plan_id.name,
                )
            )
        savepoint = self.env.cr.savepoint()
        try:
            trial = self._make_trial()
            trial._compute_entries(self.date_to, log=False)
            return self._read_results(trial)
        finally:
            savepoint.close(rollback=True)

    def _make_trial(self):
        """A copy of the plan that is active for the sales of the period."""
        trial = (
            self.plan_id.sudo().with_context(tracking_disable=True, mail_create_nolog=True).copy()
        )
        trial.write({"date_from": self.date_from, "date_to": False, "in_addition": True})
        trial.action_activate()
        return trial

    def _read_results(self, trial):
        rows = (
            self.env["credit.commission.entry"]
            .sudo()
            ._read_group(
                [("plan_id", "=", trial.id)],
                ["person_id", "period_start:month", "rule_id", "adjustment"],
                ["base:sum", "amount:sum", "__count"],
            )
        )
        labels = dict(
            self.env["credit.commission.entry"]
            ._fields["adjustment"]
            ._description_selection(self.env)
        )
        return [
            {
                "person_id": person.id,
                "date": period,
                "rule": rule.name or labels.get(adjustment),
                "base": base,
                "amount": amount,
                "entries": count,
            }
            for person, period, rule, adjustment, base, amount, count in rows
        ]

    def action_open_lines(self):
        """The result, person by period."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_commission.action_credit_commission_simulation_line"
        )
        return {**action, "domain": [("simulation_id", "in", self.ids)]}
