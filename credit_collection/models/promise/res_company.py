from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_collection_promise_tolerance = fields.Integer(
        string="Tolerance of Promises",
        default=3,
        groups="credit_management.group_credit_user,account.group_account_invoice,base.group_system",
        help="Days of grace after the promised day",
    )

    _credit_collection_tolerance = models.Constraint(
        "CHECK(credit_collection_promise_tolerance BETWEEN 0 AND 60)",
        "Enter a tolerance of 0 to 60 days.",
    )
