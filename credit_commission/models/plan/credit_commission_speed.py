from odoo import fields, models

from ...rules import Speed


class CreditCommissionSpeed(models.Model):
    """A step of payment speed: from a number of days late until the next step, payments earn a different rate."""

    _name = "credit.commission.speed"
    _inherit = ["credit.commission.plan.part"]
    _description = "Rate by Payment Speed"
    _order = "plan_id, days_late, id"

    days_late = fields.Integer(
        "From Days Late",
        help="Days between the due date and the payment. Enter 11 for more than 10 days late; use a negative number for early payment.",
    )
    kind = fields.Selection(
        [("share", "Percent of the rate"), ("rate", "Rate itself")],
        required=True,
        default="share",
    )
    percent = fields.Float(digits=(16, 4), default=100.0)

    _step_once = models.Constraint(
        "UNIQUE (plan_id, days_late)",
        "Two payment speed steps begin on the same day. Change one of them.",
    )
    _percent_positive = models.Constraint(
        "CHECK (percent >= 0)", "A rate cannot be negative. Enter zero or more."
    )

    def _to_speed(self):
        """:rtype: ..rules.Speed"""
        return Speed(self.days_late, self.kind, self.percent)
