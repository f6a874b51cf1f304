from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..percent import format_percent


class CreditCommissionEntry(models.Model):
    """What one person earned, or gave back, by one collection on one invoice line.

    Amounts are in the company's currency, without taxes, signed. ``date`` says to which period it belongs.
    """

    _name = "credit.commission.entry"
    _description = "Commission Entry"
    _order = "date desc, id desc"
    _rec_name = "explanation"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, readonly=True)
    role = fields.Char(readonly=True)
    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, readonly=True, ondelete="restrict"
    )
    rule_id = fields.Many2one("credit.commission.rule", readonly=True, ondelete="restrict")
    agent_id = fields.Many2one(
        "credit.commission.agent",
        "Share",
        readonly=True,
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
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    line_id = fields.Many2one(
        "account.move.line",
        "Invoice Line",
        readonly=True,
        ondelete="set null",
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Line of the order that the money of a down payment is for.",
    )
    order_part = fields.Integer(
        readonly=True,
        default=0,
        aggregator=None,
        help="Number of that line, which stays when the order is deleted.",
    )
    date = fields.Date(required=True, readonly=True)
    period_start = fields.Date(
        readonly=True, help="First day of the period whose tiers, target and cap it counts for."
    )
    base = fields.Monetary(
        "Net Collected",
        readonly=True,
        help="The person's part of it, where a sale is shared; all of it for who is paid on top. Times the rate it is "
        "the commission.",
    )
    percent = fields.Float("Rate (%)", digits=(16, 4), readonly=True, aggregator=None)
    share = fields.Float("Share (%)", digits=(16, 4), readonly=True, aggregator=None)
    share_begin = fields.Float(
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Where the share begins in the whole, in percent.",
    )
    is_override = fields.Boolean("On Top", readonly=True)
    tier_factor = fields.Float(
        digits=(16, 6),
        readonly=True,
        aggregator=None,
        help="Part of the rate of the period's tier that it earns; empty where tiers do not count.",
    )
    amount = fields.Monetary("Commission", readonly=True)
    exact_base = fields.Float(digits=(24, 12), readonly=True, aggregator=None)
    exact_amount = fields.Float(digits=(24, 12), readonly=True, aggregator=None)
    origin_id = fields.Many2one(
        "credit.commission.entry",
        "Reverses",
        readonly=True,
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
        [
            ("tiers", "Tiers of the period"),
            ("rounding", "Rounding of the period"),
            ("cap", "Cap of the period"),
        ],
        readonly=True,
    )
    product_id = fields.Many2one(related="line_id.product_id")
    payment_move_id = fields.Many2one(related="collection_id.payment_move_id")
    explanation = fields.Char(compute="_compute_explanation", compute_sudo=True)
    document = fields.Char(compute="_compute_document", compute_sudo=True)

    _once = models.UniqueIndex(
        "(line_id, agent_id, collection_id, order_part)",
        "This collection is entered already.",
    )
    _reversed_once = models.UniqueIndex(
        "(origin_id) WHERE origin_id IS NOT NULL", "This entry is reversed already."
    )
    _person_idx = models.Index("(person_id, date)")
    _open_idx = models.Index("(plan_id, person_id, period_start) WHERE statement_id IS NULL")

    @api.depends("kind", "rule_id", "percent", "share", "adjustment", "base")
    def _compute_explanation(self):
        for entry in self:
            entry.explanation = entry._explain()

    @api.depends("explanation", "move_id.name")
    def _compute_document(self):
        """The invoice; of what a whole period changes, what it is."""
        for entry in self:
            entry.document = entry.move_id.name or entry.explanation

    def _explain(self):
        """Which rule caught the line, and what it made of it."""
        if self.kind == "adjustment":
            labels = dict(self._fields["adjustment"]._description_selection(self.env))
            return f"{labels.get(self.adjustment, '')} {self.period_start:%Y-%m}"
        rule = self.env._(
            "%(rule)s: %(percent)s %% of %(base)s",
            rule=self.rule_id.name,
            percent=format_percent(self.env, self.percent),
            base=self.currency_id.format(self.base),
        )
        if self.share and self.share != 100 and not self.is_override:
            share = format_percent(self.env, self.share)
            rule = self.env._("%(rule)s (share of %(share)s %%)", rule=rule, share=share)
        return self.env._("Undone – %(rule)s", rule=rule) if self.kind == "reversal" else rule

    @api.model
    def _get_domain_sold_after(self, day):
        """Entries of sales that were invoiced after a day; a credit note belongs to the sale of its invoice."""
        own = Domain("move_id.reversed_entry_id", "=", False) & Domain(
            "move_id.invoice_date", ">", day
        )
        return own | Domain("move_id.reversed_entry_id.invoice_date", ">", day)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        if self.statement_id:
            raise UserError(
                self.env._(
                    "An entry of a statement is kept. What it earned is taken back by a reversal."
                )
            )
