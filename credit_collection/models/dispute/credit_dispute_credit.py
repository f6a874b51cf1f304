from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.dispute import scale


class CreditDispute(models.Model):
    """Credit notes of a dispute: a draft for the accepted part of each invoice, which ends the dispute once posted."""

    _inherit = "credit.dispute"

    def action_credit_note(self):
        """Create draft credit notes for the accepted amounts, with the user's own rights."""
        self.ensure_one()
        self.env["account.move"].check_access("create")
        if self.state != "accepted" or self.credit_move_ids:
            raise UserError(
                self.env._(
                    "Credit notes are created once, after the dispute is accepted. Accept it first, or open the existing credit notes."
                )
            )
        lines = self.line_ids.filtered("withheld")
        for move, of_move in lines.grouped("move_id").items():
            self._credit(move, sum(of_move.mapped("withheld")))
        return self.action_view_credit_notes()

    def action_view_credit_notes(self):
        """The credit notes of the dispute."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Notes"),
            "res_model": "account.move",
            "domain": [("credit_dispute_id", "=", self.id)],
            "views": [(False, "list"), (False, "form")],
        }

    def _credit(self, invoice, amount):
        """Create a draft credit note for an amount, taxes included."""
        if invoice.move_type != "out_invoice":
            raise UserError(
                self.env._(
                    "%s is not an invoice. Credit it with a journal entry.", invoice.display_name
                )
            )
        groups = invoice.invoice_line_ids.filtered(
            lambda line: (
                line.display_type == "product" and not line.currency_id.is_zero(line.price_total)
            )
        ).grouped(lambda line: (line.tax_ids, line.account_id))
        nets = scale(
            {
                key: (sum(lines.mapped("price_subtotal")), sum(lines.mapped("price_total")))
                for key, lines in groups.items()
            },
            amount,
        )
        refund = self.env["account.move"].create(self._prepare_credit(invoice, nets))
        self._adjust(refund, amount)
        return refund

    def _prepare_credit(self, invoice, nets):
        return {
            "move_type": "out_refund",
            "partner_id": invoice.partner_id.id,
            "company_id": invoice.company_id.id,
            "currency_id": invoice.currency_id.id,
            "journal_id": invoice.journal_id.id,
            "reversed_entry_id": invoice.id,
            "credit_dispute_id": self.id,
            "ref": self.env._(
                "%(dispute)s, on %(invoice)s", dispute=self.name, invoice=invoice.name
            ),
            "invoice_payment_term_id": False,
            "invoice_date": invoice.company_id._get_credit_today(),
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": self.display_name,
                        "quantity": 1.0,
                        "price_unit": net,
                        "account_id": account.id,
                        "tax_ids": [Command.set(taxes.ids)],
                    }
                )
                for (taxes, account), net in nets.items()
            ],
        }

    def _adjust(self, refund, amount):
        """Add tax rounding differences to the largest line."""
        line = refund.invoice_line_ids.sorted("price_total")[-1:]
        missing = amount - refund.amount_total
        if line and not refund.currency_id.is_zero(missing):
            line.price_unit += missing * line.price_subtotal / line.price_total

    def _settle_by_credit_note(self, refund):
        """Match a posted credit note with the disputed items first, and release its part."""
        left = refund.amount_total
        for line in self.line_ids.filtered("withheld"):
            if line.move_id == refund.reversed_entry_id and line.item_id:
                part = min(left, line.withheld)
                line.withheld -= part
                left -= part
                self._match(refund, line.item_id)
        if not any(self.line_ids.mapped("withheld")):
            self.date_closed = self.company_id._get_credit_today()

    def _match(self, refund, item):
        credit = refund.line_ids.filtered(
            lambda line: line.account_id == item.account_id and not line.reconciled
        )
        if credit and not item.reconciled:
            (credit | item).reconcile()
