from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DeliveryCommon

NEWS = "credit_management.mail_activity_type_credit"


@tagged("post_install", "-at_install")
class TestDeliveryHold(DeliveryCommon):
    def _held(self, amount=100.0, limit=80.0, **values):
        order, picking = self._sold(amount, limit=limit, **values)
        self._validate(picking)
        return order, picking, self.assertStays(picking)

    def _hold_by_hand(self, order, reason="Fraud suspected"):
        wizard = (
            self.env["credit.hold.manual"]
            .with_user(self.analyst)
            .create({"order_ids": [Command.set(order.ids)], "reason": reason})
        )
        wizard.action_hold()
        return order.sudo().credit_hold_ids._get_pending()

    def _run(self, cron):
        with self.enter_registry_test_mode():
            self.env.ref(f"credit_management.{cron}").sudo().method_direct_trigger()

    # === DECISION === #

    def test_a_delivery_held_does_not_lose_its_order(self):
        order, picking = self._sold(100.0, limit=80.0)
        self._validate(picking)
        self.assertStays(picking, "over_limit")
        mine = picking.with_user(self.storekeeper)
        for take_off in (
            lambda: mine.write({"sale_id": False}),
            lambda: mine.move_ids.write({"sale_line_id": False}),
            lambda: mine.move_ids.write({"product_id": self.goods.copy().id}),
        ):
            with self.assertRaisesRegex(UserError, "waiting for credit control"):
                take_off()
        self.assertEqual(picking.move_ids.sale_line_id.order_id, order)

    def test_a_hold_whose_delivery_names_nobody_any_more_stops_no_job(self):
        _order, picking, hold = self._held()
        picking.sudo().move_ids.sale_line_id = False
        picking.sudo().sale_id = False
        hold.sudo()._reassess()
        self.assertEqual(hold.with_user(self.manager).current_credit_limit, 80.0)

    def test_a_release_ships_nothing_and_lets_the_warehouse_validate(self):
        order, picking, hold = self._held()
        hold.with_user(self.manager).action_release("Known for twenty years")
        self.assertEqual((picking.state, picking.credit_state), ("assigned", "released"))
        self.assertIn("can be validated", picking.message_ids[0].body)
        self.assertFalse(picking.credit_notice)
        self._validate(picking)
        self.assertLeft(picking)
        self.assertIn("Known for twenty years", order.message_ids.mapped("body")[0])
        self.assertEqual(order.sudo().activity_search([NEWS]).mapped("user_id"), self.salesperson)

    def test_a_refusal_keeps_it_here(self):
        _order, picking, hold = self._held()
        hold.with_user(self.manager).action_refuse("Too late too often")
        self.assertEqual((picking.state, picking.credit_state), ("assigned", "refused"))
        self._validate(picking)
        self.assertNotEqual(self.assertStays(picking), hold)

    def test_a_release_covers_the_backorder_until_its_day(self):
        _order, picking, hold = self._held(quantity=10.0)
        hold.with_user(self.manager).action_release("Go")
        picking.move_ids.quantity = 4.0
        self._validate(picking)
        rest = picking.backorder_ids
        hold.sudo().released_until = self.today - timedelta(1)
        self._validate(rest)
        self.assertStays(rest)
        hold.sudo().released_until = self.today
        self._validate(rest)
        self.assertLeft(rest)

    def test_a_release_of_one_delivery_covers_no_other(self):
        _order, picking, hold = self._held(60.0, limit=50.0)
        hold.with_user(self.manager).action_release("This one")
        _order, other = self._sold(60.0)
        self._validate(picking | other)
        self.assertLeft(picking)
        self.assertStays(other)

    def test_a_delivery_of_a_released_order_is_not_asked(self):
        self._policy(over_limit={})
        self.policy = self._policy(over_limit={})
        self.policy.rule_ids.copy({"checkpoint": "delivery", "policy_id": self.policy.id})
        self._limit(50.0)
        order = self._order(100.0, product=self.goods)
        order.action_confirm()
        hold = self.assertHeld(order)
        hold.with_user(self.manager).action_release("Go")
        picking = order.picking_ids
        hold.sudo().released_until = self.today - timedelta(1)
        self._validate(picking)
        self.assertStays(picking)
        hold.sudo().released_until = self.today
        self._validate(picking)
        self.assertLeft(picking)

    def test_a_delivery_of_an_order_that_passed_lately_is_not_asked(self):
        self.policy.checkpoint_days = 5
        order, picking, hold = self._held_of_passed(6)
        order.sudo().credit_passed_at = fields.Datetime.now() - timedelta(4)
        self._validate(picking)
        self.assertLeft(picking)
        self.assertEqual(hold.state, "cancelled")

    def _held_of_passed(self, days):
        order, picking = self._sold(100.0, limit=80.0)
        self.assertLess(fields.Datetime.now() - order.credit_passed_at, timedelta(minutes=5))
        order.sudo().credit_passed_at = fields.Datetime.now() - timedelta(days)
        self._validate(picking)
        return order, picking, self.assertStays(picking)

    def test_nobody_writes_when_an_order_passed(self):
        order, _picking = self._sold(100.0)
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).write({"credit_passed_at": "2099-01-01"})
        with self.assertRaises(AccessError):
            self._order(10.0, credit_passed_at="2099-01-01")
        before = order.credit_passed_at
        order.sudo().credit_passed_at = before - timedelta(9)
        order.write({"state": "sale"})
        self.assertEqual(order.credit_passed_at, before - timedelta(9))

    def test_the_one_who_validated_does_not_decide(self):
        _order, picking = self._sold(100.0, limit=80.0)
        self.manager.sudo().group_ids |= self.env.ref("stock.group_stock_user")
        self._validate(picking, user=self.manager)
        hold = self.assertStays(picking)
        with self.assertRaisesRegex(AccessError, "your own order"):
            hold.with_user(self.manager).action_release("Mine")

    def test_the_salesperson_asks_for_the_release(self):
        _order, picking, hold = self._held()
        action = picking.with_user(self.salesperson).action_request_credit_release()
        self.assertEqual(action["context"], {"default_hold_id": hold.id})
        hold.with_user(self.salesperson).action_ask("They pay on Friday")
        self.assertIn("They pay on Friday", hold.activity_ids.note)

    # === BY HAND === #

    def test_the_deliveries_of_an_order_held_by_hand_stay(self):
        self.company.sudo().credit_management_policy_id = False
        order, picking = self._sold(100.0)
        of_order = self._hold_by_hand(order)
        self._validate(picking)
        hold = self.assertStays(picking, "manual")
        self.assertEqual(of_order.state, "pending")
        of_order.with_user(self.manager).action_release("Checked")
        self._validate(picking)
        self.assertLeft(picking)
        self.assertEqual(hold.state, "cancelled")

    def test_what_is_paid_and_held_by_hand_stays(self):
        order, picking = self._sold(100.0)
        self._pay(self._invoice_order(order))
        self._hold_by_hand(order)
        self._validate(picking)
        self.assertStays(picking, "manual")

    def test_one_delivery_of_an_order_held_by_hand_is_released_alone(self):
        order, picking = self._sold(100.0)
        of_order = self._hold_by_hand(order)
        self._validate(picking)
        self.assertStays(picking).with_user(self.manager).action_release("This one")
        self._validate(picking)
        self.assertLeft(picking)
        self.assertEqual(of_order.state, "pending")

    def test_a_hold_by_hand_is_younger_than_the_release_and_the_passage(self):
        self.policy.checkpoint_days = 30
        order, picking, hold = self._held_of_passed(31)
        hold.with_user(self.manager).action_release("Go")
        order.sudo().credit_passed_at = fields.Datetime.now()
        self._hold_by_hand(order)
        self._validate(picking)
        self.assertStays(picking, "manual", "over_limit")

    # === AGAIN === #

    def test_money_makes_it_ready_and_the_salesperson_is_told(self):
        self._limit(1000.0)
        invoice = self._invoice(50.0)
        order, picking, hold = self._held(limit=120.0)
        self._run("ir_cron_reassess_holds")
        self.assertFalse(hold.ready)
        self._pay(invoice)
        self._run("ir_cron_reassess_holds")
        self.assertTrue(hold.ready)
        self.assertEqual(picking.state, "assigned")
        self.assertIn("Try again", order.sudo().activity_search([NEWS]).summary)

    def test_a_policy_may_release_it_by_itself(self):
        self.policy.auto_release = True
        _order, picking, hold = self._held()
        self._limit(100.0)
        self._run("ir_cron_reassess_holds")
        self.assertEqual(hold.state, "released")
        self.assertEqual((picking.state, picking.credit_state), ("assigned", "released"))

    def test_a_delivery_cancelled_or_deleted_closes_its_hold(self):
        order, picking, hold = self._held()
        order._action_cancel()
        self.assertEqual((picking.state, hold.state), ("cancel", "cancelled"))
        self._limit(1000.0)
        _order, picking, hold = self._held()
        picking.move_ids._action_cancel()
        picking.unlink()
        self.assertEqual(hold.state, "cancelled")
        self.assertTrue(hold.exists())

    def test_a_delivery_that_went_another_way_is_cleared_up(self):
        _order, picking, hold = self._held()
        picking.sudo().move_ids.write({"state": "done"})
        self.assertEqual(picking.state, "done")
        hold.sudo()._reassess()
        self.assertEqual(hold.state, "cancelled")

    def test_a_release_that_was_not_used_expires(self):
        _order, picking, hold = self._held()
        _order, gone, used = self._held()
        (hold | used).with_user(self.manager).action_release("Go")
        self._validate(gone)
        self.assertLeft(gone)
        (hold | used).sudo().released_until = self.today - timedelta(1)
        self._run("ir_cron_expire_releases")
        self.assertEqual((hold.state, used.state), ("expired", "released"))
        self.assertFalse(picking.credit_state)
