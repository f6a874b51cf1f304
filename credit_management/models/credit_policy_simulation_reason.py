from odoo import api, fields, models


class CreditPolicySimulationReason(models.Model):
    """A rule that would have applied to an order; customer, day and amount are copied from the order for grouping."""

    _name = "credit.policy.simulation.reason"
    _description = "Reason in a Simulation"
    _order = "line_id, id"
    _rec_name = "kind"

    line_id = fields.Many2one(
        "credit.policy.simulation.line",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    simulation_id = fields.Many2one(related="line_id.simulation_id")
    currency_id = fields.Many2one("res.currency", readonly=True)
    order_id = fields.Many2one(related="line_id.order_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="cascade", index=True
    )
    date = fields.Date(string="Confirmed", readonly=True)
    amount = fields.Monetary(readonly=True)
    kind = fields.Char(required=True, readonly=True)
    rule_id = fields.Many2one(
        "credit.policy.rule", readonly=True, ondelete="set null", index="btree_not_null"
    )
    action = fields.Selection([("warn", "Warn"), ("hold", "Hold")], required=True, readonly=True)
    figure = fields.Float(readonly=True, aggregator=None)
    threshold = fields.Float(readonly=True, aggregator=None)
    level_id = fields.Many2one(
        "credit.profile",
        string="Group",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The group at which the rule applies",
    )
    message = fields.Char(compute="_compute_message")

    @api.depends("kind", "figure", "threshold", "level_id")
    @api.depends_context("lang")
    def _compute_message(self):
        for reason in self:
            reason.message = self.env["credit.policy.rule"]._explain(
                reason.kind,
                reason.figure,
                reason.threshold,
                reason.currency_id,
                reason.sudo().level_id.partner_id.name,
            )
