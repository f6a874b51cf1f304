from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestDelivery(DeliveryCommon):
    def test_a_delivery_of_a_customer_over_the_limit_stays(self):
        order, picking = self._sold(100.0, limit=80.0)
        notice = self._validate(picking)
        hold = self.assertStays(picking, "over_limit")
        self.assertEqual(notice["tag"], "display_notification")
        self.assertRecordValues(
            hold,
            [
                {
                    "name": picking.name,
                    "checkpoint": "delivery",
                    "order_id": False,
                    "partner_id": self.customer.id,
                    "salesperson_id": self.salesperson.id,
                    "amount": 100.0,
                    "exposure": 0.0,
                    "excess": 20.0,
                    "requested_by": self.storekeeper.id,
                }
            ],
        )
        self.assertEqual(hold.activity_ids.user_id, self.analyst)
        self.assertEqual(order.state, "sale")
        self.assertExposure(ordered=100.0)

    def test_a_delivery_within_the_limit_leaves(self):
        _order, picking = self._sold(100.0, limit=100.0)
        self.assertIs(self._validate(picking), True)
        self.assertLeft(picking)
        self.assertExposure(delivered=100.0)

    def test_another_kind_of_operation_is_a_delivery_all_the_same(self):
        _order, picking = self._sold(100.0, limit=80.0)
        picking.picking_type_id.sudo().copy({"code": "internal", "sequence_code": "X"})
        internal = self.env["stock.picking.type"].sudo().search([("sequence_code", "=", "X")])
        picking.with_user(self.storekeeper).write({"picking_type_id": internal.id})
        self.assertEqual(picking.location_dest_id.usage, "customer")
        self._validate(picking)
        self.assertStays(picking, "over_limit")

    def test_without_a_rule_for_deliveries_nothing_is_asked(self):
        self._policy(over_limit={})
        _order, picking = self._sold(100.0, limit=10.0)
        self._validate(picking)
        self.assertLeft(picking)

    def test_a_rule_of_orders_does_not_hold_deliveries_nor_the_other_way(self):
        self._policy(status={"checkpoint": "delivery"}, over_limit={})
        _sale, picking = self._sold(100.0, limit=10.0)
        self._validate(picking)
        self.assertLeft(picking)
        self._limit(1000.0)
        self._profile(status="blocked", status_reason="Bounced")
        order = self._order(20.0, product=self.goods)
        order.action_confirm()
        self.assertPassed(order)
        self._validate(order.picking_ids)
        self.assertStays(order.picking_ids, "status")

    def test_validating_again_brings_the_one_hold_up_to_date(self):
        _order, picking = self._sold(100.0, limit=80.0)
        self._validate(picking)
        hold = self.assertStays(picking)
        self._limit(60.0)
        self._validate(picking)
        self.assertEqual(self.assertStays(picking), hold)
        self.assertEqual(hold.excess, 40.0)
        held = picking.message_ids.filtered(lambda m: "Held by credit control" in m.body)
        self.assertEqual(len(held), 1)

    def test_a_delivery_that_fits_again_leaves_and_its_hold_is_closed(self):
        _order, picking = self._sold(100.0, limit=80.0)
        self._validate(picking)
        hold = self.assertStays(picking)
        self._limit(100.0)
        self._validate(picking)
        self.assertLeft(picking)
        self.assertEqual(hold.state, "cancelled")

    def test_the_others_of_a_batch_leave(self):
        other = self._customer("Other")
        _order, held = self._sold(100.0, limit=80.0)
        _order, fine = self._sold(50.0, customer=other)
        notice = self._validate(held | fine)
        self.assertIn(held.name, notice["params"]["message"])
        self.assertStays(held)
        self.assertLeft(fine)

    def test_every_delivery_is_asked_with_all_that_is_ordered(self):
        _order, first = self._sold(60.0)
        _order, second = self._sold(60.0, limit=80.0)
        self._validate(first | second)
        self.assertStays(first)
        self.assertStays(second)

    def test_what_is_paid_leaves(self):
        self._policy(prepaid_only={"checkpoint": "delivery"})
        order, picking = self._sold(100.0)
        self._profile(credit_mode="prepaid")
        invoice = self._invoice_order(order)
        self._pay(invoice, 40.0)
        self._validate(picking)
        self.assertEqual(self.assertStays(picking, "prepaid_only").amount, 60.0)
        self._pay(invoice)
        self._validate(picking)
        self.assertLeft(picking)

    def test_what_is_paid_online_leaves(self):
        self._policy(prepaid_only={"checkpoint": "delivery"})
        order, picking = self._sold(100.0)
        self._profile(credit_mode="prepaid")
        self._transaction(order, 100.0)
        self._validate(picking)
        self.assertLeft(picking)

    def test_a_foreign_order_is_judged_in_the_companys_currency(self):
        currency = self.setup_other_currency("GBP", rates=[("2000-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "GBP", "currency_id": currency.id}
        )
        _order, picking = self._sold(100.0, limit=40.0, pricelist_id=pricelist.id)
        self._validate(picking)
        self.assertEqual(self.assertStays(picking).amount, 50.0)

    def test_an_order_beyond_the_horizon_is_judged_when_it_leaves(self):
        self.policy.write({"has_horizon": True, "horizon_days": 30})
        later = fields.Datetime.now() + timedelta(90)
        self._limit(50.0)
        order, picking = self._sold(100.0, commitment_date=later)
        self.assertEqual(order.state, "sale")
        self._validate(picking)
        hold = self.assertStays(picking)
        self.assertEqual((hold.amount, hold.exposure, hold.excess), (100.0, 0.0, 50.0))

    def test_two_far_orders_that_leave_together_see_each_other(self):
        self.policy.write({"has_horizon": True, "horizon_days": 30})
        later = fields.Datetime.now() + timedelta(90)
        self._limit(100.0)
        _order, first = self._sold(60.0, commitment_date=later)
        _order, second = self._sold(60.0, commitment_date=later)
        self._validate(first | second)
        self.assertLeft(first)
        self.assertStays(second)

    # === WHAT IS NOT ASKED === #

    def test_a_return_passes(self):
        _order, picking = self._sold(100.0)
        self._validate(picking)
        self._limit(0.0)
        back = self._return(picking)
        back.with_user(self.storekeeper).button_validate()
        self.assertEqual(back.state, "done")

    def test_what_leaves_again_after_a_return_is_asked(self):
        _order, picking = self._sold(100.0)
        self._validate(picking)
        back = self._return(picking)
        back.button_validate()
        self._limit(0.0)
        again = self._return(back)
        self._validate(again)
        self.assertStays(again)

    def test_receipts_internal_transfers_and_deliveries_without_order_pass(self):
        self._limit(0.0)
        places = {
            "in_type_id": ("stock.stock_location_suppliers", self.warehouse.lot_stock_id),
            "int_type_id": (self.warehouse.lot_stock_id, self.warehouse.lot_stock_id.copy()),
            "out_type_id": (self.warehouse.lot_stock_id, "stock.stock_location_customers"),
        }
        for name, ends in places.items():
            source, target = (self.env.ref(e) if isinstance(e, str) else e for e in ends)
            picking = self.env["stock.picking"].create(
                {
                    "partner_id": self.customer.id,
                    "picking_type_id": self.warehouse[name].id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": self.goods.id,
                                "product_uom_qty": 1.0,
                                "location_id": source.id,
                                "location_dest_id": target.id,
                            }
                        )
                    ],
                }
            )
            picking.action_confirm()
            with self.subTest(name):
                self._validate(picking)
                self.assertLeft(picking)

    # === STEPS, BACKORDERS === #

    def _stored(self, name, quantity=10.0):
        goods = self._goods(name, is_storable=True)
        if quantity:
            quants = self.env["stock.quant"]
            quants._update_available_quantity(goods, self.warehouse.lot_stock_id, quantity)
        return goods

    def test_each_step_on_the_way_to_the_customer_is_asked(self):
        for steps in ("pick_ship", "pick_pack_ship"):
            self.warehouse.delivery_steps = steps
            self.goods = self._stored(steps)
            self._limit(1000.0)
            order, _outgoing = self._sold(100.0, limit=10.0)
            with self.subTest(steps):
                first = order.picking_ids.filtered(lambda p: p.state == "assigned")
                self.assertNotEqual(first.picking_type_code, "outgoing")
                self._validate(first)
                self.assertStays(first)
                self._limit(1000.0)
                self._validate(first)
                self.assertEqual(first.state, "done")
                following = order.picking_ids.filtered(lambda p: p.state == "assigned")
                self._limit(10.0)
                self._validate(following)
                self.assertStays(following)

    def test_what_may_not_leave_is_not_reserved(self):
        self.goods = self._stored("Scarce", 0.0)
        _order, picking = self._sold(100.0, limit=80.0)
        self.env["stock.quant"]._update_available_quantity(
            self.goods, self.warehouse.lot_stock_id, 5.0
        )
        notice = picking.with_user(self.storekeeper).action_assign()
        self.assertEqual(notice["tag"], "display_notification")
        self.assertStays(picking, "over_limit")
        self.assertFalse(picking.move_ids.quantity)
        self._limit(100.0)
        self.assertIs(picking.with_user(self.storekeeper).action_assign(), True)
        self.assertEqual(picking.move_ids.quantity, 1.0)
        self._validate(picking)
        self.assertLeft(picking)

    def test_the_reservation_of_the_confirmation_is_asked_too(self):
        self.goods = self._stored("In stock")
        self._limit(80.0)
        order = self._order(100.0, product=self.goods)
        order.action_confirm()
        self.assertPassed(order)
        self.assertStays(order.picking_ids, "over_limit")
        self.assertFalse(order.picking_ids.move_ids.quantity)

    def test_what_may_not_leave_is_not_printed_for_picking(self):
        _order, picking = self._sold(100.0, limit=80.0)
        _order, fine = self._sold(50.0, customer=self._customer("Other"))
        notice = picking.with_user(self.storekeeper).do_print_picking()
        self.assertEqual(notice["tag"], "display_notification")
        self.assertStays(picking)
        self.assertFalse(picking.printed)
        report = (picking | fine).with_user(self.storekeeper).do_print_picking()
        self.assertEqual(report["type"], "ir.actions.report")
        self.assertEqual((fine.printed, picking.printed), (True, False))

    def test_what_a_supplier_ships_to_the_customer_is_asked(self):
        order, picking = self._sold(100.0, limit=80.0)
        supplier = self.env.ref("stock.stock_location_suppliers")
        picking.sudo().location_id = supplier
        picking.sudo().move_ids.write({"location_id": supplier.id})
        picking.sudo().move_ids.quantity = 1.0
        self._validate(picking)
        self.assertStays(picking)
        self.assertFalse(order.order_line.qty_delivered)

    # === AN ORDER THAT GREW === #

    def _grown(self, *commands):
        self._policy(over_limit={})
        self._limit(100.0)
        order = self._order(100.0, product=self.goods, quantity=10.0)
        order.action_confirm()
        self.assertPassed(order)
        order.with_user(self.salesperson).order_line = list(commands)
        self.assertEqual(order.credit_state, "held")
        return order

    def _new_line(self):
        return Command.create({"product_id": self.goods.id, "price_unit": 60.0, "tax_ids": False})

    def test_the_growth_is_delivered_once_it_is_released(self):
        order = self._grown(self._new_line())
        picking = order.picking_ids
        notice = self._validate(picking)
        self.assertIn(f"{order.name} was increased", notice["params"]["message"])
        self.assertNotEqual(picking.state, "done")
        self.assertFalse(picking.sudo().credit_hold_ids, "one decision, on the order")
        self.assertIn("was increased", picking.with_user(self.storekeeper).credit_notice)
        with self.assertRaisesRegex(UserError, "increased"):
            picking._action_done()
        order.sudo().credit_hold_ids.with_user(self.manager).action_release("Good")
        self._validate(picking)
        self.assertLeft(picking)

    def test_who_sells_types_neither_what_was_delivered_nor_what_is_to_invoice(self):
        order = self._grown(self._new_line())
        for values in ({"qty_delivered": -5.0}, {"qty_delivered": 10.0}, {"qty_to_invoice": 10.0}):
            with self.subTest(values), self.assertRaises(AccessError):
                order.order_line.with_user(self.salesperson).write(values)

    def test_what_was_allowed_before_is_delivered_meanwhile(self):
        order = self._grown(self._new_line())
        picking = order.picking_ids
        grown = picking.move_ids.filtered(lambda move: move.sale_line_id == order.order_line[-1])
        grown.quantity = 0.0
        self._validate(picking)
        self.assertEqual(picking.state, "done")
        self.assertEqual(order.order_line.mapped("qty_delivered"), [10.0, 0.0])

    def test_set_back_nothing_of_it_is_delivered(self):
        order = self._grown(self._new_line())
        order.sudo().credit_hold_ids.with_user(self.manager).action_refuse("No")
        order.with_user(self.salesperson).action_credit_back()
        picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        self._validate(picking)
        self.assertLeft(picking)
        self.assertEqual(order.order_line.mapped("qty_delivered"), [10.0, 0.0])

    def test_a_backorder_is_asked_for_what_it_ships(self):
        order, picking = self._sold(100.0, limit=100.0, quantity=10.0)
        picking.move_ids.quantity = 4.0
        self._validate(picking)
        self.assertLeft(picking)
        rest = picking.backorder_ids
        self._limit(50.0)
        self._validate(rest)
        hold = self.assertStays(rest)
        self.assertEqual((hold.amount, hold.exposure), (60.0, 40.0))
        self.assertEqual(order.order_line.qty_delivered, 4.0)

    def test_a_delivery_without_backorder_is_asked_too(self):
        _order, picking = self._sold(100.0, limit=50.0, quantity=10.0)
        picking.move_ids.quantity = 4.0
        wizard_context = {
            "button_validate_picking_ids": picking.ids,
            "picking_ids_not_to_backorder": picking.ids,
            "skip_backorder": True,
        }
        picking.with_user(self.storekeeper).with_context(**wizard_context).button_validate()
        self.assertEqual(self.assertStays(picking).amount, 40.0)

    def test_nothing_to_ship_gets_the_sentence_of_odoo(self):
        self.goods = self._goods("Out of stock", is_storable=True)
        _order, picking = self._sold(100.0, limit=50.0)
        with self.assertRaises(UserError):
            self._validate(picking)
        self.assertFalse(picking.sudo().credit_hold_ids)

    def test_more_than_ordered_leaves_and_is_told(self):
        self._policy(over_limit={})
        order, picking = self._sold(100.0, limit=100.0, quantity=10.0)
        picking.move_ids.quantity = 15.0
        self.goods.invoice_policy = "delivery"
        self._validate(picking)
        self.assertLeft(picking)
        self.env.cr.flush()
        self.assertIn("increased by", order.message_ids[0].body)
        activity = self._profile().sudo().activity_ids
        self.assertEqual(activity.user_id, self.analyst)
        self.assertIn(order.name, activity.summary)

    # === OTHER WAYS === #

    def test_what_ships_by_another_way_is_refused_without_figures(self):
        _order, picking = self._sold(100.0, limit=80.0)
        picking.move_ids.picked = True
        for ship in (picking._action_done, picking.move_ids._action_done):
            with self.assertRaisesRegex(UserError, "credit control would hold it") as caught:
                ship()
            self.assertNotRegex(str(caught.exception).replace(picking.name, ""), r"\d")
        self.assertNotEqual(picking.state, "done")

    def test_what_passed_by_another_way_leaves(self):
        _order, picking = self._sold(100.0, limit=100.0)
        picking.move_ids.picked = True
        picking._action_done()
        self.assertLeft(picking)

    def test_a_draft_is_asked(self):
        order, picking = self._sold(100.0, limit=80.0)
        line = picking.move_ids[0]
        draft = self.env["stock.picking"].create(
            {
                "partner_id": self.customer.id,
                "picking_type_id": picking.picking_type_id.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "product_uom_qty": 1.0,
                            "location_id": picking.location_id.id,
                            "location_dest_id": picking.location_dest_id.id,
                            "sale_line_id": order.order_line.id,
                        }
                    )
                ],
            }
        )
        self._validate(draft)
        self.assertEqual(draft.credit_state, "held")
        self.assertNotEqual(draft.state, "done")

    def test_the_queries_do_not_grow_with_the_deliveries(self):
        def count(number):
            pickings = self.env["stock.picking"]
            for _n in range(number):
                pickings |= self._sold(10.0)[1]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            pickings._judge_locked()
            return self.env.cr.sql_log_count - before

        self._limit(1e6)
        count(1)
        self.assertLessEqual(count(10) - count(2), 8)
