from odoo import api, fields, models
from odoo.tools import format_date, formatLang


class CreditPolicyUse(models.TransientModel):
    """The confirmation before a policy takes effect in a company: what would it have held?"""

    _name = "credit.policy.use"
    _description = "Use of a Credit Policy"

    policy_id = fields.Many2one("credit.policy", required=True, readonly=True)
    simulation_id = fields.Many2one(
        "credit.policy.simulation",
        string="Last Simulation",
        compute="_compute_simulation_id",
        help="Last simulation of this policy in the current company",
    )
    introduction = fields.Text(compute="_compute_introduction")
    simulated = fields.Text(compute="_compute_introduction")

    @api.depends("policy_id")
    @api.depends_context("company")
    def _compute_simulation_id(self):
        company = self.env.company.root_id
        done = self.env["credit.policy.simulation"].search(
            [
                ("policy_id", "in", self.policy_id.ids),
                ("company_id", "=", company.id),
                ("state", "=", "done"),
            ]
        )
        last = {simulation.policy_id: simulation for simulation in done.sorted("id")}
        for question in self:
            question.simulation_id = last.get(question.policy_id, False)

    @api.depends("policy_id", "simulation_id")
    @api.depends_context("company", "lang")
    def _compute_introduction(self):
        for question in self:
            question.introduction = self.env._(
                'From now on, orders of %(company)s are checked against the policy "%(policy)s". Orders that fail a rule are'
                " held until an authorised person releases them.",
                policy=question.policy_id.name or "",
                company=self.env.company.root_id.name,
            )
            question.simulated = question._describe_simulation()

    def _describe_simulation(self):
        simulation = self.simulation_id
        if not simulation:
            return self.env._(
                "This policy has not been simulated here. Simulate it first to see what it would have held in the last twelve months."
            )
        return self.env._(
            "Simulated on %(day)s: of %(judged)s orders, it would have held %(held)s (%(share)s %%), for %(amount)s.",
            day=format_date(self.env, simulation.run_date),
            judged=simulation.judged_count,
            held=simulation.held_count,
            share=formatLang(self.env, simulation.held_share, digits=1),
            amount=simulation.currency_id.format(simulation.held_amount),
        )

    def action_simulate(self):
        """Simulate the policy first."""
        return self.policy_id.action_simulate()

    def action_use(self):
        """Check the company's orders against the policy from now on."""
        self.policy_id.action_use()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
