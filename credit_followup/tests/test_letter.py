import errno
import io
from unittest.mock import patch

from lxml import etree
from odoo.addons.base.models.ir_attachment import IrAttachment
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval
from pypdf import PdfReader

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestLetter(NoticeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.formal = cls.env.ref("credit_followup.mail_template_formal_notice")
        cls.paper = cls._procedure(
            [
                (10, "firm", "letter"),
                (30, "formal_notice", "registered", {"mail_template_id": cls.formal.id}),
            ],
            use=False,
        )
        cls.letter, cls.registered = cls.paper.level_ids
        cls.env = cls.env(context={**cls.env.context, "force_report_rendering": True})
        cls.enterClassContext(mute_logger("odoo.addons.base.models.ir_actions_report"))

    def _pages(self, notices):
        """The text of each page of the PDF."""
        report = self.env["ir.actions.report"].sudo()
        content, _format = report._render_qweb_pdf("credit_followup.report_letter", notices.ids)
        return [
            " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages
        ]

    def _get_preview(self, action):
        return (
            self.env["credit.followup.preview"].with_user(self.collector).browse(action["res_id"])
        )

    def test_letters_are_printed_then_posted(self):
        letter = self._approved(self._invoice(100.0, days_late=20), level=self.letter)
        letter._send(self.today)
        collector = letter.with_user(self.collector)
        with self.assertRaisesRegex(UserError, "Print"):
            collector.action_post()
        action = collector.action_print()
        self.assertEqual(action["report_name"], "credit_followup.report_letter")
        self.assertEqual((letter.state, bool(letter.printed_at)), ("approved", True))
        collector.action_post()
        self.assertEqual((letter.state, bool(letter.sent_at)), ("sent", True))
        self.assertFalse(self._get_mails(letter))
        with self.assertRaises(UserError):
            collector.action_post()

    def test_one_pdf_for_the_batch_each_letter_with_its_customer(self):
        other = self._customer(
            "Other", street="2 Side Street", city="Lyon", zip="69001", lang="en_US"
        )
        invoices = (
            self._invoice(100.0, days_late=40),
            self._invoice(75.0, days_late=50, customer=other),
        )
        letters = (
            self.env["credit.followup.notice"]
            .sudo()
            .union(*(self._approved(invoice, level=self.registered) for invoice in invoices))
        )
        letters.with_user(self.collector).action_print()
        pages = self._pages(letters)
        self.assertEqual(len(pages), 2)
        for page, invoice, word in zip(
            pages, invoices, ("1 Main Street", "2 Side Street"), strict=True
        ):
            for expected in (
                invoice.name,
                word,
                "Formal notice to pay",
                "Registered letter",
                "eight days",
            ):
                self.assertIn(expected, page)
        self.assertEqual(letters.letter_id.mapped("res_id"), letters.ids)

    def test_what_was_printed_is_printed_again_as_it_was(self):
        invoice = self._invoice(100.0, days_late=40)
        letter = self._approved(invoice, level=self.registered)
        letter.with_user(self.collector).action_print()
        before = self._pages(letter)
        letter.with_user(self.collector).action_post()
        self._pay(invoice, 60.0)
        letter.with_user(self.collector).action_print()
        self.assertEqual(self._pages(letter), before)

    def test_printed_again_before_it_is_posted_it_has_the_amounts_of_now(self):
        invoice = self._invoice(100.0, days_late=40)
        letter = self._approved(invoice, level=self.registered)
        letter.with_user(self.collector).action_print()
        self.assertIn("100.00", self._pages(letter)[0])
        self._pay(invoice, 60.0)
        letter.with_user(self.collector).action_print()
        self.assertIn("40.00", self._pages(letter)[0])

    def test_the_job_writes_approved_letters_and_lists_what_it_cannot_write(self):
        lost = self._customer("Lost", lang="en_US")
        good = self._approved(self._invoice(100.0, days_late=20), level=self.letter)
        bad = self._approved(self._invoice(100.0, days_late=20, customer=lost), level=self.letter)
        (good | bad)._send(self.today)
        self.assertEqual((good.state, good.printed_at), ("approved", False))
        self.assertTrue(good.letter_id)
        self.assertFailed(bad, "no_address", "Lost")

    def test_a_letter_without_postal_address_is_listed(self):
        lost = self._customer("Lost", lang="en_US")
        notice = self._approved(
            self._invoice(100.0, days_late=20, customer=lost), level=self.letter
        )
        with self.assertRaises(UserError):
            notice.with_user(self.collector).action_print()
        notice._send(self.today)
        self.assertFailed(notice, "no_address", "Lost", "street")
        lost.write({"street": "3 New Street", "city": "Lille"})
        notice.with_user(self.collector).action_retry()
        notice.with_user(self.collector).action_print()
        self.assertTrue(notice.printed_at)

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_one_letter_that_cannot_be_written_stops_no_other(self):
        self.template.body_html = "<p t-out=\"1 / (object.partner_id.name != 'Broken')\"/>"
        broken = self._customer("Broken", street="4 Street", city="Metz", lang="en_US")
        good = self._approved(self._invoice(10.0, days_late=20), level=self.letter)
        bad = self._approved(self._invoice(10.0, days_late=20, customer=broken), level=self.letter)
        (good | bad).with_user(self.collector).action_print()
        self.assertTrue(good.printed_at)
        self.assertFailed(bad, "render", "division by zero", "Broken")

    def test_letters_that_the_disk_refuses_are_an_error_and_stay_approved(self):
        letters = self._approved(self._invoice(10.0, days_late=20), level=self.letter)
        denied = PermissionError(errno.EACCES, "Permission denied", "/srv/filestore/ab")
        with (
            patch.object(IrAttachment, "_get_path", side_effect=denied),
            mute_logger("odoo.addons.credit_followup.models.reminder.credit_followup_notice_mail"),
            self.assertRaisesRegex(UserError, "nothing was printed") as refused,
        ):
            letters.with_user(self.collector).action_print()
        self.assertNotIn("/srv", str(refused.exception))
        self.assertEqual((letters.state, letters.printed_at), ("approved", False))
        letters.with_user(self.collector).action_print()
        self.assertTrue(letters.printed_at)

    def test_a_letter_whose_items_are_paid_is_not_printed(self):
        invoice = self._invoice(100.0, days_late=20)
        letter = self._approved(invoice, level=self.letter)
        self._pay(invoice)
        letter._prepare_printing(self.today)
        self.assertEqual((letter.state, letter.printed_at), ("cancelled", False))

    def _get_warnings(self, record, name):
        """The confirmations that the form shows in the record's state."""
        form = etree.fromstring(record.get_view(view_type="form")["arch"])
        values = {
            field: record[field] for field in record._fields if field in form.xpath("//@name")
        }
        return [
            button.get("confirm")
            for button in form.xpath(f"//header/button[@name='{name}']")
            if not safe_eval(button.get("invisible"), values)
        ]

    def test_who_rejects_a_printed_letter_is_told_that_it_may_be_in_the_post(self):
        letter = self._approved(self._invoice(100.0, days_late=20), level=self.letter)
        letter = letter.with_user(self.collector)
        [plain] = self._get_warnings(letter, "action_reject")
        self.assertNotIn("have been posted", plain)
        letter.action_print()
        [warning] = self._get_warnings(letter, "action_reject")
        self.assertIn("have been posted", warning)

    def test_who_cancels_a_run_is_told_of_its_printed_letters(self):
        self.company.sudo().credit_followup_procedure_id = self.paper
        self._invoice(100.0, days_late=20)
        run = self._run().with_user(self.collector)
        run.action_approve()
        self.assertEqual(run.to_post_count, 0)
        [plain] = self._get_warnings(run, "action_cancel")
        self.assertNotIn("have been posted", plain)
        run.notice_ids.action_print()
        run.invalidate_recordset()
        self.assertEqual(run.to_post_count, 1)
        [warning] = self._get_warnings(run, "action_cancel")
        self.assertIn("have been posted", warning)

    def test_tracking_number_and_receipt_are_entered_later(self):
        letter = self._approved(self._invoice(100.0, days_late=40), level=self.registered)
        collector = letter.with_user(self.collector)
        collector.action_print()
        collector.action_post()
        collector.write({"tracking_number": "1A 000 111", "received_date": self.today})
        self.assertEqual(letter.tracking_number, "1A 000 111")
        with self.assertRaises(AccessError):
            letter.with_user(self.salesperson).write({"tracking_number": "2"})

    # === BLOCKS OF THE TEXT === #

    def test_a_total_for_each_currency(self):
        euros = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        notice = self._notice(
            self._invoice(100.0, days_late=10),
            self._invoice(60.0, days_late=20, currency_id=euros.id),
        )
        self.assertEqual(
            dict(notice._get_totals_by_currency()),
            {self.company.currency_id: 100.0, euros: 60.0},
        )
        table = notice._get_items_table()
        self.assertIn(f"Total in {euros.name}", table)

    def test_bank_details_are_the_company_s_own(self):
        banks = self.env["res.partner.bank"].sudo()
        own = banks.create(
            {"acc_number": "FR7630001007941234567890185", "partner_id": self.company.partner_id.id}
        )
        banks.create({"acc_number": "DE89370400440532013000", "partner_id": self.customer.id})
        notice = self._notice(self._invoice(100.0, days_late=10))
        details = notice._get_bank_details()
        self.assertIn(own.acc_number, details)
        self.assertNotIn("DE89", details)

    def test_on_paper_there_are_no_links(self):
        invoice = self._invoice(100.0, days_late=40)
        self.assertIn("access_token", self._notice(invoice)._get_items_table())
        self.assertNotIn("href", self._notice(invoice, level=self.letter)._get_items_table())

    def test_nothing_of_the_law_is_cited_by_the_base(self):
        self.assertEqual(self._notice(self._invoice(1.0, days_late=1))._get_legal_mentions(), "")

    # === PREVIEW === #

    def test_a_level_is_previewed_on_a_real_customer_and_nothing_is_saved(self):
        invoice = self._invoice(100.0, days_late=10)
        before = self.env["credit.followup.notice"].sudo().search_count([])
        template = self.env.ref("credit_followup.mail_template_reminder")
        self.level.mail_template_id = template
        action = self.level.with_user(self.collector).action_preview()
        preview = self._get_preview(action)
        self.assertEqual((preview.partner_id, preview.problem), (self.customer, False))
        self.assertIn(invoice.name, preview.html)
        self.assertEqual(preview.subject, "Reminder: payment overdue")
        self.assertEqual(self.env["credit.followup.notice"].sudo().search_count([]), before)
        self.assertFalse(invoice.access_token)

    def test_a_notice_is_previewed_with_the_amounts_of_now(self):
        self.level.mail_template_id = self.env.ref("credit_followup.mail_template_reminder")
        invoice = self._invoice(100.0, days_late=10)
        notice = self._notice(invoice)
        self._pay(invoice, 40.0)
        action = notice.with_user(self.collector).action_preview()
        preview = self._get_preview(action)
        self.assertIn("60.00", preview.html)
        self.assertEqual((notice.state, notice.amount), ("proposed", 100.0))

    def test_a_word_before_the_due_date_is_previewed_on_what_is_not_late(self):
        late, coming = self._invoice(100.0, days_late=90), self._invoice(50.0, days_late=-3)
        text = {"mail_template_id": self.env.ref("credit_followup.mail_template_reminder").id}
        level = self._procedure([(-7, "courtesy", "email", text)], use=False).level_ids
        preview = self._get_preview(level.with_user(self.collector).action_preview())
        self.assertIn(coming.name, preview.html)
        self.assertNotIn(late.name, preview.html)

    def test_an_entry_without_a_due_date_is_previewed(self):
        invoice = self._invoice(100.0, days_late=10)
        self._invoice(100.0, days_late=9)
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = NULL WHERE id = %s",
            [self._item(invoice).id],
        )
        self.env.invalidate_all()
        self.level.mail_template_id = self.env.ref("credit_followup.mail_template_reminder")
        preview = self._get_preview(self.level.with_user(self.collector).action_preview())
        self.assertEqual((preview.partner_id, preview.problem), (self.customer, False))
        self.assertIn(invoice.name, preview.html)

    def test_a_letter_is_previewed_as_pdf(self):
        self._invoice(100.0, days_late=40)
        level = self.registered.with_user(self.collector)
        action = level.action_preview()
        preview = self._get_preview(action)
        self.assertTrue(preview.pdf)

    def test_a_preview_says_why_nothing_would_go_out(self):
        self._invoice(100.0, days_late=40)
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        action = self.level.with_user(self.collector).action_preview()
        preview = self._get_preview(action)
        self.assertIn("German", preview.problem)

    def test_a_preview_is_for_collectors(self):
        with self.assertRaises(AccessError):
            self.level.with_user(self.salesperson).action_preview()

    def test_a_preview_is_for_who_opened_it(self):
        self._invoice(100.0, days_late=10)
        preview = self._get_preview(self.level.with_user(self.collector).action_preview())
        self.assertTrue(preview.with_user(self.collector).read(["html"]))
        other = self.setup_other_company()["company"]
        foreign = self._user("foreign", "credit_management.group_credit_user")
        foreign.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            preview.with_user(foreign).read(["html"])

    # === WHAT COMES WITH THE ADD-ON === #

    def test_the_two_ready_procedures_write_every_text(self):
        for name in ("gentle", "systematic"):
            procedure = self.env.ref(f"credit_followup.procedure_{name}").sudo()
            for level in procedure.level_ids.filtered("mail_template_id"):
                with self.subTest(f"{name} {level.days}"):
                    invoice = self._invoice(200.0, days_late=max(level.days, 1))
                    text = self._notice(invoice, level=level)._render_text()
                    self.assertIn(invoice.name, text)
                    self.assertNotIn("t-out", text)

    def test_key_accounts_are_called_before_any_firm_letter(self):
        gentle = self.env.ref("credit_followup.procedure_gentle").sudo().level_ids.sorted("days")
        first_firm = gentle.filtered(lambda level: level.stage == "firm")[:1]
        self.assertTrue(
            gentle.filtered(lambda level: level.channel == "call" and level.days < first_firm.days)
        )
        self.assertFalse(gentle.filtered(lambda level: level.days > 0 and level.automatic))
