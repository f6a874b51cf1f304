from odoo import fields, models

_READERS = "credit_management.group_credit_user,account.group_account_invoice,base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_collection_plan_tolerance = fields.Integer(
        string="Tolerance of Instalments",
        default=5,
        groups=_READERS,
        help="Days after an instalment on which it may still come before a new plan fails",
    )
    credit_collection_plan_instalments = fields.Integer(
        string="Instalments Granted Alone",
        default=4,
        groups=_READERS,
        help="A collector agrees to plans of as many instalments alone; beyond it a manager does",
    )
    credit_collection_plan_days = fields.Integer(
        string="Length Granted Alone",
        default=120,
        groups=_READERS,
        help="A collector agrees to plans that last so many days alone; beyond it a manager does",
    )
