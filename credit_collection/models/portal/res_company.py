from odoo import fields, models

_GROUPS = "credit_management.group_credit_user,account.group_account_invoice,base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_collection_portal_limit = fields.Boolean(
        string="Credit Limit in the Portal",
        groups=_GROUPS,
        help="Customers see their own credit limit and what is left of it",
    )
    credit_collection_promise_days = fields.Integer(
        string="Latest Promise of a Customer",
        default=30,
        groups=_GROUPS,
        help="Days within which a customer may promise to pay without talking to anybody",
    )
    credit_collection_link_days = fields.Integer(
        string="Validity of the Links in Reminders",
        default=30,
        groups=_GROUPS,
        help="Days for which the links in a reminder can be used. 0: reminders have no links",
    )

    _credit_collection_promise_days = models.Constraint(
        "CHECK(credit_collection_promise_days BETWEEN 0 AND 365)",
        "Enter from 0 to 365 days for the latest promise of a customer.",
    )
    _credit_collection_link_days = models.Constraint(
        "CHECK(credit_collection_link_days BETWEEN 0 AND 365)",
        "Enter from 0 to 365 days for the validity of the links in reminders.",
    )
