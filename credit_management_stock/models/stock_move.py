from odoo import models
from odoo.exceptions import UserError

#: what a move is, for whom and where it goes
_ROUTE = frozenset(
    {
        "location_dest_id",
        "location_final_id",
        "location_id",
        "picking_id",
        "product_id",
        "sale_line_id",
    }
)


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        # EXTENDS 'stock': held moves keep their order
        if vals.get("state") == "done" and not self.env.su:
            self.picking_id._check_credit_passed()
            self._check_in_delivery()
        if self.env.su or not vals.keys() & _ROUTE:
            return super().write(vals)
        self._check_not_held()
        shipping = self.filtered(lambda move: move._ships_to_customer())
        before = {move: (move.sale_line_id, move.product_id) for move in shipping}
        inside = shipping.filtered("picking_id")
        result = super().write(vals)
        shipping._check_ships_still(before)
        inside._check_in_delivery()
        return result

    def _check_not_held(self):
        """:raise UserError: of what is held nobody changes what it is, for whom and where it goes"""
        for picking in self.filtered("sale_line_id").picking_id:
            if picking.credit_state in ("held", "refused"):
                hold = picking.sudo().credit_hold_ids.sorted("id")[-1:]
                raise UserError(picking._get_credit_notice(hold))

    def _check_ships_still(self, before):
        """:param before: ``{move: (order line, product)}``"""
        for move in self:
            kept = (move.sale_line_id, move.product_id) == before[move]
            if not kept or not move._ships_to_customer():
                raise UserError(
                    self.env._(
                        "%(product)s was ordered with %(order)s: its delivery goes to the customer. Cancel the delivery"
                        " instead, and make another transfer.",
                        product=before[move][1].display_name,
                        order=before[move][0].sudo().order_id.name,
                    )
                )

    def _check_in_delivery(self):
        """:raise UserError: for what would leave for an order without a delivery that can be held"""
        if loose := self.filtered(lambda move: not move.picking_id and move._ships_to_customer()):
            raise UserError(
                self.env._(
                    "%s leaves with a delivery of its order. Put it back on a delivery.",
                    loose[:1].product_id.display_name,
                )
            )

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
