from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """Items whose terms are changed: what was said about them stays, their reminders begin anew.

    Odoo marks every item of a miscellaneous entry as not to follow up. Who marks one is kept, so that opening balances are
    reminded of unless somebody said no.
    """

    _inherit = "account.move.line"

    late_charge_id = fields.Many2one(
        "credit.late.charge",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Late charge invoiced by a line of a debit note, or credited by a line of a credit note",
    )

    credit_followup_marked_by_id = fields.Many2one(
        "res.users",
        string="Excluded from Follow-up By",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="User who excluded the item from follow-up; empty if Odoo did it automatically",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'account'
        return super().create([self._keep_who_marks(vals) for vals in vals_list])

    def copy_data(self, default=None):
        # EXTENDS 'account': a mark that nobody made is not made by a copy
        copies = super().copy_data(default)
        for line, vals in zip(self, copies, strict=True):
            if line.journal_id.type == "general" and not line.credit_followup_marked_by_id:
                vals.pop("no_followup", None)
        return copies

    def write(self, vals):
        # EXTENDS 'account': another due date, and reminders begin anew
        moved = self._get_moved(vals)
        result = super().write(self._keep_who_marks(vals))
        if moved:
            today = fields.Date.context_today(self)
            self.env["credit.followup.notice.line"]._drop_waiting(moved)
            self.env["credit.followup.restart"]._log(moved, "new_terms", today)
        return result

    @api.model
    def _keep_who_marks(self, vals):
        """The values, with who decides that something is not to be followed up, or is."""
        if "no_followup" not in vals:
            return vals
        return {**vals, "credit_followup_marked_by_id": vals["no_followup"] and self.env.uid}

    def _get_moved(self, vals):
        """Those that get another due date by the values."""
        if "date_maturity" not in vals:
            return self.browse()
        due = fields.Date.to_date(vals["date_maturity"]) or None
        return self.filtered(
            lambda line: line.date_maturity and line.balance > 0 and line.date_maturity != due
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_keeps_what_was_said(self):
        """Instalments become one amount, or the other way: notices keep what they named, pauses of nothing else end."""
        accounts = self.env["account.account"]._get_exposure_account_ids()
        if items := self.filtered(lambda line: line.account_id.id in accounts):
            items._take_back_late_charges()
            self.env["credit.followup.notice.line"]._drop_waiting(items)
            self.env["credit.followup.notice.line"]._keep_named(items)
            self.env["credit.followup.pause"]._end_without(items)

    def _take_back_late_charges(self):
        """What was claimed of items that cease to be is claimed no more; what was invoiced must be credited first."""
        charges = (
            self.env["credit.late.charge"]
            .sudo()
            .search([("item_id", "in", self.ids), ("state", "in", ("claimed", "invoiced"))])
        )
        if invoiced := charges.filtered(lambda charge: charge.state == "invoiced")[:1]:
            raise UserError(
                self.env._(
                    "Late charges on %(invoice)s were invoiced on the debit note %(note)s. Credit or cancel that debit note first, then change the due dates.",
                    invoice=invoiced.invoice_id.name,
                    note=invoiced.move_id.display_name,
                )
            )
        if charges:
            charges._take_back(
                self.env._("The due dates of the invoice were changed after the claim.")
            )
