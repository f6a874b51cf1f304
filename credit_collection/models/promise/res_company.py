from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_collection_promise_tolerance = fields.Integer(
        string="Tolerance of Promises",
        default=3,
        groups="credit_management.group_credit_user,account.group_account_invoice,base.group_system",
        help="Days after the promised one on which the money may still come",
    )

    _credit_collection_tolerance = models.Constraint(
        "CHECK(credit_collection_promise_tolerance BETWEEN 0 AND 60)",
        "Tolerate from 0 to 60 days after the promised one.",
    )
