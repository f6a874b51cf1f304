from odoo import api, models


class AccountPaymentMethodLine(models.Model):
    _inherit = "account.payment.method.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account'
        lines = super().create(vals_list)
        self.env.registry.clear_cache()
        return lines

    def write(self, vals):
        # EXTENDS 'account'
        result = super().write(vals)
        if "payment_account_id" in vals:
            self.env.registry.clear_cache()
        return result
