from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class CreditHoldManual(models.TransientModel):
    """Hold orders by hand, with the reason that people read."""

    _name = "credit.hold.manual"
    _description = "Credit Hold by Hand"

    order_ids = fields.Many2many(
        "sale.order",
        string="Orders",
        required=True,
        default=lambda self: self._default_orders(),
    )
    reason = fields.Char(required=True, help="The salesperson reads it too")

    def _default_orders(self):
        if self.env.context.get("active_model") != "sale.order":
            return False
        return self.env.context.get("active_ids")

    def action_hold(self):
        """Hold the orders until somebody with authority releases them.

        :raise AccessError: for who does not work with credit
        """
        if not self.env.user.has_group("credit_management.group_credit_user"):
            raise AccessError(
                self.env._("Only credit people hold an order by hand: ask one of them.")
            )
        self.order_ids.check_access("read")
        self._check_open()
        for order in self.sudo().order_ids:
            self.env["credit.hold"].sudo()._hold_by_hand(order, self.reason.strip())
        return {"type": "ir.actions.act_window_close"}

    def _check_open(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Write why: it is what the salesperson reads."))
        cancelled = self.order_ids.filtered(lambda order: order.state == "cancel")
        if cancelled:
            raise UserError(
                self.env._(
                    "Cancelled orders cannot be held, take them out of the selection: %s.",
                    ", ".join(cancelled.mapped("name")),
                )
            )
