from odoo import models


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    def _get_credit_days(self):
        """Days from today until the last instalment would be due; 0 without terms, ``None`` where no policy asks."""
        if "payment_days" not in self.env["credit.policy"]._get_scopes().facts:
            return None
        today = self.env["res.company"]._get_credit_today()
        return max(((line._get_due_date(today) - today).days for line in self.line_ids), default=0)

    def _get_credit_instalments(self, total):
        """When an amount would be due from today on, ``((days, percent), …)``; empty: at once."""
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
