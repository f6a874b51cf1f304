from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_collection_portal_limit = fields.Boolean(
        related="credit_management_company_id.credit_collection_portal_limit", readonly=False
    )
    credit_collection_promise_days = fields.Integer(
        related="credit_management_company_id.credit_collection_promise_days", readonly=False
    )
    credit_collection_link_days = fields.Integer(
        related="credit_management_company_id.credit_collection_link_days", readonly=False
    )
