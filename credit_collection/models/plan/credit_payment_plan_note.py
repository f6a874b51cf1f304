from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CreditPaymentPlan(models.Model):
    """The debit note of a plan: the interest and the charge that the customer agreed to pay."""

    _inherit = "credit.payment.plan"

    debit_move_id = fields.Many2one(
        "account.move",
        string="Debit Note",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Invoices the interest and the charge of the plan",
    )

    def action_debit_note(self):
        """Create the draft debit note for interest and charge, with the user's own right to invoice."""
        self.ensure_one()
        self.check_access("read")
        self.env["account.move"].check_access("create")
        if not self.debit_move_id:
            self._check_state("agreed", "kept")
            if self.currency_id.is_zero(self.interest_amount + self.charge_amount):
                raise UserError(
                    self.env._(
                        "The plan bears neither interest nor a charge: there is nothing to invoice."
                    )
                )
            self.sudo().debit_move_id = self.env["account.move"].create(self._prepare_debit_note())
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Debit Note"),
            "res_model": "account.move",
            "res_id": self.debit_move_id.id,
            "views": [(False, "form")],
        }

    def _get_charged(self):
        """``[(amount, label, account)]`` of what the plan charges.

        :raise UserError: if an account is missing in the settings
        """
        settings = self.company_id.sudo()
        interest, charge = (
            settings.credit_late_interest_account_id,
            settings.credit_late_indemnity_account_id,
        )
        rows = [
            (self.interest_amount, self.env._("Interest of %s", self.display_name), interest),
            (self.charge_amount, self.env._("Charge of %s", self.display_name), charge),
        ]
        charged = [row for row in rows if not self.currency_id.is_zero(row[0])]
        if not all(account for *_row, account in charged):
            raise UserError(
                self.env._(
                    "Choose the accounts of late interest and of recovery costs in Settings > Credit first."
                )
            )
        return charged

    def _prepare_debit_note(self):
        """No tax and no late charges on it, as on the debit notes of late charges; due with the last instalment."""
        journal = self.env["credit.late.charge"]._get_debit_note_journal(self.company_id)
        return {
            "move_type": "out_invoice",
            "late_charge_is_note": True,
            "company_id": self.company_id.id,
            "journal_id": journal.id,
            "partner_id": self.partner_id.address_get(["invoice"])["invoice"],
            "currency_id": self.currency_id.id,
            "invoice_date": self.company_id._get_credit_today(),
            "invoice_date_due": self.date_last,
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "invoice_origin": self.name,
            "ref": self.name,
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": label,
                        "quantity": 1.0,
                        "price_unit": amount,
                        "account_id": account.id,
                        "tax_ids": [Command.clear()],
                    }
                )
                for amount, label, account in self._get_charged()
            ],
        }
