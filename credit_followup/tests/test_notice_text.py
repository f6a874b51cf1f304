from datetime import timedelta

from lxml import html
from odoo.fields import Command
from odoo.tests import tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestNoticeText(NoticeCommon):
    """The standard texts and their layout on a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        texts = {
            name: {"mail_template_id": cls.env.ref(f"credit_followup.mail_template_{name}").id}
            for name in ("reminder", "firm", "formal_notice")
        }
        cls.steps = cls._procedure(
            [
                (5, "reminder", "email", texts["reminder"]),
                (15, "firm", "email", texts["firm"]),
                (30, "formal_notice", "email", texts["formal_notice"]),
            ],
            use=False,
            **cls.always,
        )
        cls.reminder, cls.firm, cls.formal = cls.steps.level_ids

    def _text(self, *invoices, level):
        """The e-mail of a notice, as plain text and as a tree."""
        notice = self._sent(*invoices, level=level)
        tree = html.fromstring(notice.mail_id.body_html)
        return " ".join(tree.text_content().split()), tree

    def _told(self, *invoices, days_ago=10):
        """An earlier notice of these invoices."""
        notice = self._sent(*invoices, level=self.reminder)
        day = self.today - timedelta(days_ago)
        notice.line_ids.date = notice.date = day

    # === ONLY WHAT IS TRUE === #

    def test_in_spite_of_our_reminders_is_said_where_there_were_some(self):
        bill = self._invoice(100.0, days_late=40)
        self._told(bill)
        text, _tree = self._text(bill, level=self.formal)
        self.assertIn("In spite of our reminders", text)
        self.assertNotIn("New in this reminder", text)

    def test_a_formal_notice_of_what_was_never_reminded_of_does_not_say_so(self):
        text, _tree = self._text(self._invoice(100.0, days_late=40), level=self.formal)
        self.assertNotIn("In spite of our reminders", text)
        self.assertIn("The following items, which are due and payable, have not been paid", text)

    def test_what_was_never_reminded_of_is_named_apart(self):
        old, new = self._invoice(100.0, days_late=60), self._invoice(70.0, days_late=40)
        self._told(old)
        text, _tree = self._text(new, old, level=self.formal)
        self.assertNotIn("In spite of our reminders", text)
        order = ["Already reminded", old.name, "New in this reminder", new.name]
        self.assertEqual(sorted(order, key=text.index), order)

    def test_a_firm_reminder_of_what_was_never_reminded_of_claims_no_earlier_one(self):
        text, _tree = self._text(self._invoice(100.0, days_late=20), level=self.firm)
        self.assertNotIn("We wrote to you", text)

    def test_a_word_before_the_due_date_was_no_reminder(self):
        bill = self._invoice(100.0, days_late=40)
        self._told(bill, days_ago=45)
        text, _tree = self._text(bill, level=self.formal)
        self.assertNotIn("In spite of our reminders", text)

    def test_a_reminder_that_nobody_received_was_none(self):
        bill = self._invoice(100.0, days_late=40)
        self._told(bill)
        self.env["credit.followup.notice"].sudo().search(
            [("level_id", "=", self.reminder.id)]
        ).state = "failed"
        text, _tree = self._text(bill, level=self.formal)
        self.assertNotIn("In spite of our reminders", text)

    # === ON A TELEPHONE === #

    def test_an_e_mail_has_three_columns_and_shows_what_is_open(self):
        bill = self._invoice(100.0, days_late=40)
        self._pay(bill, 60.0)
        text, tree = self._text(bill, level=self.reminder)
        self.assertEqual(len(tree.xpath("//table//tr[1]/th")), 3)
        self.assertIn("Days late: 40", text)
        self.assertRegex(text, r"40\.00.*Of .*100\.00")

    def test_a_letter_keeps_its_six_columns(self):
        notice = self._notice(self._invoice(100.0, days_late=40), channel="letter")
        tree = html.fromstring(notice._get_items_table())
        self.assertEqual(len(tree.xpath("//table//tr[1]/th")), 6)

    def test_one_invoice_is_paid_by_a_button(self):
        bill = self._invoice(100.0, days_late=40)
        _text, tree = self._text(bill, level=self.reminder)
        [button] = tree.xpath("//a[contains(., 'See and pay')]/@href")
        self.assertIn(bill.access_token, button)

    def test_who_has_an_account_pays_all_that_is_overdue_by_a_button(self):
        bills = [self._invoice(100.0, days_late=40) for _n in range(2)]
        _text, tree = self._text(*bills, level=self.reminder)
        self.assertFalse(tree.xpath("//a[contains(., 'See and pay')]"))
        user = self._user("portal", "base.group_portal")
        user.sudo().partner_id.parent_id = self.customer
        self._profile().sudo().followup_contact_ids = [Command.set(user.partner_id.ids)]
        _text, tree = self._text(
            *[self._invoice(5.0, days_late=40) for _n in range(2)], level=self.reminder
        )
        [button] = tree.xpath("//a[contains(., 'See and pay')]/@href")
        self.assertIn("/my/invoices/overdue", button)

    def test_numbers_are_labelled_and_the_customers_own_is_there(self):
        self.customer.ref = "C0042"
        company = self.company.sudo()
        company.partner_id.write({"company_registry": "33417522101010", "vat": False})
        bank = self.env["res.bank"].sudo().create({"name": "Bank", "bic": "BDFEFRPP"})
        self.env["res.partner.bank"].sudo().create(
            {
                "acc_number": "FR7630001007941234567890185",
                "partner_id": company.partner_id.id,
                "bank_id": bank.id,
            }
        )
        text, _tree = self._text(self._invoice(100.0, days_late=40), level=self.reminder)
        for words in ("Your account: C0042", ": 33417522101010", "BIC: BDFEFRPP"):
            with self.subTest(words):
                self.assertIn(words, text)
