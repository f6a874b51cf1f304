from datetime import timedelta

from odoo.addons.credit_guarantee.rules import Cover, raise_limit
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import GuaranteeCommon


class TestGuarantee(GuaranteeCommon):
    # === EFFECT === #

    def test_a_guarantee_raises_the_limit_by_a_share_of_its_amount(self):
        self._limit(100_000.0)
        self._guarantee(50_000.0, "parent")
        self.assertEqual(self._limit_now(), 125_000.0)

    def test_what_insurers_and_banks_cover_is_not_at_own_risk(self):
        """Own risk of 22 000: 70 000 insured at 90 %, then 15 000 of a bank allow 100 000 of exposure."""
        self._limit(22_000.0)
        self._guarantee(15_000.0, "bank")
        self._guarantee(70_000.0, "insurance")
        self.assertEqual(self._limit_now(), 100_000.0)
        self._invoice(100_000.0)
        profile = self._profile()
        self.assertEqual(
            (
                profile.exposure_insured,
                profile.exposure_retained,
                profile.exposure_uninsured,
                profile.exposure_own_risk,
            ),
            (78_000.0, 7_000.0, 15_000.0, 22_000.0),
        )
        row = (
            self.env["credit.cover"]
            .with_user(self.analyst)
            .search([("partner_id", "=", self.customer.id)])
        )
        self.assertEqual(
            (row.exposure, row.insured, row.retained, row.uninsured, row.own_risk),
            (100_000.0, 78_000.0, 7_000.0, 15_000.0, 22_000.0),
        )

    def test_the_query_and_the_rule_agree(self):
        for limit, asked in (
            (1_000.0, [("insurance", 70_000.0, 90.0)]),
            (0.0, [("insurance", 70_000.0, 90.0)]),
            (500.0, [("parent", 100.0, 50.0), ("bank", 300.0, 100.0), ("deposit", 77.77, 33.0)]),
            (500.0, [("title", 100.0, 100.0)]),
        ):
            customer = self._customer("Compared")
            self._limit(limit, customer=customer)
            covers = [
                Cover(
                    amount,
                    quota,
                    self._guarantee(amount, kind, customer=customer, quota=quota).effect,
                )
                for kind, amount, quota in asked
            ]
            profile = self._profile(customer)
            with self.subTest(limit=limit, asked=asked):
                self.assertEqual(profile.credit_limit, raise_limit(limit, covers))
                found = (
                    self.env["credit.profile"]
                    .sudo()
                    .search([("id", "=", profile.id), ("credit_limit", "=", profile.credit_limit)])
                )
                self.assertEqual(found, profile, "lists read the same limit")

    def test_unlimited_and_prepaid_customers_stay_so(self):
        self._guarantee(50_000.0)
        self.assertEqual(self._profile().credit_mode, "unlimited")
        self.assertEqual(self._limit_now(), 0.0)
        self._profile(credit_mode="prepaid")
        self.assertEqual(self._limit_now(), 0.0)

    def test_a_guarantee_lets_an_order_pass_and_its_end_holds_the_next(self):
        self._limit(100.0)
        order = self._order(400.0)
        order.action_confirm()
        hold = self.assertHeld(order, "over_limit")
        self.assertIn("a guarantee of $\xa0300.00", hold.way_out)
        guarantee = self._guarantee(300.0, "bank")
        order.action_confirm()
        self.assertPassed(order)
        guarantee.with_user(self.manager).action_end()
        second = self._order(1.0)
        second.action_confirm()
        self.assertHeld(second, "over_limit")

    def test_only_a_hold_about_the_limit_names_a_guarantee(self):
        self._policy(overdue_days={"threshold": 10})
        self._invoice(10.0, days_late=20)
        order = self._order(5.0)
        order.action_confirm()
        self.assertNotIn("guarantee", self.assertHeld(order).way_out)

    def test_a_requested_or_refused_guarantee_secures_nothing(self):
        self._limit(100.0)
        guarantee = self._guarantee(300.0, active=False)
        self.assertEqual(self._limit_now(), 100.0)
        guarantee.with_user(self.manager).action_refuse()
        self.assertEqual((guarantee.state, self._limit_now()), ("refused", 100.0))

    def test_a_letter_of_credit_for_one_order_raises_no_limit(self):
        self._limit(100.0)
        order = self._order(50.0)
        self._guarantee(300.0, "bank", order_id=order.id)
        self.assertEqual(self._limit_now(), 100.0)

    # === DAYS === #

    def test_a_guarantee_counts_on_its_last_day_and_not_after_it(self):
        self._limit(100.0)
        self._guarantee(300.0, days=0)
        self.assertEqual(self._limit_now(), 400.0)
        position = self.env["credit.position"].sudo()
        customer = (self.customer.id, self.company.id)
        for days, limit in ((0, 400.0), (1, 100.0)):
            day = self.today + timedelta(days)
            self.assertEqual(
                position._read_positions({customer}, day)[customer].credit_limit, limit
            )

    def test_an_expired_guarantee_holds_until_it_is_renewed_or_ended(self):
        self._policy(guarantee_expired={})
        guarantee = self._guarantee(
            300.0, date_from=self.today - timedelta(30), date_to=self.today - timedelta(1)
        )
        self.assertTrue(guarantee.is_expired)
        order = self._order(5.0)
        order.action_confirm()
        hold = self.assertHeld(order, "guarantee_expired")
        self.assertIn("expired 1 day", hold.reason_summary)
        renewed = self._guarantee(300.0)
        order.action_confirm()
        self.assertPassed(order)
        renewed.with_user(self.manager).action_end()
        guarantee.with_user(self.manager).action_end()
        last = self._order(5.0)
        last.action_confirm()
        self.assertPassed(last)

    def test_a_guarantee_that_ends_today_is_not_expired(self):
        self._policy(guarantee_expired={})
        guarantee = self._guarantee(300.0, days=0)
        self.assertFalse(guarantee.is_expired)
        self.assertIn(guarantee, guarantee.search([("is_expired", "=", False)]))
        order = self._order(5.0)
        order.action_confirm()
        self.assertPassed(order)

    def test_the_person_responsible_is_notified_once_before_the_end(self):
        guarantee = self._guarantee(300.0, days=20, user_id=self.analyst.id)
        later = self._guarantee(300.0, days=200, user_id=self.analyst.id)
        guarantees = self.env["credit.guarantee"].sudo()
        guarantees._search_ending(self.today)._notify_end(self.today)
        self.assertEqual(guarantee.activity_ids.user_id, self.analyst)
        self.assertFalse(later.activity_ids)
        self.assertNotIn(guarantee, guarantees._search_ending(self.today))

    def test_renewing_asks_for_the_same_from_the_day_after(self):
        guarantee = self._guarantee(300.0, days=20)
        action = guarantee.with_user(self.analyst).action_renew()
        renewed = self.env["credit.guarantee"].browse(action["res_id"])
        self.assertEqual(renewed.date_from, self.today + timedelta(21))
        self.assertEqual((renewed.state, renewed.amount_requested), ("draft", 300.0))

    # === BAD INPUT === #

    def test_covers_that_overlap_are_refused(self):
        contract = self._contract()
        self._guarantee(300.0, "insurance", days=20, insurance_policy_id=contract.id)
        with self.assertRaisesRegex(ValidationError, "already has"), self.cr.savepoint():
            self._guarantee(300.0, "insurance", days=40)
        self._guarantee(300.0, "insurance", date_from=self.today + timedelta(21))
        self._guarantee(100.0, "temporary", days=10)

    def test_another_currency_counts_at_its_rate_and_needs_one(self):
        self._limit(100.0)
        currency = self.env["res.currency"].sudo().create({"name": "XTS", "symbol": "X"})
        with self.assertRaisesRegex(ValidationError, "no exchange rate"), self.cr.savepoint():
            self._guarantee(300.0, currency_id=currency.id)
        self.env["res.currency.rate"].sudo().create(
            {
                "currency_id": currency.id,
                "name": "2020-01-01",
                "rate": 2.0,
                "company_id": self.company.id,
            }
        )
        self._guarantee(300.0, currency_id=currency.id)
        self.assertEqual(self._limit_now(), 250.0)

    def test_shares_dates_and_amounts_are_checked(self):
        for values in (
            {"quota": 0.0},
            {"quota": 101.0},
            {"amount": -1.0},
            {"date_to": "2000-01-01"},
        ):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self._guarantee(**{"amount": 5.0, **values})
        with self.assertRaisesRegex(UserError, "amount"):
            self._guarantee(0.0)

    # === WHO === #

    def test_nobody_puts_in_force_what_they_entered(self):
        authority = self.env.ref("credit_management.credit_authority_manager").sudo()
        authority.allow_own_limits = False
        guarantee = (
            self.env["credit.guarantee"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.customer.id,
                    "amount": 5.0,
                    "type_id": self.env.ref("credit_guarantee.guarantee_type_bank").id,
                }
            )
        )
        with self.assertRaisesRegex(AccessError, "somebody else"):
            guarantee.action_activate()
        authority.allow_own_limits = True
        guarantee.action_activate()
        self.assertEqual(guarantee.decided_by, self.manager)

    def test_a_guarantee_allows_no_more_than_the_authority_may_grant(self):
        authority = self.env.ref("credit_management.credit_authority_manager").sudo()
        authority.write({"is_unlimited": False, "max_limit": 1_000.0})
        guarantee = self._guarantee(2_000.0, active=False)
        with self.assertRaisesRegex(AccessError, "authority does not cover"):
            guarantee.with_user(self.manager).action_activate()

    def test_an_analyst_enters_and_a_manager_decides(self):
        guarantee = self._guarantee(5.0, active=False)
        for action in ("action_activate", "action_refuse"):
            with self.assertRaises(AccessError):
                getattr(guarantee.with_user(self.analyst), action)()
        for values in ({"state": "active"}, {"decided_by": self.analyst.id}):
            with self.assertRaises(AccessError):
                guarantee.with_user(self.analyst).write(values)
        guarantees = self.env["credit.guarantee"].with_user(self.manager)
        bank = self.env.ref("credit_guarantee.guarantee_type_bank")
        values = {"partner_id": self.customer.id, "type_id": bank.id, "amount": 5.0}
        with self.assertRaises(AccessError):
            guarantees.create({**values, "state": "active"})
        made = guarantees.with_context(default_state="active").create(values)
        self.assertEqual(made.state, "draft")

    def test_a_decided_guarantee_is_kept(self):
        guarantee = self._guarantee(5.0)
        with self.assertRaises(UserError):
            guarantee.with_user(self.manager).write({"amount": 500.0})
        with self.assertRaises(UserError):
            guarantee.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            guarantee.with_user(self.analyst).action_end()
        guarantee.with_user(self.manager).write({"note": "Original in the safe"})

    def test_others_see_no_guarantee(self):
        guarantee = self._guarantee(5.0)
        other = self.setup_other_company()["company"]
        foreign = self._user("foreign", "credit_management.group_credit_manager")
        foreign.sudo().write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        guest = new_test_user(self.env(su=True), "guest", "base.group_portal")
        for user in (self.salesperson, foreign, guest):
            with self.subTest(user.login), self.assertRaises(AccessError):
                guarantee.with_user(user).read(["amount"])

    def test_an_analyst_enters_one_from_an_empty_form(self):
        form = Form(self.env["credit.guarantee"].with_user(self.analyst))
        form.partner_id = self.customer
        form.type_id = self.env.ref("credit_guarantee.guarantee_type_insurance")
        self.assertEqual((form.quota, form.effect, form.own_share), (90.0, "exposure", 10.0))
        form.amount = 40.0
        guarantee = form.save()
        self.assertEqual(guarantee.profile_id, self._profile())
        profile = self._profile().with_user(self.analyst)
        self.assertEqual(
            profile.action_view_guarantees()["domain"], [("profile_id", "=", profile.id)]
        )
