from odoo import api, fields, models

from ..models.percent import format_percent


class CreditCommissionOutlookTier(models.TransientModel):
    """Progress of a person in the tiers of a plan this period."""

    _name = "credit.commission.outlook.tier"
    _description = "Next Tier of a Commission"

    outlook_id = fields.Many2one(
        "credit.commission.outlook", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="outlook_id.currency_id")
    name = fields.Char("Plan")
    date_to = fields.Date("Until")
    collected = fields.Monetary(help="Net collected in the period.")
    percent = fields.Float("Rate Reached (%)")
    next_percent = fields.Float("Next Rate (%)")
    next_threshold = fields.Monetary("Begins At")
    missing = fields.Monetary(help="Amount still to be collected to reach the next tier.")
    is_last = fields.Boolean()
    sentence = fields.Char("Next Tier", compute="_compute_sentence")

    @api.depends("missing", "next_percent", "is_last")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for tier in self:
            tier.sentence = (
                self.env._("You have reached the highest tier.")
                if tier.is_last
                else self.env._(
                    "Collect %(missing)s more to reach %(percent)s %%.",
                    missing=tier.currency_id.format(tier.missing),
                    percent=format_percent(self.env, tier.next_percent),
                )
            )
