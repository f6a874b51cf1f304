from odoo import models
from odoo.exceptions import UserError


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        # EXTENDS 'stock': what is held for its order does not leave without it
        if vals.keys() & {"product_id", "sale_line_id"} and not self.env.su:
            for picking in self.filtered("sale_line_id").picking_id:
                if picking.credit_state in ("held", "refused"):
                    hold = picking.sudo().credit_hold_ids.sorted("id")[-1:]
                    raise UserError(picking._get_credit_notice(hold))
        return super().write(vals)

    def _action_done(self, cancel_backorder=False):
        # EXTENDS 'stock': the second line, for what ships by another way than the button
        self.picking_id._check_credit_passed()
        return super()._action_done(cancel_backorder=cancel_backorder)

    def _ships_to_customer(self):
        """Whether it takes goods of an order out of our hands. What a supplier ships was never in them."""
        return (
            self.sale_line_id
            and self.state not in ("done", "cancel")
            and self.location_id.usage not in ("supplier", "customer")
            and self.location_dest_id.usage == "customer"
        )

    def _get_credit_quantity(self):
        """What it ships: what is done, or all of a draft, which Odoo ships whole."""
        return self.quantity or (self.product_uom_qty if self.state == "draft" else 0.0)
