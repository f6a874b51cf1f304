from odoo import models


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    def _get_credit_days(self):
        """Days from today until the last instalment is due; 0 without terms, ``None`` where no policy needs it."""
        if "payment_days" not in self.env["credit.policy"]._get_scopes().facts:
            return None
        today = self.env["res.company"]._get_credit_today()
        return max(((line._get_due_date(today) - today).days for line in self.line_ids), default=0)

    def _get_credit_instalments(self, total):
        """Instalments of an amount from today, ``((days, percent), …)``; empty if due at once."""
        today = self.env["res.company"]._get_credit_today()
        return tuple(
            (
                (line._get_due_date(today) - today).days,
                line.value_amount
                if line.value == "percent"
                else 100.0 * line.value_amount / (total or 1.0),
            )
            for line in self.line_ids
        )
