import errno
from datetime import datetime, time, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo.addons.base.models.ir_attachment import IrAttachment
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNotice(NoticeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notices = cls.env["credit.followup.notice"].sudo()

    # === ONE MESSAGE === #

    def test_an_approved_notice_makes_one_message_in_the_queue(self):
        invoice = self._invoice(100.0, days_late=10)
        notice = self._notice(invoice)
        notice.with_user(self.collector).action_approve()
        self.assertEqual((notice.state, notice.approved_by), ("approved", self.collector))
        notice._send(self.today)
        notice._send(self.today)
        mail = self._get_mails(notice)
        self.assertEqual((notice.state, notice.mail_id, len(mail)), ("sent", mail, 1))
        self.assertEqual((mail.state, mail.auto_delete), ("outgoing", False))
        self.assertIn("customer@example.com", mail.email_to)
        self.assertIn(mail.mail_message_id, notice.message_ids)

    def test_a_notice_that_nobody_approved_does_not_leave(self):
        notice = self._notice(self._invoice(100.0, days_late=10))
        notice._send(self.today)
        self.assertEqual((notice.state, len(self._get_mails(notice))), ("proposed", 0))

    def test_rejecting_frees_its_items(self):
        invoice = self._invoice(100.0, days_late=10)
        notice = self._notice(invoice)
        notice.with_user(self.collector).action_reject()
        self.assertEqual(notice.state, "cancelled")
        self.assertIn(self.collector.name, notice.cancel_reason)
        self._sent(invoice)

    def test_what_has_gone_out_is_neither_approved_nor_rejected(self):
        notice = self._sent(self._invoice(100.0, days_late=10)).with_user(self.collector)
        for action in (notice.action_approve, notice.action_reject, notice.action_retry):
            with self.subTest(action.__name__), self.assertRaises(UserError):
                action()

    def test_the_job_sends_what_is_approved_and_leaves_letters(self):
        letter = self._procedure([(5, "firm", "letter")], use=False).level_ids
        email = self._approved(self._invoice(100.0, days_late=10))
        paper = self._approved(self._invoice(100.0, days_late=10), level=letter)
        with self.enter_registry_test_mode():
            self.env.ref("credit_followup.ir_cron_send").method_direct_trigger()
        self.assertEqual((email.state, paper.state), ("sent", "approved"))

    def test_a_notice_that_breaks_the_job_is_listed_and_stops_no_other(self):
        broken, good = (self._approved(self._invoice(100.0, days_late=10)) for _n in range(2))
        send = type(broken)._send_one

        def send_or_break(notice):
            if notice.id == broken.id:
                raise ValueError("no such thing")
            return send(notice)

        with (
            patch.object(type(broken), "_send_one", send_or_break),
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.credit_followup.models.reminder.credit_followup_notice_send"),
        ):
            self.env.ref("credit_followup.ir_cron_send").method_direct_trigger()
        self.assertFailed(broken, "render", "no such thing")
        self.assertEqual((good.state, len(self._get_mails(good))), ("sent", 1))

    def test_what_the_disk_refuses_for_a_moment_goes_out_with_the_next_run(self):
        self.level.with_statement = True
        notice = self._approved(self._invoice(100.0, days_late=10))
        denied = PermissionError(errno.EACCES, "Permission denied", "/srv/filestore/ab")
        with (
            patch.object(IrAttachment, "_get_path", side_effect=denied),
            self.enter_registry_test_mode(),
            mute_logger("odoo.addons.credit_followup.models.reminder.credit_followup_notice_mail"),
        ):
            self.env.ref("credit_followup.ir_cron_send").method_direct_trigger()
        self.assertEqual((notice.state, notice.failure), ("approved", "storage"))
        self.assertIn("file storage", notice.failure_detail)
        self.assertNotIn("/srv", notice.failure_detail)
        with self.enter_registry_test_mode():
            self.env.ref("credit_followup.ir_cron_send").method_direct_trigger()
        self.assertEqual(
            (notice.state, notice.failure, len(self._get_mails(notice))), ("sent", False, 1)
        )

    def test_a_file_that_was_not_written_is_not_attached(self):
        self.level.with_statement = True
        notice = self._approved(self._invoice(100.0, days_late=10))
        with (
            patch.object(IrAttachment, "_file_read", return_value=b""),
            mute_logger("odoo.addons.credit_followup.models.reminder.credit_followup_notice_mail"),
        ):
            notice._send(self.today)
        self.assertEqual((notice.state, notice.failure), ("approved", "storage"))

    def test_a_job_that_was_killed_looks_again_within_minutes(self):
        job = self.env.ref("credit_followup.ir_cron_send").sudo()
        self.assertEqual((job.interval_number, job.interval_type), (10, "minutes"))

    def test_two_who_send_at_once_end_a_run_once(self):
        notice = self._approved(self._invoice(100.0, days_late=10))
        with (
            patch.object(
                type(self.env["credit.followup.run"]),
                "_update_state",
                side_effect=SerializationFailure,
            ),
            self.enter_registry_test_mode(),
        ):
            notice._end_runs()
        notice._send(self.today)
        self.assertEqual(notice.state, "sent")

    # === PAYING WHILE IT IS BEING SENT === #

    def test_what_was_paid_meanwhile_is_not_named(self):
        first, second = (self._invoice(amount, days_late=10) for amount in (100.0, 50.0))
        notice = self._approved(first, second)
        self._pay(first)
        notice._send(self.today)
        self.assertEqual((notice.state, notice.amount), ("sent", 50.0))
        self.assertEqual([row.document for row in notice._get_item_rows()], [second.name])

    def test_the_rest_of_a_part_payment_is_named(self):
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice)
        self._pay(invoice, 40.0)
        notice._send(self.today)
        self.assertEqual((notice.amount, notice.line_ids.amount), (60.0, 60.0))
        [row] = notice._get_item_rows()
        self.assertEqual((row.amount, row.open, row.days_late), (100.0, 60.0, 10))

    def test_a_rest_that_is_not_worth_a_reminder_is_not_named(self):
        self.procedure.tolerance = 5.0
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice)
        self._pay(invoice, 95.0)
        notice._send(self.today)
        self.assertEqual((notice.state, len(self._get_mails(notice))), ("cancelled", 0))

    def test_paid_in_full_meanwhile_nothing_leaves(self):
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice)
        self._pay(invoice)
        notice._send(self.today)
        self.assertEqual((notice.state, len(self._get_mails(notice))), ("cancelled", 0))
        self.assertIn("Nothing is left to claim", notice.cancel_reason)
        self.assertTrue(notice.line_ids.cancelled)

    def test_the_tone_falls_with_the_item_that_set_it(self):
        procedure = self._procedure(
            [(5, "reminder", "email"), (20, "formal_notice", "registered")], use=False
        )
        mild, grave = procedure.level_ids
        old, young = self._invoice(100.0, days_late=30), self._invoice(50.0, days_late=10)
        notice = self._approved(old, level=grave)
        notice.line_ids = [Command.create(self._line(self._item(young), mild))]
        self._pay(old)
        notice._bring_up_to_date(self.today)
        self.assertEqual(
            (notice.level_id, notice.stage, notice.channel, notice.amount),
            (mild, "reminder", "email", 50.0),
        )

    def test_money_on_account_is_shown_and_deducted(self):
        invoice = self._invoice(100.0, days_late=10)
        credit = self._pay_on_account(30.0).line_ids.filtered("credit")
        notice = self._sent(invoice, credits=credit)
        self.assertEqual(notice.amount, 70.0)
        self.assertEqual(notice._get_totals_by_currency(), [(self.company.currency_id, 70.0)])

    def test_money_that_came_since_is_deducted_too(self):
        notice = self._approved(self._invoice(100.0, days_late=10))
        self._pay_on_account(30.0)
        notice._send(self.today)
        self.assertEqual((notice.state, notice.amount), ("sent", 70.0))
        self.assertEqual(sorted(notice.line_ids.mapped("amount")), [-30.0, 100.0])

    def test_what_came_since_and_covers_everything_stops_it(self):
        notice = self._approved(self._invoice(100.0, days_late=10))
        self._pay_on_account(120.0)
        notice._send(self.today)
        self.assertEqual(notice.state, "cancelled")

    def test_money_that_came_since_is_waited_for_where_the_procedure_says_so(self):
        self.procedure.credits = "wait"
        notice = self._approved(self._invoice(100.0, days_late=10))
        self._pay_on_account(30.0)
        notice._send(self.today)
        self.assertEqual(notice.state, "cancelled")
        self.assertIn("Allocate them", notice.cancel_reason)

    def test_what_was_paused_meanwhile_is_not_named(self):
        first, second = (self._invoice(amount, days_late=10) for amount in (100.0, 50.0))
        notice = self._approved(first, second)
        self._pause(until=10, items=self._item(first))
        notice._send(self.today)
        self.assertEqual((notice.state, notice.amount), ("sent", 50.0))

    # === WHO === #

    def test_the_contacts_of_the_credit_file_receive_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.template.with_context(lang="fr_FR").write(
            {"subject": "Relance", "body_html": "<p>Bonjour</p>"}
        )
        accounts = self.env["res.partner"].create(
            {
                "name": "Accounts",
                "parent_id": self.customer.id,
                "email": "accounts@example.com",
                "lang": "fr_FR",
            }
        )
        self._profile(followup_contact_ids=[Command.set(accounts.ids)])
        mail = self._sent(self._invoice(100.0, days_late=10)).mail_id
        self.assertIn("accounts@example.com", mail.email_to)
        self.assertNotIn("customer@example.com", mail.email_to)
        self.assertEqual(mail.subject, "Relance")
        self.assertIn("Bonjour", mail.body_html)

    def test_the_invoice_address_receives_it_otherwise(self):
        self.env["res.partner"].create(
            {
                "name": "Invoices",
                "parent_id": self.customer.id,
                "type": "invoice",
                "email": "invoices@example.com",
            }
        )
        mail = self._sent(self._invoice(100.0, days_late=10)).mail_id
        self.assertIn("invoices@example.com", mail.email_to)

    def test_it_is_written_by_collector_salesperson_or_company(self):
        self._profile(analyst_id=self.collector.id)
        self.customer.user_id = self.salesperson
        self.company.sudo().email = "company@example.com"
        expected = {
            "collector": self.collector.email,
            "salesperson": self.salesperson.email,
            "company": "company@example.com",
        }
        for sender, address in expected.items():
            with self.subTest(sender):
                self.procedure.sender = sender
                mail = self._sent(self._invoice(10.0, days_late=10)).mail_id
                self.assertIn(address, mail.email_from)

    def test_the_salesperson_is_in_copy(self):
        self.customer.user_id = self.salesperson
        self.level.copy_salesperson = True
        mail = self._sent(self._invoice(100.0, days_late=10)).mail_id
        self.assertIn(self.salesperson.email, mail.email_cc)
        self.assertNotIn(self.salesperson.email, mail.email_to)

    def test_an_archived_collector_has_a_substitute(self):
        leaver = self._user("leaver", "credit_management.group_credit_user")
        self._profile(analyst_id=leaver.id)
        leaver.sudo().action_archive()
        self.company.sudo().credit_management_analyst_id = self.manager
        notice = self._sent(self._invoice(100.0, days_late=10))
        self.assertEqual(notice.user_id, self.manager)
        self.assertIn(self.manager.email, notice.mail_id.email_from)

    def test_escalation_is_an_activity_of_the_superior(self):
        self.level.escalation_user_id = self.manager
        notice = self._sent(self._invoice(100.0, days_late=10))
        self.assertEqual(notice.activity_ids.user_id, self.manager)

    # === WHEN === #

    def test_outside_its_hours_an_e_mail_waits(self):
        self.procedure.write({"weekdays_only": True, "hour_from": 8.0, "hour_to": 18.0})
        self.company.partner_id.tz = "Europe/Paris"
        notice = self._approved(self._invoice(100.0, days_late=10))
        for moment, leaves in (
            (datetime(2026, 3, 7, 10, 0), False),  # Saturday
            (datetime(2026, 3, 6, 17, 30), False),  # Friday 18:30 in Paris
            (datetime(2026, 3, 9, 7, 30), True),  # Monday 8:30 in Paris
        ):
            with self.subTest(moment), freeze_time(moment):
                found = self.notices.search(self.notices._get_departing())
                self.assertEqual(notice in found, leaves)
                departure = self.notices._get_departure(self.procedure, self.company)
                self.assertEqual(departure, False if leaves else datetime(2026, 3, 9, 7, 0))

    def test_sent_outside_its_hours_it_stays_in_the_queue_until_they_begin(self):
        self.procedure.write({"weekdays_only": True, "hour_from": 8.0, "hour_to": 18.0})
        self.company.partner_id.tz = "Europe/Paris"
        with freeze_time("2026-03-07 10:00:00"):
            notice = self._approved(self._invoice(100.0, days_late=10))
            notice._send()
        self.assertEqual(notice.mail_id.scheduled_date, datetime(2026, 3, 9, 7, 0))

    def test_the_job_sends_on_the_day_of_the_company(self):
        self.company.partner_id.tz = "Europe/Paris"
        notice = self._approved(self._invoice(100.0, days_late=10))
        paused = self._invoice(100.0, days_late=10)
        self._pause(until=0, items=self._item(paused))
        other = self._approved(paused)
        evening = datetime.combine(self.today, time(23, 30))
        with freeze_time(evening), self.enter_registry_test_mode():
            self.env.ref("credit_followup.ir_cron_send").method_direct_trigger()
        tomorrow = self.today + timedelta(1)
        self.assertEqual((notice.state, notice.date), ("sent", tomorrow))
        self.assertEqual((other.state, other.date), ("sent", tomorrow))

    # === WHAT FAILS === #

    def test_a_customer_without_address_is_listed_and_repaired(self):
        self.customer.email = False
        notice = self._approved(self._invoice(100.0, days_late=10))
        notice._send(self.today)
        self.assertFailed(notice, "no_address", self.customer.name)
        self.customer.email = "found@example.com"
        notice.with_user(self.collector).action_retry()
        notice._send(self.today)
        self.assertEqual(notice.state, "sent")
        self.assertIn("found@example.com", notice.mail_id.email_to)

    def test_without_e_mail_a_letter_where_the_level_says_so(self):
        self.customer.email = False
        self.level.letter_without_email = True
        notice = self._approved(self._invoice(100.0, days_late=10))
        notice._send(self.today)
        self.assertEqual((notice.state, notice.channel), ("approved", "letter"))

    def test_a_text_that_is_missing_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        notice = self._approved(self._invoice(100.0, days_late=10))
        notice._send(self.today)
        self.assertFailed(notice, "no_translation", "Reminder", "German", self.customer.name)
        self.template.with_context(lang="de_DE").write(
            {"subject": "Mahnung", "body_html": "<p>Guten Tag</p>"}
        )
        notice.with_user(self.collector).action_retry()
        notice._send(self.today)
        self.assertEqual((notice.state, notice.mail_id.subject), ("sent", "Mahnung"))

    def test_a_notice_whose_level_is_gone_is_to_be_rejected(self):
        notice = self._approved(self._invoice(100.0, days_late=10))
        notice.line_ids.level_id = False
        notice.level_id = False
        notice._send(self.today)
        self.assertFailed(notice, "render", "was deleted", "Reject")

    def test_a_text_of_the_same_language_in_another_country_will_do(self):
        self.env["res.lang"]._activate_lang("en_GB")
        self.customer.lang = "en_GB"
        self._sent(self._invoice(100.0, days_late=10))

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_one_text_of_many_that_cannot_be_written_stops_no_other(self):
        customers = [
            self._customer(f"C{n}", email=f"c{n}@example.com", lang="en_US") for n in range(40)
        ]
        self.template.body_html = "<p t-if=\"object.partner_id.name == 'C17'\" t-out='object.partner_id.no_such_field'/><p>Hello</p>"
        invoices = [self._invoice(10.0, days_late=10, customer=customer) for customer in customers]
        notices = self.notices.union(*(self._approved(invoice) for invoice in invoices))
        notices._send(self.today)
        failed = notices.filtered(lambda notice: notice.state == "failed")
        self.assertEqual(failed.partner_id, customers[17], failed[:1].failure_detail)
        self.assertFailed(failed, "render", "Reminder", "no_such_field", "C17")
        self.assertEqual((notices - failed).mapped("state"), ["sent"] * 39)
        self.assertEqual(len(self._get_mails(notices)), 39)

    def test_a_refused_e_mail_is_listed_and_sent_again(self):
        notice = self._sent(self._invoice(100.0, days_late=10))
        first = notice.mail_id
        first.write({"state": "exception", "failure_reason": "550 no such user"})
        first._postprocess_sent_message([], [], failure_reason="550", failure_type="unknown")
        self.assertFailed(notice, "refused", "550 no such user")
        notice.with_user(self.collector).action_retry()
        notice._send(self.today)
        self.assertEqual((notice.state, first.state), ("sent", "cancel"))
        self.assertEqual(self._get_mails(notice).mapped("state").count("outgoing"), 1)

    def test_an_e_mail_sent_again_from_the_queue_is_sent(self):
        notice = self._sent(self._invoice(100.0, days_late=10))
        notice.mail_id.state = "exception"
        notice._fail("refused", "550")
        notice.mail_id.action_retry()
        self.assertEqual((notice.state, notice.failure), ("sent", False))

    def test_a_refused_e_mail_that_is_rejected_never_leaves(self):
        notice = self._sent(self._invoice(100.0, days_late=10))
        mail = notice.mail_id
        mail.state = "exception"
        notice._fail("refused", "550")
        notice.with_user(self.collector).action_reject()
        self.assertEqual((notice.state, mail.state), ("cancelled", "cancel"))
        with self.assertRaisesRegex(UserError, "was cancelled"):
            mail.mark_outgoing()

    def test_an_e_mail_taken_from_the_queue_is_not_forgotten(self):
        for take in ("cancel", "unlink"):
            with self.subTest(take):
                notice = self._sent(self._invoice(10.0, days_late=10))
                getattr(notice.mail_id, take)()
                self.assertFailed(notice, "refused", "queue")

    def test_a_bounce_of_the_customer_counts_and_one_of_the_copy_does_not(self):
        self.customer.user_id = self.salesperson
        self.level.copy_salesperson = True
        notice = self._sent(self._invoice(100.0, days_late=10))
        nobody = self.env["res.partner"]
        notice._message_receive_bounce(
            self.salesperson.email_normalized, self.salesperson.partner_id
        )
        self.assertEqual(notice.state, "sent")
        notice._message_receive_bounce("customer@example.com", nobody)
        self.assertFailed(notice, "bounced", "customer@example.com")

    # === CALLS AND OTHER STEPS === #

    def test_a_call_is_an_activity_of_the_collector_and_done_with_it(self):
        level = self._procedure([(5, "reminder", "call")], use=False).level_ids
        self._profile(analyst_id=self.collector.id)
        notice = self._approved(self._invoice(100.0, days_late=10), level=level)
        notice._send(self.today)
        notice._send(self.today)
        activity = notice.activity_ids
        self.assertEqual((len(activity), activity.user_id), (1, self.collector))
        self.assertEqual(activity.activity_type_id, self.env.ref("mail.mail_activity_data_call"))
        self.assertEqual((notice.state, len(self._get_mails(notice))), ("approved", 0))
        activity.with_user(self.collector).action_feedback(feedback="Pays on Friday")
        self.assertEqual(notice.state, "sent")

    def test_a_call_of_somebody_who_left_is_planned_anew(self):
        level = self._procedure([(5, "reminder", "activity")], use=False).level_ids
        leaver = self._user("leaver", "credit_management.group_credit_user")
        self._profile(analyst_id=leaver.id)
        self.company.sudo().credit_management_analyst_id = self.manager
        notice = self._approved(self._invoice(100.0, days_late=10), level=level)
        notice._send(self.today)
        self.assertEqual(notice.activity_ids.user_id, leaver)
        leaver.sudo().action_archive()
        notice.invalidate_recordset()
        self.assertIn(notice, self.notices.search(self.notices._get_departing()))
        notice._send(self.today)
        self.assertEqual(notice.activity_ids.user_id, self.manager)

    # === WHO MAY === #

    def test_only_collectors_of_the_company_act_on_notices(self):
        notice = self._notice(self._invoice(100.0, days_late=10))
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = self._user("stranger", "credit_management.group_credit_user")
        stranger.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        portal = self._user("portal", "base.group_portal")
        for user in (self.salesperson, portal, stranger):
            for name in (
                "action_approve",
                "action_reject",
                "action_retry",
                "action_print",
                "action_post",
                "action_preview",
            ):
                with self.subTest(f"{user.login} {name}"), self.assertRaises(AccessError):
                    getattr(notice.with_user(user), name)()
            with self.subTest(f"{user.login} reads"), self.assertRaises(AccessError):
                notice.with_user(user).read(["amount"])
            with self.subTest(f"{user.login} reads items"), self.assertRaises(AccessError):
                notice.line_ids.with_user(user).read(["amount"])
        self.assertEqual(notice.state, "proposed")
        notice.with_user(self.collector).action_approve()

    def test_nobody_writes_a_notice_past_its_buttons(self):
        notice = self._notice(self._invoice(100.0, days_late=10))
        for user in (self.collector, self.manager):
            for values in ({"state": "sent"}, {"amount": 1.0}, {"contact_ids": [Command.clear()]}):
                with self.subTest(f"{user.login} {values}"), self.assertRaises(AccessError):
                    notice.with_user(user).write(values)
            with self.assertRaises(AccessError):
                notice.with_user(user).copy()
            with self.assertRaises(AccessError):
                notice.with_user(user).unlink()
        notice.with_user(self.collector).write({"tracking_number": "1A 234"})

    def test_collectors_talk_about_a_notice_and_read_the_answers(self):
        self._profile(analyst_id=self.collector.id)
        notice = self._sent(self._invoice(100.0, days_late=10))
        self.assertIn(self.collector.partner_id, notice.message_partner_ids)
        mine = notice.with_user(self.collector)
        mine.message_post(body="Asked for a copy")
        mine.activity_schedule("mail.mail_activity_data_todo", user_id=self.collector.id)
        self.assertEqual(len(mine.activity_ids), 1)

    # === ATTACHMENTS === #

    def test_invoices_are_attached_as_they_were_sent(self):
        self.level.with_invoices = True
        invoice = self._invoice(100.0, days_late=10)
        legal = self.env["ir.attachment"].create(
            {
                "name": "INV.pdf",
                "raw": b"%PDF-1.4 legal",
                "res_model": "account.move",
                "res_id": invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        invoice.invalidate_recordset()
        mail = self._sent(invoice).mail_id
        self.assertEqual(mail.attachment_ids, legal)

    def test_old_dates_are_brought_up_to_date(self):
        invoice = self._invoice(100.0, days_late=10)
        notice = self._approved(invoice, date=self.today - timedelta(4))
        notice._send(self.today)
        self.assertEqual((notice.date, notice.line_ids.date), (self.today, self.today))
