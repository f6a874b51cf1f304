from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command

from .common import FollowupCommon


class TestAnalysis(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._procedure([(5, "reminder", "email"), (15, "firm", "email")])

    def _rows(self, user=None):
        """``[(stage, reminded, collected within 15 days, within 30)]``, oldest first."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["credit.followup.analysis"].with_user(user or self.collector)
        return [
            (row.stage, row.amount, row.collected_15, row.collected_30)
            for row in rows.search([("partner_id", "=", self.customer.id)], order="date, id")
        ]

    def _pay_on(self, invoice, days, amount=None):
        return self._pay(invoice, amount, payment_date=self.today + timedelta(days))

    def test_money_counts_for_the_last_notice_before_it_and_once(self):
        bill = self._invoice(100.0, days_late=60)
        self._run_sent(-50)
        self._pay_on(bill, -45, 30.0)
        self._run_sent(-35)
        self._pay_on(bill, -30, 20.0)
        self._pay_on(bill, -10, 10.0)
        self.assertEqual(
            self._rows(), [("reminder", 100.0, 30.0, 30.0), ("firm", 70.0, 20.0, 30.0)]
        )

    def test_money_before_the_notice_or_long_after_it_does_not_count(self):
        bill = self._invoice(100.0, days_late=60)
        self._pay_on(bill, -52, 10.0)
        self._run_sent(-50)
        self._pay_on(bill, -19, 20.0)
        self.assertEqual(self._rows(), [("reminder", 90.0, 0.0, 0.0)])

    def test_a_payment_of_the_day_counts_only_when_it_came_after_the_notice(self):
        bill = self._invoice(100.0, days_late=60)
        self._pay_on(bill, -50, 30.0)
        self._run_sent(-50)
        self.assertEqual(self._rows(), [("reminder", 70.0, 0.0, 0.0)])
        self._pay_on(bill, -50, 25.0)
        self.assertEqual(self._rows(), [("reminder", 70.0, 25.0, 25.0)])

    def test_no_more_is_collected_than_was_reminded_of(self):
        bill = self._invoice(100.0, days_late=60)
        self._pay_on_account(40.0)
        run = self._run_sent(-50)
        self.assertEqual(run.notice_ids.amount, 60.0)
        self._pay_on(bill, -45)
        self.assertEqual(self._rows(), [("reminder", 100.0, 100.0, 100.0)])

    def test_the_fifteenth_and_the_thirtieth_day_belong_to_it(self):
        bill = self._invoice(100.0, days_late=60)
        self._run_sent(-50)
        for days, amount in ((-35, 1.0), (-34, 2.0), (-20, 4.0), (-19, 8.0)):
            self._pay_on(bill, days, amount)
        self.assertEqual(self._rows(), [("reminder", 100.0, 1.0, 7.0)])

    def test_a_credit_note_is_no_money_and_other_invoices_do_not_count(self):
        bill = self._invoice(100.0, days_late=60)
        self._run_sent(-50)
        credit = self._create_invoice(
            move_type="out_refund",
            post=True,
            partner_id=self.customer.id,
            invoice_date=self.today - timedelta(45),
            invoice_line_ids=[
                self._prepare_invoice_line(price_unit=40.0, product_id=self.service, tax_ids=[])
            ],
        )
        (self._item(bill) | self._item(credit)).reconcile()
        self._pay_on(self._invoice(500.0, days_late=1), -1)
        self.assertEqual(self._rows(), [("reminder", 100.0, 0.0, 0.0)])

    def test_what_was_not_sent_is_not_in_it(self):
        self._invoice(100.0, days_late=60)
        self._run(-50)
        self.assertEqual(self._rows(), [])

    def test_credit_people_of_the_company_alone_see_it(self):
        self._invoice(100.0, days_late=60)
        self._run_sent(-50)
        self.assertEqual(len(self._rows()), 1)
        with self.assertRaises(AccessError):
            self._rows(user=self.salesperson)
        other = self.setup_other_company()["company"]
        stranger = self._user("stranger", "credit_management.group_credit_user")
        stranger.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        rows = self.env["credit.followup.analysis"].with_user(stranger)
        self.assertFalse(rows.with_context(allowed_company_ids=other.ids).search([]))
