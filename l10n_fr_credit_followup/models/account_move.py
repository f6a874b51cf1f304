from odoo import fields, models


class AccountMove(models.Model):
    """Prints on invoices the late payment terms that claims will use."""

    _inherit = "account.move"

    credit_late_mention = fields.Text(
        string="Late Payment Mention",
        readonly=True,
        copy=False,
        help="As the invoice said it when it was posted, in the language of the customer",
    )

    def _post(self, soft=True):
        # EXTENDS 'account'
        posted = super()._post(soft)
        for invoice in posted.filtered(lambda move: move._has_late_mention()):
            speaking = invoice.with_context(lang=invoice.partner_id.lang or self.env.lang)
            invoice.credit_late_mention = speaking._write_late_mention()
        return posted

    def _has_late_mention(self):
        """Whether it is a French company's invoice to a professional, and not a debit note of late charges."""
        return (
            self.move_type == "out_invoice"
            and not self.late_charge_is_note
            and self.l10n_fr_is_company_french
            and bool(self.partner_id)
        )

    def _get_late_mention(self):
        """The mention to print, line by line: the one stored at posting, otherwise the current one.

        :rtype: list[str]
        """
        self.ensure_one()
        if not self._has_late_mention():
            return []
        return (self.credit_late_mention or self._write_late_mention()).splitlines()

    def _write_late_mention(self):
        late_terms = self.env["credit.late.measure"]._get_late_terms(
            self.partner_id, self.company_id
        )
        if late_terms.debtor_type == "consumer" or not late_terms.policy:
            return ""
        day = self.invoice_date or self.company_id._get_credit_today()
        policy = late_terms.policy.with_env(self.env).sudo()
        return "\n".join([*policy._get_invoice_mention(day), *self._get_discount_mention()])

    def _get_discount_mention(self):
        """Odoo prints an early payment discount; if there is none, the law requires a mention."""
        if self.invoice_payment_term_id.early_discount:
            return []
        return [self.env._("No discount for early payment.")]
