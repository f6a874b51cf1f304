from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': what is paid is disputed no more
        partials = super().create(vals_list)
        self.env["credit.dispute"].sudo()._follow_ledger(partials.debit_move_id)
        return partials

    def unlink(self):
        # EXTENDS 'account': a payment that is taken back settles no dispute
        items = self.debit_move_id
        result = super().unlink()
        self.env["credit.dispute"].sudo()._follow_ledger(items.exists())
        return result
