from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_management_company_id = fields.Many2one(
        related="company_id.root_id", string="Credit Company"
    )
    credit_management_currency_id = fields.Many2one(
        related="credit_management_company_id.currency_id", string="Credit Currency"
    )
    credit_management_policy_id = fields.Many2one(
        related="credit_management_company_id.credit_management_policy_id", readonly=False
    )
    credit_management_default_mode = fields.Selection(
        related="credit_management_company_id.credit_management_default_mode",
        readonly=False,
        required=True,
    )
    credit_management_default_limit = fields.Monetary(
        related="credit_management_company_id.credit_management_default_limit",
        readonly=False,
        currency_field="credit_management_currency_id",
    )
    credit_management_analyst_id = fields.Many2one(
        related="credit_management_company_id.credit_management_analyst_id", readonly=False
    )
    credit_management_limit_method = fields.Selection(
        related="credit_management_company_id.credit_management_limit_method",
        readonly=False,
        required=True,
    )
    credit_management_alert_days = fields.Integer(
        related="credit_management_company_id.credit_management_alert_days", readonly=False
    )
