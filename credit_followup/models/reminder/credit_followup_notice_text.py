from markupsafe import Markup
from odoo import models
from odoo.tools import format_date

from ...rules.ageing import days_late
from ...rules.notice_table import Row, parts, reminded, totals


class CreditFollowupNotice(models.Model):
    """Building blocks of reminder texts, shared by e-mails and letters.

    Texts call these methods on ``object``; the results are in the language of the text.
    """

    _inherit = "credit.followup.notice"

    # === FIGURES === #

    def _get_item_rows(self):
        """A :class:`Row` for each listed item and deducted credit, oldest first."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: not line.cancelled)
        known = self._read_reminded(lines.item_id)
        return [
            self._get_row(line, line.item_id in known)
            for line in lines.sorted(
                lambda line: (line.date_due or line._get_document()[1] or line.date, line.id)
            )
        ]

    def _read_reminded(self, items):
        """The items covered by an earlier notice sent after they became late.

        :rtype: account.move.line
        """
        lines = self.line_ids.search(
            [
                ("item_id", "in", items.ids),
                ("occurrence", ">", 0),
                ("cancelled", "=", False),
                ("notice_id", "!=", self.id),
                ("notice_id.state", "=", "sent"),
            ]
        )
        return lines.filtered(lambda line: line.date > line.date_due).item_id

    def _get_reminded(self):
        """Whether ``all``, ``some`` or ``none`` of the items were reminded before."""
        return reminded(self._get_item_rows())

    def _get_parts(self):
        """``[(heading, rows)]``: items reminded before and new items apart; no heading if there is one part."""
        headings = {
            "reminded": self.env._("Already reminded"),
            "first": self.env._("New in this reminder"),
            "credit": self.env._("To your credit"),
        }
        return [(headings.get(name, ""), rows) for name, rows in parts(self._get_item_rows())]

    def _get_row(self, line, known=False):
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
            reminded=known,
        )

    def _get_totals_by_currency(self):
        """``[(currency, total)]`` claimed, net of the credits shown, without late charges."""
        return totals(self._get_item_rows())

    def _get_late_charges(self):
        """``[(label, amount)]`` of the late charges claimed, in the company's currency."""
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
        """Items plus late charges in the company's currency; ``None`` if there is nothing to add up."""
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
        """The bank accounts printed on the invoices, or the company's first one."""
        return self._render_block("credit_followup.notice_bank")

    def _get_portal_link(self):
        """A button to view and pay online, in e-mails."""
        return self._render_block("credit_followup.notice_portal")

    def _get_legal_mentions(self):
        """Legal mentions of a formal notice; provided by country add-ons.

        :return: markup, empty by default
        """
        return Markup("")

    def _get_signature(self):
        """Signature: name, company, telephone."""
        return self._render_block("credit_followup.notice_signature")

    def _render_block(self, template):
        return self.env["ir.qweb"]._render(template, {"notice": self}, minimal_qcontext=True)

    # === WHAT THE BLOCKS READ === #

    def _is_paper(self):
        return self.channel in ("letter", "registered")

    def _get_document_url(self, move):
        """URL of the invoice without a password; empty on paper."""
        if self._is_paper() or not move.is_sale_document():
            return ""
        return self.get_base_url() + move.get_portal_url()

    def _get_portal_url(self):
        """Portal URL of the overdue invoices if the recipients have an account, otherwise of the only invoice, or empty."""
        if self._is_paper():
            return ""
        if self.contact_ids.sudo().user_ids:
            return self.get_base_url() + "/my/invoices/overdue"
        urls = [row.url for row in self._get_item_rows() if row.url and not row.is_credit]
        return urls[0] if len(urls) == 1 else ""

    def _get_identifiers(self):
        """The company's legal identification numbers, each with its label."""
        company = self.company_id.sudo()
        country = company.account_fiscal_country_id or company.country_id
        found = [
            (self._get_registry_label(), company.company_registry),
            (country.vat_label or self.env._("VAT number"), company.vat),
        ]
        return [
            self.env._("%(label)s: %(number)s", label=label, number=number)
            for label, number in found
            if number
        ]

    def _get_registry_label(self):
        """Label of the company's registration number in its country."""
        return self.company_id.sudo().partner_id.company_registry_label

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
