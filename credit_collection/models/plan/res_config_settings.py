from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_collection_plan_tolerance = fields.Integer(
        related="credit_management_company_id.credit_collection_plan_tolerance", readonly=False
    )
    credit_collection_plan_instalments = fields.Integer(
        related="credit_management_company_id.credit_collection_plan_instalments", readonly=False
    )
    credit_collection_plan_days = fields.Integer(
        related="credit_management_company_id.credit_collection_plan_days", readonly=False
    )
