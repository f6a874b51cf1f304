from odoo import fields, models

from ...rules.credit_note import share_credit


class CreditLateCharge(models.Model):
    """Credit notes on debit notes: a charge credited in full is claimed again; otherwise the rest remains invoiced."""

    _inherit = "credit.late.charge"

    credited_amount = fields.Monetary(
        string="Credited",
        readonly=True,
        copy=False,
        help="Amount credited on the debit note",
    )
    payment_state = fields.Selection(related="move_id.payment_state", string="Debit Note Status")

    _credited = models.Constraint(
        "CHECK(COALESCE(credited_amount, 0) + waived_amount <= amount)",
        "You cannot credit more than the charge itself. Enter a lower amount.",
    )

    def _credit(self, refund):
        """Deduct a posted credit note from these charges of its debit note."""
        shares = share_credit(
            {charge.id: charge.amount_due for charge in self},
            *self._read_credit_lines(refund),
        )
        for charge in self.filtered(lambda charge: charge.id in shares):
            charge._record_credit(refund, shares[charge.id])

    def _read_credit_lines(self, refund):
        """``({charge id: amount}, amount of the lines without a charge)`` of a credit note."""
        named, unnamed = {}, 0.0
        for line in refund.invoice_line_ids.filtered(lambda line: line.display_type == "product"):
            charge = line.late_charge_id
            if charge:
                named[charge.id] = named.get(charge.id, 0.0) + line.price_subtotal
            else:
                unnamed += line.price_subtotal
        return named, max(unnamed, 0.0)

    def _record_credit(self, refund, amount):
        credited = self.currency_id.round(amount)
        if self.currency_id.compare_amounts(credited, self.amount_due) < 0:
            self.credited_amount += credited
            sentence = self.env._(
                "%(refund)s credits %(amount)s. The rest remains invoiced.",
                refund=refund.name,
                amount=self._format(credited),
            )
        else:
            self.credited_amount = 0.0
            self._claim_again()
            sentence = self.env._(
                "%s credits the charge: it is claimed again. Waive it if it is no longer due.",
                refund.name,
            )
        self._message_log(body=sentence)
