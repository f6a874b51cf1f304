from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        # EXTENDS 'account': undoing a reconciliation takes back its commission
        self.env["credit.commission.collection"].sudo()._log_undone(self.ids)
        return super().unlink()
