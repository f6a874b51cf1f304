from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': report at once what a backdated payment makes overcharged on a debit note
        partials = super().create(vals_list)
        self.env["credit.late.charge"]._report_excess(partials.debit_move_id)
        return partials
