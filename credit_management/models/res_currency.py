from odoo import models


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def write(self, vals):
        # EXTENDS 'base': exposure is rounded to the cached decimals of the company's currency
        result = super().write(vals)
        if "rounding" in vals:
            self.env.registry.clear_cache()
        return result
