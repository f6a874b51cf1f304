import re
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestDecision(CreditCommon):
    """What holds and limits have in common: who may grant and refuse, reasons, and two signatures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authorities = cls.env["credit.authority"].sudo()
        cls.authorities.search([]).action_archive()
        cls.director = cls._user("director", "credit_management.group_credit_manager")
        cls.big = cls.authorities.create(
            {"user_id": cls.manager.id, "is_unlimited": True, "sequence": 20}
        )
        cls.small = cls.authorities.create(
            {
                "user_id": cls.analyst.id,
                "max_excess": 50,
                "max_exposure": 500,
                "max_overdue_days": 10,
                "max_limit": 500,
                "sequence": 10,
            }
        )
        cls.granting, cls.refusing = (
            cls.env["credit.decision.reason"]
            .sudo()
            .create([{"name": "Paid", "for_grant": True}, {"name": "Late", "for_refusal": True}])
        )

    def _held(self, amount=150.0, limit=100.0, **values):
        self._limit(limit)
        order = self._order(amount, **values)
        order.action_confirm()
        return order, self.assertHeld(order)

    def _request(self, amount=100.0, user=None, **values):
        values = {"profile_id": self._profile().id, "amount": amount, "reason": "Test", **values}
        limit = self.env["credit.limit"].with_user(user or self.analyst).create(values)
        limit.action_request()
        return limit

    def _two_signatures(self):
        """The manager and the director hold an authority of two signatures each."""
        self.big.two_signatures = True
        self.authorities.create(
            {
                "user_id": self.director.id,
                "is_unlimited": True,
                "two_signatures": True,
                "sequence": 30,
            }
        )

    # === REFUSING === #

    def test_whoever_decides_holds_refuses_above_the_ceiling_too(self):
        order, hold = self._held(amount=300.0)
        hold = hold.with_user(self.analyst)
        self.assertEqual((hold.can_decide, hold.can_refuse), (False, True))
        with self.assertRaisesRegex(AccessError, "does not cover"):
            hold.action_release("I try")
        hold.action_refuse("Too much")
        self.assertEqual((hold.state, order.state), ("refused", "sent"))

    def test_who_decides_nothing_refuses_nothing(self):
        _order, hold = self._held()
        clerk = self._user("clerk", "credit_management.group_credit_user")
        self.assertFalse(hold.with_user(clerk).can_refuse)
        with self.assertRaises(AccessError):
            hold.with_user(clerk).action_refuse("No")
        with self.assertRaises(AccessError):
            self._request(user=self.analyst).with_user(clerk).action_refuse("No")

    def test_a_limit_above_the_ceiling_is_refused_by_whoever_decides_limits(self):
        limit = self._request(900.0, user=self.manager).with_user(self.analyst)
        self.assertEqual((limit.can_decide, limit.can_refuse), (False, True))
        limit.action_refuse("Too much")
        self.assertEqual((limit.state, limit.decided_by), ("refused", self.analyst))

    def test_the_dialog_offers_the_reasons_of_the_decision_chosen(self):
        _order, hold = self._held()
        dialog = self.env["credit.hold.decision"].with_user(self.manager)
        form = Form(dialog.with_context(default_hold_ids=hold.ids))
        self.assertEqual(form.decision, "release")
        form.reason_id = self.granting
        form.decision = "refuse"
        self.assertFalse(form.reason_id)
        form.reason_id = self.refusing
        form.save().action_refuse()
        self.assertEqual((hold.state, hold.decision_reason_id), ("refused", self.refusing))
        self.assertEqual((hold.decision_note, hold.written_note), (self.refusing.name, False))

    def test_the_dialog_tells_before_the_note_who_may_release(self):
        _order, hold = self._held(amount=300.0)
        dialog = self.env["credit.hold.decision"].with_user(self.analyst)
        dialog = dialog.with_context(default_hold_ids=hold.ids).create({})
        self.assertRegex(dialog.refusal, "It must be decided by: " + re.escape(self.manager.name))
        self.assertFalse(dialog.with_user(self.manager).refusal)

    def test_the_order_says_how_many_holds_it_had(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_refuse("No")
        order.action_confirm()
        self.assertEqual(order.with_user(self.salesperson).credit_hold_count, 2)

    def test_the_customer_is_not_proposed_as_a_recipient_of_what_colleagues_say(self):
        _order, hold = self._held()
        self.customer.sudo().email = "customer@example.com"
        found = hold.sudo()._message_get_suggested_recipients(reply_discussion=True)
        self.assertNotIn(self.customer.id, [each["partner_id"] for each in found])

    # === TO DECIDE BY ME === #

    def _to_decide(self, user):
        return self.env["credit.hold"].with_user(user).search([("can_decide", "=", True)])

    def test_the_holds_to_decide_are_those_within_the_ceilings_and_not_ones_own(self):
        self._limit(100.0)
        holds = {}
        for amount in (140.0, 160.0):
            order = self._order(amount)
            order.action_confirm()
            holds[amount] = self.assertHeld(order)
        mine = self._order(120.0, user=self.manager)
        mine.action_confirm()
        own = self.assertHeld(mine)
        ours = holds[140.0] | holds[160.0] | own
        self.assertEqual(self._to_decide(self.analyst) & ours, holds[140.0] | own)
        self.assertEqual(self._to_decide(self.manager) & ours, holds[140.0] | holds[160.0])
        self.assertFalse(self._to_decide(self.salesperson))
        for user in (self.analyst, self.manager):
            one_by_one = ours.with_user(user).filtered("can_decide")
            self.assertEqual(self._to_decide(user) & ours, one_by_one.with_env(self.env))

    def test_the_menu_begins_with_what_one_decides(self):
        home = self.env["credit.hold"].with_user(self.analyst)._get_home_action
        self.assertIn("search_default_pending", home()["context"])
        self._held()
        self.assertEqual(home()["context"], {"search_default_to_decide": 1})

    # === REASONS === #

    def test_a_reason_chosen_stands_for_the_note(self):
        order, hold = self._held()
        hold.with_user(self.manager).action_release("", reason=self.granting)
        self.assertPassed(order)
        self.assertRecordValues(
            hold, [{"decision_reason_id": self.granting.id, "decision_note": "Paid"}]
        )
        limit = self._request()
        limit.with_user(self.manager).action_refuse(reason=self.refusing.id)
        self.assertRecordValues(
            limit, [{"decision_reason_id": self.refusing.id, "decision_note": "Late"}]
        )

    def test_a_reason_in_use_is_archived_and_not_deleted(self):
        limit = self._request()
        limit.with_user(self.manager).action_refuse(reason=self.refusing.id)
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            (self.granting | self.refusing).sudo().unlink()
        self.assertEqual(limit.decision_reason_id, self.refusing)
        self.refusing.sudo().active = False
        self.granting.sudo().unlink()

    def test_a_reason_to_refuse_releases_nothing(self):
        order, hold = self._held()
        with self.assertRaisesRegex(UserError, "not a reason for this decision"):
            hold.with_user(self.manager).action_release("Yes", reason=self.refusing)
        self.assertHeld(order)
        with self.assertRaisesRegex(UserError, "not a reason for this decision"):
            self._request().with_user(self.manager).action_refuse(reason=self.granting)

    def test_what_is_no_reason_at_all_is_refused_with_a_sentence(self):
        order, hold = self._held()
        for reason in ("x", [1], {"a": 1}, 1e308):
            with self.assertRaisesRegex(UserError, "not a reason for this decision"):
                hold.with_user(self.manager).action_release("Yes", reason=reason)
        self.assertHeld(order)

    def test_reasons_are_kept_by_managers(self):
        with self.assertRaises(AccessError):
            self.granting.with_user(self.analyst).name = "Mine"
        self.granting.with_user(self.manager).name = "Paid in part"

    # === FOUR EYES ON LIMITS === #

    def test_who_asked_for_a_limit_does_not_approve_it(self):
        limit = self._request(100.0, user=self.analyst)
        self.assertFalse(limit.can_decide)
        with self.assertRaisesRegex(AccessError, "requested the limit"):
            limit.action_approve()
        limit.with_user(self.manager).action_approve()
        self.assertFalse(limit.own_decision)

    def test_who_wrote_the_amount_asked_for_it(self):
        limit = self.env["credit.limit"].with_user(self.analyst)
        limit = limit.create({"profile_id": self._profile().id, "amount": 1, "reason": "Test"})
        limit.with_user(self.manager).amount = 100.0
        limit.with_user(self.analyst).action_request()
        with self.assertRaisesRegex(AccessError, "requested the limit"):
            limit.with_user(self.manager).action_approve()

    def test_nobody_writes_another_requester(self):
        limit = self.env["credit.limit"].with_user(self.analyst)
        values = {"profile_id": self._profile().id, "amount": 1, "reason": "Test"}
        with self.assertRaises(AccessError):
            limit.create({**values, "requester_ids": [(6, 0, self.manager.ids)]})
        limit = limit.with_context(default_requester_ids=self.manager.ids).create(values)
        self.assertEqual(limit.requester_ids, self.analyst)
        with self.assertRaises(AccessError):
            limit.requester_ids = False

    def test_an_authority_over_own_limits_is_used_and_logged(self):
        self.small.allow_own_limits = True
        limit = self._request(100.0, user=self.analyst)
        limit.action_approve()
        self.assertTrue(limit.own_decision)
        self.assertIn("own limit request", " ".join(limit.message_ids.mapped("body")))

    def test_many_limits_at_once_are_granted_to_others_only(self):
        limits = self.env["credit.limit"].with_user(self.analyst)
        limits = limits.create(
            {"profile_id": self._profile().id, "amount": 100.0, "reason": "Test"}
        )
        self.assertFalse(limits._request_or_grant())
        self.assertEqual(limits.state, "requested")
        self.assertIn(self.manager, limits.sudo().activity_ids.user_id)

    # === TWO SIGNATURES === #

    def test_a_hold_is_released_by_the_second_signature_of_another(self):
        order, hold = self._held(amount=300.0)
        self._two_signatures()
        hold.with_user(self.manager).action_release("First")
        self.assertHeld(order)
        self.assertEqual(hold.signed_by_id, self.manager)
        self.assertEqual(hold.activity_ids.user_id, self.director)
        with self.assertRaisesRegex(AccessError, "already signed.*director"):
            hold.with_user(self.manager).action_release("Again")
        self.assertNotIn(hold, self._to_decide(self.manager))
        self.assertIn(hold, self._to_decide(self.director))
        hold.with_user(self.director).action_release("Second")
        self.assertPassed(order)
        self.assertEqual(hold.decided_by, self.director)

    def test_a_second_signature_needs_the_authority_too(self):
        order, hold = self._held(amount=300.0)
        self._two_signatures()
        hold.with_user(self.manager).action_release("First")
        with self.assertRaises(AccessError):
            hold.with_user(self.analyst).action_release("Second")
        self.assertHeld(order)

    def test_a_release_goes_as_far_as_both_signatures(self):
        last = self.today + timedelta(3)
        _order, hold = self._held(amount=300.0)
        self._two_signatures()
        hold.with_user(self.manager).action_release("Up to 350", amount=350.0, until=last)
        hold.with_user(self.director).action_release("Up to 400", amount=400.0)
        self.assertRecordValues(hold, [{"released_amount": 350.0, "released_until": last}])

    def test_a_signature_does_not_cover_what_the_document_grew_to(self):
        order, hold = self._held(amount=300.0)
        self._two_signatures()
        hold.with_user(self.manager).action_release("First")
        order.order_line.price_unit = 400.0
        order.action_confirm()
        hold.invalidate_recordset()
        self.assertFalse(hold.signed_by_id)
        hold.with_user(self.director).action_release("Only the first now", amount=400.0)
        self.assertHeld(order)
        hold.with_user(self.manager).action_release("Second", amount=400.0)
        self.assertPassed(order)

    def test_the_signature_of_who_lost_the_authority_does_not_count(self):
        order, hold = self._held(amount=300.0)
        self._two_signatures()
        hold.with_user(self.manager).action_release("First")
        self.big.active = False
        hold.with_user(self.director).action_release("Second")
        self.assertHeld(order)

    def test_an_authority_without_the_condition_decides_alone(self):
        self.small.two_signatures = False
        order, hold = self._held(amount=140.0)
        self._two_signatures()
        hold.with_user(self.analyst).action_release("Small")
        self.assertPassed(order)

    def test_a_refusal_needs_one_signature(self):
        _order, hold = self._held(amount=300.0)
        self._two_signatures()
        hold.with_user(self.director).action_refuse("No")
        self.assertEqual(hold.state, "refused")

    def test_a_limit_is_approved_by_the_second_signature_of_another(self):
        self._two_signatures()
        limit = self._request(900.0)
        limit.with_user(self.manager).action_approve()
        self.assertEqual((limit.state, limit.signed_by_id), ("requested", self.manager))
        with self.assertRaisesRegex(AccessError, "already signed"):
            limit.with_user(self.manager).action_approve()
        limit.with_user(self.director).action_approve()
        self.assertEqual(limit.state, "approved")
        self.assertEqual(self._profile().credit_limit, 900.0)

    def test_nobody_types_a_signature(self):
        _order, hold = self._held()
        values = {"hold_id": hold.id, "user_id": self.manager.id, "amount": 1e6}
        for user in (self.analyst, self.manager, self.salesperson):
            with self.assertRaises(AccessError):
                self.env["credit.signature"].with_user(user).create(values)
            with self.assertRaises(AccessError):
                hold.with_user(user).write({"signature_ids": [(0, 0, values)]})
        limit = self._request()
        with self.assertRaises(AccessError):
            limit.with_user(self.analyst).write({"signature_ids": [(0, 0, values)]})

    # === FIGURES OF NOW === #

    def test_a_hold_shows_the_excess_of_now_beside_that_of_the_day(self):
        _order, hold = self._held(amount=150.0, limit=100.0)
        self._invoice(70.0, days_late=40)
        hold.invalidate_recordset()
        hold = hold.with_user(self.analyst)
        self.assertEqual((hold.excess, hold.current_excess), (50.0, 120.0))
        self.assertEqual((hold.overdue, hold.current_overdue), (0.0, 70.0))
        self.assertEqual(hold.current_oldest_due_days, 40)
        self.assertEqual((hold.authority_id, hold.current_authority_id), (self.small, self.big))

    def test_the_salesperson_sees_no_figure_of_now(self):
        _order, hold = self._held()
        hold.with_user(self.manager).action_refuse("", reason=self.refusing)
        values = hold.with_user(self.salesperson).read()[0]
        self.assertEqual(values["decision_reason_id"][1], "Late")
        self.assertFalse({"current_exposure", "signature_ids"} & values.keys())
        with self.assertRaises(AccessError):
            hold.with_user(self.salesperson).read(["current_exposure"])

    def test_the_dialog_proposes_amount_and_day(self):
        order, hold = self._held(amount=150.0)
        order.order_line.price_unit = 170.0
        dialog = Form(
            self.env["credit.hold.decision"]
            .with_user(self.manager)
            .with_context(default_hold_ids=hold.ids)
        )
        self.assertEqual(dialog.amount, 170.0)
        self.assertEqual(dialog.until, self.today + timedelta(30))
        dialog.note = "Yes"
        dialog.save().action_release()
        self.assertPassed(order)
