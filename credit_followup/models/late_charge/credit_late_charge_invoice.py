from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date


class CreditLateCharge(models.Model):
    _inherit = "credit.late.charge"

    def _invoice(self, date, journal=None):
        """Debit notes of claimed charges, one per customer and company: draft customer invoices without tax.

        Each claim is measured again first; amounts no longer owed are not invoiced. They are created with the user's
        rights, who must be allowed to create invoices.

        :param journal: a sales journal; by default the one in the settings
        :return: ``account.move``; empty if nothing is left to invoice
        """
        self.check_access("read")
        self._check_may_claim()
        self._check_claimed()
        self.env["account.move"].check_access("create")
        moves = self.env["account.move"]
        for (company, partner), charges in (
            self._review()
            .grouped(lambda charge: (charge.item_id.company_id, charge.partner_id))
            .items()
        ):
            values = charges._prepare_debit_note(company, partner, date, journal)
            move = moves.with_company(company).create(values)
            charges.write({"state": "invoiced", "move_id": move.id})
            moves |= move
        return moves

    def _prepare_debit_note(self, company, partner, date, journal=None):
        invoices = ", ".join(self.invoice_id.sorted("name").mapped("name"))
        return {
            "move_type": "out_invoice",
            "late_charge_is_note": True,
            "company_id": company.id,
            "journal_id": (journal or self._get_debit_note_journal(company)).id,
            "partner_id": partner.address_get(["invoice"])["invoice"],
            "currency_id": company.root_id.currency_id.id,
            "invoice_date": date,
            "invoice_date_due": date,
            "invoice_payment_term_id": False,
            "fiscal_position_id": False,
            "invoice_origin": invoices,
            "ref": invoices,
            "invoice_line_ids": [
                Command.create(charge._prepare_debit_note_line())
                for charge in self.with_context(lang=partner.lang)
            ],
        }

    def _prepare_debit_note_line(self):
        """No product and no tax: the charges are damages, not a supply."""
        label = self.env._(
            "%(charge)s, due on %(due)s",
            charge=self.display_name,
            due=format_date(self.env, self.date_due),
        )
        return {
            "late_charge_id": self.id,
            "name": f"{label}\n{self._explain()}",
            "quantity": 1.0,
            "price_unit": self.amount_due,
            "account_id": self._get_income_account().id,
            "tax_ids": [Command.clear()],
        }

    @api.model
    def _get_debit_note_journal(self, company):
        """The sales journal in the settings, or the company's first one."""
        journal = company.root_id.sudo().credit_late_journal_id or self.env[
            "account.journal"
        ].sudo().search(
            [
                *self.env["account.journal"]._check_company_domain(company),
                ("type", "=", "sale"),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._("%s has no sales journal. Create one for debit notes.", company.name)
            )
        return journal

    def _get_income_account(self):
        settings = self.company_id.sudo()
        account = (
            settings.credit_late_interest_account_id
            if self.kind == "interest"
            else settings.credit_late_indemnity_account_id
        )
        if not account:
            raise UserError(
                self.env._(
                    "Choose the accounts of late interest and of recovery costs in Settings > Credit first."
                )
            )
        return account

    # === WINDOWS === #

    def action_open_invoicing(self):
        """Open the creation of debit notes.

        :raise UserError: without the right to create invoices, naming users who have it
        """
        if not self.env["account.move"].has_access("create"):
            raise UserError(self._get_no_invoicing_sentence())
        return self._open_window("credit.late.invoice", self.env._("Debit Note"))

    def _get_no_invoicing_sentence(self):
        """Names the users who may invoice the charges, for a user who may not."""
        group = self.env.ref("account.group_account_invoice").sudo()
        users = group.all_user_ids.filtered(
            lambda user: self.company_id <= user.company_ids and not user._is_superuser()
        )
        return self.env._(
            "Creating debit notes needs the access right Invoicing. Ask one of these users: %s.",
            ", ".join(users[:5].mapped("name")) or self.env._("nobody has this right yet"),
        )

    def action_open_waiver(self):
        """Open the waiver of the charges."""
        return self._open_window("credit.late.waiver", self.env._("Waive"))

    def _open_window(self, model, title):
        self._check_claimed()
        if len(self.company_id) > 1:
            raise UserError(self.env._("Choose charges of one company at a time."))
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_charge_ids": self.ids},
        }
