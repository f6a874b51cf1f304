from odoo import models
from odoo.tools import format_amount, format_date


class CreditProfile(models.Model):
    """The figures in the e-mail of a statement of account, in the language of the text."""

    _inherit = "credit.profile"

    def _get_statement_summary(self, day, statements):
        """Total and overdue amount per currency, bank accounts and portal link.

        :param day: date of the statements; empty in a preview of the template
        :param statements: ``{customer id: statement}``, read for all customers at once; empty in a preview
        """
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "credit_followup.statement_summary",
            {
                "file": self,
                "rows": self._get_statement_rows((statements or {}).get(self.partner_id.id)),
                "day": format_date(self.env, day),
                "banks": self.env["credit.statement"]._get_bank_accounts(self.company_id),
                "url": self._get_statement_url(),
            },
            minimal_qcontext=True,
        )

    def _get_statement_rows(self, statement):
        """``[(total, overdue)]``, formatted."""
        rows = []
        for account in statement.accounts if statement else ():
            currency = self.env["res.currency"].browse(account.currency_id)
            amounts = (account.closing, account.ageing.overdue)
            rows.append([format_amount(self.env, amount, currency) for amount in amounts])
        return rows

    def _get_statement_url(self):
        """Portal URL of the customer's invoices, if a recipient has an account."""
        recipients = self.env["credit.statement"]._get_recipients(self)
        return f"{self.get_base_url()}/my/invoices" if recipients.sudo().user_ids else ""
