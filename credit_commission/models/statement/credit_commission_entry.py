from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules import slices, step_of
from ..percent import format_percent


class CreditCommissionEntry(models.Model):
    """Commission earned or taken back by one person through one collection on one invoice line. Amounts are in the
    company's currency, without taxes, signed. ``date`` determines the period.
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
        help="Id of that line, kept if the order is deleted.",
    )
    date = fields.Date(required=True, readonly=True)
    period_start = fields.Date(
        readonly=True, help="First day of the period for tiers, target and cap."
    )
    base = fields.Monetary(
        "Net Collected",
        readonly=True,
        help="The person's share of the net amount, or all of it if paid on top. Multiplied by the rate, it gives the commission.",
    )
    percent = fields.Float("Rate (%)", digits=(16, 4), readonly=True, aggregator=None)
    share = fields.Float("Share (%)", digits=(16, 4), readonly=True, aggregator=None)
    share_begin = fields.Float(
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="Start of the share within the whole, in percent.",
    )
    is_override = fields.Boolean("On Top", readonly=True)
    tier_factor = fields.Float(
        digits=(16, 6),
        readonly=True,
        aggregator=None,
        help="Part of the tier rate that the line earns. Empty if tiers do not apply.",
    )
    amount = fields.Monetary("Commission", readonly=True)
    volume = fields.Monetary(
        "Volume of the Period",
        readonly=True,
        aggregator=None,
        help="For an adjustment: amount collected in the period, which sets the tier.",
    )
    entered_before = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="For an adjustment: commission of the period before this adjustment.",
    )
    target = fields.Monetary(
        readonly=True,
        aggregator=None,
        help="For an adjustment: the person's target for the period.",
    )
    exact_base = fields.Float(digits=(24, 12), readonly=True, aggregator=None)
    exact_amount = fields.Float(digits=(24, 12), readonly=True, aggregator=None)
    origin_id = fields.Many2one(
        "credit.commission.entry",
        "Reverses",
        readonly=True,
        ondelete="restrict",
    )
    again = fields.Integer(
        readonly=True,
        default=0,
        aggregator=None,
        help="Number of times the same payment was entered before, because its invoice was paid in full, reopened and paid again.",
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
        "(line_id, agent_id, collection_id, order_part, COALESCE(origin_id, 0), again)",
        "This collection was already entered. Reload the page.",
    )
    _reversed_once = models.UniqueIndex(
        "(origin_id) WHERE origin_id IS NOT NULL",
        "This entry is already reversed. Reload the page.",
    )
    _person_idx = models.Index("(person_id, date)")
    _open_idx = models.Index("(plan_id, person_id, period_start) WHERE statement_id IS NULL")

    # === COMPUTE METHODS === #

    @api.depends(
        "kind", "rule_id", "percent", "share", "adjustment", "base", "amount", "contested_id"
    )
    @api.depends_context("lang")
    def _compute_explanation(self):
        for entry in self:
            entry.explanation = entry._explain()

    @api.depends("explanation", "move_id.name", "adjustment", "period_start")
    @api.depends_context("lang")
    def _compute_document(self):
        """The invoice, or a description for period adjustments."""
        for entry in self:
            adjusted = entry.kind == "adjustment" and entry.adjustment != "contest"
            name = entry._get_adjustment_name() if adjusted else entry.explanation
            entry.document = entry.move_id.name or name

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        if self.statement_id:
            raise UserError(
                self.env._(
                    "An entry on a statement cannot be deleted. Undo its payment: a reversal takes it back."
                )
            )

    # === WORDS === #

    def _get_adjustment_name(self):
        """“Tiers of the period 2026-10”."""
        labels = dict(self._fields["adjustment"]._description_selection(self.env))
        return f"{labels.get(self.adjustment, '')} {self.period_start or self.date:%Y-%m}"

    def _explain(self):
        """Explain the rule and the calculation, or the correction or adjustment."""
        if self.contested_id:
            return self.env._("Corrected after an answer")
        if self.kind == "adjustment":
            return self._explain_adjustment()
        words = self._explain_rate()
        if late := self._explain_speed():
            words = self.env._("%(rule)s: %(late)s", rule=words, late=late)
        if self.share and self.share != 100 and not self.is_override:
            share = format_percent(self.env, self.share)
            words = self.env._("%(rule)s (share of %(share)s %%)", rule=words, share=share)
        return self.env._("Undone – %(rule)s", rule=words) if self.kind == "reversal" else words

    def _explain_rate(self):
        if self.rule_id.earning == "fixed":
            return self.env._(
                "%(rule)s: %(amount)s for the line paid in full",
                rule=self.rule_id.name,
                amount=self.currency_id.format(self.rule_id.fixed_amount),
            )
        return self.env._(
            "%(rule)s: %(percent)s %% of %(base)s",
            rule=self.rule_id.name,
            percent=format_percent(self.env, self.percent),
            base=self.currency_id.format(self.base),
        )

    def _explain_speed(self):
        """“paid 51 days late, 50 % of the rate”; empty if payment speed has no effect."""
        collection = self.collection_id.origin_id or self.collection_id
        if collection.nature == "credit" or self.move_id.move_type == "out_refund":
            return ""
        step = step_of([one._to_speed() for one in self.plan_id.speed_ids], collection.days_late)
        if not step:
            return ""
        values = {
            "days": abs(collection.days_late),
            "percent": format_percent(self.env, step.percent),
        }
        return self._explain_step(step, collection.days_late >= 0, values)

    def _explain_step(self, step, is_late, values):
        if step.kind == "rate":
            if is_late:
                return self.env._("paid %(days)s days late, rate of %(percent)s %%", **values)
            return self.env._("paid %(days)s days early, rate of %(percent)s %%", **values)
        if step.percent == 50 and is_late:
            return self.env._("paid %(days)s days late, half rate", **values)
        if is_late:
            return self.env._("paid %(days)s days late, %(percent)s %% of the rate", **values)
        return self.env._("paid %(days)s days early, %(percent)s %% of the rate", **values)

    def _explain_adjustment(self):
        """“Tiers of the period 2026-10: 165 573 € × 2.5 % = 4 139.33 €, less 3 828.78 € entered before”."""
        words = self._get_adjustment_name()
        amounts = {
            "volume": self.currency_id.format(self.volume),
            "before": self.currency_id.format(self.entered_before),
            "cap": self.currency_id.format(self.plan_id.cap_amount),
        }
        if self.adjustment == "cap":
            return self.env._("%(what)s: %(before)s earned, at most %(cap)s", what=words, **amounts)
        if self.adjustment != "tiers" or not self.volume:
            return words
        return self.env._(
            "%(what)s on %(volume)s collected: %(slices)s, less %(before)s entered before",
            what=words,
            slices=self._get_slices_words(),
            **amounts,
        )

    def _get_slices_words(self):
        """“100 000 € × 2 % + 65 573 € × 2.5 %”: the tiers, on the whole volume or by slice."""
        tiers = self.plan_id._get_tiers(Decimal(str(self.target)))
        found = slices(tiers, self.plan_id.tier_mode, Decimal(str(self.volume)))
        return " + ".join(
            f"{self.currency_id.format(float(amount))} × {format_percent(self.env, float(percent))} %"
            for amount, percent in found
        )

    @api.model
    def _get_domain_sold_after(self, day):
        """Entries of sales invoiced after a day; credit notes belong to the sale of their invoice."""
        own = Domain("move_id.reversed_entry_id", "=", False) & Domain(
            "move_id.invoice_date", ">", day
        )
        return own | Domain("move_id.reversed_entry_id.invoice_date", ">", day)
