from odoo import fields, models

_READERS = "credit_management.group_credit_user,account.group_account_invoice,base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_collection_plan_tolerance = fields.Integer(
        string="Tolerance of Instalments",
        default=5,
        groups=_READERS,
        help="Days of grace after an instalment before a new plan defaults",
    )
