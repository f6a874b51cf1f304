from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': paying an overdue item may free a hold
        partials = super().create(vals_list)
        self.env["credit.hold"]._reassess_soon(partials.debit_move_id.partner_id)
        return partials
