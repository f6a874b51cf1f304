from odoo import fields, models


class CreditCommissionSpeed(models.Model):
    """From so many days late on, until the next step begins, money earns less (or more)."""

    _name = "credit.commission.speed"
    _description = "Rate by Payment Speed"
    _order = "plan_id, days_late, id"

    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, index=True, ondelete="cascade"
    )
    days_late = fields.Integer(
        "From Days Late",
        help="Days between the due date and the money: 11 stands for more than 10 days late, a negative number for "
        "early payment.",
    )
    kind = fields.Selection(
        [("share", "Percent of the rate"), ("rate", "Rate itself")],
        required=True,
        default="share",
    )
    percent = fields.Float(digits=(16, 4), default=100.0)
