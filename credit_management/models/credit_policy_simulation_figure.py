from collections import Counter

from odoo import api, fields, models


class CreditPolicySimulationFigure(models.Model):
    """Orders of a simulation in one month or under one rule; updated with each batch of customers."""

    _name = "credit.policy.simulation.figure"
    _description = "Figures of a Simulation"
    _order = "simulation_id, month, held_amount desc, id"

    simulation_id = fields.Many2one(
        "credit.policy.simulation", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="simulation_id.company_id")
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    month = fields.Date(readonly=True)
    kind = fields.Char(readonly=True)
    rule_id = fields.Many2one(
        "credit.policy.rule", readonly=True, ondelete="set null", index="btree_not_null"
    )
    judged_count = fields.Integer(string="Orders", readonly=True)
    judged_amount = fields.Monetary(string="Amount", readonly=True)
    held_count = fields.Integer(string="Held", readonly=True)
    held_amount = fields.Monetary(string="Amount Held", readonly=True)
    warned_count = fields.Integer(string="Warnings", readonly=True)
    warned_amount = fields.Monetary(string="Amount with Warning", readonly=True)
    alone_count = fields.Integer(
        string="Held Only by This Rule",
        readonly=True,
        help="Orders that would have passed without this rule",
    )
    alone_amount = fields.Monetary(string="Amount Held Only by It", readonly=True)

    @api.depends("month", "kind", "rule_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(
            self.env["credit.policy.rule"]._fields["kind"]._description_selection(self.env)
        )
        for figure in self:
            if figure.month:
                figure.display_name = figure.month.strftime("%Y-%m")
            else:
                figure.display_name = figure.rule_id.display_name or kinds.get(
                    figure.kind, figure.kind
                )

    @api.model
    def _add(self, simulation, judged):
        """Add a batch of verdicts to the figures.

        :param judged: list of ``(day, Assessment)``
        """
        found = {
            (figure.month, figure.kind, figure.rule_id.id): figure
            for figure in simulation._get_figures()
        }
        for (month, kind, rule_id), counter in self._count(judged).items():
            figure = found.get((month, kind, rule_id)) or self.create(
                {"simulation_id": simulation.id, "month": month, "kind": kind, "rule_id": rule_id}
            )
            figure.write({name: figure[name] + added for name, added in counter.items()})

    def _count(self, judged):
        """``{(month, kind, rule id): Counter of fields}``; a rule or a kind of reason has no month."""
        counted = {}
        for day, assessment in judged:
            amount, verdict = assessment.request.amount, assessment.verdict
            month = counted.setdefault((day.replace(day=1), False, False), Counter())
            self._tally(month, "judged", amount)
            if verdict != "pass":
                self._tally(month, "held" if verdict == "hold" else "warned", amount)
            self._count_reasons(assessment, counted)
        return counted

    def _count_reasons(self, assessment, counted):
        holding = {reason.rule_id for reason in assessment.reasons if reason.action == "hold"}
        rules = {
            (reason.kind, reason.rule_id or False): reason.action for reason in assessment.reasons
        }
        for (kind, rule_id), action in rules.items():
            rule = counted.setdefault((False, kind, rule_id), Counter())
            self._tally(rule, "judged", assessment.request.amount)
            self._tally(rule, "held" if action == "hold" else "warned", assessment.request.amount)
            if action == "hold" and len(holding) == 1:
                self._tally(rule, "alone", assessment.request.amount)

    def _tally(self, counter, name, amount):
        counter[f"{name}_count"] += 1
        counter[f"{name}_amount"] += amount
