from odoo import fields, models


class CreditCommissionTier(models.Model):
    """A tier: its rate applies from its volume until the next tier begins."""

    _name = "credit.commission.tier"
    _inherit = ["credit.commission.plan.part"]
    _description = "Commission Tier"
    _order = "plan_id, threshold, id"

    threshold = fields.Float(
        "Begins At",
        digits=(16, 2),
        help="Net collected in the period, in the company's currency, or percent of the target.",
    )
    percent = fields.Float(digits=(16, 4))

    _tier_once = models.Constraint(
        "UNIQUE (plan_id, threshold)",
        "Two tiers begin at the same volume. Change one of them.",
    )
    _threshold_positive = models.Constraint(
        "CHECK (threshold >= 0)", "A tier cannot begin below 0. Enter zero or more."
    )
    _percent_in_range = models.Constraint(
        "CHECK (percent BETWEEN 0 AND 100)", "A rate must be between 0 and 100 %. Correct it."
    )
