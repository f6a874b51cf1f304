from odoo import api, models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account': money keeps promises, pays instalments and settles disputes
        partials = super().create(vals_list)
        partials._judge_answers(partials.debit_move_id)
        return partials

    def unlink(self):
        # EXTENDS 'account': money that is taken back keeps, pays and settles nothing
        items = self.debit_move_id
        result = super().unlink()
        self._judge_answers(items.exists())
        return result

    def _judge_answers(self, items):
        """Reassess promises, plans and disputes about journal items."""
        self.env["credit.promise"]._judge_of(items)
        self.env["credit.payment.plan"]._judge_of(items)
        self.env["credit.dispute"].sudo()._follow_ledger(items)
