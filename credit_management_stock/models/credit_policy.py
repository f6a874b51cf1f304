from odoo import fields, models


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    checkpoint_days = fields.Integer(
        string="Skip Delivery Check (days)",
        help="Days after an order passed the check during which its deliveries leave without being checked again."
        " 0: each delivery is judged.",
    )

    _checkpoint_days_not_negative = models.Constraint(
        "CHECK(checkpoint_days >= 0)", "The days without a question cannot be below zero."
    )
