from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CreditHoldManual(models.TransientModel):
    """Hold orders manually, with a reason shown to others."""

    _name = "credit.hold.manual"
    _description = "Manual Credit Hold"

    order_ids = fields.Many2many(
        "sale.order",
        string="Orders",
        required=True,
        default=lambda self: self._default_orders(),
    )
    reason = fields.Char(required=True, help="Also read by the salesperson")

    def _default_orders(self):
        if self.env.context.get("active_model") != "sale.order":
            return False
        return self.env.context.get("active_ids")

    def action_hold(self):
        """Hold the orders until somebody with authority releases them.

        :raise AccessError: for users who are not credit users
        """
        if not self.env.user.has_group("credit_management.group_credit_user"):
            raise AccessError(
                self.env._(
                    "Only credit control can hold an order manually. Ask a credit controller."
                )
            )
        self.order_ids.check_access("read")
        self._check_open()
        for order in self.sudo().order_ids:
            self.env["credit.hold"].sudo()._hold_by_hand(order, self.reason.strip())
        return {"type": "ir.actions.act_window_close"}

    def _check_open(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Enter the reason: the salesperson will read it."))
        cancelled = self.order_ids.filtered(lambda order: order.state == "cancel")
        if cancelled:
            raise UserError(
                self.env._(
                    "Cancelled orders cannot be held. Remove them from the selection: %s.",
                    ", ".join(cancelled.mapped("name")),
                )
            )
