from odoo import fields, models


class CreditPolicyRule(models.Model):
    _inherit = "credit.policy.rule"

    checkpoint = fields.Selection(
        selection_add=[("delivery", "Delivery")], ondelete={"delivery": "cascade"}
    )
