import io
from base64 import b64decode

import zxingcpp
from odoo.fields import Command
from odoo.tests import tagged
from PIL import Image

from .common_portal import PortalCommon


@tagged("post_install", "-at_install")
class TestJointPayment(PortalCommon):
    """One link and one QR code pay all that a reminder or a statement names."""

    def setUp(self):
        super().setUp()
        self.bank = (
            self.env["res.partner.bank"]
            .sudo()
            .create(
                {
                    "partner_id": self.company.partner_id.id,
                    "acc_number": "FR76 3000 6000 0112 3456 7890 189",
                    "acc_holder_name": "Société Générale du Crédit & Fils",
                    "bank_id": self.env["res.bank"]
                    .sudo()
                    .create({"name": "Bank", "bic": "AGRIFRPP"})
                    .id,
                    "sequence": -1,
                }
            )
        )
        self.euro = self.env.ref("base.EUR")
        self.euro.sudo().active = True
        self.a = self._invoice(100.10, days_late=40, currency_id=self.euro.id)
        self.b = self._invoice(70, days_late=20, currency_id=self.euro.id)
        self.notice = self._sent(self.a, self.b, contact_ids=[(6, 0, self.customer.ids)])
        self.joint = self.env["credit.joint.payment"].sudo()

    def _decode(self, picture):
        """The lines of the code in a picture, as a banking app reads them."""
        if isinstance(picture, str):
            picture = b64decode(picture.split(",", 1)[1])
        [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
        return found.bytes.decode().split("\n"), found.ec_level

    def _path(self, link):
        return link[link.index("/credit/") :]

    def _link(self):
        body = self._get_mails(self.notice).body_html
        [link] = {
            part.split('"')[0]
            for part in body.split('href="')
            if "/credit/pay/" in part.split('"')[0]
        }
        return self._path(link)

    def assertEpc(self, picture, amount, reference):
        """Field by field, EPC069-12 version 2."""
        lines, level = self._decode(picture)
        self.assertEqual(level, "M")
        self.assertEqual(
            lines[:11],
            [
                "BCD",
                "002",
                "1",
                "SCT",
                "AGRIFRPP",
                "Société Générale du Crédit & Fils",
                "FR7630006000011234567890189",
                f"EUR{amount:.2f}",
                "",
                reference.replace(" ", ""),
                "",
            ],
        )

    def test_the_code_of_a_reminder_is_read_back_field_by_field(self):
        [one] = self.joint._read_notice(self.notice)
        self.assertEqual(one.amount, 170.10)
        self.assertRegex(one.reference, r"^RF\d\d N\d+")
        for picture in (self.joint._get_qr(one), self.url_open(f"{self._link()}/qr.png").content):
            self.assertEpc(picture, 170.10, one.reference)
        self._pay(self.b)
        self.assertEpc(
            self.url_open(f"{self._link()}/qr.png").content,
            100.10,
            self.joint._read_notice(self.notice)[0].reference,
        )
        self.notice.channel = "letter"
        [(one, picture)] = self.notice._get_joint_payments()
        self.assertEpc(picture, 100.10, one.reference)

    def test_the_code_of_a_statement_is_read_back(self):
        statements = self.env["credit.statement"].sudo()
        [page] = statements._get_pages(self.customer, self.company, self.today)
        [(one, picture)] = statements._get_joint_payments(page, self.company, self.bank)
        self.assertEpc(picture, 170.10, one.reference)
        html = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_html(
                "credit_followup.report_statement",
                self.customer.ids,
                data={"partner_ids": self.customer.ids, "company_id": self.company.id},
            )[0]
        )
        self.assertIn(one.reference.encode(), html)

    def test_what_is_disputed_is_not_asked_for(self):
        self._dispute((self.a, 40), currency_id=self.euro.id)
        self.assertEqual(self.joint._read_notice(self.notice)[0].amount, 130.10)
        [one] = self.joint._read_account(self.customer, self.company, overdue=True)
        self.assertEqual(one.amount, 130.10)

    def test_a_single_invoice_keeps_its_own_structured_reference(self):
        self.a.payment_reference = "RF18 5390 0754 7034"
        self._pay(self.b)
        self.assertEqual(self.joint._read_notice(self.notice)[0].reference, "RF18 5390 0754 7034")

    def test_no_code_where_no_transfer_can_pay_it(self):
        [one] = self.joint._read_notice(self.notice)
        self.bank.acc_number = "12345"
        self.assertFalse(self.joint._get_qr(one))
        self._pay(self.a)
        self._pay(self.b)
        self.assertEqual(self.joint._read_notice(self.notice), [])
        self.assertEqual(self.url_open(f"{self._link()}/qr.png").status_code, 404)
        self.assertIn("nothing is left to pay", self.url_open(self._link()).text)

    # === ONLINE === #

    def _provider(self):
        """A provider that takes payments, in its test mode, into the bank's journal."""
        system = self.env(su=True)
        method = system["payment.method"].create({"name": "Test", "code": "credit_test"})
        provider = system["payment.provider"].create(
            {
                "name": "Test",
                "company_id": self.company.id,
                "state": "test",
                "is_published": True,
                "payment_method_ids": [Command.link(method.id)],
            }
        )
        method.active = True
        journal = self.company_data["default_journal_bank"]
        way = system["account.payment.method"].create(
            {"name": "Test", "code": "none", "payment_type": "inbound"}
        )
        journal.sudo().inbound_payment_method_line_ids = [
            Command.create({"payment_method_id": way.id, "payment_provider_id": provider.id})
        ]
        return provider, method

    def _start(self, path, provider, method, **values):
        [one] = self.joint._find(path.split("/")[3])[2]
        self.make_jsonrpc_request(
            f"{path}/transaction?currency_id={one.currency.id}",
            {
                "currency_id": one.currency.id,
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "token_id": None,
                "amount": 1.0,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "https://elsewhere.example.com",
                **values,
            },
        )
        return self.env["payment.transaction"].sudo().search([], order="id desc", limit=1)

    def test_all_is_paid_online_without_a_login_and_for_what_is_left(self):
        provider, method = self._provider()
        page = self.url_open(self._link()).text
        self.assertIn(self.a.name, page)
        self.assertIn(self.b.name, page)
        paid = self._start(self._link(), provider, method)
        self.assertEqual(
            (paid.amount, paid.partner_id, paid.invoice_ids, paid.landing_route),
            (170.10, self.customer, self.a | self.b, self._link()),
        )
        paid._set_done()
        paid._post_process()
        self.assertEqual((self.a | self.b).mapped("amount_residual"), [0, 0])
        self.assertIn("nothing is left to pay", self.url_open(self._link()).text)

    def test_a_customer_pays_what_is_overdue_in_the_portal(self):
        self._invoice(500, days_late=-20, currency_id=self.euro.id)
        self._enter()
        page = self.url_open("/my/statement").text
        token = page.split("/credit/pay/")[1].split('"')[0]
        [one] = self.joint._find(token)[2]
        self.assertEqual(one.amount, 170.10)

    def test_a_payment_link_that_was_changed_or_guessed_is_not_valid(self):
        token = self._link().split("/")[3]
        answer = next(iter(self.notice._get_answer_links()[0][1].values()))
        for wrong in (token[:-3], "x", token + "AAAA", answer.split("/")[-2]):
            self.assertIn("not valid any more", self.url_open(f"/credit/pay/{wrong}").text)
