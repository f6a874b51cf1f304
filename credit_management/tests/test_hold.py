import re
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestHold(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorities = cls.env["credit.authority"].sudo()
        cls.authorities.search([]).action_archive()
        cls.big = cls.authorities.create(
            {"user_id": cls.manager.id, "is_unlimited": True, "sequence": 20}
        )
        cls.small = cls.authorities.create(
            {
                "user_id": cls.analyst.id,
                "max_excess": 50,
                "max_exposure": 500,
                "max_overdue_days": 10,
                "sequence": 10,
            }
        )

    def _held(self, amount=150.0, limit=100.0, user=None):
        self._limit(limit)
        order = self._order(amount, user=user)
        order.action_confirm()
        return order, self.assertHeld(order)

    def test_releasing_confirms_the_order(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_release("Known for twenty years")
        self.assertPassed(order)
        self.assertEqual(order.credit_state, "released")
        self.assertRecordValues(
            hold,
            [
                {
                    "state": "released",
                    "decided_by": self.manager.id,
                    "decision_note": "Known for twenty years",
                    "released_amount": 150.0,
                    "released_until": self.today + timedelta(30),
                    "own_decision": False,
                }
            ],
        )

    def test_refusing_leaves_a_quotation(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_refuse("Too late too often")
        self.assertEqual((order.state, hold.state), ("sent", "refused"))
        self.assertEqual(order.credit_state, "warning")
        order.action_confirm()
        self.assertNotEqual(self.assertHeld(order), hold)

    def test_a_decision_needs_its_reason(self):
        _order, hold = self._held()
        for note in ("", "  ", None):
            with self.assertRaisesRegex(UserError, "Enter a note"):
                hold.with_user(self.manager).action_release(note)
            with self.assertRaisesRegex(UserError, "Enter a note"):
                hold.with_user(self.manager).action_refuse(note)

    def test_a_decision_is_taken_once(self):
        _order, hold = self._held()
        hold.with_user(self.manager).action_release("Yes")
        with self.assertRaisesRegex(UserError, "no longer pending: Released by"):
            hold.with_user(self.manager).action_release("Yes again")
        with self.assertRaisesRegex(UserError, "no longer pending"):
            hold.with_user(self.manager).action_refuse("No after all")

    def test_the_lowest_authority_that_suffices_is_named(self):
        _order, hold = self._held(amount=150.0)
        self.assertEqual(hold.authority_id, self.small)
        _order, hold = self._held(amount=151.0)
        self.assertEqual(hold.authority_id, self.big)

    def test_an_authority_that_does_not_suffice_is_refused_by_name(self):
        order, hold = self._held(amount=151.0)
        self.assertFalse(hold.with_user(self.analyst).can_decide)
        self.assertTrue(hold.with_user(self.manager).can_decide)
        with self.assertRaisesRegex(
            AccessError, "It must be decided by: " + re.escape(self.manager.name)
        ):
            hold.with_user(self.analyst).action_release("I try")
        self.assertHeld(order)

    def test_overdue_days_and_exposure_are_ceilings_too(self):
        self._policy(overdue_days={"threshold": 5})
        self._invoice(10.0, days_late=11)
        order = self._order(20.0)
        order.action_confirm()
        self.assertEqual(self.assertHeld(order).authority_id, self.big)

    def test_nobody_decides_a_hold_of_an_own_order(self):
        sellers = self.env.ref("sales_team.group_sale_salesman")
        self.manager.sudo().group_ids |= sellers
        order, hold = self._held(user=self.manager)
        with self.assertRaisesRegex(AccessError, "your own order"):
            hold.with_user(self.manager).action_release("Mine")
        self.assertHeld(order)
        asked = self._order(150.0)
        asked.with_user(self.manager).sudo().action_confirm()
        with self.assertRaisesRegex(AccessError, "your own order"):
            self.assertHeld(asked).with_user(self.manager).action_refuse("Mine too")

    def test_an_authority_over_own_orders_is_used_and_logged(self):
        self.big.allow_own = True
        order, hold = self._held(user=self.manager)
        hold.with_user(self.manager).action_release("Nobody else is here")
        self.assertPassed(order)
        self.assertTrue(hold.own_decision)
        self.assertIn(
            "their own order",
            order.message_ids.mapped("body")[0] + order.message_ids.mapped("body")[1],
        )

    def test_without_any_authority_the_hold_says_what_to_do(self):
        _order, hold = self._held()
        self.authorities.search([]).action_archive()
        hold.invalidate_recordset()
        self.assertFalse(hold.authority_id)
        with self.assertRaisesRegex(AccessError, "nobody yet"):
            hold.with_user(self.manager).action_release("Yes")

    def test_a_release_covers_up_to_its_amount_and_day(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_release("Up to 200", amount=200.0, until=self.today)
        order._action_cancel()
        order.action_draft()
        order.order_line.price_unit = 200.0
        order.action_confirm()
        self.assertPassed(order)
        order._action_cancel()
        order.action_draft()
        order.order_line.price_unit = 200.01
        order.action_confirm()
        self.assertHeld(order)

    def test_a_release_covers_its_customer_alone(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_release("For this customer")
        order._action_cancel()
        order.action_draft()
        other = self._customer("Other")
        self._limit(0.0, other)
        order.write({"partner_id": other.id, "partner_invoice_id": other.id})
        order.order_line.price_unit = 150.0
        order.action_confirm()
        self.assertHeld(order)

    def test_an_expired_release_covers_nothing(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_release("Today", until=self.today)
        order._action_cancel()
        order.action_draft()
        hold.sudo().released_until = self.today - timedelta(1)
        order.action_confirm()
        self.assertHeld(order)

    def test_a_release_that_covers_less_or_is_over_is_refused(self):
        order, hold = self._held()
        with self.assertRaisesRegex(UserError, "Release at least that"):
            hold.with_user(self.manager).action_release("Half", amount=149.0)
        with self.assertRaisesRegex(UserError, "today or later"):
            hold.with_user(self.manager).action_release("Gone", until=self.today - timedelta(1))
        self.assertHeld(order)

    def test_an_order_that_grew_while_it_waited_is_not_released_for_less(self):
        order, hold = self._held()
        order.order_line.price_unit = 500.0
        with self.assertRaisesRegex(UserError, "does not cover .*500.00"):
            hold.with_user(self.manager).action_release("For 150")
        order.action_confirm()
        self.assertEqual(self.assertHeld(order).amount, 500.0)
        self.assertEqual(self.assertHeld(order), hold)

    def test_several_holds_are_decided_with_one_reason(self):
        self._limit(10.0)
        orders = self._order(20.0) | self._order(30.0)
        orders.action_confirm()
        wizard = (
            self.env["credit.hold.decision"]
            .with_user(self.manager)
            .create(
                {"hold_ids": orders.sudo().credit_hold_ids.ids, "note": "Deposit received by phone"}
            )
        )
        wizard.action_release()
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_the_analyst_gets_one_activity_and_the_decision_closes_it(self):
        self.company.sudo().credit_management_analyst_id = self.analyst
        _order, hold = self._held()
        self.assertEqual(hold.activity_ids.user_id, self.analyst)
        hold.order_id.action_confirm()
        self.assertEqual(len(hold.activity_ids), 1)
        hold.with_user(self.manager).action_refuse("No")
        self.assertFalse(hold.activity_ids)

    def test_the_salesperson_is_told(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_release("Go")
        message = order.message_ids.filtered(lambda message: "Credit hold released" in message.body)
        self.assertIn(
            self.salesperson.partner_id, message.notified_partner_ids | message.partner_ids
        )
        self.assertTrue(message.subtype_id.internal, "customers in the portal do not read it")

    def test_a_hold_becomes_ready_when_its_reasons_are_gone(self):
        invoice = self._invoice(100.0)
        _order, hold = self._held(amount=50.0)
        hold.sudo()._reassess()
        self.assertFalse(hold.ready)
        self._pay(invoice)
        hold.sudo()._reassess()
        self.assertTrue(hold.ready)

    def test_the_mail_the_confirmation_asked_for_goes_out_with_the_release(self):
        self._limit(10.0)
        order = self._order(20.0)
        order._validate_order()
        hold = self.assertHeld(order)
        self.assertTrue(hold.send_email)
        before = len(
            order.message_ids.filtered(lambda m: m.subtype_id == self.env.ref("mail.mt_comment"))
        )
        hold.with_user(self.manager).action_release("Go")
        after = len(
            order.message_ids.filtered(lambda m: m.subtype_id == self.env.ref("mail.mt_comment"))
        )
        self.assertEqual(after, before + 1)

    def test_a_delegate_decides_between_the_two_dates(self):
        self.big.write(
            {
                "delegate_id": self.analyst.id,
                "delegate_from": self.today,
                "delegate_to": self.today + timedelta(3),
            }
        )
        order, hold = self._held(amount=5000.0)
        hold.with_user(self.analyst).action_release("In place of the manager")
        self.assertPassed(order)
        self.big.write({"delegate_from": self.today + timedelta(1)})
        _order, hold = self._held(amount=5000.0)
        with self.assertRaises(AccessError):
            hold.with_user(self.analyst).action_release("Too early")

    def test_a_deleted_quotation_leaves_its_decision(self):
        order, hold = self._held()
        name = order.name
        order._action_cancel()
        order.sudo().unlink()
        self.assertTrue(hold.exists())
        self.assertEqual((hold.name, hold.state), (name, "cancelled"))

    def test_who_enlarges_a_held_order_asks_too(self):
        order, hold = self._held()
        order.order_line.price_unit = 5000.0
        order.with_user(self.manager).sudo().action_confirm()
        with self.assertRaisesRegex(AccessError, "your own order"):
            hold.with_user(self.manager).action_release("Now it is mine")

    def test_giving_the_order_to_a_colleague_does_not_make_it_somebody_elses(self):
        order, hold = self._held(user=self.manager)
        order.user_id = self.salesperson
        with self.assertRaisesRegex(AccessError, "your own order"):
            hold.with_user(self.manager).action_release("Not mine any more")

    def test_an_order_set_back_by_hand_closes_its_hold(self):
        for state in ("draft", "cancel"):
            order, hold = self._held()
            order.write({"state": state})
            self.assertEqual(hold.state, "cancelled")

    def test_the_way_out_names_the_authority_that_is_needed(self):
        self._policy(status={})
        self._profile(status="blocked", status_reason="Bounced")
        order = self._order(40.0)
        order.action_confirm()
        hold = self.assertHeld(order, "status")
        self.assertEqual(hold.authority_id, self.small)
        self.assertIn(self.analyst.name, hold.way_out)

    def test_an_analyst_who_left_gets_nothing_to_do(self):
        self.company.sudo().credit_management_analyst_id = self.salesperson
        _order, hold = self._held()
        self.assertNotEqual(hold.activity_ids.user_id, self.salesperson)

    def test_odd_arguments_get_a_sentence(self):
        _order, hold = self._held()
        decide = hold.with_user(self.manager)
        for note in (True, ["x"], 5):
            with self.assertRaisesRegex(UserError, "Enter a note"):
                decide.action_release(note)
        for ceiling in ({"amount": "abc"}, {"until": "soon"}):
            with self.assertRaisesRegex(UserError, "as a number"):
                decide.action_release("Go", **ceiling)

    def test_the_salesperson_does_not_remove_the_activity_of_credit(self):
        self.company.sudo().credit_management_analyst_id = self.analyst
        _order, hold = self._held()
        with self.assertRaises(AccessError):
            hold.activity_ids.with_user(self.salesperson).unlink()
