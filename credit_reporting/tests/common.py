"""The kit: a ledger on days of one's own choice, in one line each."""

from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class ReportingCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().credit_management_policy_id = False

    def _sold(self, amount, day, due=None, customer=None, user=None):
        """An invoice of a day; a negative amount is a credit note."""
        return self._create_invoice(
            post=True,
            move_type="out_invoice" if amount > 0 else "out_refund",
            partner_id=(customer or self.customer).id,
            invoice_user_id=(user or self.salesperson).id,
            date=day,
            invoice_date=day,
            invoice_date_due=due or day,
            invoice_payment_term_id=None,
            invoice_line_ids=[
                self._prepare_invoice_line(
                    price_unit=abs(amount), product_id=self.service, tax_ids=[]
                )
            ],
        )

    def _receipt(self, amount, day, customer=None):
        """Money of a day on the bank account, not matched yet: its journal item."""
        journal = self.company_data["default_journal_bank"]
        customer = customer or self.customer
        receivable = customer.property_account_receivable_id
        lines = [
            Command.create({"account_id": journal.default_account_id.id, "debit": amount}),
            Command.create(
                {"account_id": receivable.id, "partner_id": customer.id, "credit": amount}
            ),
        ]
        entry = self.env["account.move"].create(
            {"journal_id": journal.id, "date": day, "line_ids": lines}
        )
        entry.action_post()
        return self._item(entry)

    def _item(self, move):
        """The journal item of a document on the receivable account."""
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _paid(self, invoice, day, amount=None):
        """A payment of an invoice on a day, matched."""
        item = self._receipt(amount or invoice.amount_total, day, invoice.partner_id)
        (item + self._item(invoice)).reconcile()
        return item

    def _figures(self, *days, user=None):
        return self.env["credit.figure"].with_user(user or self.analyst)._on(*days)

    def _measure(self, day, *names, groupby=(), domain=(), user=None):
        """Figures of the company on a day; by group where there is one."""
        self.env.flush_all()
        domain = [("company_id", "=", self.company.id), *domain]
        found = self._figures(day, user=user)._measure(names, groupby, domain)
        return found if groupby else found[()]
