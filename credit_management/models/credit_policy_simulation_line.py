from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

OUTCOMES = [
    ("in_time", "Paid on time"),
    ("late", "Paid late"),
    ("overdue", "Overdue today"),
    ("not_due", "Not due yet"),
    ("credited", "Credited"),
    ("not_invoiced", "Not invoiced"),
]


class CreditPolicySimulationLine(models.Model):
    """An order a policy would have held or warned about, with the figures of that day and its outcome."""

    _name = "credit.policy.simulation.line"
    _description = "Order in a Simulation"
    _order = "simulation_id, date, id"
    _rec_name = "order_id"

    simulation_id = fields.Many2one(
        "credit.policy.simulation", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="simulation_id.company_id")
    currency_id = fields.Many2one("res.currency", readonly=True)
    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="cascade", index=True
    )
    date = fields.Date(string="Confirmed", readonly=True)
    verdict = fields.Selection(
        [("hold", "Held"), ("warn", "Warning")], required=True, readonly=True
    )
    amount = fields.Monetary(readonly=True)
    exposure = fields.Monetary(readonly=True, help="On that day, before the order", aggregator=None)
    has_limit = fields.Boolean(readonly=True)
    credit_limit = fields.Monetary(readonly=True, aggregator=None)
    excess = fields.Monetary(readonly=True, help="Amount by which the order exceeded the limit")
    overdue = fields.Monetary(readonly=True, aggregator=None)
    oldest_due_days = fields.Integer(
        string="Oldest Overdue (days)", readonly=True, aggregator="max"
    )
    reason_ids = fields.One2many("credit.policy.simulation.reason", "line_id", string="Reasons")
    reason_summary = fields.Text(string="Reasons in Words", compute="_compute_reason_summary")

    # Outcome
    outcome = fields.Selection(OUTCOMES, readonly=True)
    days_late = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Of the last payment, or up to the day of the simulation if still unpaid",
    )
    unpaid = fields.Monetary(string="Still Unpaid", readonly=True)
    is_changed = fields.Boolean(readonly=True)
    is_foreign = fields.Boolean(readonly=True)
    is_released = fields.Boolean(readonly=True)
    approximation = fields.Char(string="Approximated", compute="_compute_approximation")

    # === COMPUTE METHODS === #

    @api.depends("reason_ids.message")
    @api.depends_context("lang")
    def _compute_reason_summary(self):
        for line in self:
            line.reason_summary = "\n".join(line.reason_ids.mapped("message"))

    @api.depends("is_changed", "is_foreign", "is_released")
    @api.depends_context("lang")
    def _compute_approximation(self):
        sentences = {
            "is_changed": self.env._("total changed after confirmation"),
            "is_foreign": self.env._("at the rate stored on the order"),
            "is_released": self.env._("held and released in reality"),
        }
        for line in self:
            said = [sentence for name, sentence in sentences.items() if line[name]]
            line.approximation = ", ".join(said)

    @api.depends("order_id")
    def _compute_display_name(self):
        # the order may be a branch's: whoever may see the row sees its name
        for row in self:
            row.display_name = row.sudo().order_id.display_name

    # === ACTIONS === #

    @api.readonly
    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    @api.model
    def _record(self, simulation, noted):
        """Keep orders with their verdict.

        :param noted: list of ``(Assessment, Outcome, day)``
        """
        ids = [assessment.request.document[1] for assessment, _outcome, _day in noted]
        flags = self._read_flags(simulation, ids)
        self.create(
            [
                {
                    "simulation_id": simulation.id,
                    **self._prepare_vals(simulation, assessment, outcome, day),
                    **{
                        name: assessment.request.document[1] in found
                        for name, found in flags.items()
                    },
                }
                for assessment, outcome, day in noted
            ]
        )

    def _prepare_vals(self, simulation, assessment, outcome, day):
        request, position = assessment.request, assessment.position
        figures = {
            "date": day,
            "partner_id": request.partner_id,
            "amount": request.amount,
            "currency_id": simulation.currency_id.id,
        }
        return {
            **figures,
            "order_id": request.document[1],
            "verdict": assessment.verdict,
            "exposure": position.exposure,
            "has_limit": position.credit_limit is not None,
            "credit_limit": position.credit_limit or 0.0,
            "excess": assessment.excess,
            "overdue": position.overdue,
            "oldest_due_days": position.oldest_due_days,
            "outcome": outcome.state,
            "days_late": outcome.days_late,
            "unpaid": outcome.unpaid,
            "reason_ids": [
                Command.create(self._prepare_reason_vals(reason, figures))
                for reason in assessment.reasons
            ],
        }

    def _prepare_reason_vals(self, reason, figures):
        return {
            **figures,
            "kind": reason.kind,
            "action": reason.action,
            "rule_id": reason.rule_id or False,
            "figure": reason.figure,
            "threshold": reason.threshold,
            "level_id": reason.level_id or False,
        }

    def _read_flags(self, simulation, order_ids):
        """``{field: ids of the orders}`` for which a figure is approximated."""
        orders = self.env["sale.order"].browse(order_ids)
        own = SQL("o.id IN %s", tuple(order_ids) or (0,))
        changed = self.env.execute_query(
            SQL("SELECT DISTINCT o.id FROM %s", simulation._changed_sql(own))
        )
        domain = [("id", "in", orders.ids), ("credit_hold_ids.state", "=", "released")]
        foreign = [("id", "in", orders.ids), ("currency_id", "!=", simulation.currency_id.id)]
        return {
            "is_changed": {id_ for (id_,) in changed},
            "is_foreign": set(orders.search(foreign).ids),
            "is_released": set(orders.search(domain).ids),
        }
