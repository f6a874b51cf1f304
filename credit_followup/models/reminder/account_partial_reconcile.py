from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        # EXTENDS 'account': reminders restart when a payment is undone, which the ledger does not record
        debits = self.debit_move_id
        paid = debits.filtered(lambda item: item.reconciled and item.balance > 0)
        result = super().unlink()
        if reopened := paid.exists().filtered(lambda item: not item.reconciled):
            self.env["credit.followup.restart"]._log(
                reopened, "payment_undone", reopened.company_id._get_credit_today()
            )
        return result
