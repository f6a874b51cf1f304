from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_reporting_months = fields.Integer(
        related="credit_management_company_id.credit_reporting_months", readonly=False
    )
    credit_reporting_capital_cost = fields.Float(
        related="credit_management_company_id.credit_reporting_capital_cost", readonly=False
    )
