from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged, warmup

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestPanels(FollowupCommon):
    """Past and next reminders with their dates, on items, invoices and customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure = cls._procedure([(8, "reminder", "email"), (15, "firm", "email")])
        cls.first, cls.second = cls.procedure.level_ids

    def test_an_invoice_says_what_was_sent_and_what_comes_next(self):
        invoice = self._invoice(100, days_late=5)
        reader = invoice.with_user(self.collector)
        self.assertEqual(reader.followup_next_date, self.today + timedelta(3))
        self.assertEqual(reader.followup_next_level_id, self.first)
        self.assertFalse(reader.followup_line_ids)
        invoice = self._invoice(100, days_late=8)
        run = self._run_sent()
        reader = invoice.with_user(self.collector)
        reader.invalidate_recordset()
        self.assertEqual(reader.followup_last_date, self.today)
        self.assertEqual(reader.followup_last_level_id, self.first)
        self.assertEqual(reader.followup_line_ids, run.notice_ids.line_ids)
        self.assertEqual(reader.followup_next_date, self.today + timedelta(7))
        self.assertEqual(reader.followup_next_level_id, self.second)

    def test_a_paused_and_a_paid_invoice_say_so(self):
        invoice = self._invoice(100, days_late=8)
        self._pause(items=self._item(invoice))
        self.assertEqual(invoice.sudo().followup_left_out, "paused")
        self.assertFalse(invoice.sudo().followup_next_date)
        paid = self._invoice(100, days_late=8)
        self._pay(paid)
        self.assertFalse(paid.sudo().followup_next_date)
        self.assertFalse(paid.sudo().followup_left_out)

    def test_a_form_shows_nothing_of_another_company(self):
        other = self.setup_other_company()["company"]
        foreign = self._user("foreign", "credit_management.group_credit_user")
        foreign.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self._invoice(100, days_late=8)
        self._run_sent()
        self.env.flush_all()
        values = {"partner_id": self.customer.id, "company_id": self.company.id}
        profiles = self.env["credit.profile"].with_user(foreign)
        self.assertFalse(profiles.new(values).followup_last_date)
        self.assertTrue(profiles.sudo().new(values).followup_last_date)

    def test_accountants_read_it_salespeople_do_not(self):
        invoice = self._invoice(100, days_late=8)
        self._run_sent()
        names = [
            "followup_next_date",
            "followup_last_level_id",
            "followup_left_out",
            "followup_line_ids",
        ]
        accountant = self._user("accountant", "account.group_account_invoice")
        [values] = invoice.with_user(accountant).read(names)
        self.assertEqual(values["followup_next_date"], self.today + timedelta(7))
        lines = self.env["credit.followup.notice.line"].with_user(accountant)
        self.assertTrue(
            lines.browse(values["followup_line_ids"]).read(["level_id", "notice_state"])
        )
        with self.assertRaises(AccessError):
            invoice.with_user(self.salesperson).read(names)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesperson).read(["followup_next_date"])

    def test_a_customer_has_the_next_date_and_the_highest_level(self):
        self._invoice(100, days_late=15)
        self._invoice(60, days_late=1)
        profile = self._profile().with_user(self.collector)
        self.procedure.start = "reached"
        self._run_sent()
        for record in (profile, self.customer.with_user(self.collector)):
            record.invalidate_recordset()
            self.assertEqual(record.followup_last_date, self.today)
            self.assertEqual(record.followup_level_id, self.second)
            self.assertEqual(record.followup_next_date, self.today + timedelta(7))
        self.assertEqual(profile.followup_next_level_id, self.first)
        self.assertEqual(profile.effective_followup_procedure_id, self.procedure)
        self.assertEqual(len(profile.followup_item_ids), 2)
        self.assertEqual(profile.followup_notice_count, 1)
        self.assertFalse(profile.followup_is_paused)

    def test_a_customer_who_was_never_reminded_has_nothing(self):
        profile = self._profile().with_user(self.collector)
        self.assertFalse(profile.followup_next_date)
        self.assertFalse(profile.followup_level_id)
        self.assertFalse(profile.followup_last_date)

    def test_a_proposal_is_no_reminder_yet(self):
        invoice = self._invoice(100, days_late=8)
        self._run()
        self.assertFalse(invoice.sudo().followup_line_ids)
        self.assertEqual(invoice.sudo().followup_next_date, self.today)
        self.assertEqual(invoice.sudo().followup_next_level_id, self.first)

    @warmup
    def test_a_list_of_customers_asks_as_often_as_one_customer(self):
        customers = [self._customer(f"C{n}") for n in range(8)]
        profiles = self.env["credit.profile"].with_user(self.collector)
        for customer in customers:
            self._invoice(100, days_late=3, customer=customer)
            profiles |= self._profile(customer).with_user(self.collector)
        self.env.flush_all()

        def count(records):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            records.mapped("followup_next_date")
            return self.cr.sql_log_count - before

        count(profiles)
        self.assertLessEqual(count(profiles), count(profiles[0]) + 1)
