from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """Items whose due date changes: past notices stay, reminders restart.

    Odoo excludes every item of a miscellaneous entry from follow-up. We record the user who excludes an item, so that
    opening balances are reminded unless a user decided otherwise.
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
        # EXTENDS 'account': a copy keeps the exclusion only if a user made it
        copies = super().copy_data(default)
        for line, vals in zip(self, copies, strict=True):
            if line.journal_id.type == "general" and not line.credit_followup_marked_by_id:
                vals.pop("no_followup", None)
        return copies

    def write(self, vals):
        # EXTENDS 'account': reminders restart when the due date changes
        moved = self._get_moved(vals)
        result = super().write(self._keep_who_marks(vals))
        if moved:
            today = moved.company_id._get_credit_today()
            self.env["credit.followup.notice.line"]._drop_waiting(moved)
            self.env["credit.followup.restart"]._log(moved, "new_terms", today)
        return result

    @api.model
    def _keep_who_marks(self, vals):
        """The values, with the user who excludes the items from follow-up or includes them again."""
        if "no_followup" not in vals:
            return vals
        return {**vals, "credit_followup_marked_by_id": vals["no_followup"] and self.env.uid}

    def _get_moved(self, vals):
        """The debts whose due date the values change."""
        if "date_maturity" not in vals:
            return self.browse()
        due = fields.Date.to_date(vals["date_maturity"]) or None
        return self.filtered(
            lambda line: line.date_maturity and line.balance > 0 and line.date_maturity != due
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_keeps_what_was_said(self):
        """Deleted items (for example instalments merged into one): notices keep their details, and their pauses end."""
        accounts = self.env["account.account"]._get_exposure_account_ids()
        if items := self.filtered(lambda line: line.account_id.id in accounts):
            items._withdraw_late_charges()
            self.env["credit.followup.notice.line"]._drop_waiting(items)
            self.env["credit.followup.notice.line"]._keep_named(items)
            self.env["credit.followup.pause"]._end_without(items)

    def _withdraw_late_charges(self):
        """Withdraw the claims on deleted items; invoiced charges must be credited first."""
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
            charges._withdraw(
                self.env._("The due dates of the invoice were changed after the claim.")
            )
