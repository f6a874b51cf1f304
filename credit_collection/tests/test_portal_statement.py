import io

from odoo.addons.credit_collection.rules import said
from odoo.exceptions import AccessError
from odoo.tests import tagged
from openpyxl import load_workbook

from .common_portal import PDF, PortalCommon


@tagged("post_install", "-at_install")
class TestPortalStatement(PortalCommon):
    """The customer sees its account in the portal, and what it answers is what a collector would have written down."""

    def setUp(self):
        super().setUp()
        self.old = self._invoice(100, days_late=40)
        self.new = self._invoice(60, days_late=-10)

    def test_the_card_counts_and_the_page_shows_what_is_open(self):
        credit = self._invoice(15, move_type="out_refund")
        self._enter()
        page = self.url_open("/my/statement").text
        for invoice in (self.old, self.new, credit):
            self.assertIn(invoice.name, page)
        self.assertIn("Overdue", page)
        self.assertIn("To your credit", page)
        counters = self.make_jsonrpc_request("/my/counters", {"counters": ["credit_open_count"]})
        self.assertEqual(counters["credit_open_count"], 3)

    def test_the_page_shows_nothing_of_others(self):
        stranger = self._portal_user("credit_other", self._customer("Another"))
        self._enter(stranger)
        page = self.url_open("/my/statement").text
        self.assertNotIn(self.old.name, page)
        self.assertIn("Nothing is open", page)
        answer = self._send(self._url("promise"), item=[self.old], day=self._day(5))
        self.assertNotIn(self.old.name, answer)
        self.assertFalse(
            self.env["credit.promise"].sudo().search([("partner_id", "=", self.customer.id)])
        )
        theirs = self.setup_other_company()["company"]
        for suffix in ("", "/download", "/promise"):
            page = self.url_open(f"/my/statement/{theirs.id}{suffix}", allow_redirects=False)
            self.assertIn(page.status_code, (302, 303))

    def test_a_visitor_logs_in_first(self):
        page = self.url_open("/my/statement", allow_redirects=False)
        self.assertIn("/web/login", page.headers.get("Location", ""))

    def test_nothing_is_read_past_the_pages(self):
        for model in (
            "credit.promise",
            "credit.dispute",
            "credit.payment.plan",
            "credit.contact.log",
            "credit.profile",
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.buyer).search([])

    def test_the_statement_is_downloaded(self):
        self._enter()
        book = self.url_open(f"{self._url('download')}?report_type=xlsx").content
        cells = [
            cell.value for row in load_workbook(io.BytesIO(book)).worksheets[0] for cell in row
        ]
        self.assertIn(self.old.name, [str(value).split(" ")[-1] for value in cells])

    def test_the_limit_is_shown_only_if_the_company_says_so(self):
        self._limit(5000)
        self._enter()
        self.assertNotIn("Still available", self.url_open("/my/statement").text)
        self.company.sudo().root_id.credit_collection_portal_limit = True
        self.assertIn("Still available", self.url_open("/my/statement").text)

    def test_where_nothing_comes_next_the_page_of_the_customer_says_nothing(self):
        self.assertFalse(self._profile(self._customer("Nothing next")).next_action)

    # === PROMISE === #

    def test_a_promise_is_the_collectors_record_marked_portal_and_on_top(self):
        self._invoice(9000, days_late=90, customer=self._customer("Much worse"))
        self._enter()
        page = self._send(
            self._url("promise"), item=[self.old], day=self._day(7), note="By transfer"
        )
        self.assertIn("your answer has reached us", page)
        log = self._logs()
        promise = log.promise_id
        self.assertEqual(
            (promise.amount, promise.source, promise.line_ids.item_id, promise.state),
            (100, "portal", self._item(self.old), "open"),
        )
        self.assertEqual(
            (log.direction, log.channel, log.contact_id, log.note, log.to_read),
            ("in", "portal", self.buyer.partner_id, "By transfer", True),
        )
        self.assertEqual((self._top().partner_id, self._top().urgency), (self.customer, "answered"))
        self.assertIn("Promised for", self.url_open("/my/statement").text)

    def test_a_collector_reads_the_answer_and_the_customer_goes_back_to_its_place(self):
        self._enter()
        self._send(self._url("paid"), day=self._day(-1), reference="VIR 12")
        file = self._profile().with_user(self.collector)
        self.assertTrue(file.has_answer)
        self.assertIn("VIR 12", file.answer_ids.note)
        file.action_answers_read()
        self.assertFalse(file.has_answer)
        self._send(self._url("paid"), reference="VIR 13")
        self.env["credit.contact.log"].with_user(self.collector).create(
            {
                "profile_id": file.id,
                "outcome_id": self.env.ref("credit_collection.outcome_answered").id,
            }
        )
        self.env.invalidate_all()
        self.assertFalse(file.has_answer)
        with self.assertRaises(AccessError):
            file.with_user(self.buyer).action_answers_read()

    def test_a_promise_that_cannot_be_taken_gets_a_sentence(self):
        paid = self._invoice(30, days_late=5)
        self._pay(paid)
        self._enter()
        for sentence, values in (
            ("Choose a day from", {"item": [self.old], "day": self._day(-1)}),
            ("Choose a day from", {"item": [self.old], "day": self._day(31)}),
            ("Choose a day from", {"item": [self.old], "day": "soon"}),
            ("Choose at least one", {"day": self._day(5)}),
            ("has been paid or changed", {"item": [paid], "day": self._day(5)}),
            ("up to the", {"item": [self.old], "day": self._day(5), "amount": "100.01"}),
            ("above zero", {"item": [self.old], "day": self._day(5), "amount": "-5"}),
            ("in figures", {"item": [self.old], "day": self._day(5), "amount": "all"}),
            ("in figures", {"item": [self.old], "day": self._day(5), "amount": "nan"}),
        ):
            with self.subTest(sentence, **{k: str(v) for k, v in values.items()}):
                self.assertIn(sentence, self._send(self._url("promise"), **values))
        self.assertFalse(self._logs())

    def test_a_customer_does_not_pause_its_own_collection_twice(self):
        promise = self._promise(100, self.old, days=0)
        self.assertEqual(self._judged(promise, 30), "broken")
        self._enter()
        answer = self._send(self._url("promise"), item=[self.old], day=self._day(9))
        self.assertIn("already named a day", answer)
        dispute = self._dispute((self.new, 10))
        dispute.action_refuse("No")
        answer = self._send(
            self._url("dispute"),
            item=[self.new],
            note="Again",
            category=self.env.ref("credit_collection.dispute_category_price").id,
            **{f"amount_{self._item(self.new).id}": "10"},
        )
        self.assertIn("already answered a dispute", answer)

    def test_part_of_what_is_owed_is_promised_oldest_first(self):
        self._enter()
        self._send(
            self._url("promise"), item=[self.old, self.new], day=self._day(7), amount="120,5"
        )
        promise = self._logs().promise_id
        self.assertEqual(promise.line_ids.mapped("amount"), [100, 20.5])

    # === DISPUTE === #

    def _open_dispute(self, invoice, amount, files=(), **values):
        values.setdefault("category", self.env.ref("credit_collection.dispute_category_price").id)
        values.setdefault("note", "The price is wrong")
        values[f"amount_{self._item(invoice).id}"] = amount
        return self._send(self._url("dispute"), files=files, item=[invoice], **values)

    def test_a_dispute_with_a_file_is_the_collectors_record(self):
        self._enter()
        self._open_dispute(self.old, "40", files=[("../note.pdf", PDF)])
        dispute = self._logs().dispute_id
        self.assertEqual(
            (dispute.amount, dispute.amount_withheld, dispute.source, dispute.state, dispute.note),
            (40, 40, "portal", "open", "The price is wrong"),
        )
        self.assertEqual(dispute.message_ids.attachment_ids.mapped("name"), ["note.pdf"])
        self.assertIn("in dispute", self.url_open("/my/statement").text)

    def test_a_dispute_that_cannot_be_taken_gets_a_sentence_and_keeps_nothing(self):
        self._enter()
        large = b"%PDF-1.4" + b"0" * (10 * 1024 * 1024)
        for sentence, amount, values in (
            ("up to", "100.01", {}),
            ("above zero", "0", {}),
            ("above zero", "nan", {}),
            ("what the dispute is about", "10", {"category": "x"}),
            ("what is wrong", "10", {"note": " "}),
            ("too large", "10", {"files": [("big.pdf", large)]}),
            ("cannot be sent", "10", {"files": [("run.exe", b"MZ")]}),
            ("cannot be sent", "10", {"files": [("page.pdf", b"<html><script>1</script></html>")]}),
            ("Send up to", "10", {"files": [(f"{n}.pdf", PDF) for n in range(6)]}),
        ):
            with self.subTest(sentence, amount=amount):
                self.assertIn(sentence, self._open_dispute(self.old, amount, **values))
        self.assertFalse(self._logs())
        self.assertFalse(
            self.env["credit.dispute"].sudo().search([("partner_id", "=", self.customer.id)])
        )

    def test_the_right_contact_is_told_and_nobody_is_added(self):
        self._enter()
        self.assertIn("Enter the name", self._send(self._url("contact")))
        before = self.env["res.partner"].search_count([])
        self._send(self._url("contact"), name="Ana Lopes", email="ana@example.com")
        self.assertIn("Ana Lopes, ana@example.com", self._logs().note)
        self.assertEqual(self.env["res.partner"].search_count([]), before)

    def test_a_payment_is_of_today_or_before(self):
        self._enter()
        self.assertIn("today or before", self._send(self._url("paid"), day=self._day(1)))
        self.assertFalse(self._logs())

    def test_nobody_fills_the_worklist_from_outside(self):
        self._enter()
        self._send(self._url("paid"), note="First")
        self._logs().copy({"to_read": True})
        self.patch(said, "MAX_UNREAD", 2)
        self.assertIn("not read your last answers", self._send(self._url("paid"), note="Third"))
        self.assertEqual(len(self._logs()), 2)

    def test_what_is_sent_without_the_form_is_refused(self):
        self._enter()
        with self.assertLogs("odoo.http", "WARNING"):
            answer = self.url_open(self._url("paid"), data={"note": "x"})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._logs())
