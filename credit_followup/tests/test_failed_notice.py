from datetime import timedelta

from odoo.tests import tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestFailedNotice(NoticeCommon):
    """A failed notice is not a step: nothing follows until it is retried or rejected."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure = cls._procedure(
            [(8, "reminder", "email"), (15, "firm", "email")], **cls.always
        )
        cls.level, cls.second = cls.procedure.level_ids

    def _bounced(self, *invoices, **values):
        notice = self._sent(*invoices, **values)
        notice._message_receive_bounce(self.customer.email, self.customer)
        self.assertFailed(notice, "bounced")
        return notice

    def _get_item(self, invoice):
        self.env.invalidate_all()
        items = self.env["credit.followup.item"].with_user(self.collector)
        return items.browse(self._item(invoice).id)

    def test_what_came_back_is_not_followed_by_the_next_level(self):
        self.a = self._invoice(100.0, days_late=10)
        notice = self._bounced(self.a)
        run = self._run(20)
        self.assertNamed(run)
        self.assertExcluded(run, "failed")
        self.assertIn("try again, or reject", run.exclusion_ids.detail)
        self.assertFalse(run.exclusion_ids.until)
        self.assertFailed(notice, "bounced")

    def test_what_the_server_refuses_is_not_followed_by_the_next_level(self):
        self.a = self._invoice(100.0, days_late=10)
        notice = self._sent(self.a)
        notice.mail_id._postprocess_sent_message([], [], failure_type="unknown")
        self.assertFailed(notice, "refused")
        self.assertExcluded(self._run(20), "failed")

    def test_nothing_else_goes_where_nothing_arrives(self):
        self._bounced(self._invoice(100.0, days_late=10))
        self.b = self._invoice(60.0, days_late=9)
        other = self._customer("Other", email="other@example.com", lang="en_US")
        self.c = self._invoice(70.0, days_late=9, customer=other)
        run = self._run()
        self.assertNamed(run, c=8)
        self.assertExcluded(run, "failed")
        self.assertEqual(run.exclusion_ids.item_count, 2)

    def test_another_company_s_failure_holds_nothing_back(self):
        self._bounced(self._invoice(100.0, days_late=10))
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        here, there = (self.customer.id, self.company.id), (self.customer.id, other.id)
        found = self.env["credit.followup.item"].sudo()._read_failed({here, there})
        self.assertEqual(found, {here})

    def test_once_paid_it_holds_nothing_back(self):
        first = self._invoice(100.0, days_late=10)
        self._bounced(first)
        self.b = self._invoice(60.0, days_late=9)
        self._pay(first)
        self.assertNamed(self._run(), b=8)

    def test_tried_again_the_next_level_counts_from_then(self):
        self.a = self._invoice(100.0, days_late=10)
        notice = self._bounced(self.a)
        self.customer.email = "found@example.com"
        notice.with_user(self.collector).action_retry()
        notice._send(self.today + timedelta(20))
        self.assertEqual((notice.state, notice.date), ("sent", self.today + timedelta(20)))
        self.assertNamed(self._run(26))
        self.assertNamed(self._run(27), a=15)

    def test_rejected_the_same_level_comes_again(self):
        self.a = self._invoice(100.0, days_late=10)
        notice = self._bounced(self.a)
        notice.with_user(self.collector).action_reject()
        self.assertNamed(self._run(20), a=8)

    def test_it_was_no_contact(self):
        self.procedure.gap_days = 7
        self.a = self._invoice(100.0, days_late=10)
        self._bounced(self.a)
        self._pay(self.a)
        self.b = self._invoice(60.0, days_late=9)
        self.assertNamed(self._run(1), b=8)
        self.customer.invalidate_recordset()
        self.assertFalse(self.customer.with_user(self.collector).followup_last_date)

    def test_the_panels_say_so(self):
        invoice = self._invoice(100.0, days_late=10)
        notice = self._bounced(invoice)
        item = self._get_item(invoice)
        self.assertEqual((item.left_out, item.left_out_until), ("failed", False))
        self.assertFalse(item.next_date)
        self.assertEqual(invoice.with_user(self.collector).followup_left_out, "failed")
        notice.with_user(self.collector).action_retry()
        notice._send(self.today)
        item = self._get_item(invoice)
        self.assertEqual((item.left_out, item.next_level_id), (False, self.second))
        self.assertFalse(invoice.with_user(self.collector).followup_left_out)
