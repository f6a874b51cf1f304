from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from psycopg2.errors import LockNotAvailable

from .common import CreditCommon

NEWS = "credit_management.mail_activity_type_credit"


class HoldCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        authorities = cls.env["credit.authority"].sudo()
        authorities.search([]).action_archive()
        cls.authority = authorities.create({"user_id": cls.manager.id, "is_unlimited": True})
        cls.company.sudo().credit_management_analyst_id = cls.analyst
        cls.colleague = cls._user("colleague", "sales_team.group_sale_salesman")

    def _held(self, amount=150.0, limit=100.0, **values):
        self._limit(limit)
        order = self._order(amount, **values)
        order.action_confirm()
        return order, self.assertHeld(order)

    def _news(self, order):
        """The summaries of the salesperson's activities of credit."""
        return order.sudo().activity_search([NEWS]).mapped("summary")

    def _run(self, cron):
        with self.enter_registry_test_mode():
            self.env.ref(f"credit_management.{cron}").sudo().method_direct_trigger()

    def _triggers(self):
        """Runs of the cron asked for at the end of this transaction."""
        cron = self.env.ref("credit_management.ir_cron_reassess_holds")
        triggers = self.env["ir.cron.trigger"].sudo()
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self.env.cr.flush()
        return triggers.search_count([("cron_id", "=", cron.id)]) - before

    def _refuse_confirmation(self, refused):
        """Another module does not let this order pass."""
        self.patch(
            self.registry["sale.order"],
            "_confirmation_error_message",
            lambda order: "Not like this" if order == refused else False,
        )

    def _hold_by_hand(self, orders, reason="Fraud suspected", user=None):
        wizard = (
            self.env["credit.hold.manual"]
            .with_user(user or self.analyst)
            .create({"order_ids": [Command.set(orders.ids)], "reason": reason})
        )
        wizard.action_hold()
        return orders.sudo().credit_hold_ids._get_pending()


@tagged("post_install", "-at_install")
class TestHoldRequest(HoldCommon):
    def test_what_is_not_held_is_asked_for_with_a_sentence(self):
        order = self._order(1.0).with_user(self.salesperson)
        with self.assertRaisesRegex(
            UserError, f"The reasons that held {order.name} no longer apply"
        ):
            order.action_request_credit_release()

    def test_the_salesperson_asks_with_an_argument(self):
        order, hold = self._held()
        action = order.with_user(self.salesperson).action_request_credit_release()
        wizard = (
            self.env["credit.hold.request"]
            .with_user(self.salesperson)
            .with_context(**action["context"])
            .create({"argument": "They pay on Friday"})
        )
        wizard.action_ask()
        self.assertEqual(hold.argument, "They pay on Friday")
        self.assertIn("They pay on Friday", hold.message_ids[0].body)
        self.assertIn(self.analyst.partner_id, hold.message_ids[0].partner_ids)
        self.assertEqual(hold.message_ids[0].author_id, self.salesperson.partner_id)
        self.assertEqual(hold.activity_ids.user_id, self.analyst)
        self.assertIn("They pay on Friday", hold.activity_ids.note)

    def test_asking_again_brings_the_one_activity_up_to_date(self):
        _order, hold = self._held()
        hold.activity_ids.date_deadline = self.today - timedelta(3)
        hold.with_user(self.salesperson).action_ask("First")
        hold.with_user(self.salesperson).action_ask("Second")
        self.assertEqual(len(hold.activity_ids), 1)
        self.assertEqual(hold.activity_ids.date_deadline, self.today)
        self.assertIn("Second", hold.activity_ids.note)

    def test_only_who_sells_the_order_asks(self):
        _order, hold = self._held()
        with self.assertRaises(AccessError):
            hold.with_user(self.colleague).action_ask("I try")
        with self.assertRaisesRegex(AccessError, "Only the salesperson of"):
            hold.with_user(self.analyst).action_ask("I try")
        self.assertFalse(hold.argument)

    def test_a_request_says_something_and_comes_in_time(self):
        _order, hold = self._held()
        asking = hold.with_user(self.salesperson)
        for argument in ("", "  ", None, 5):
            with self.assertRaisesRegex(UserError, "why it should be released"):
                asking.action_ask(argument)
        hold.with_user(self.manager).action_refuse("No")
        with self.assertRaisesRegex(UserError, "no longer pending"):
            asking.action_ask("Please")

    def test_who_asks_does_not_decide(self):
        sellers = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.manager.sudo().group_ids |= sellers
        _order, hold = self._held()
        hold.with_user(self.manager).action_ask("For my friend")
        with self.assertRaisesRegex(AccessError, "your own order"):
            hold.with_user(self.manager).action_release("Friend")


@tagged("post_install", "-at_install")
class TestHoldList(HoldCommon):
    def _aged(self, days):
        _order, hold = self._held()
        hold.flush_recordset()
        self.env.cr.execute(
            "UPDATE credit_hold SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days, hours=1), hold.id],
        )
        hold.invalidate_recordset()
        return hold

    def test_the_age_is_searched_and_sorted(self):
        old, young = self._aged(9), self._aged(2)
        holds = self.env["credit.hold"].with_user(self.analyst)
        ours = [("id", "in", (old | young).ids)]
        self.assertEqual((old.age_days, young.age_days), (9, 2))
        self.assertEqual(holds.search([*ours, ("age_days", ">=", 7)]), old)
        self.assertEqual(holds.search([*ours, ("age_days", "=", 2)]), young)
        self.assertEqual(holds.search([*ours, ("age_days", "!=", 2)]), old)
        self.assertEqual(holds.search(ours, order="age_days desc").ids, [old.id, young.id])
        self.assertEqual(holds.search(ours, order="age_days").ids, [young.id, old.id])
        [(_state, oldest)] = holds._read_group(ours, ["state"], ["age_days:max"])
        self.assertEqual(oldest, 9)

    def test_a_decided_hold_keeps_the_days_it_waited(self):
        hold = self._aged(9)
        hold.with_user(self.manager).action_refuse("No")
        hold.sudo().decided_at = fields.Datetime.now() - timedelta(5)
        self.assertEqual(hold.age_days, 4)

    def test_holds_are_grouped_by_their_main_reason(self):
        self._policy(over_limit={"action": "warn"}, status={})
        self._profile(status="blocked", status_reason="Bounced")
        _order, hold = self._held()
        self.assertEqual(hold.main_reason, "status")
        groups = self.env["credit.hold"]._read_group(
            [("id", "=", hold.id)], ["main_reason"], ["amount:sum"]
        )
        self.assertEqual(groups, [("status", 150.0)])


@tagged("post_install", "-at_install")
class TestHoldAgain(HoldCommon):
    def test_a_payment_makes_the_hold_ready_by_the_cron_it_triggers(self):
        self._limit(100.0)
        invoice = self._invoice(100.0)
        order = self._order(50.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        self._triggers()
        self._pay(invoice)
        self.assertFalse(hold.ready, "not inside the payment")
        self.assertEqual(self._triggers(), 1)
        self._run("ir_cron_reassess_holds")
        self.assertTrue(hold.ready)
        self.assertEqual(order.state, "sent")
        self.assertIn("Try again", self._news(order)[0])

    def test_money_of_others_triggers_nothing(self):
        self._held()
        other = self._customer("Other")
        invoice = self._invoice(100.0, customer=other)
        self._triggers()
        self._pay(invoice)
        self.assertEqual(self._triggers(), 0)

    def test_money_of_a_member_triggers_for_all_who_share_the_limit(self):
        head, member = self._customer("Head"), self._customer("Member")
        self._limit(100.0, customer=head)
        for customer in (self.customer, member):
            self._profile(customer, parent_id=self._profile(head).id)
        invoice = self._invoice(100.0, customer=member)
        order = self._order(50.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        self._triggers()
        self._pay(invoice)
        self.assertEqual(self._triggers(), 1)
        self._run("ir_cron_reassess_holds")
        self.assertTrue(hold.ready)

    def test_an_invoice_triggers_nothing(self):
        self._held()
        self._triggers()
        self._invoice(10.0)
        self.assertEqual(self._triggers(), 0)

    def test_without_pending_holds_nothing_is_triggered(self):
        _order, hold = self._held()
        hold.with_user(self.manager).action_refuse("No")
        self._triggers()
        self._pay(self._invoice(10.0))
        self.assertEqual(self._triggers(), 0)

    def test_what_frees_an_order_triggers(self):
        order, _hold = self._held()
        sale = self._sale(10.0)
        cheque = self._pay(self._invoice(10.0))
        self._triggers()
        events = {
            "cheque cleared": cheque.action_mark_cleared,
            "credit note": lambda: self._invoice(10.0, move_type="out_refund"),
            "money on account": lambda: self._pay_on_account(10.0),
            "limit": lambda: self._limit(120.0),
            "status": lambda: self._profile(status="watch", status_reason="Late"),
            "tolerance": lambda: self.policy.sudo().write({"tolerance": 5.0}),
            "rule": lambda: self.policy.rule_ids.sudo().write({"action": "hold"}),
            "price": lambda: order.order_line.write({"price_unit": 140.0}),
            "another order": sale._action_cancel,
        }
        for name, event in events.items():
            with self.subTest(name):
                event()
                self.assertEqual(self._triggers(), 1)

    def test_a_payment_asks_once_whatever_it_pays(self):
        self._held()
        invoices = self._invoice(10.0) | self._invoice(20.0)
        self._triggers()
        self._pay(invoices, group_payment=True)
        self.assertEqual(self._triggers(), 1)

    def test_the_oldest_hold_takes_the_room_that_is_there(self):
        invoice = self._invoice(100.0)
        (_one, first), (_two, second) = self._held(80.0), self._held(70.0)
        self._pay(invoice)
        (first | second).sudo()._reassess()
        self.assertEqual((first.ready, second.ready), (True, False))

    def test_a_hold_is_not_ready_any_more_and_the_salesperson_is_told_once(self):
        invoice = self._invoice(100.0)
        order, hold = self._held(50.0)
        self._pay(invoice)
        hold.sudo()._reassess()
        hold.sudo()._reassess()
        self.assertEqual(len(self._news(order)), 1)
        self._invoice(80.0)
        hold.sudo()._reassess()
        self.assertFalse(hold.ready)
        self.assertFalse(self._news(order))

    def test_confirming_a_ready_order_closes_the_activity(self):
        invoice = self._invoice(100.0)
        order, hold = self._held(50.0)
        self._pay(invoice)
        hold.sudo()._reassess()
        order.action_confirm()
        self.assertPassed(order)
        self.assertFalse(self._news(order))

    def test_the_queries_of_the_judgment_do_not_grow_with_the_holds(self):
        self._held()
        other = self._customer("Other")
        self._limit(10.0, other)

        def count(number):
            orders = self.env["sale.order"].union(
                *(self._order(50.0, customer=other) for _n in range(number))
            )
            orders.action_confirm()
            holds = self.env["credit.hold"].sudo().search([("state", "=", "pending")])
            holds.assessed_at = False
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            holds._reassess()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(3), count(10))


@tagged("post_install", "-at_install")
class TestHoldReleasedByItself(HoldCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.auto_release = True

    def _freed(self, amount=50.0, **values):
        self._limit(100.0)
        invoice = self._invoice(100.0)
        order = self._order(amount, **values)
        order.action_confirm()
        hold = self.assertHeld(order)
        self._pay(invoice)
        return order, hold

    def test_what_became_free_is_released_and_confirmed(self):
        order, hold = self._freed()
        self._run("ir_cron_reassess_holds")
        self.assertPassed(order)
        self.assertRecordValues(
            hold,
            [
                {
                    "state": "released",
                    "decided_by": self.env.ref("base.user_root").id,
                    "decision_note": "The reasons no longer apply.",
                    "released_amount": 50.0,
                    "own_decision": False,
                }
            ],
        )
        self.assertEqual(self._news(order), ["Released by credit control"])

    def test_only_what_fits_is_released(self):
        self._limit(100.0)
        invoice = self._invoice(100.0)
        orders = [self._order(60.0) for _n in range(3)]
        for order in orders:
            order.action_confirm()
        self._pay(invoice)
        self._run("ir_cron_reassess_holds")
        self.assertEqual([order.state for order in orders], ["sale", "sent", "sent"])

    def test_the_gate_decides_not_the_flag(self):
        order, hold = self._freed()
        hold.sudo()._reassess()
        self._sale(90.0)
        hold.sudo()._release_ready()
        self.assertHeld(order)

    def test_what_is_held_by_hand_waits_for_somebody(self):
        order = self._order(50.0)
        hold = self._hold_by_hand(order)
        self._run("ir_cron_reassess_holds")
        self.assertEqual((hold.state, hold.ready, order.state), ("pending", False, "draft"))

    def test_an_order_that_cannot_be_confirmed_is_told_once_and_stops_no_other(self):
        other = self._customer("Other")
        order, hold = self._freed()
        self._refuse_confirmation(order)
        self._limit(100.0, other)
        invoice = self._invoice(100.0, customer=other)
        fine = self._order(50.0, customer=other)
        fine.action_confirm()
        self._pay(invoice)
        for _n in range(2):
            self._run("ir_cron_reassess_holds")
        self.assertHeld(order)
        self.assertPassed(fine)
        self.assertEqual(len(self._news(order)), 1)
        told = hold.message_ids.filtered(lambda message: "could not be confirmed" in message.body)
        self.assertEqual(len(told), 1)

    def test_what_somebody_else_works_on_waits_for_the_next_run(self):
        order, _hold = self._freed()

        def locked(orders):
            raise UserError(orders.env._("Confirm again.")) from LockNotAvailable()

        with patch.object(self.registry["sale.order"], "_judge_locked", locked):
            self._run("ir_cron_reassess_holds")
        self.assertHeld(order)
        self.assertFalse(self._news(order))
        self._run("ir_cron_reassess_holds")
        self.assertPassed(order)

    def test_a_policy_that_does_not_say_so_releases_nothing(self):
        self.policy.auto_release = False
        order, hold = self._freed()
        self._run("ir_cron_reassess_holds")
        self.assertHeld(order)
        self.assertTrue(hold.ready)


@tagged("post_install", "-at_install")
class TestHoldExpiry(HoldCommon):
    def _released(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_release("Today", until=self.today)
        return order, hold

    def _day_after(self, hold):
        hold.sudo().released_until = self.today - timedelta(1)
        self._run("ir_cron_expire_releases")

    def test_a_release_that_was_not_used_expires(self):
        order, hold = self._released()
        order._action_cancel()
        order.action_draft()
        self._run("ir_cron_expire_releases")
        self.assertEqual(hold.state, "released", "its last day is not over")
        self._day_after(hold)
        self.assertEqual(hold.state, "expired")
        self.assertEqual(self._news(order), ["The release has expired"])
        order.action_confirm()
        self.assertNotEqual(self.assertHeld(order), hold)

    def test_a_release_that_was_used_stays(self):
        _order, hold = self._released()
        self._day_after(hold)
        self.assertEqual(hold.state, "released")

    def test_a_release_of_a_deleted_order_expires(self):
        order, hold = self._released()
        order._action_cancel()
        order.sudo().unlink()
        self._day_after(hold)
        self.assertEqual(hold.state, "expired")


@tagged("post_install", "-at_install")
class TestHoldByHand(HoldCommon):
    def test_a_quotation_held_by_hand_is_held_whatever_its_figures(self):
        self.company.sudo().credit_management_policy_id = False
        order = self._order(10.0)
        hold = self._hold_by_hand(order)
        self.assertEqual((hold.main_reason, order.credit_state), ("manual", "held"))
        self.assertEqual(hold.reason_summary, "Held by credit control: Fraud suspected")
        self.assertIn("Fraud suspected", order.credit_verdict)
        self.assertEqual(self._news(order), ["Held by credit control"])
        order.action_confirm()
        self.assertEqual(self.assertHeld(order, "manual"), hold)

    def test_confirming_adds_the_reasons_of_the_rules(self):
        self._limit(100.0)
        order = self._order(150.0)
        hold = self._hold_by_hand(order)
        order.action_confirm()
        self.assertEqual(self.assertHeld(order, "manual", "over_limit"), hold)
        self.assertEqual(hold.manual_reason, "Fraud suspected")

    def test_no_other_way_makes_it_a_sale(self):
        order = self._order(10.0)
        self._hold_by_hand(order)
        with self.assertRaisesRegex(UserError, "held by credit control"):
            order.write({"state": "sale"})
        self.assertNotEqual(order.state, "sale")

    def test_neither_an_exemption_nor_an_earlier_release_lets_it_pass(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_release("Up to 200", amount=200.0)
        order._action_cancel()
        order.action_draft()
        self._hold_by_hand(order)
        order.action_confirm()
        self.assertHeld(order, "manual", "over_limit")

    def test_cancelling_and_setting_back_does_not_lose_it(self):
        order = self._order(10.0)
        hold = self._hold_by_hand(order)
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(hold.state, "cancelled")
        order.action_draft()
        self.assertEqual(hold.state, "pending")
        order.write({"state": "draft"})
        self.assertEqual(hold.state, "pending")
        order.action_confirm()
        self.assertHeld(order, "manual")

    def test_releasing_it_needs_an_authority(self):
        order = self._order(10.0)
        hold = self._hold_by_hand(order)
        order.action_confirm()
        with self.assertRaises(AccessError):
            hold.with_user(self.analyst).action_release("I held it")
        hold.with_user(self.manager).action_release("Checked")
        self.assertPassed(order)

    def test_who_held_it_may_release_it_with_authority(self):
        order = self._order(10.0)
        hold = self._hold_by_hand(order, user=self.manager)
        hold.with_user(self.manager).action_release("Checked")
        self.assertPassed(order)

    def test_a_confirmed_order_is_held_and_stays_confirmed(self):
        self._limit(100.0)
        order = self._sale(80.0)
        hold = self._hold_by_hand(order)
        self.assertEqual((order.state, order.credit_state), ("sale", "held"))
        self.assertEqual((hold.amount, hold.exposure, hold.excess), (80.0, 0.0, 0.0))
        self.assertIn("Fraud suspected", order.credit_verdict)
        hold.sudo()._reassess()
        self.assertFalse(hold.ready)
        hold.with_user(self.manager).action_release("Checked")
        self.assertEqual((order.state, order.credit_state), ("sale", "released"))

    def test_several_orders_are_held_at_once(self):
        orders = self._order(10.0) | self._order(20.0)
        self.assertEqual(self._hold_by_hand(orders).order_id, orders)

    def test_a_pending_hold_becomes_one_by_hand(self):
        order, hold = self._held()
        self.assertEqual(self._hold_by_hand(order), hold)
        self.assertEqual(set(hold.reason_ids.mapped("kind")), {"manual", "over_limit"})

    def test_only_credit_people_hold_by_hand(self):
        order = self._order(10.0)
        for user in (self.salesperson, self.colleague):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._hold_by_hand(order, user=user)
        wizard = (
            self.env["credit.hold.manual"]
            .sudo()
            .create({"order_ids": [Command.set(order.ids)], "reason": "x"})
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.salesperson).action_hold()
        self.assertFalse(order.sudo().credit_hold_ids)

    def test_a_reason_is_needed_and_a_cancelled_order_is_refused_by_name(self):
        order = self._order(10.0)
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            self._hold_by_hand(order, reason="  ")
        order._action_cancel()
        with self.assertRaisesRegex(UserError, order.name):
            self._hold_by_hand(order)

    def test_companies_are_apart(self):
        other = self.setup_other_company()["company"]
        elsewhere = self._user("elsewhere", "credit_management.group_credit_user")
        elsewhere.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self._hold_by_hand(self._order(10.0), user=elsewhere)


@tagged("post_install", "-at_install")
class TestHoldDecisions(HoldCommon):
    def test_a_mass_release_that_fails_names_each_and_does_nothing(self):
        self._limit(10.0)
        self.authority.write({"is_unlimited": False, "max_excess": 50, "max_exposure": 1000})
        orders = self._order(20.0) | self._order(500.0) | self._order(600.0)
        orders.action_confirm()
        holds = orders.sudo().credit_hold_ids
        with self.assertRaises(AccessError) as caught, self.cr.savepoint():
            holds.with_user(self.manager).action_release("All of them")
        named = [order.name in str(caught.exception) for order in orders]
        self.assertEqual(named, [False, True, True])
        self.assertEqual(set(holds.mapped("state")), {"pending"})

    def test_a_mass_release_names_the_orders_that_cannot_be_confirmed(self):
        self._limit(10.0)
        orders = self._order(20.0) | self._order(30.0)
        orders.action_confirm()
        self._refuse_confirmation(orders[1])
        holds = orders.sudo().credit_hold_ids
        notice = holds.with_user(self.manager).action_release("All of them")
        self.assertIn(orders[1].name, notice["params"]["message"])
        self.assertEqual(orders.mapped("state"), ["sale", "sent"])
        self.assertEqual(set(holds.mapped("state")), {"released"})

    def test_an_order_grown_among_others_is_named(self):
        self._limit(10.0)
        orders = self._order(20.0) | self._order(30.0)
        orders.action_confirm()
        orders[1].order_line.price_unit = 40.0
        holds = orders.sudo().credit_hold_ids
        with self.assertRaisesRegex(UserError, f"{orders[1].name}: .*does not cover"):
            holds.with_user(self.manager).action_release("All of them")

    def test_the_salesperson_gets_the_decision_to_act_on(self):
        for decision, summary in (("release", "Released"), ("refuse", "Release refused")):
            order, hold = self._held()
            getattr(hold.with_user(self.manager), f"action_{decision}")("Because")
            activity = order.sudo().activity_search([NEWS])
            with self.subTest(decision):
                self.assertEqual(activity.user_id, self.salesperson)
                self.assertIn(summary, activity.summary)
                self.assertIn("Because", activity.note)

    def test_the_salesperson_who_left_gets_nothing(self):
        order, hold = self._held()
        self.salesperson.sudo().active = False
        hold.with_user(self.manager).action_release("Go")
        self.assertFalse(self._news(order))


@tagged("post_install", "-at_install")
class TestHoldOfGrowth(HoldCommon):
    def _wants_more(self, total):
        """A confirmed order of 100.0 whose salesperson made it larger."""
        self._limit(100.0)
        order = self._order(100.0)
        order.action_confirm()
        self.assertPassed(order)
        order.with_user(self.salesperson).order_line.price_unit = total
        return order, order.sudo().credit_hold_ids._get_pending()

    def test_the_growth_of_an_order_becomes_ready(self):
        order, hold = self._wants_more(130.0)
        hold._reassess()
        self.assertFalse(hold.ready)
        self._limit(130.0)
        hold._reassess()
        self.assertTrue(hold.ready)
        self.assertIn("Try again", self._news(order)[0])

    def test_the_policy_may_release_a_growth_by_itself(self):
        self.policy.auto_release = True
        order, hold = self._wants_more(130.0)
        self._limit(130.0)
        self._run("ir_cron_reassess_holds")
        self.assertEqual((hold.state, order.credit_state), ("released", "released"))

    def test_the_growth_of_an_order_held_by_hand_is_held_with_it(self):
        self._limit(1000.0)
        order = self._order(100.0)
        order.action_confirm()
        self._hold_by_hand(order)
        order.order_line.price_unit = 101.0
        hold = order.sudo().credit_hold_ids._get_pending()
        self.assertEqual((hold.manual_reason, hold.added), ("Fraud suspected", 1.0))
