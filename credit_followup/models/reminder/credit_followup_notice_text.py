from markupsafe import Markup
from odoo import models
from odoo.tools import format_date

from ...rules.notice_table import Row, days_late, totals


class CreditFollowupNotice(models.Model):
    """What the texts of reminders are made of, the same for e-mails and letters.

    A text calls these methods on ``object``. They answer in the language of the text.
    """

    _inherit = "credit.followup.notice"

    # === FIGURES === #

    def _get_item_rows(self):
        """A :class:`Row` for each item the notice names and each credit it deducts, the oldest first."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.cancelled)
        return [
            self._get_row(line)
            for line in lines.sorted(
                lambda line: (line.date_due or line._get_document()[1] or line.date, line.id)
            )
        ]

    def _get_row(self, line):
        document, date, amount = line._get_document()
        return Row(
            document=document,
            date=date,
            due=line.date_due,
            days_late=days_late(line.date_due, self.date) if line.amount > 0 else 0,
            currency=line.currency_id,
            amount=amount,
            open=line.amount_currency,
            url=self._get_document_url(line.item_id.move_id),
        )

    def _get_totals_by_currency(self):
        """``[(currency, total)]`` of what is asked for, net of the credits shown, without late charges."""
        return totals(self._get_item_rows())

    def _get_late_charges(self):
        """``[(label, amount)]`` in the company's currency; only what the notice claims."""
        interest = self.env._("Late payment interest")
        if self.interest_to:
            interest = self.env._(
                "Late payment interest to %s", format_date(self.env, self.interest_to)
            )
        labels = {
            interest: self.interest,
            self.env._("Fixed indemnity for recovery costs"): self.indemnity,
        }
        return [(label, amount) for label, amount in labels.items() if amount]

    def _get_grand_total(self):
        """Items and late charges together, in the company's currency; ``None`` when there is nothing to add up."""
        found = self._get_totals_by_currency()
        if not self._get_late_charges() or [currency for currency, _total in found] != [
            self.currency_id
        ]:
            return None
        return found[0][1] + self.interest + self.indemnity

    # === BLOCKS OF THE TEXT === #

    def _get_items_table(self):
        """The table of items with a total for each currency."""
        return self._render_block("credit_followup.notice_items")

    def _get_bank_details(self):
        """Where to pay: the accounts printed on the invoices, else the company's first one."""
        return self._render_block("credit_followup.notice_bank")

    def _get_portal_link(self):
        """An invitation to see and pay on line, in e-mails."""
        return self._render_block("credit_followup.notice_portal")

    def _get_legal_mentions(self):
        """What the law of the country adds to a formal notice; countries' add-ons say it.

        :return: markup, empty where nothing is to be added
        """
        return Markup("")

    def _get_signature(self):
        """Who writes: name, company, telephone."""
        return self._render_block("credit_followup.notice_signature")

    def _render_block(self, template):
        return self.env["ir.qweb"]._render(template, {"notice": self}, minimal_qcontext=True)

    # === WHAT THE BLOCKS READ === #

    def _is_paper(self):
        return self.channel in ("letter", "registered")

    def _get_document_url(self, move):
        """Address at which the customer opens the invoice without a password; empty on paper."""
        if self._is_paper() or not move.is_sale_document():
            return ""
        return self.get_base_url() + move.get_portal_url()

    def _get_portal_url(self):
        """The page of overdue invoices, for recipients who have an account; else empty."""
        if self._is_paper() or not self.contact_ids.sudo().user_ids:
            return ""
        return self.get_base_url() + "/my/invoices/overdue"

    def _get_bank_accounts(self):
        company = self.company_id.sudo()
        own = company.partner_id.bank_ids.filtered(
            lambda bank: bank.company_id in (company, bank.company_id.browse())
        )
        named = (
            self.line_ids.filtered(lambda line: line.amount > 0)
            .item_id.move_id.sudo()
            .partner_bank_id
        )
        return (named & own) or own[:1]
