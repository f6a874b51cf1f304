from odoo import fields, models


class CreditCommissionTier(models.Model):
    """From this volume of a period on, until the next tier begins, this rate."""

    _name = "credit.commission.tier"
    _description = "Commission Tier"
    _order = "plan_id, threshold, id"

    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, index=True, ondelete="cascade"
    )
    threshold = fields.Float(
        "From",
        digits=(16, 2),
        help="Net collected in the period, in the company's currency, or percent of the target.",
    )
    percent = fields.Float(digits=(16, 4))
