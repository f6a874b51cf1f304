from odoo import fields, models


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    checkpoint_days = fields.Integer(
        string="Deliveries not Asked (days)",
        help="So many days after an order passed the gate its deliveries leave without being judged again."
        " 0: each delivery is judged.",
    )

    _checkpoint_days_not_negative = models.Constraint(
        "CHECK(checkpoint_days >= 0)", "The days without a question cannot be below zero."
    )
