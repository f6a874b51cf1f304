from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "credit.derived.mixin"]

    credit_cleared_date = fields.Date(
        string="Cleared On",
        readonly=True,
        copy=False,
        tracking=True,
        help="Day the money was seen on the bank account, entered manually where the bank is not reconciled",
    )
    credit_is_uncleared = fields.Boolean(
        string="Is Uncleared",
        compute="_compute_is_uncleared",
        help="Customer payment registered but not yet seen on the bank account",
    )

    @api.depends(
        "payment_type", "partner_type", "is_matched", "move_id.state", "credit_cleared_date"
    )
    def _compute_is_uncleared(self):
        for payment in self:
            payment.credit_is_uncleared = (
                payment.payment_type == "inbound"
                and payment.partner_type == "customer"
                and payment.move_id.state == "posted"
                and not payment.credit_cleared_date
                and (not payment.is_matched or payment._is_on_its_way())
            )

    def _is_on_its_way(self):
        """It was remitted by an entry that is not yet matched with the bank."""
        accounts = self.env["account.account"]._get_outstanding_account_ids()
        waiting = self.move_id.sudo().line_ids
        for _remittance in range(5):
            waiting = waiting.filtered(lambda line: line.account_id.id in accounts)
            if any(line.balance > 0 and not line.reconciled for line in waiting):
                return True
            waiting = waiting.matched_credit_ids.credit_move_id.move_id.line_ids
        return False

    def action_mark_cleared(self):
        """The money is in the bank: stop counting it as exposure."""
        self.check_access("write")
        for payment in self:
            if not payment.credit_is_uncleared:
                raise UserError(
                    self.env._(
                        "%s is not a posted customer payment waiting for the bank. There is nothing to clear.",
                        payment.display_name,
                    )
                )
        self.credit_cleared_date = self.env["res.company"]._get_credit_today()
        self.env["credit.hold"]._reassess_soon(self.partner_id.commercial_partner_id)
        return True

    def action_mark_uncleared(self):
        """The cheque bounced or was marked by mistake: count it again until the bank has it."""
        self.check_access("write")
        self.credit_cleared_date = False
        return True
