from odoo import models
from odoo.exceptions import UserError

#: fields that cannot change while the move is held
_HELD = frozenset(
    {"location_dest_id", "location_final_id", "location_id", "product_id", "sale_line_id"}
)


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        # EXTENDS 'stock': held moves keep their order
        if vals.get("state") == "done" and not self.env.su:
            self.picking_id._check_credit_passed()
        if vals.keys() & _HELD and not self.env.su:
            for picking in self.filtered("sale_line_id").picking_id:
                if picking.credit_state in ("held", "refused"):
                    hold = picking.sudo().credit_hold_ids.sorted("id")[-1:]
                    raise UserError(picking._get_credit_notice(hold))
        return super().write(vals)

    def _action_done(self, cancel_backorder=False):
        # EXTENDS 'stock': second line of defence, for goods shipped without the button
        self.picking_id._check_credit_passed()
        return super()._action_done(cancel_backorder=cancel_backorder)

    def _action_assign(self, force_qty=False):
        # EXTENDS 'stock': what may not leave is not reserved
        held = self.picking_id._hold_foreseen()
        passing = self.filtered(lambda move: move.picking_id not in held)
        return super(StockMove, passing)._action_assign(force_qty)

    def _ships_to_customer(self):
        """Whether it moves goods of an order towards the customer, from us or from a supplier."""
        target = self.location_final_id or self.location_dest_id
        return (
            self.sale_line_id
            and self.state not in ("done", "cancel")
            and self.location_id.usage != "customer"
            and "customer" in (target.usage, self.location_dest_id.usage)
        )

    def _get_credit_quantity(self):
        """Quantity it ships: done or reserved, otherwise all of it."""
        return self.quantity or self.product_uom_qty
