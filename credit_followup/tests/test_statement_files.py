import io
import re
import zipfile
from datetime import datetime
from unittest.mock import patch

from lxml import html
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader
from openpyxl import load_workbook

from .test_statement import AccountStatementCommon


class StatementFilesCommon(AccountStatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("fr_FR")
        cls.customer.write({"lang": "en_US", "email": "one@example.com", "name": "One"})
        cls.french = cls._customer("Deux", lang="fr_FR", email="deux@example.com")
        cls.silent = cls._customer("Silent", email=False)
        cls.everybody = cls.customer | cls.french | cls.silent

    def _bill_everybody(self):
        for amount, customer in enumerate(self.everybody, 1):
            self._bill(amount * 1000.0, -50, customer=customer)

    def _wizard(self, partners, user=None, **values):
        wizards = self.env["credit.statement.wizard"].with_user(user or self.analyst)
        context = {"active_model": "res.partner", "active_ids": partners.ids}
        return wizards.with_context(**context).create({"date_to": self.today, **values})

    def _download(self, wizard):
        """Name and content of the file."""
        number = int(wizard.action_download()["url"].split("/")[3].split("?")[0])
        attachment = self.env["ir.attachment"].with_user(self.analyst).browse(number)
        return attachment.name, attachment.raw

    def _sheets(self, content, values=True):
        """``{sheet: {cell: value}}``; with ``values=False`` its formulas."""
        book = load_workbook(io.BytesIO(content), data_only=values)
        return {
            sheet.title: {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row}
            for sheet in book
        }


@tagged("post_install", "-at_install")
class TestStatementFiles(StatementFilesCommon):
    # === WORKBOOK === #

    def test_a_workbook_computes_by_formulas_what_the_statement_says(self):
        self._bill(100.0, -120, due=20)
        self._bill(70.0, -40, due=30)
        self._bill(30.0, -1)
        self._pay_on_account(25.0)
        _name, content = self._download(self._wizard(self.customer, file_format="xlsx"))
        [formulas], [values] = (self._sheets(content, v).values() for v in (False, True))
        self.assertEqual(formulas["F10"], "=IF(H10>0,MAX(0,$B$6-E10),0)")
        self.assertEqual([values[f"F{row}"] for row in range(10, 14)], [100, 10, 0, 0])
        total = next(cell for cell, value in formulas.items() if value == "=SUM($H$10:$H$13)")
        self.assertEqual(values[total], 175.0)
        buckets = {
            value: values[cell]
            for cell, value in formulas.items()
            if str(value).startswith("=SUMIF")
        }
        items, late = "$H$10:$H$13", "$F$10:$F$13"
        self.assertEqual(
            buckets,
            {
                f'=SUMIFS({items},{items},">0",{late},"<=0")': 30.0,
                f'=SUMIFS({items},{items},">0",{late},">=1",{late},"<=30")': 70.0,
                f'=SUMIFS({items},{items},">0",{late},">=31",{late},"<=60")': 0.0,
                f'=SUMIFS({items},{items},">0",{late},">=61",{late},"<=90")': 0.0,
                f'=SUMIFS({items},{items},">0",{late},">=91")': 100.0,
                f'=SUMIF({items},"<0")': -25.0,
            },
        )
        [sheet] = load_workbook(io.BytesIO(content)).worksheets
        [chart] = sheet._charts
        self.assertEqual(chart.ser[0].val.numRef.f, f"{sheet.title}!$B$17:$B$21")

    def test_a_workbook_of_movements_runs_from_opening_to_closing_balance(self):
        self._bill(100.0, -90)
        bill = self._bill(40.0, -20)
        self._pay(bill, 15.0, payment_date=self._day(-2))
        wizard = self._wizard(
            self.customer, file_format="xlsx", kind="movements", date_from=self._day(-30)
        )
        _name, content = self._download(wizard)
        [formulas], [values] = (self._sheets(content, v).values() for v in (False, True))
        column = [formulas[f"H{row}"] for row in range(10, 14)]
        self.assertEqual(column, [100, "=H10+F11-G11", "=H11+F12-G12", "=H12"])
        self.assertEqual([values[f"H{row}"] for row in range(10, 14)], [100, 140, 125, 125])
        self.assertEqual((values["F13"], values["G13"]), (40, 15))
        total = next(cell for cell, value in formulas.items() if value == "=SUM($H$17:$H$18)")
        self.assertEqual(values[total], 125.0)

    def test_a_workbook_has_a_sheet_for_each_customer_and_a_summary_that_follows_them(self):
        self._bill_everybody()
        _name, content = self._download(self._wizard(self.everybody, file_format="xlsx"))
        sheets, formulas = self._sheets(content), self._sheets(content, values=False)
        self.assertEqual(list(sheets)[1:], ["One", "Deux", "Silent"])
        summary = next(iter(sheets))
        self.assertEqual([sheets[summary][f"C{row}"] for row in (5, 6, 7)], [1000, 2000, 3000])
        self.assertRegex(formulas[summary]["C6"], r"^='?Deux'?!B\d+$")

    def test_names_of_customers_are_no_formulas_and_no_trouble(self):
        name = '=HYPERLINK("http://example.com")[Ltd]/*: and much more than thirty-one letters'
        partners = self._customer(name) | self._customer(name)
        for partner in partners:
            self._bill(10.0, customer=partner)
        _name, content = self._download(self._wizard(partners, file_format="xlsx"))
        sheets = self._sheets(content, values=False)
        self.assertEqual(len(sheets), 3)
        book = load_workbook(io.BytesIO(content))
        self.assertEqual({sheet["B3"].data_type for sheet in book.worksheets[1:]}, {"s"})
        self.assertEqual({sheet["B3"].value for sheet in book.worksheets[1:]}, {name})

    def test_a_workbook_is_in_the_format_of_the_customers_language(self):
        self._bill(10.0, customer=self.french)
        _name, content = self._download(self._wizard(self.french, file_format="xlsx"))
        [sheet] = load_workbook(io.BytesIO(content)).worksheets
        self.assertEqual(sheet["B6"].number_format, "dd/mm/yyyy")
        self.assertEqual(sheet["B6"].value, datetime.combine(self.today, datetime.min.time()))
        self.assertEqual(sheet["H10"].number_format, "#,##0.00")

    # === PDF, as the page it is made of === #

    def _page(self, partners, **values):
        """The text of each statement, in the order of the customers."""
        wizard = self._wizard(partners, **values)
        content = self.env["credit.statement"].with_user(self.analyst)
        found = content._render_one_pdf(*wizard._check())
        pages = html.fromstring(found).xpath("//div[contains(@class, 'o_credit_statement')]")
        return [" ".join(page.text_content().split()) for page in pages]

    def test_each_customer_gets_its_own_page_in_its_language(self):
        self._bill_everybody()
        one, two, _three = self._page(self.everybody)
        self.assertIn(f"{self.today:%m/%d/%Y}", one)
        self.assertIn(f"{self.today:%d/%m/%Y}", two)
        self.assertIn("1,000.00", one)
        self.assertRegex(two, r"2\W000,00")
        self.assertNotIn("2,000.00", one)

    def test_a_page_of_movements_tells_both_balances(self):
        self._bill(100.0, -90)
        self._bill(40.0, -20)
        [text] = self._page(self.customer, kind="movements", date_from=self._day(-30))
        self.assertRegex(text, r"Opening balance\D*100\.00.*140\.00.*Closing balance.*140\.00")

    def test_it_goes_to_the_address_of_invoices_and_names_the_account_to_pay_to(self):
        self.env["res.partner"].create(
            {
                "name": "Bookkeeping",
                "type": "invoice",
                "parent_id": self.customer.id,
                "street": "7 Ledger Lane",
                "city": "Bath",
            }
        )
        self.company.sudo().partner_id.bank_ids = [
            Command.clear(),
            Command.create(
                {
                    "acc_number": "FR7630006000011234567890189",
                    "bank_id": self.env["res.bank"]
                    .sudo()
                    .create({"name": "Bank", "bic": "AGRIFRPP"})
                    .id,
                }
            ),
        ]
        self._bill(100.0)
        [text] = self._page(self.customer)
        self.assertIn("7 Ledger Lane", text)
        self.assertRegex(text, r"IBAN: FR76 3000 6000 0112 3456 7890 189 BIC: AGRIFRPP")

    def test_a_customer_who_owes_nothing_is_told_so(self):
        self.assertIn("Nothing is open.", self._page(self.customer)[0])

    # === TO DOWNLOAD === #

    def test_a_zip_has_one_file_for_each_customer(self):
        self._bill_everybody()
        twin = self._customer("One")
        self._bill(7.0, customer=twin)
        wizard = self._wizard(self.everybody | twin, file_format="xlsx", files="each")
        name, content = self._download(wizard)
        self.assertTrue(name.endswith(f"{self.today}.zip"))
        archive = zipfile.ZipFile(io.BytesIO(content))
        self.assertEqual(len(archive.namelist()), 4)
        titles = [list(self._sheets(archive.read(name))) for name in archive.namelist()]
        self.assertEqual(titles, [["One"], ["Deux"], ["Silent"], ["One"]])

    def test_the_wizard_takes_customers_from_contacts_and_from_credit_files(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self.assertEqual(self._wizard(contact | self.customer).partner_ids, self.customer)
        profile = self._profile(self.french)
        wizard = (
            self.env["credit.statement.wizard"]
            .with_user(self.analyst)
            .with_context(active_model="credit.profile", active_ids=profile.ids)
            .create({})
        )
        self.assertEqual(wizard.partner_ids, self.french)

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        wizard = self._wizard(self.customer, kind="movements", date_from=self._day(1))
        with self.assertRaisesRegex(UserError, "must begin before it ends"):
            wizard.action_download()

    def test_nobody_but_credit_people_gets_a_file_or_sends_one(self):
        self._bill(100.0)
        portal = new_test_user(self.env(su=True), "credit_portal", "base.group_portal")
        wizard = self._wizard(self.customer)
        for user in (self.salesperson, portal):
            for action in ("action_download", "action_send"):
                with self.subTest(f"{user.login} {action}"), self.assertRaises(AccessError):
                    getattr(wizard.with_user(user), action)()
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._wizard(self.customer, user=user)
            with self.subTest(f"{user.login} report"), self.assertRaises(AccessError):
                reports = self.env["report.credit_followup.report_statement"].with_user(user)
                reports._get_report_values(self.customer.ids)

    # === BY E-MAIL === #

    def _send(self, partners, **values):
        """The e-mails created and the message to the user."""
        before = self.env["mail.mail"].sudo().search([])
        action = self._wizard(partners, file_format="xlsx", **values).action_send()
        self.env.flush_all()
        mails = self.env["mail.mail"].sudo().search([], order="id") - before
        return mails, action["params"]["message"]

    def test_each_customer_is_sent_its_own_statement_alone(self):
        self._bill_everybody()
        mails, message = self._send(self.everybody)
        self.assertEqual(mails.recipient_ids, self.customer | self.french)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        for mail in mails:
            [attachment] = mail.attachment_ids
            [sheet] = self._sheets(attachment.raw)
            self.assertEqual(mail.recipient_ids.name, sheet)
            self.assertIn(sheet, attachment.name)
        self.assertIn("2 statements", message)
        self.assertIn("Silent", message)
        self.assertIn(f"{self.today:%d/%m/%Y}", mails[1].subject)
        self.assertIn(f"{self.today:%m/%d/%Y}", mails[0].subject)

    def test_the_e_mail_says_what_is_open_and_overdue_and_where_to_pay(self):
        self.company.sudo().partner_id.bank_ids = [
            Command.clear(),
            Command.create(
                {
                    "acc_number": "FR7630006000011234567890189",
                    "bank_id": self.env["res.bank"]
                    .sudo()
                    .create({"name": "Bank", "bic": "AGRIFRPP"})
                    .id,
                }
            ),
        ]
        self._bill(1000.0, -50, customer=self.french)
        self._bill(500.0, customer=self.french)
        self._bill(70.0)
        mails, _message = self._send(self.french | self.customer)
        french, english = (self._read_mail(mail) for mail in mails.sorted("id"))
        self.assertRegex(french, r"1\W500,00.*1\W000,00.*IBAN\W+FR76 3000 6000.*BIC\W+AGRIFRPP")
        self.assertIn("Bonjour, Veuillez trouver ci-joint le relevé de votre compte", french)
        self.assertIn("Solde dû au", french)
        self.assertRegex(english, r"Open on [\d/]+ \$ 70\.00 Of which overdue \$ 0\.00")
        self.assertNotIn("/my/invoices", mails.sorted("id")[0].body_html)
        self.assertIn("max-width: 680px", mails[0].body_html, "the layout of reminders")
        self.assertIn(self.company.name, french)

    def _read_mail(self, mail):
        return " ".join(html.fromstring(mail.body_html).text_content().split())

    def test_who_has_an_account_finds_the_way_to_the_portal(self):
        new_test_user(
            self.env(su=True), "one_portal", "base.group_portal", partner_id=self.customer.id
        )
        self._bill(70.0)
        mails, _message = self._send(self.customer)
        self.assertIn(f"{mails.get_base_url()}/my/invoices", mails.body_html)

    def test_it_leaves_at_once(self):
        self._bill(70.0)
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        before = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", queue.id)])
        self._send(self.customer)
        after = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", queue.id)]) - before
        self.assertEqual(len(after), 1)

    def test_as_many_statements_are_read_at_once(self):
        self._bill_everybody()
        read = self.registry["credit.statement"]._read
        with patch.object(
            self.registry["credit.statement"], "_read", autospec=True, side_effect=read
        ) as reading:
            self._send(self.everybody)
        self.assertEqual(reading.call_count, 2, "once for the files, once for the e-mails")

    def test_it_is_sent_to_the_contacts_for_reminders_and_kept_on_the_credit_file(self):
        contact = self.env["res.partner"].create(
            {"name": "C", "parent_id": self.customer.id, "email": "c@example.com"}
        )
        profile = self._profile()
        profile.sudo().followup_contact_ids = contact
        mails, _message = self._send(self.customer)
        self.assertEqual(mails.recipient_ids, contact)
        self.assertEqual((mails.model, mails.res_id), ("credit.profile", profile.id))
        self.assertEqual(mails.attachment_ids.res_model, "credit.profile")
        with self.assertRaises(AccessError):
            mails.attachment_ids.with_user(self.salesperson).read(["raw"])


@tagged("post_install", "-at_install")
class TestStatementPdf(StatementFilesCommon, HttpCase):
    def test_many_statements_are_cut_into_one_pdf_each(self):
        """Even with several pages, each file begins with its customer and ends before the next one."""
        for n in range(60):
            self._bill(10.0 + n, -50, customer=self.french)
        for customer in (self.customer, self.silent):
            self._bill(5.0, customer=customer)
        statements = self.env["credit.statement"].with_user(self.analyst)
        statements = statements.with_context(force_report_rendering=True)
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            found = dict(statements._render_pdfs(self.everybody, self.company, self.today))
        readers = {c: PdfFileReader(io.BytesIO(content)) for c, content in found.items()}
        self.assertEqual([len(readers[c].pages) == 1 for c in self.everybody], [True, False, True])
        for customer, reader in readers.items():
            text = "".join(page.extract_text() for page in reader.pages)
            self.assertEqual(re.findall(r"#(\d+)/", text), [str(customer.id)])
