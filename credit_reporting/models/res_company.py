from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: groups that may read the settings
_READERS = "credit_management.group_credit_user,account.group_account_invoice,base.group_system"


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_reporting_months = fields.Integer(
        string="Months of the DSO",
        default=3,
        help="Months of sales that the DSO and the collection effectiveness look at",
        groups=_READERS,
    )
    credit_reporting_capital_cost = fields.Float(
        string="Cost of Capital (% a year)",
        digits=(16, 2),
        help="Yearly rate at which receivables are financed, for what credit costs. 0 shows no cost.",
        groups=_READERS,
    )

    @api.constrains("credit_reporting_months", "credit_reporting_capital_cost")
    def _check_credit_reporting(self):
        for company in self:
            if not 1 <= company.credit_reporting_months <= 24:
                raise ValidationError(self.env._("Enter 1 to 24 months for the DSO. 3 is usual."))
            if not 0 <= company.credit_reporting_capital_cost <= 100:
                raise ValidationError(
                    self.env._(
                        "Enter the cost of capital as a rate of 0 to 100 % a year, for instance 5."
                    )
                )
