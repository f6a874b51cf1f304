from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .late_common import LateCommon


@tagged("post_install", "-at_install")
class TestInterestWatch(LateCommon):
    """A user who can enter rates is asked before a period begins without one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env["res.company"]._get_credit_today()
        cls.series.rate_ids.unlink()
        cls.watched = cls.env["credit.interest.series"].sudo()
        cls._procedure([(30, "formal_notice", "email", {"with_charges": True})])

    def _know(self, days):
        """Set the last known day of the rate, in days from today."""
        self.series.rate_ids = [
            Command.clear(),
            Command.create(
                {
                    "date_from": "2020-01-01",
                    "date_to": self.now + timedelta(days),
                    "rate": 2.0,
                }
            ),
        ]

    def _get_asked(self):
        self.watched._cron_watch()
        return self.series.sudo().activity_ids

    def test_a_manager_is_asked_once_before_the_rate_runs_out(self):
        self._know(10)
        [activity] = self._get_asked()
        self.assertEqual(activity.date_deadline, self.now + timedelta(11))
        self.assertTrue(activity.user_id.has_group("credit_management.group_credit_manager"))
        self.assertIn("Credit &gt; Configuration &gt; Interest Rates", activity.note)
        self.assertIn("Reference", activity.note)
        self.assertEqual(self._get_asked(), activity)

    def test_nobody_is_asked_while_the_end_is_far(self):
        self._know(60)
        self.assertFalse(self._get_asked())

    def test_who_enters_the_rate_has_done_what_was_asked(self):
        self._know(-100)
        self.assertTrue(self._get_asked())
        rate = {"date_from": self.now - timedelta(99), "rate": 3.0, "series_id": self.series.id}
        self.env["credit.interest.rate"].with_user(self.manager).create(rate)
        self.assertFalse(self.series.sudo().activity_ids)
        self.assertFalse(self._get_asked())

    def test_nobody_is_asked_where_nothing_is_claimed(self):
        self._know(10)
        self.company.sudo().credit_followup_procedure_id = False
        self.assertFalse(self._get_asked())
        self._claim(self._debt(100.0, "2025-05-31"))
        self.assertTrue(self._get_asked())

    def test_a_reference_of_the_country_or_of_a_credit_file_counts_too(self):
        self._know(10)
        self.company.sudo().credit_late_policy_id = False
        self.assertFalse(self._get_asked())
        self._profile().sudo().late_policy_id = self.late_policy
        self.assertTrue(self._get_asked())
        self._profile().sudo().late_policy_id = False
        self.series.sudo().activity_ids.unlink()
        self.late_policy.country_id = self.company.account_fiscal_country_id
        self.assertTrue(self._get_asked())

    def test_settings_and_policy_say_which_rate_is_missing(self):
        self._know(-10)
        day = self.now - timedelta(9)
        settings = self.env["res.config.settings"].sudo().create({})
        for text in (settings.credit_late_rate_warning, self.late_policy.rate_warning):
            self.assertIn("Reference: no rate is known from", text)
            self.assertIn(day.strftime("%m/%d/%Y"), text)
            self.assertIn("Interest Rates", text)
        self._know(60)
        self.assertFalse(self.late_policy.rate_warning)
        settings = self.env["res.config.settings"].sudo().create({})
        self.assertFalse(settings.credit_late_rate_warning)

    def test_a_collector_enters_no_rate(self):
        rate = {"date_from": "2030-01-01", "rate": 3.0, "series_id": self.series.id}
        with self.assertRaises(AccessError):
            self.env["credit.interest.rate"].with_user(self.collector).create(rate)
