from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditCommissionEntry(models.Model):
    """What one person earned, or gave back, by one collection on one invoice line.

    Amounts are in the company's currency, without taxes, signed. ``date`` says to which period it belongs.
    """

    _name = "credit.commission.entry"
    _description = "Commission Entry"
    _order = "date desc, id desc"
    _rec_name = "explanation"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, readonly=True, index=True)
    role = fields.Char(readonly=True)
    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, readonly=True, index=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(
        "credit.commission.rule", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    agent_id = fields.Many2one(
        "credit.commission.agent",
        "Share",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    kind = fields.Selection(
        [("collection", "Collection"), ("reversal", "Reversal"), ("adjustment", "Adjustment")],
        required=True,
        readonly=True,
    )
    collection_id = fields.Many2one(
        "credit.commission.collection", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index="btree_not_null")
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    line_id = fields.Many2one(
        "account.move.line",
        "Invoice Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Line of the order that the money of a down payment is for.",
    )
    date = fields.Date(required=True, readonly=True)
    period_start = fields.Date(
        readonly=True, help="First day of the period whose tiers, target and cap it counts for."
    )
    base = fields.Monetary("Net Collected", readonly=True)
    percent = fields.Float("Rate (%)", digits=(16, 4), readonly=True, aggregator=None)
    share = fields.Float("Share (%)", digits=(16, 4), readonly=True, aggregator=None)
    amount = fields.Monetary("Commission", readonly=True)
    exact_base = fields.Float(digits=(24, 12), readonly=True, aggregator=None)
    exact_amount = fields.Float(digits=(24, 12), readonly=True, aggregator=None)
    origin_id = fields.Many2one(
        "credit.commission.entry",
        "Reverses",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    statement_id = fields.Many2one(
        "credit.commission.statement",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    adjustment = fields.Selection(
        [("tiers", "Tiers of the period"), ("cap", "Cap of the period")], readonly=True
    )
    explanation = fields.Char(compute="_compute_explanation")

    # contested by the person, answered by a manager
    contest_state = fields.Selection(
        [("open", "Contested"), ("accepted", "Accepted"), ("refused", "Refused")],
        readonly=True,
        copy=False,
    )
    contest_reason = fields.Text(readonly=True, copy=False)
    contest_answer = fields.Text(readonly=True, copy=False)

    @api.depends("kind", "rule_id", "percent", "share", "adjustment")
    def _compute_explanation(self):
        for entry in self:
            entry.explanation = entry.rule_id.name or entry.kind

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        if self.statement_id:
            raise UserError(
                self.env._(
                    "An entry of a statement is kept. What it earned is taken back by a reversal."
                )
            )
