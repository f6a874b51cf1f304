import base64
import io
import zipfile
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from openpyxl import Workbook, load_workbook

from .common import CreditCommon

HEAD = "Customer;Amount;Kind;From;Until;Reason"


@tagged("post_install", "-at_install")
class TestLimitFile(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"ref": "C-1", "country_id": cls.env.ref("base.fr").id})
        cls.customer.company_registry = "73282932000074"
        cls.second = cls._customer("Second", vat="BE0477472701")

    def _batch(self, *rows, content=None, user=None, **values):
        content = content if content is not None else "\n".join([HEAD, *rows]).encode()
        batch = (
            self.env["credit.limit.batch"]
            .with_user(user or self.manager)
            .create(
                {
                    "origin": "file",
                    "file": base64.b64encode(content),
                    "file_name": "limits.csv",
                    "reason": "From the insurer",
                    **values,
                }
            )
        )
        batch.action_preview()
        return batch

    def _confirm(self, batch):
        action = batch.action_confirm()
        return self.env["credit.limit"].sudo().search(action["domain"], order="id")

    def _problem(self, row):
        return self._batch(row).line_ids.problem

    def test_a_damaged_file_gets_a_sentence(self):
        book = io.BytesIO()
        with zipfile.ZipFile(book, "w") as archive:
            archive.writestr("[Content_Types].xml", "<broken")
        for content in (book.getvalue(), b"PK\x03\x04junk"):
            with self.subTest(content=content[:10]), self.assertRaises(UserError):
                self.env["credit.limit.batch"]._read_cells(content)

    def test_line_ends_of_every_system_are_read(self):
        for end in ("\r", "\n", "\r\n"):
            rows = self.env["credit.limit.batch"]._read_cells(
                f"Customer;Amount{end}A;5{end}".encode()
            )
            self.assertEqual(rows, [["Customer", "Amount"], ["A", "5"]])

    def test_a_file_of_good_rows(self):
        self._limit(10.0)
        until = self.today + timedelta(9)
        batch = self._batch(
            f"C-1;1 250,50;temporary;;{until};Season", "BE 0477.472.701;2000;;;;", ";;;;;"
        )
        self.assertEqual((batch.good_count, batch.problem_count), (2, 0))
        self.assertRecordValues(
            self._confirm(batch),
            [
                {
                    "partner_id": self.customer.id,
                    "amount": 1250.5,
                    "kind": "temporary",
                    "date_from": self.today,
                    "date_to": until,
                    "reason": "Season",
                    "state": "approved",
                },
                {
                    "partner_id": self.second.id,
                    "amount": 2000.0,
                    "kind": "permanent",
                    "date_from": self.today,
                    "date_to": False,
                    "reason": "From the insurer",
                    "state": "approved",
                },
            ],
        )
        self.assertEqual(self._profile(self.second).credit_limit, 2000.0)

    def test_every_name_of_a_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Jo", "parent_id": self.customer.id, "ref": "J-9"}
        )
        for text in ("732 829 320 00074", "732829320", "c-1", "customer", "J-9"):
            with self.subTest(text):
                found = self.env["credit.limit.batch"]._match_customers({text})
                self.assertEqual(found.get(text), self.customer)
        self.assertTrue(contact)

    def test_an_identifier_goes_before_a_name(self):
        self._customer("C-1")
        found = self.env["credit.limit.batch"]._match_customers({"C-1"})
        self.assertEqual(found["C-1"], self.customer)

    def test_each_bad_row_says_what_is_wrong(self):
        self._customer("Twin")
        self._customer("Twin")
        for row, sentence in {
            "Nobody;5;;;;": "No customer has",
            "Twin;5;;;;": "matches several customers: Twin, Twin",
            ";5;;;;": "customer is missing",
            "C-1;-5;;;;": "cannot be negative",
            "C-1;;;;;": "amount is missing",
            "C-1;lots;;;;": '"lots" is not an amount',
            "C-1;1,250;;;;": "ambiguous",
            "C-1;5;forever;;;": "not a type of limit",
            "C-1;5;;soon;;": '"soon" is not a date',
            "C-1;5;;;31/31/2026;": "is not a date",
            "C-1;5;;2026-05-02;2026-05-01;": "before it begins",
            "Second;5;temporary;;2099-01-01;": "revert",
        }.items():
            with self.subTest(row):
                self.assertIn(sentence, self._problem(row))

    def test_an_overlapping_temporary_limit_is_named(self):
        self._limit(10.0)
        self._limit(50.0, kind="temporary", date_to=self.today + timedelta(5))
        problem = self._problem(f"C-1;70;temporary;;{self.today + timedelta(3)};")
        self.assertIn("already has a temporary limit", problem)

    def test_all_or_nothing_or_the_good_rows(self):
        batch = self._batch("C-1;500;;;;", "Nobody;5;;;;", "Second;x;;;;")
        with self.assertRaisesRegex(
            UserError, r"2 rows have a problem(.|\n)*3\. Nobody: No customer(.|\n)*4\. Second"
        ):
            batch.action_confirm()
        self.assertFalse(self.env["credit.limit"].sudo().search([("amount", "=", 500)]))
        batch.scope = "good"
        self.assertEqual(self._confirm(batch).partner_id, self.customer)

    def test_a_bad_row_is_mended_in_the_preview(self):
        batch = self._batch("Nobody;5;;;;", "Second;x;;;;")
        first, second = batch.line_ids
        first.partner_id = self.customer
        second.amount = 8.0
        self.assertFalse(first.problem or second.problem)
        self.assertEqual(self._confirm(batch).mapped("amount"), [5.0, 8.0])

    def test_a_workbook(self):
        book = Workbook()
        for row in (
            ["Amount", "customer", "Until", "Remark"],
            [750, 732829320.0, date(2099, 12, 31), "ignored"],
            [None, None, None, None],
            [80.5, "Second", None, None],
        ):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        batch = self._batch(content=content.getvalue())
        self.assertRecordValues(
            batch.line_ids,
            [
                {
                    "number": 2,
                    "partner_id": self.customer.id,
                    "amount": 750.0,
                    "date_to": date(2099, 12, 31),
                },
                {"number": 4, "partner_id": self.second.id, "amount": 80.5, "date_to": False},
            ],
        )

    def test_what_is_no_such_file_is_a_sentence(self):
        for content, sentence in (
            (b"", "Choose a file"),
            (b"Customer;Sum\nC-1;5", 'no column "Amount"'),
            (HEAD.encode(), "no row"),
            (b"PK\x03\x04 broken", "cannot be read"),
            (b"\xd0\xcf\x11\xe0\x00\x00", "neither CSV nor XLSX"),
        ):
            with self.subTest(content), self.assertRaisesRegex(UserError, sentence):
                self._batch(content=content)

    def test_other_encodings_and_delimiters(self):
        self._customer("Café")
        for content in (
            "Customer,Amount\nCafé,5".encode("cp1252"),
            "\ufeffCustomer\tAmount\nCafé\t5".encode(),
        ):
            self.assertFalse(self._batch(content=content).line_ids.problem)

    def test_the_template_is_read_back(self):
        batch = self._batch("C-1;5;;;;")
        action = batch.action_download_template()
        self.assertIn(f"/{batch.id}/template", action["url"])
        book = load_workbook(io.BytesIO(base64.b64decode(batch.template)))
        self.assertEqual([cell.value for cell in book.worksheets[0][1]], HEAD.split(";"))
        self.assertEqual(book.worksheets[1].max_row, 6)

    def test_above_ones_authority_it_is_a_request(self):
        limits = self._confirm(self._batch("C-1;5;;;;", user=self.analyst))
        self.assertEqual(limits.state, "requested")

    def test_only_credit_people_import(self):
        with self.assertRaises(AccessError):
            self._batch("C-1;5;;;;", user=self.salesperson)

    def test_customers_of_other_companies_are_not_found(self):
        other = self.setup_other_company()["company"]
        self._customer("Theirs", ref="T-1", company_id=other.id)
        self.assertIn("No customer has", self._problem("T-1;5;;;;"))
