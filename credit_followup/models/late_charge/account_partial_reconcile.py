from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': what a payment with an earlier date makes too much of a debit note is said at once
        partials = super().create(vals_list)
        self.env["credit.late.charge"]._tell_excess(partials.debit_move_id)
        return partials
