from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_collection_plan_tolerance = fields.Integer(
        related="credit_management_company_id.credit_collection_plan_tolerance", readonly=False
    )
