from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestDeliveryAccess(DeliveryCommon):
    def _held(self):
        order, picking = self._sold(100.0, limit=80.0)
        self._validate(picking)
        return order, picking, self.assertStays(picking)

    def test_the_warehouse_gets_a_sentence_and_no_figure(self):
        _order, picking, hold = self._held()
        as_storekeeper = picking.with_user(self.storekeeper)
        self.assertIn("waiting for credit control", as_storekeeper.credit_notice)
        self.assertNotRegex(as_storekeeper.credit_notice, r"\d")
        self.assertEqual(as_storekeeper.credit_state, "held")
        for message in as_storekeeper.message_ids:
            self.assertNotIn("80.00", message.body)
        with self.assertRaises(AccessError):
            hold.with_user(self.storekeeper).read(["amount"])
        with self.assertRaises(AccessError):
            as_storekeeper.read(["credit_hold_ids"])
        with self.assertRaises(AccessError):
            hold.with_user(self.storekeeper).action_release("Let it go")

    def test_credit_people_and_the_salesperson_read_the_reasons(self):
        _order, picking, _hold = self._held()
        for user in (self.analyst, self.salesperson):
            with self.subTest(user.login):
                self.assertIn("100.00", picking.with_user(user).credit_notice)
        colleague = self._user("colleague", "sales_team.group_sale_salesman")
        self.assertNotRegex(picking.with_user(colleague).credit_notice, r"\d")

    def test_credit_people_read_deliveries_and_ship_nothing(self):
        _order, picking, _hold = self._held()
        self.assertTrue(picking.with_user(self.analyst).name)
        with self.assertRaises(AccessError):
            picking.with_user(self.analyst).button_validate()
        with self.assertRaises(AccessError):
            picking.with_user(self.analyst).write({"note": "x"})

    def test_nobody_makes_a_hold_or_a_state_of_their_own(self):
        _order, picking, hold = self._held()
        with self.assertRaises(AccessError):
            picking.with_user(self.storekeeper).write(
                {"credit_hold_ids": [Command.unlink(hold.id)]}
            )
        with self.assertRaises(AccessError):
            picking.with_user(self.salesperson).write(
                {"credit_hold_ids": [Command.unlink(hold.id)]}
            )
        for state in (False, "released"):
            with self.assertRaises(AccessError):
                picking.with_user(self.storekeeper).write({"credit_state": state})
        picking.with_user(self.storekeeper).write({"credit_state": "held"})
        self._validate(picking)
        self.assertEqual(self.assertStays(picking), hold)

    def test_what_is_held_goes_nowhere_else(self):
        supplier = self.env.ref("stock.stock_location_suppliers")
        _order, picking, _hold = self._held()
        mine = picking.with_user(self.storekeeper)
        for records, values in (
            (mine, {"location_id": supplier.id}),
            (mine, {"location_dest_id": self.warehouse.lot_stock_id.id}),
            (mine.move_ids, {"location_id": supplier.id}),
            (mine.move_ids, {"location_final_id": self.warehouse.lot_stock_id.id}),
            (mine.move_ids, {"state": "done"}),
            (mine.move_ids, {"picking_id": False}),
            (mine.move_ids, {"sale_line_id": False}),
            (mine, {"state": "done"}),
        ):
            with self.subTest(values, model=records._name), self.assertRaises(UserError):
                records.write(values)
        self.assertStays(picking)

    def test_nothing_leaves_by_its_state_or_source_before_it_is_held(self):
        _order, picking = self._sold(100.0, limit=80.0)
        mine = picking.with_user(self.storekeeper)
        with self.assertRaisesRegex(UserError, "credit control would hold it"):
            mine.move_ids.write({"state": "done"})
        with self.assertRaisesRegex(UserError, "credit control would hold it"):
            mine.write({"state": "done"})
        mine.location_id = self.env.ref("stock.stock_location_suppliers")
        self._validate(picking)
        self.assertStays(picking)

    def test_what_was_ordered_goes_to_the_customer_with_a_delivery(self):
        stock = self.warehouse.lot_stock_id
        other, _picking = self._sold(50.0)
        order, picking = self._sold(100.0)
        moves = picking.with_user(self.storekeeper).move_ids
        for values in (
            {"location_dest_id": stock.id, "location_final_id": stock.id},
            {"location_id": self.env.ref("stock.stock_location_customers").id},
            {"picking_id": False},
            {"sale_line_id": other.order_line.id},
            {"product_id": self._goods("Another").id},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                moves.write(values)
        orphan = self.env["stock.move"].create(
            {
                "product_id": self.goods.id,
                "product_uom_qty": 5.0,
                "location_id": stock.id,
                "location_dest_id": picking.location_dest_id.id,
                "sale_line_id": order.order_line.id,
            }
        )
        with self.assertRaises(UserError):
            orphan.with_user(self.storekeeper).write({"state": "done"})

    def test_the_warehouse_moves_deliveries_about_as_before(self):
        _order, picking = self._sold(100.0)
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id}
        )
        mine = picking.with_user(self.storekeeper)
        mine.location_id = shelf
        second = picking.copy({"move_ids": False}).with_user(self.storekeeper)
        mine.move_ids.picking_id = second
        self._validate(second)
        self.assertLeft(second)

    def test_the_portal_reads_no_credit_of_its_deliveries(self):
        _order, picking, _hold = self._held()
        portal = self._user("portal", "base.group_portal")
        portal.sudo().partner_id.parent_id = self.customer
        for name in ("credit_state", "credit_notice", "credit_hold_ids"):
            with self.subTest(name), self.assertRaises(AccessError):
                picking.with_user(portal).read([name])

    def test_no_context_key_opens_the_gate(self):
        _order, picking = self._sold(100.0, limit=80.0)
        keys = {"skip_sanity_check": True, "skip_backorder": True, "cancel_backorder": True}
        picking.with_user(self.storekeeper).with_context(**keys).button_validate()
        self.assertStays(picking)

    def test_companies_are_apart(self):
        _order, _picking, hold = self._held()
        other = self.setup_other_company()["company"]
        elsewhere = self._user("elsewhere", "credit_management.group_credit_manager")
        elsewhere.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.assertFalse(self.env["credit.hold"].with_user(elsewhere).search([]) & hold)
        with self.assertRaises(AccessError):
            hold.with_user(elsewhere).action_release("Not mine")

    def test_a_policy_of_another_company_holds_nothing_here(self):
        _order, picking = self._sold(100.0, limit=80.0)
        self.company.sudo().credit_management_policy_id = False
        self._validate(picking)
        self.assertLeft(picking)
