from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common_worklist import WorklistCommon


class TestContactLog(WorklistCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": "Accounts Payable", "parent_id": cls.customer.id}
        )

    def _form(self, action):
        """The form that a button opens, as the collector fills it in."""
        return Form(
            self.env["credit.contact.log"]
            .with_user(self.collector)
            .with_context(**action["context"])
        )

    def test_called_asks_what_came_of_it_and_sets_the_next_contact(self):
        file = self._profile().with_user(self.collector)
        form = self._form(file.action_called())
        form.outcome_id = self.env.ref("credit_collection.outcome_no_answer")
        self.assertEqual(form.next_date, self.today + timedelta(1))
        log = form.save()
        self.assertEqual((log.partner_id, log.user_id), (self.customer, self.collector))
        self.assertEqual(log.action_record()["type"], "ir.actions.act_window_close")
        self.assertEqual(self._row().next_contact_date, self.today + timedelta(1))

    def test_the_button_promise_makes_a_promise_of_what_may_be_asked_for(self):
        self._invoice(100.0, days_late=5)
        file = self._profile().with_user(self.collector)
        form = self._form(file.action_promise())
        self.assertEqual(form.amount, 100.0)
        form.answer_date = self.today + timedelta(4)
        log = form.save()
        self.assertEqual(log.promise_id.state, "open")
        self.assertEqual(log.promise_id.date, self.today + timedelta(4))
        self.assertEqual(log.next_date, self.today + timedelta(5))

    def test_an_outcome_that_asks_is_not_recorded_without_an_answer(self):
        for outcome, values in {
            "callback": {},
            "promise": {"days": 3},
            "refuses": {},
        }.items():
            with self.subTest(outcome), self.assertRaisesRegex(ValidationError, "Fill in"):
                self._contact(outcome, **values)

    def test_a_day_that_is_over_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Enter today or a later date"):
            self._contact("callback", days=-5)

    def test_a_promise_beyond_what_is_owed_is_refused_and_nothing_is_recorded(self):
        self._invoice(100.0, days_late=5)
        logs = self.env["credit.contact.log"].sudo()
        before = logs.search_count([])
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self._contact("promise", days=3, amount=1000.0)
        self.assertEqual(logs.search_count([]), before)

    def test_the_wrong_person_is_marked_and_may_be_right_after_all(self):
        self._contact("wrong_person", contact_id=self.person.id)
        person = self.person.with_user(self.collector)
        self.assertEqual(person.credit_wrong_person_date, self.today)
        person.action_credit_mark_right_person()
        self.assertFalse(person.credit_wrong_person_date)

    def test_people_of_another_customer_are_refused(self):
        other = self._customer("Other")
        with self.assertRaisesRegex(ValidationError, "Choose one of the customer"):
            self._contact("answered", contact_id=other.id)

    def test_roles_are_chosen_by_collectors_alone(self):
        role = self.env.ref("credit_collection.role_pays")
        choice = {"contact_id": self.person.id, "role_ids": role.ids}
        self.env["credit.contact.role.choice"].with_user(self.collector).create(
            choice
        ).action_save()
        self.assertEqual(self.person.sudo().credit_contact_role_ids, role)
        with self.assertRaises(AccessError):
            self.env["credit.contact.role.choice"].with_user(self.salesperson).create(choice)
        with self.assertRaises(AccessError):
            self.person.with_user(self.salesperson).action_credit_mark_wrong_person()

    def test_what_was_said_is_kept(self):
        log = self._contact("answered", note="Will look")
        log.note = "Will look at it"
        with self.assertRaisesRegex(UserError, "Record another contact"):
            log.outcome_id = self.env.ref("credit_collection.outcome_no_answer")
        with self.assertRaises(AccessError):
            log.unlink()

    def test_nobody_records_in_the_name_of_another(self):
        with self.assertRaisesRegex(UserError, "your own contacts"):
            self._contact("answered", user_id=self.manager.id)

    def test_the_time_of_a_contact_is_not_typed(self):
        yesterday = self.env.cr.now() - timedelta(1)
        with self.assertRaisesRegex(UserError, "write in the note when it took place"):
            self._contact("answered", date=yesterday)
        log = self._contact("answered").with_context(default_date=yesterday).copy()
        self.assertGreater(log.date, yesterday)

    def test_the_next_contact_is_from_today_and_within_a_year(self):
        log = self._contact("answered")
        log.sudo().write({"date": log.date - timedelta(30), "next_date": False})
        for days, sentence in ((-10, "Enter today or a later date"), (400, "more than a year")):
            day = self.today + timedelta(days)
            with (
                self.subTest(days),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                log.next_date = day
            self.env.invalidate_all()
            with self.subTest(days), self.assertRaisesRegex(ValidationError, sentence):
                self._contact("answered", next_date=day)
        log.next_date = self.today + timedelta(3)

    @mute_logger("odoo.sql_db")
    def test_an_outcome_in_use_is_not_removed(self):
        log = self._contact("answered")
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            log.outcome_id.sudo().unlink()

    def test_an_outcome_that_makes_a_promise_asks_for_it(self):
        with self.assertRaisesRegex(ValidationError, "needs a date and an amount"):
            self.env["credit.contact.outcome"].sudo().create({"name": "Pays", "makes": "promise"})

    def test_collectors_write_notes_and_activities_on_files_and_customers(self):
        file = self._profile().with_user(self.collector)
        file.message_post(body="Called")
        file.note = "Ask for Ms Martin"
        file.activity_schedule("mail.mail_activity_data_call", user_id=self.collector.id)
        partner = self.customer.with_user(self.collector)
        partner.message_post(body="Called")
        partner.activity_schedule("mail.mail_activity_data_call", user_id=self.collector.id)
        with self.assertRaises(AccessError):
            partner.name = "Other name"
