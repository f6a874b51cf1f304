from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestAlert(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().write(
            {"credit_management_alert_days": 30, "credit_management_analyst_id": cls.analyst.id}
        )

    def _run(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_alerts").sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _told(self, customer=None):
        return self._profile(customer).activity_ids

    def _over(self, customer=None):
        """A customer whose invoices have outgrown the limit."""
        limit = self._limit(100.0, customer)
        self._invoice(150.0, customer=customer)
        return limit

    def test_the_analyst_is_told_once_before_a_limit_expires(self):
        self._limit(100.0, date_to=self.today + timedelta(30))
        self._run()
        self.assertRecordValues(
            self._told(),
            [{"user_id": self.analyst.id, "date_deadline": self.today + timedelta(30)}],
        )
        self.assertIn("expires on", self._told().summary)
        self._told().unlink()
        self._run()
        self.assertFalse(self._told())

    def test_a_limit_that_ends_later_or_was_renewed_tells_nobody(self):
        self._limit(100.0, date_to=self.today + timedelta(31))
        other = self._customer("Renewed")
        self._limit(100.0, other, date_to=self.today + timedelta(5))
        self._limit(120.0, other, date_from=self.today + timedelta(6))
        self._run()
        self.assertFalse(self._told() | self._told(other))

    def test_a_gap_before_the_next_limit_is_told(self):
        self._limit(100.0, date_to=self.today + timedelta(5))
        self._limit(120.0, date_from=self.today + timedelta(8))
        self._run()
        self.assertEqual(len(self._told()), 1)

    def test_a_temporary_limit_that_fell_back_is_told_once(self):
        self._limit(100.0)
        yesterday = self.today - timedelta(1)
        limit = self._limit(
            500.0, kind="temporary", date_from=yesterday, date_to=self.today + timedelta(3)
        )
        self._run()
        self.assertFalse(self._told())
        limit.date_to = yesterday
        self._run()
        self._run()
        self.assertEqual(len(self._told()), 1)
        self.assertIn("temporary", self._told().summary)

    def test_a_review_is_told_on_its_date_and_again_on_the_next(self):
        profile = self._profile(review_date=self.today + timedelta(1))
        self._run()
        self.assertFalse(self._told())
        profile.with_user(self.manager).review_date = self.today
        self._run()
        self._run()
        self.assertEqual(len(self._told()), 1)
        profile.with_user(self.manager).review_date = self.today - timedelta(1)
        self._run()
        self.assertEqual(len(self._told()), 2)

    def test_growth_nobody_decided_is_seen_and_told_once(self):
        self._over()
        self._run()
        profile = self._profile()
        self.assertEqual(profile.over_limit_date, self.today)
        self.assertEqual(len(self._told()), 1)
        self.assertIn("without an approval", self._told().summary)
        self._run()
        self.assertEqual(len(self._told()), 1)
        self._limit(1000.0)
        self._run()
        self.assertFalse(self._profile().over_limit_date)

    def test_a_customer_with_a_pending_hold_is_being_decided(self):
        self._over()
        order = self._order(10.0)
        order.action_confirm()
        self.assertHeld(order)
        self._run()
        self.assertFalse(self._profile().over_limit_date)

    def test_what_somebody_released_is_decided(self):
        self._limit(100.0)
        order = self._order(150.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        hold.with_user(self.manager).action_release("Good payer")
        self._run()
        self.assertEqual(self._profile().over_limit_date, self.today)
        self.assertFalse(self._told())
        self._invoice(20.0)
        self._run()
        self.assertEqual(len(self._told()), 1, "it grew past the release")

    def test_within_the_tolerance_nobody_is_told(self):
        self.policy.sudo().tolerance = 60
        self._over()
        self._run()
        self.assertFalse(self._told())

    def test_a_group_over_its_limit_is_told_once_at_its_head(self):
        head = self._customer("Head")
        self._limit(100.0, head)
        self._limit(1000.0)
        self._profile(parent_id=self._profile(head).id)
        self._invoice(150.0)
        self._run()
        self.assertEqual((len(self._told()), len(self._told(head))), (0, 1))
        self.assertEqual(self._profile().over_limit_date, self.today)

    def test_who_is_told(self):
        own = self._user("own_analyst", "credit_management.group_credit_user")
        profile = self._profile(analyst_id=own.id)
        self.assertEqual(profile._get_in_charge()[profile], own)
        own.sudo().active = False
        self.assertEqual(profile._get_in_charge()[profile], self.analyst, "an archived one is not")
        self.company.sudo().credit_management_analyst_id = self.salesperson
        self.env["credit.authority"].sudo().search([]).active = False
        self.assertFalse(profile._get_in_charge()[profile], "nor one who sees no credit")
        self.env["credit.authority"].sudo().create({"user_id": self.manager.id})
        self.assertEqual(profile._get_in_charge()[profile], self.manager)

    def test_what_nobody_was_told_is_told_when_there_is_somebody(self):
        self.company.sudo().credit_management_analyst_id = False
        authorities = self.env["credit.authority"].sudo().search([])
        authorities.active = False
        self._profile(review_date=self.today)
        self._run()
        self.assertFalse(self._told())
        authorities.active = True
        self._run()
        self.assertEqual(len(self._told()), 1)

    def test_many_files_are_told_in_batches(self):
        self.classPatch(self.registry["credit.profile"], "_alert_batch", 2)
        customers = [self._customer(f"Customer {n}") for n in range(5)]
        for customer in customers:
            self._profile(customer, review_date=self.today)
        self._run()
        self.assertEqual([len(self._told(customer)) for customer in customers], [1] * 5)

    def test_days_below_zero_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "0 or more"):
            self.company.sudo().credit_management_alert_days = -1
