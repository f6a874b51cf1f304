from odoo import api, fields, models
from odoo.exceptions import UserError

_READERS = "credit_management.group_credit_user,account.group_account_readonly,account.group_account_invoice"


class AccountMove(models.Model):
    _inherit = "account.move"

    late_charge_is_note = fields.Boolean(
        string="Debit Note of Late Charges",
        readonly=True,
        copy=False,
        help="A debit note of late charges: it bears no late charges itself",
    )
    late_charge_amount = fields.Monetary(
        compute="_compute_late_charges",
        currency_field="company_currency_id",
        groups=_READERS,
        help="Interest and recovery costs as of today, neither invoiced nor waived",
    )
    late_charge_missing = fields.Text(compute="_compute_late_charges", groups=_READERS)

    # === COMPUTE METHODS === #

    @api.depends("line_ids.amount_residual", "invoice_date_due", "state")
    @api.depends_context("lang")
    def _compute_late_charges(self):
        invoices = self.filtered(lambda move: move.move_type == "out_invoice" and move.id)
        accounts = self.env["account.account"]._get_exposure_account_ids()
        items = invoices._origin.line_ids.filtered(lambda line: line.account_id.id in accounts)
        today = self.env["res.company"]._get_credit_today()
        measure = self.env["credit.late.measure"]
        measured = measure._measure(items, today)
        for move in self:
            own = [measured[line.id] for line in move._origin.line_ids if line.id in measured]
            move.late_charge_amount = sum(m.interest + m.indemnity for m in own if not m.held)
            reasons = (measure._explain_held(m.held) or m.missing for m in own)
            move.late_charge_missing = next(filter(None, reasons), "")

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_reopen_late_charges(self):
        self._reopen_late_charges()

    def _reopen_late_charges(self):
        notes = self.filtered("late_charge_is_note")
        if notes:
            notes._get_late_charges()._claim_again()

    # === ACTIONS === #

    def action_view_late_charges(self):
        """The charges item by item."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Late Charges"),
            "res_model": "credit.late.item",
            "views": [(False, "list"), (False, "form")],
            "domain": [("invoice_id", "in", self.ids)],
        }

    def button_cancel(self):
        # EXTENDS 'account': the charges of a debit note can be invoiced again
        result = super().button_cancel()
        self._reopen_late_charges()
        return result

    def button_draft(self):
        # EXTENDS 'account': its charges may be on another debit note now
        notes = self.filtered("late_charge_is_note")
        if notes.filtered(lambda move: move.state == "cancel"):
            raise UserError(
                self.env._(
                    "The late charges of a cancelled debit note are claimed again. Create a new debit note for them."
                )
            )
        if (self | notes.reversal_move_ids)._get_late_refunds():
            raise UserError(
                self.env._(
                    "The late charges that a credit note credited are claimed again or settled. Credit the rest of this debit note, then create a new one."
                )
            )
        return super().button_draft()

    # === BUSINESS METHODS === #

    def _post(self, soft=True):
        # EXTENDS 'account': late charges that a credit note credits are claimed again
        posted = super()._post(soft)
        for refund in posted._get_late_refunds():
            refund.reversed_entry_id._get_late_charges()._credit(refund)
        return posted

    def _get_amount_ordered(self):
        # EXTENDS 'credit_management': late charges are no sale; what else is on their debit note is checked
        covered = super()._get_amount_ordered()
        if not self.late_charge_is_note:
            return covered
        return covered + sum(self._get_late_charges().mapped("amount_due"))

    def _get_late_refunds(self):
        """Posted credit notes of debit notes of late charges among these moves."""
        return self.filtered(
            lambda move: (
                move.move_type == "out_refund"
                and move.state == "posted"
                and move.reversed_entry_id.late_charge_is_note
            )
        )

    def _get_late_charges(self):
        """Charges invoiced on these debit notes, in the order of the lines."""
        charges = self.env["credit.late.charge"].sudo()
        return charges.search([("move_id", "in", self.ids)], order="id")
