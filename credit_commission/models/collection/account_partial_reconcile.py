from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        # EXTENDS 'account': what a reconciliation earned is taken back when it is undone
        self.env["credit.commission.collection"].sudo()._log_undone(self.ids)
        return super().unlink()
