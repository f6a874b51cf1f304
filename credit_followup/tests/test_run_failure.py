from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestRunFailure(FollowupCommon):
    """An error in one company does not stop the others and is reported to its manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._procedure([(8, "reminder", "email")])
        cls.other = cls.setup_other_company()["company"]
        cls.runs = cls.env(su=True)["credit.followup.run"]
        cls.enterClassContext(mute_logger("odoo.addons.credit_followup.models.res_company"))

    def _work(self):
        """Run the scheduler."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("credit_followup.ir_cron_run").method_direct_trigger()
        self.env.invalidate_all()

    def _break(self, name, error=None):
        """Make a method of runs fail for the company only."""
        model = type(self.runs)
        works = getattr(model, name)

        def work(run, *args):
            if run.company_id == self.company:
                raise error or ValueError("the figures of a customer are broken")
            return works(run, *args)

        return patch.object(model, name, work)

    def _unattended(self, company):
        return self.runs.search([("unattended", "=", True), ("company_id", "in", company.ids)])

    def assertToldManager(self, record):
        self.assertEqual(record.activity_ids.user_id, self.manager)
        self.assertIn("broken", record.activity_ids.note)

    def test_a_company_that_breaks_stops_no_other(self):
        (self.company | self.other).sudo().credit_followup_unattended = True
        self._invoice(100, days_late=8)
        for method in ("_start", "_build_batch"):
            with self.subTest(method), freeze_time(self.today + timedelta(method == "_start")):
                self._unattended(self.company | self.other).unlink()
                with self._break(method):
                    self._work()
                    self._work()
                self.assertEqual(self._unattended(self.other).state, "done")
                run = self._unattended(self.company)
                self.assertEqual((len(run), run.state), (1, "cancelled"))
                self.assertIn("the figures of a customer are broken", run.failure)
                self.assertToldManager(run)

    def test_the_next_day_it_is_tried_again(self):
        self.company.sudo().credit_followup_unattended = True
        self._invoice(100, days_late=8)
        with self._break("_build_batch"):
            self._work()
        with freeze_time(self.today + timedelta(1)):
            self._work()
        first, second = self._unattended(self.company).sorted("id")
        self.assertEqual((first.state, second.failure), ("cancelled", False))
        self.assertTrue(second.notice_ids)

    def test_a_run_in_the_background_that_breaks_leaves_nothing_to_approve(self):
        for number in range(3):
            customer = self._customer(f"Customer {number}", email=f"c{number}@example.com")
            self._invoice(100, days_late=8, customer=customer)
        self.patch(type(self.runs), "_direct_items", 0)
        self.patch(type(self.runs), "_batch_items", 1)
        run = self.runs.with_user(self.collector).create({})
        run.action_prepare()
        build_batch = type(run)._build_batch

        def break_second(run, customer_ids):
            if run.notice_ids:
                raise ValueError("the second customer is broken")
            build_batch(run, customer_ids)

        with patch.object(type(run), "_build_batch", break_second):
            self._work()
        self.assertEqual((run.state, run.sudo().notice_ids.state), ("cancelled", "cancelled"))
        self.assertIn("second customer", run.failure)
        self.assertToldManager(run.sudo())

    def test_pauses_that_cannot_be_watched_stop_nothing(self):
        self.company.sudo().credit_followup_unattended = True
        customer = self._customer("Another", email="another@example.com")
        self._invoice(100, days_late=8, customer=customer)
        here = self._pause()
        there = (
            self.env["credit.followup.pause"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.other.id,
                    "reason": "Test",
                    "user_id": self.env.ref("base.user_admin").id,
                }
            )
        )
        (here.sudo() | there).activity_ids.unlink()
        model = type(there)
        remind_owner = model._remind_owner

        def remind(pauses):
            if self.company in pauses.company_id:
                raise ValueError("a pause is broken")
            remind_owner(pauses)

        with patch.object(model, "_remind_owner", remind):
            self._work()
            self._work()
        self.assertEqual(len(there.activity_ids), 1)
        self.assertToldManager(self.company.sudo().partner_id)
        self.assertTrue(self._unattended(self.company).notice_ids)
