from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon

#: what another add-on says when it stops a confirmation
STOPPED = "Approve it first"


class PassedCommon(CreditCommon):
    def _others_see_this(self):
        """Other transactions see what is there now, whatever the test does from here on."""
        self.env.flush_all()
        customer = (self.customer.id, self.company.id)
        positions = self.env["credit.position"].sudo()
        seen = positions._read_positions({customer}, self.today)
        gate = self.registry["credit.gate"]
        self.patch(gate, "_reads_own_view", lambda _gate: False)
        self.patch(gate, "_read_fresh", lambda _gate, customers, _today: dict(seen))

    def _confirm_adds(self, amount, before=True):
        """Another add-on adds a line in the confirmation, before or after the order becomes a sale."""
        model, service = self.registry["sale.order"], self.service
        name = "_prepare_confirmation_values" if before else "_action_confirm"
        method = getattr(model, name)

        def add(orders):
            for order in orders.filtered(lambda order: order.amount_total > 1000):
                order.order_line = [
                    Command.create(
                        {"product_id": service.id, "price_unit": amount, "tax_ids": False}
                    )
                ]
            return method(orders)

        self.patch(model, name, add)


@tagged("post_install", "-at_install")
class TestPassed(PassedCommon):
    """What passed the gate in a transaction counts once, and only as long as it stands."""

    def _confirm_grown(self, before):
        order = self._order(1200.0)
        self._limit(2000.0)
        self._others_see_this()
        self._confirm_adds(150.0, before=before)
        order.action_confirm()
        self.assertPassed(order)
        self.assertEqual(order.amount_total, 1350.0)
        return order

    def test_an_order_that_grows_before_it_is_a_sale_counts_once(self):
        self._confirm_grown(before=True)
        rest = self._order(650.0)
        rest.action_confirm()
        self.assertPassed(rest)

    def test_an_order_that_grows_once_it_is_a_sale_counts_once(self):
        self._confirm_grown(before=False)
        more = self._order(651.0)
        more.action_confirm()
        self.assertHeld(more, "over_limit")

    def test_an_order_that_grows_too_much_in_its_own_confirmation_is_held_for_what_it_comes_to(
        self,
    ):
        self._limit(1300.0)
        fine, order = self._order(50.0, quantity=1), self._order(1200.0)
        self._others_see_this()
        self._confirm_adds(60.0)
        (fine | order).action_confirm()
        self.assertPassed(fine)
        hold = self.assertHeld(order, "over_limit")
        self.assertEqual(hold.amount, 1260.0)
        self.assertEqual(order.amount_total, 1200.0, "nothing of the confirmation is kept")
        hold.with_user(self.manager).action_release("Freight included")
        self.assertPassed(order)
        self.assertEqual(order.amount_total, 1260.0)

    def test_a_pass_that_is_rolled_back_counts_no_more(self):
        self._limit(1000.0)
        stopped, order = self._order(900.0), self._order(900.0)
        self._others_see_this()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            stopped.action_confirm()
            self.assertPassed(stopped)
            self._stop()
        self.assertEqual(stopped.state, "draft")
        order.action_confirm()
        self.assertPassed(order)

    def _stop(self):
        raise UserError(STOPPED)

    def test_a_pass_that_was_stopped_counts_no_more(self):
        self._limit(1000.0)
        stopped, order = self._order(900.0), self._order(900.0)
        self._others_see_this()

        def stop(_orders):
            raise UserError(STOPPED)

        with patch.object(self.registry["sale.order"], "_action_confirm", stop):
            for _n in range(2):
                with self.assertRaisesRegex(UserError, STOPPED):
                    stopped.action_confirm()
        order.action_confirm()
        self.assertPassed(order)
        stopped.action_confirm()
        self.assertHeld(stopped, "over_limit")

    def test_what_stands_of_several_passes_counts(self):
        self._limit(1000.0)
        first, second, third = (self._order(400.0) for _n in range(3))
        self._others_see_this()
        first.action_confirm()
        with self.env.cr.savepoint():
            second.action_confirm()
        third.action_confirm()
        for order in (first, second):
            self.assertPassed(order)
        self.assertHeld(third, "over_limit")

    # === WHAT ELSE STOPS A RELEASE === #

    def _held(self, **values):
        self._limit(100.0)
        order = self._order(150.0, **values)
        order.action_confirm()
        return order, self.assertHeld(order)

    def test_an_exception_after_the_release_is_said_and_the_release_stays(self):
        order, hold = self._held()

        def stop(_orders):
            raise UserError(STOPPED)

        with patch.object(self.registry["sale.order"], "_action_confirm", stop):
            notice = hold.with_user(self.manager).action_release("Good")
        self._assert_released_not_confirmed(order, hold, notice, STOPPED)

    def test_a_window_in_place_of_a_confirmation_is_said_and_the_release_stays(self):
        order, hold = self._held()
        window = {"type": "ir.actions.act_window", "res_model": "sale.order"}

        def ask(orders, confirm):
            return window

        with patch.object(self.registry["sale.order"], "_confirm_with_deferred", ask):
            notice = hold.with_user(self.manager).action_release("Good")
        self._assert_released_not_confirmed(order, hold, notice, "Another check")

    def _assert_released_not_confirmed(self, order, hold, notice, words):
        self.assertIn(words, notice["params"]["message"])
        self.assertEqual((hold.state, order.state), ("released", "sent"))
        for record in (hold, order):
            self.assertTrue(any(words in message.body for message in record.message_ids))
        order.with_user(self.salesperson).action_confirm()
        self.assertPassed(order)

    # === THE STATE OF WHAT IS HELD === #

    def test_a_hold_tells_nobody_that_a_quotation_was_sent(self):
        self._limit(100.0)
        order = self._order(150.0)
        subscriber = self._customer("Reader")
        order.message_subscribe(subscriber.ids)
        tracked = self._tracked(order, user=self.salesperson)
        tracked.action_confirm()
        self.assertHeld(order)
        changes = self._get_tracked(order).filtered(lambda value: value.field_id.name == "state")
        self.assertFalse(changes)
        self.assertNotIn(self.env.ref("sale.mt_order_sent"), order.message_ids.subtype_id)

    def test_who_refuses_the_change_of_state_has_the_order_held_as_a_draft(self):
        self._limit(100.0)
        order = self._order(150.0)
        model = self.registry["sale.order"]
        write = model.write

        def under_review(orders, vals):
            if "state" in vals:
                raise UserError(STOPPED)
            return write(orders, vals)

        with patch.object(model, "write", under_review):
            order.action_confirm()
        self.assertEqual((order.state, order.credit_state), ("draft", "held"))
        hold = order.sudo().credit_hold_ids
        hold.with_user(self.manager).action_release("Go")
        self.assertPassed(order)

    def test_what_a_job_asks_again_and_again_is_one_hold(self):
        self._limit(100.0)
        orders = self.env["sale.order"]
        for _run in range(4):
            order = self._order(150.0, origin="SUB/1").with_user(self.env.ref("base.user_root"))
            order.action_confirm()
            orders |= order
        holds = orders.sudo().credit_hold_ids
        self.assertEqual(len(holds), 1)
        self.assertEqual(holds.order_id, orders[0])
        self.assertIn(orders[0].name, orders[1].message_ids[0].body)
        for different in (
            {"origin": "SUB/2"},
            {"origin": "SUB/1", "quantity": 2.0},
            {"origin": False},
        ):
            order = self._order(150.0, **different)
            order.action_confirm()
            self.assertHeld(order)

    # === WHO CHANGED IT === #

    def test_who_changes_what_waits_does_not_release_it(self):
        _order, hold = self._held()
        both = self._user(
            "both",
            "sales_team.group_sale_salesman_all_leads,credit_management.group_credit_user",
        )
        self.env["credit.authority"].sudo().create({"user_id": both.id, "is_unlimited": True})
        self.assertFalse(hold.with_user(both)._get_refusal_of_decision())
        order = hold.order_id.with_user(both)
        order.write({"note": "Nice"})
        self.assertFalse(hold.with_user(both)._get_refusal_of_decision())
        order.order_line.product_uom_qty = 50.0
        with self.assertRaisesRegex(AccessError, "your own order"):
            hold.with_user(both).action_release("Mine", 1e6)

    def test_what_waits_is_not_made_a_sale_line_by_line(self):
        order, _hold = self._held()
        line = order.order_line.with_user(self.salesperson)
        for values in ({"state": "sale"}, {"qty_to_invoice": 1.0}):
            with self.subTest(values), self.assertRaises(AccessError):
                line.write(values)
        with self.assertRaises(AccessError):
            line.create(
                {
                    "order_id": order.id,
                    "product_id": self.service.id,
                    "state": "sale",
                }
            )

    # === WHAT THE SALESPERSON READS === #

    def test_the_order_says_who_asked_and_what_was_answered(self):
        order, hold = self._held()
        mine = order.with_user(self.salesperson)
        self.assertFalse(mine.credit_request)
        wizard = self.env["credit.hold.request"].with_user(self.salesperson)
        proof = (
            self.env["ir.attachment"]
            .with_user(self.salesperson)
            .create({"name": "transfer.txt", "raw": b"paid"})
        )
        wizard.create(
            {
                "hold_id": hold.id,
                "argument": "They pay on Friday",
                "attachment_ids": [Command.set(proof.ids)],
            }
        ).action_ask()
        self.assertEqual(mine.credit_request, "asked")
        self.assertIn(self.salesperson.name, mine.credit_request_note)
        self.assertIn("They pay on Friday", mine.credit_request_note)
        self.assertEqual(hold.message_ids[0].attachment_ids, proof)
        hold.with_user(self.salesperson).message_post(body="One more thing")
        hold.with_user(self.manager).action_refuse("Not a cent more")
        self.assertEqual(mine.credit_request, "refused")
        self.assertIn("Not a cent more", mine.credit_request_note)
        self.assertEqual((mine.credit_badge, mine.credit_held), ("refused", True))
        order.action_confirm()
        self.assertFalse(mine.credit_request)
        self.assertEqual(mine.credit_badge, "held")

    def test_nobody_hands_over_a_file_they_cannot_read(self):
        _order, hold = self._held()
        secret = self.env["ir.attachment"].sudo().create({"name": "x", "raw": b"secret"})
        wizard = self.env["credit.hold.request"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            wizard.create(
                {
                    "hold_id": hold.id,
                    "argument": "See",
                    "attachment_ids": [Command.set(secret.ids)],
                }
            ).action_ask()
