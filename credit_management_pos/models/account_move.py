from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _is_credit_claim(self):
        # EXTENDS 'credit_management': the till has already sold it, and checked before
        return super()._is_credit_claim() and not self.sudo().pos_order_ids
