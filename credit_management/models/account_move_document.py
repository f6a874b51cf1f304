from odoo import api, fields, models
from odoo.fields import Domain

#: types of documents that create a debt
_CLAIMS = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    """An invoice without an order is checked before it is posted, and stays a draft while it is held.

    Invoices of orders are never held: the order passed the gate.
    """

    _name = "account.move"
    _inherit = ["account.move", "credit.document.mixin"]

    # written by the button *Block Payment* of an invoice
    _written_by_odoo = frozenset({"payment_state"})

    credit_hold_ids = fields.One2many(
        "credit.hold",
        "move_id",
        string="Credit Holds",
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice,credit_management.group_credit_user",
    )
    credit_state = fields.Selection(
        [("held", "On credit hold"), ("refused", "Release refused"), ("released", "Released")],
        string="Credit",
        compute="_compute_credit_state",
        compute_sudo=True,
        groups="base.group_user",
        help="Held: will be posted once credit control releases it.",
    )

    @api.depends("credit_hold_ids.state", "state")
    def _compute_credit_state(self):
        states = {"pending": "held", "refused": "refused", "released": "released"}
        for move in self:
            last = move.credit_hold_ids.sorted("id")[-1:] if move.state == "draft" else False
            move.credit_state = last and states.get(last.state, False)

    # === ACTIONS === #

    def action_post(self):
        # EXTENDS 'account'
        result = super().action_post()
        held = self.filtered(lambda move: move.state == "draft").filtered(
            lambda move: move.sudo().credit_hold_ids._get_pending()
        )
        return held._get_held_notification() if held else result

    def button_cancel(self):
        # EXTENDS 'account'
        result = super().button_cancel()
        self.sudo().credit_hold_ids._cancel()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_cancel_credit_holds(self):
        self.sudo().credit_hold_ids._cancel()

    # === A DOCUMENT OF CREDIT === #

    def _is_credit_claim(self):
        """Whether posting it creates a debt that no order covers. Extend to leave invoices out."""
        return (
            self.state == "draft"
            and self.move_type in _CLAIMS
            and bool(self.commercial_partner_id)
            and not self.line_ids.sale_line_ids
        )

    def _hold_failing(self):
        claims = self.filtered(lambda move: move._is_credit_claim())
        return super(AccountMove, claims)._hold_failing()

    def _filter_asked_for_credit(self):
        rules = self.env["credit.policy.rule"].sudo()
        if not self or not rules.search_count([("checkpoint", "=", "invoice")], limit=1):
            return self.browse()
        return self

    def _get_credit_request(self):
        self.ensure_one()
        move = self.sudo()
        return self.env["credit.profile"]._request(
            move.commercial_partner_id,
            move.company_id,
            move.amount_total_signed,
            checkpoint="invoice",
            document=self._credit_key(),
            payment_days=move.invoice_payment_term_id._get_credit_days(),
            manual=move.credit_hold_ids._get_manual_reason(),
            source=self._get_credit_source(),
        )

    def _get_credit_source(self):
        return "draft_invoice" if self._origin.id else ""

    def _get_credit_requesters(self):
        return self.invoice_user_id | self.create_uid

    def _get_credit_salesperson(self):
        return self.invoice_user_id

    def _is_gone(self):
        return self.state != "draft"

    def _waits_for_confirmation(self):
        return self.state == "draft"

    @api.model
    def _get_passed_domain(self):
        return Domain("state", "=", "posted")

    def _confirm_released(self):
        if self.state == "draft":
            self.with_company(self.company_id)._post()
        # dated later: Odoo posts it on that day
        return self.state != "draft" or self.auto_post != "no"

    def _get_held_sentence(self):
        names = ", ".join(move.name or move.display_name for move in self)
        return self.env._(
            "These invoices remain drafts until credit control releases them: %s. The reasons are in their messages.",
            names,
        )
