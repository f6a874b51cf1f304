from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditFile(CreditCommon):
    """The credit file as the analyst works with it: notes, messages, activities, and how the customer pays."""

    def test_an_analyst_writes_notes_on_the_file_and_nothing_else(self):
        profile = self._profile().with_user(self.analyst)
        profile.note = "<p>Called on Monday</p>"
        self.assertIn("Called on Monday", profile.note)
        for values in (
            {"status": "blocked", "status_reason": "Mine"},
            {"credit_mode": "unlimited"},
            {"review_date": self.today},
            {"note": "Both", "analyst_id": self.analyst.id},
        ):
            with self.assertRaisesRegex(AccessError, "Only a credit manager can change"):
                profile.write(values)
        with self.assertRaises(AccessError):
            self._profile().with_user(self.salesperson).note = "Not mine"

    def test_the_form_of_an_analyst_offers_the_notes_alone(self):
        fields = self.env["credit.profile"].with_user(self.analyst).fields_get()
        self.assertEqual(
            {name for name, field in fields.items() if not field["readonly"]}
            - {"message_main_attachment_id"},
            {"note"},
        )
        form = Form(self._profile().with_user(self.analyst))
        form.note = "<p>Written in the form</p>"
        form.save()
        self.assertIn("in the form", self._profile().note)
        managed = self.env["credit.profile"].with_user(self.manager).fields_get()
        self.assertFalse(managed["status"]["readonly"])

    def test_an_analyst_posts_and_plans_on_the_file_and_on_the_customer(self):
        for record in (self._profile(), self.customer):
            record = record.with_user(self.analyst)
            record.message_post(body="Promised to pay", subtype_xmlid="mail.mt_note")
            record.activity_schedule(
                "mail.mail_activity_data_call", user_id=self.analyst.id, summary="Call again"
            )
            self.assertIn("Promised to pay", record.message_ids[:1].body)
            self.assertEqual(record.activity_ids.filtered("summary").summary, "Call again")

    def test_who_does_not_work_with_credit_posts_on_neither(self):
        clerk = self._user("clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self._profile().with_user(clerk).message_post(body="Hello")
        with self.assertRaises(AccessError):
            self.customer.with_user(clerk).message_post(body="Hello")

    def test_receivables_are_shown_by_age(self):
        self._invoice(100.0)
        self._invoice(40.0, days_late=1)
        self._invoice(7.0, days_late=91)
        bar = str(self._profile().with_user(self.analyst).ageing_bar)
        for words in ("Not due", "100.00", "1–30 days", "40.00", "over 90 days", "7.00"):
            self.assertIn(words, bar)
        self.assertEqual(
            bar.count("badge"), 3, "a group without an amount is left out of the legend"
        )
        self.assertFalse(self._profile(self._customer("Owes nothing")).ageing_bar)

    def test_the_payment_habit_is_in_words(self):
        profile = self._profile().with_user(self.analyst)
        self.assertEqual(profile.payment_habit, "No payment in the last twelve months")
        invoice = self._invoice(100.0, days_late=20)
        self._pay(invoice, payment_date=self.today)
        profile.invalidate_recordset()
        self.assertEqual(profile.payment_habit, "Pays 20 days late on average")
        self.assertEqual(profile.last_payment_date, self.today)
        self.assertEqual(profile.last_payment_amount, 100.0)
        self.assertEqual(
            [self.env["credit.profile"]._describe_habit(days) for days in (0.2, -5.0)],
            ["Pays on the due date on average", "Pays 5 days early on average"],
        )

    def test_the_last_payment_is_the_last(self):
        for days, amount in ((30, 10.0), (3, 25.0)):
            invoice = self._invoice(amount, days_late=40)
            self._pay(invoice, payment_date=self.today - timedelta(days))
        profile = self._profile()
        self.assertEqual(profile.last_payment_date, self.today - timedelta(3))
        self.assertEqual(profile.last_payment_amount, 25.0)
