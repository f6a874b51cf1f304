from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_company_id = fields.Many2one(related="company_id.root_id", string="Credit Company")
    credit_currency_id = fields.Many2one(
        related="credit_company_id.currency_id", string="Credit Currency"
    )
    credit_policy_id = fields.Many2one(related="credit_company_id.credit_policy_id", readonly=False)
    credit_default_mode = fields.Selection(
        related="credit_company_id.credit_default_mode", readonly=False, required=True
    )
    credit_default_limit = fields.Monetary(
        related="credit_company_id.credit_default_limit",
        readonly=False,
        currency_field="credit_currency_id",
    )
    credit_analyst_id = fields.Many2one(
        related="credit_company_id.credit_analyst_id", readonly=False
    )
    credit_limit_method = fields.Selection(
        related="credit_company_id.credit_limit_method", readonly=False, required=True
    )
    credit_alert_days = fields.Integer(
        related="credit_company_id.credit_alert_days", readonly=False
    )
