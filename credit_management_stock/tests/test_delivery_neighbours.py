from odoo.fields import Command
from odoo.tests import tagged

from .common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestDeliveryNeighbours(DeliveryCommon):
    """Beside other modules, where they are installed."""

    def _require(self, model, module):
        if model not in self.env:
            self.skipTest(f"{module} is not installed")

    def test_a_batch_leaves_without_what_is_held(self):
        self._require("stock.picking.batch", "stock_picking_batch")
        _order, held = self._sold(100.0, limit=80.0)
        _order, fine = self._sold(50.0, customer=self._customer("Other"))
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set((held | fine).ids)], "company_id": self.company.id}
        )
        batch.action_confirm()
        batch.with_user(self.storekeeper).action_done()
        self.assertStays(held)
        self.assertLeft(fine)

    def test_a_batch_of_nothing_but_held_stays(self):
        self._require("stock.picking.batch", "stock_picking_batch")
        _order, held = self._sold(100.0, limit=80.0)
        batch = self.env["stock.picking.batch"].create(
            {"picking_ids": [Command.set(held.ids)], "company_id": self.company.id}
        )
        batch.action_confirm()
        notice = batch.with_user(self.storekeeper).action_done()
        self.assertEqual(notice["tag"], "display_notification")
        self.assertStays(held)
        self.assertEqual(batch.state, "in_progress")

    def test_what_a_supplier_ships_is_asked(self):
        route = self.env.ref("stock_dropshipping.route_drop_shipping", raise_if_not_found=False)
        if not route:
            self.skipTest("stock_dropshipping is not installed")
        supplier = self._customer("Supplier")
        self.goods = self._goods(
            "Dropshipped",
            route_ids=[Command.set(route.ids)],
            seller_ids=[Command.create({"partner_id": supplier.id, "price": 1.0})],
        )
        order, _none = self._sold(100.0, limit=10.0)
        purchases = self.env["purchase.order"].sudo().search([("partner_id", "=", supplier.id)])
        purchases.button_confirm()
        picking = purchases.picking_ids
        self.assertTrue(picking.move_ids.sale_line_id)
        picking.move_ids.quantity = 1.0
        picking.sudo().button_validate()
        self.assertStays(picking)
        self.assertFalse(order.order_line.qty_delivered)

    def test_a_kit_counts_for_what_it_is_sold_at(self):
        self._require("mrp.bom", "sale_mrp")
        part = self._goods("Part")
        self.env["mrp.bom"].sudo().create(
            {
                "product_tmpl_id": self.goods.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": 4.0}),
                    Command.create({"product_id": self._goods("Other part").id}),
                ],
            }
        )
        _order, picking = self._sold(100.0, limit=80.0)
        self.assertEqual(len(picking.move_ids), 2)
        self._validate(picking)
        self.assertEqual(self.assertStays(picking).amount, 100.0)
