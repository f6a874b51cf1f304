import io

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from .french_common import FrenchCommon


class MentionCommon(FrenchCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("fr_FR")
        cls.customer.lang = "en_US"

    def _bill(self, day="2025-05-31", **values):
        return self._invoice(
            12000.0, invoice_date=self._day(day), invoice_date_due=self._day(day), **values
        )

    def _mention(self, *args, **values):
        return " ".join(self._bill(*args, **values)._get_late_mention())


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFrenchInvoiceMention(MentionCommon):
    """The invoice prints the rate, the fixed sum and the discount that claims use."""

    def test_an_invoice_says_rate_indemnity_and_discount(self):
        text = self._mention()
        for words in (
            "rate of the European Central Bank plus 10 points (13.15 % a year on 05/31/2025)",
            "from the day after the due date without any reminder",
            "Fixed indemnity for recovery costs in case of late payment: ",
            "40.00",
            "No discount for early payment.",
        ):
            with self.subTest(words):
                self.assertIn(words, text)

    def test_the_rate_that_is_printed_is_the_rate_that_is_claimed(self):
        own = self._profile()
        contract = self.business.copy({"name": "Contract", "rate_basis": "own", "own_rate": 15.0})
        for policy, printed in ((self.business, "13.15 %"), (contract, "15.00 % a year")):
            own.sudo().late_policy_id = policy
            invoice = self._bill()
            with self.subTest(policy.name):
                self.assertIn(printed, " ".join(invoice._get_late_mention()))
                item = self._item(invoice)
                figures = self.charges._measure(item, self._day("2025-06-15"))[item.id]
                self.assertEqual(
                    [part.rate for part in figures.segments], [float(printed.split()[0])]
                )

    def test_a_reference_of_ones_own_is_named_with_its_figure(self):
        series = self._series("Bank of Paris", [("2020-01-01", False, 3.0)])
        self.business.write({"series_id": series.id, "margin": 9.5})
        self.assertIn("“Bank of Paris” plus 9.5 percentage points (12.50 % a year", self._mention())

    def test_a_rate_that_is_not_known_yet_stands_in_words_alone(self):
        self._ref("series_ecb").rate_ids.unlink()
        text = self._mention()
        self.assertIn("European Central Bank plus 10 points, due", text)
        self.assertNotIn("% a year", text)

    def test_a_public_buyer_reads_its_own_rate(self):
        text = self._mention(customer=self.town)
        self.assertIn("plus 8 points (11.15 %", text)

    def test_a_consumer_owes_none_of_it_and_reads_none_of_it(self):
        self.assertEqual(self._mention(customer=self.consumer), "")

    def test_a_debit_note_of_late_charges_says_nothing(self):
        item = self._debt(12000.0, "2025-05-31")
        biller = self._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )
        note = self._claim(item).with_user(biller)._invoice(self.today)
        note.action_post()
        self.assertFalse(note.sudo()._get_late_mention())

    def test_terms_with_a_discount_do_not_say_that_there_is_none(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "2 % within 10 days",
                "early_discount": True,
                "discount_percentage": 2.0,
                "discount_days": 10,
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 30})
                ],
            }
        )
        invoice = self._bill(invoice_payment_term_id=terms.id)
        self.assertNotIn("No discount", " ".join(invoice._get_late_mention()))

    def test_what_a_posted_invoice_said_stays(self):
        invoice = self._bill()
        self.business.margin = 11.0
        self.assertIn("plus 10 points", " ".join(invoice._get_late_mention()))
        self.assertIn("plus 11 points", self._mention())

    def test_a_draft_shows_what_it_would_say(self):
        self.assertIn("plus 10 points", self._mention(post=False))

    def test_a_user_without_credit_rights_posts_and_prints(self):
        biller = self._user("poster", "account.group_account_invoice")
        invoice = self._bill(post=False)
        invoice.with_user(biller).action_post()
        self.assertIn("plus 10 points", " ".join(invoice.with_user(biller)._get_late_mention()))

    def test_other_companies_say_nothing_french(self):
        self.company.sudo().account_fiscal_country_id = self.env.ref("base.be")
        self.assertEqual(self._mention(), "")


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFrenchInvoicePdf(MentionCommon):
    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_the_printed_invoice_holds_the_mention_in_the_language_of_the_customer(self):
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        for lang, words in (
            ("en_US", ("Late payment penalties", "13.15 % a year", "recovery costs")),
            ("fr_FR", ("Pénalités de retard", "13,15 % l’an", "40,00", "escompte")),
        ):
            self.customer.lang = lang
            invoice = self._bill()
            content = report._render_qweb_pdf("account.account_invoices", invoice.ids)[0]
            pages = PdfFileReader(io.BytesIO(content)).pages
            text = " ".join(" ".join(page.extract_text() for page in pages).split())
            for part in words:
                with self.subTest(part):
                    self.assertIn(part, text.replace("\xa0", " ").replace("\u202f", " "))
