from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestBank(FollowupCommon):
    """Unattended reminders wait until bank statements are up to date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._procedure(weekdays_only=False, hour_from=0.0, hour_to=24.0)
        cls.company.sudo().write(
            {
                "credit_followup_unattended": True,
                "credit_followup_waits_for_bank": True,
                "credit_followup_bank_days": 3,
                "credit_followup_bank_unmatched": 1,
            }
        )
        cls.runs = cls.env(su=True)["credit.followup.run"]

    def _bank_line(self, days_ago, amount=10.0, matched=True):
        line = (
            self.env["account.bank.statement.line"]
            .sudo()
            .create(
                {
                    "journal_id": self.company_data["default_journal_bank"].id,
                    "date": self.today - timedelta(days_ago),
                    "payment_ref": "Receipt",
                    "amount": amount,
                }
            )
        )
        if matched:
            _liquidity, suspense, _other = line._seek_for_lines()
            suspense.account_id = self.company_data["default_account_revenue"]
        self.env.flush_all()
        return line

    def _work(self):
        with self.enter_registry_test_mode():
            self.env.ref("credit_followup.ir_cron_run").method_direct_trigger()
        self.env.invalidate_all()
        return self.runs.search([("company_id", "=", self.company.id), ("unattended", "=", True)])

    def test_an_unattended_run_waits_for_an_old_bank_and_says_so(self):
        self._invoice(100, days_late=9)
        self._bank_line(4)
        run = self._work()
        self.assertEqual(run.state, "waiting")
        self.assertIn("last bank statement line", run.failure)
        self.assertFalse(run.notice_ids)
        self.assertEqual(
            run.activity_ids.mapped("summary"),
            ["Reminders are waiting: update the bank statements"],
        )

    def test_it_waits_once_and_goes_on_when_the_bank_is_up_to_date(self):
        self._invoice(100, days_late=9)
        self._bank_line(4)
        self._work()
        run = self._work()
        self.assertEqual((len(run), run.state, len(run.activity_ids)), (1, "waiting", 1))
        self._bank_line(3)
        run = self._work()
        self.assertEqual(len(run), 1)
        self.assertEqual(run.notice_ids.state, "approved")
        self.assertFalse(run.failure or run.activity_ids)

    def test_it_waits_while_too_many_receipts_are_not_matched(self):
        self._invoice(100, days_late=9)
        self._bank_line(0, matched=False)
        self._bank_line(0, amount=-50.0, matched=False)
        self.assertNotEqual(self._work().state, "waiting")
        self.runs.search([("unattended", "=", True)]).notice_ids.unlink()
        self.runs.search([("unattended", "=", True)]).unlink()
        self._bank_line(0, matched=False)
        run = self._work()
        self.assertEqual(run.state, "waiting")
        self.assertIn("2 bank receipts", run.failure)

    def test_without_any_statement_it_waits(self):
        self.assertIn("no bank statement", self._work().failure)

    def test_a_company_that_does_not_ask_does_not_wait(self):
        self.company.sudo().credit_followup_waits_for_bank = False
        self._invoice(100, days_late=9)
        self.assertEqual(self._work().notice_ids.state, "approved")

    def test_a_collector_starts_it_all_the_same(self):
        self._invoice(100, days_late=9)
        run = self._work()
        with self.assertRaises(AccessError):
            run.with_user(self.salesperson).action_prepare()
        run.with_user(self.collector).action_prepare()
        self.assertEqual(run.notice_ids.state, "approved")
        self.assertFalse(run.failure)

    def test_a_run_by_hand_warns_and_does_not_wait(self):
        self._invoice(100, days_late=9)
        run = self._run()
        self.assertEqual(run.state, "ready")
        self.assertIn("no bank statement", run.bank_warning)
        self._bank_line(0)
        run.invalidate_recordset()
        self.assertFalse(run.bank_warning)

    def test_the_wait_is_set_in_the_settings(self):
        settings = self.env["res.config.settings"].sudo().create({"credit_followup_bank_days": 7})
        settings.execute()
        self.assertEqual(self.company.credit_followup_bank_days, 7)
        self.assertEqual(
            self.env["res.company"].sudo().create({"name": "New"}).credit_followup_waits_for_bank,
            False,
        )
