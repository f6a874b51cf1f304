from odoo import api, fields, models
from odoo.tools import format_date, formatLang


class AccountMove(models.Model):
    """Compares the bill of an agent with its statement before posting."""

    _inherit = "account.move"

    credit_commission_warning = fields.Text(
        string="Differs from Its Statement", compute="_compute_credit_commission_warning"
    )

    @api.depends(
        "amount_tax",
        "amount_untaxed",
        "credit_commission_statement_id",
        "invoice_date_due",
        "partner_id.vat",
        "state",
    )
    @api.depends_context("lang")
    def _compute_credit_commission_warning(self):
        for move in self:
            statement = move.sudo().credit_commission_statement_id
            checked = move.state == "draft" and move.move_type == "in_invoice" and statement
            sentences = checked and move._check_commission_bill(statement)
            move.credit_commission_warning = "\n".join(sentences or []) or False

    def _check_commission_bill(self, statement):
        """Warnings about the amount, taxes and due date, before the bill is posted.

        :param statement: as ``sudo``
        :rtype: list[str]
        """
        sentences = [
            self._check_commission_amount(statement),
            self._check_commission_taxes(statement),
            self._check_commission_due(statement),
        ]
        return [sentence for sentence in sentences if sentence]

    def _check_commission_amount(self, statement):
        if self.currency_id != statement.currency_id or not self.currency_id.compare_amounts(
            self.amount_untaxed, statement.payable
        ):
            return ""
        return self.env._(
            "The bill is %(amount)s without taxes, but its statement is %(payable)s. Correct the line, or explain the difference in a note.",
            amount=self._format_commission(self.amount_untaxed),
            payable=self._format_commission(statement.payable),
        )

    def _check_commission_taxes(self, statement):
        expected = statement._get_bill_tax()
        if self.currency_id.compare_amounts(self.amount_tax, expected):
            return self.env._(
                "The bill has taxes of %(tax)s, but the commission product and the agent's fiscal position give %(expected)s. Check the taxes of the line.",
                tax=self._format_commission(self.amount_tax),
                expected=self._format_commission(expected),
            )
        if not expected and statement.person_id.commercial_partner_id.vat:
            return self.env._(
                "The bill has no taxes, but %s has a VAT number. Check the taxes of the line.",
                statement.person_id.display_name,
            )
        return ""

    def _check_commission_due(self, statement):
        last = statement.date_due and max(
            statement.date_due, self.invoice_date or fields.Date.context_today(self)
        )
        if not last or not self.invoice_date_due or self.invoice_date_due <= last:
            return ""
        return self.env._(
            "The bill is due on %(due)s, but the commission must be paid by %(last)s. Bring the due date forward.",
            due=format_date(self.env, self.invoice_date_due),
            last=format_date(self.env, last),
        )

    def _format_commission(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)
