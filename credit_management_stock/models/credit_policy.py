from odoo import fields, models


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    checkpoint_days = fields.Integer(
        string="Skip Delivery Check (days)",
        help="Days after an order passed the credit check during which its deliveries leave without another check. 0: every delivery is checked.",
    )

    _checkpoint_days_not_negative = models.Constraint(
        "CHECK(checkpoint_days >= 0)",
        "The days without a delivery check cannot be negative. Enter 0 or more.",
    )
