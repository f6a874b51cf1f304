from odoo.fields import Command
from odoo.tests import tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticeMinimum(NoticeCommon):
    """Payments between preparation and sending may leave less than the minimum."""

    def assertStopped(self, notice, *words):
        notice._send(self.today)
        self.assertEqual((notice.state, len(self._get_mails(notice))), ("cancelled", 0))
        for word in words:
            self.assertIn(word, notice.cancel_reason)
        self.assertTrue(notice.line_ids.filtered("occurrence").cancelled)

    def assertSent(self, notice, amount):
        notice._send(self.today)
        self.assertEqual((notice.state, notice.amount), ("sent", amount), notice.cancel_reason)

    # === SMALLEST TOTAL === #

    def test_a_part_payment_below_the_smallest_total_stops_it(self):
        self.procedure.min_total = 50.0
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice)
        self._pay(invoice, 50.01)
        self.assertStopped(notice, "minimum total", "50.00", "49.99")

    def test_the_smallest_total_is_enough(self):
        self.procedure.min_total = 50.0
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice)
        self._pay(invoice, 50.0)
        self.assertSent(notice, 50.0)

    def test_all_that_is_overdue_counts_for_the_smallest_total(self):
        self.procedure.min_total = 50.0
        self._invoice(30.0, days_late=3)
        self._invoice(500.0, days_late=-3)
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice)
        self._pay(invoice, 60.0)
        self.assertSent(notice, 40.0)

    def test_neither_what_is_not_due_nor_what_is_paused_counts(self):
        self.procedure.min_total = 50.0
        self._invoice(500.0, days_late=-3)
        self._pause(items=self._item(self._invoice(500.0, days_late=3)))
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice)
        self._pay(invoice, 60.0)
        self.assertStopped(notice, "minimum total")

    def test_money_on_account_counts_for_the_smallest_total(self):
        self.procedure.min_total = 50.0
        notice = self._approved(self._invoice(100.0, days_late=10))
        self._pay_on_account(60.0)
        self.assertStopped(notice, "minimum total")

    # === FROM AMOUNT === #

    def test_a_part_payment_below_the_amount_of_the_level_stops_it(self):
        self.level.min_amount = 50.0
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice)
        self._pay(invoice, 60.0)
        self.assertStopped(notice, self.level.name, "50.00")

    def test_credits_do_not_count_for_the_amount_of_a_level(self):
        self.level.min_amount = 50.0
        notice = self._approved(self._invoice(100.0, days_late=10))
        self._pay_on_account(60.0)
        self.assertSent(notice, 40.0)

    def test_what_is_at_a_lower_level_still_goes(self):
        mild, grave = self._two_levels(80.0)
        old, young = self._invoice(100.0, days_late=30), self._invoice(50.0, days_late=10)
        notice = self._approved(old, level=grave)
        notice.line_ids = [Command.create(self._line(self._item(young), mild))]
        self._pay(old, 40.0)
        self.assertSent(notice, 50.0)
        self.assertEqual((notice.level_id, notice.channel), (mild, "email"))

    def test_what_is_at_a_higher_level_counts_for_a_lower_one(self):
        mild, grave = self._two_levels(0.0)
        mild.min_amount = 80.0
        old, young = self._invoice(50.0, days_late=30), self._invoice(90.0, days_late=10)
        notice = self._approved(old, level=grave)
        notice.line_ids = [Command.create(self._line(self._item(young), mild))]
        self._pay(young, 60.0)
        self.assertSent(notice, 80.0)

    def _two_levels(self, amount):
        levels = [(5, "reminder", "email"), (20, "firm", "email", {"min_amount": amount})]
        return self._procedure(levels, use=False, **self.always).level_ids

    # === PREVIEW === #

    def test_a_level_is_previewed_whatever_is_owed(self):
        self.procedure.min_total = self.level.min_amount = 500.0
        invoice = self._invoice(100.0, days_late=10)
        preview = self.env["credit.followup.preview"].with_user(self.collector)
        level = preview.browse(self.level.with_user(self.collector).action_preview()["res_id"])
        self.assertFalse(level.problem)
        notice = self._notice(invoice).with_user(self.collector)
        self.assertIn("minimum total", preview.browse(notice.action_preview()["res_id"]).problem)
