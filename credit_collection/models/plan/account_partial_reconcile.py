from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': money pays instalments
        partials = super().create(vals_list)
        self.env["credit.payment.plan"]._judge_of(partials.debit_move_id)
        return partials

    def unlink(self):
        # EXTENDS 'account': money that is taken back pays nothing
        items = self.debit_move_id
        result = super().unlink()
        self.env["credit.payment.plan"]._judge_of(items.exists())
        return result
