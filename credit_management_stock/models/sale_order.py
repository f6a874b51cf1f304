from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    credit_passed_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the order passed the credit check; the policy may skip the check of its deliveries for some days",
    )

    # === CRUD === #

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': written only by the gate
        return super()._get_derived_fields(creating) | {"credit_passed_at"}

    def write(self, vals):
        # EXTENDS 'credit_management'
        becoming = self.filtered(lambda order: vals.get("state") == "sale" != order.state)
        result = super().write(vals)
        if becoming:
            becoming.sudo().write({"credit_passed_at": fields.Datetime.now()})
        return result

    # === DELIVERIES === #

    def _get_credit_unpaid(self):
        """Amount of the order not paid by invoices or online, in the company's currency, taxes included."""
        order = self.sudo()
        paid = sum(line._get_credit_paid() for line in order.order_line)
        unpaid = order.amount_total - paid - order._get_amount_paid_unbooked()
        return max(unpaid, 0.0) / (order.currency_rate or 1.0)

    def _has_fresh_credit(self, days):
        """Whether the order passed the gate within the last ``days`` days; with 0, deliveries are always checked."""
        passed = self.sudo().credit_passed_at
        if not days or not passed:
            return False
        today = self.company_id._get_credit_today()
        return 0 <= (today - self.company_id._get_credit_today(passed)).days <= days

    @api.readonly
    def action_view_credit_holds(self):
        # EXTENDS 'credit_management': including the holds of its deliveries
        action = super().action_view_credit_holds()
        if self.picking_ids.sudo().credit_hold_ids:
            action.pop("res_id", None)
            action.update(
                domain=["|", ("order_id", "=", self.id), ("picking_id.sale_id", "=", self.id)],
                views=[(False, "list"), (False, "form")],
            )
        return action
