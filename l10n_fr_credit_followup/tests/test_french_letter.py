import io

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from pypdf import PdfReader

from .french_common import FrenchCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFrenchLetter(FrenchCommon):
    """A formal notice with all French mentions fits on one sheet if wkhtmltopdf repeats no letterhead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "force_report_rendering": True})
        cls.env["res.lang"].sudo()._activate_lang("fr_FR")
        cls.env.ref("base.module_credit_followup").sudo()._update_translations("fr_FR")
        cls.env.ref("base.module_l10n_fr_credit_followup").sudo()._update_translations("fr_FR")
        cls._furnish_letterhead()
        formal = cls.env.ref("credit_followup.mail_template_formal_notice")
        values = {"mail_template_id": formal.id, "with_charges": True}
        procedure = cls._procedure([(30, "formal_notice", "registered", values)], use=False)
        cls.level = procedure.level_ids
        cls.customer.write({"street": "12 rue des Lilas", "zip": "69003", "city": "Lyon"})
        cls.customer.write({"country_id": cls.env.ref("base.fr").id, "ref": "C0042"})
        cls.enterClassContext(mute_logger("odoo.addons.base.models.ir_actions_report"))

    @classmethod
    def _furnish_letterhead(cls):
        """Give the company everything that a French letter shows."""
        company = cls.company.sudo()
        company.write(
            {
                "street": "8 quai du Port",
                "street2": "Bâtiment B",
                "zip": "13002",
                "city": "Marseille",
                "phone": "+33 4 91 00 00 00",
                "email": "comptabilite@example.com",
                "vat": "FR23334175221",
                "company_registry": "33417522101010",
                "report_footer": "<p>SAS au capital de 100 000 € – RCS Marseille 334 175 221</p>",
            }
        )
        bank = cls.env["res.bank"].sudo().create({"name": "Banque du Port", "bic": "BDFEFRPP"})
        cls.env["res.partner.bank"].sudo().create(
            {
                "acc_number": "FR7630001007941234567890185",
                "partner_id": company.partner_id.id,
                "bank_id": bank.id,
            }
        )

    def _write_formal_notice(self, lang):
        """The text of each page of a formal notice of three invoices."""
        self.customer.lang = lang
        items = [self._debt(amount, "2025-09-30") for amount in (1234.56, 780.0, 95.4)]
        notice = self._notice(
            level=self.level,
            channel="registered",
            lang=lang,
            state="approved",
            procedure_id=self.level.procedure_id.id,
            contact_ids=[Command.set(self.customer.ids)],
            user_id=self.analyst.id,
            line_ids=[Command.create(self._prepare_line(item)) for item in items],
        )
        notice._refresh_charges()
        self.assertTrue(notice.interest)
        report = self.env["ir.actions.report"].sudo()
        content, _format = report._render_qweb_pdf("credit_followup.report_letter", notice.ids)
        return [
            " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages
        ]

    def _prepare_line(self, item):
        return {
            "item_id": item.id,
            "level_id": self.level.id,
            "level_days": 30,
            "occurrence": 1,
            "date": "2025-12-01",
            "date_due": item.date_maturity,
            "currency_id": item.currency_id.id,
            "amount": item.amount_residual,
            "amount_currency": item.amount_residual_currency,
        }

    def test_each_article_is_named_once_with_its_code(self):
        [text] = self._write_formal_notice("fr_FR")
        self.assertIn("(article D441-5 du code de commerce) ; lorsque", text)
        self.assertNotIn("code de commerce du même code", text)
        self.assertNotIn("Malgré nos relances", text)
        self.assertIn("SIRET : 33417522101010", text.replace("\N{NO-BREAK SPACE}", " "))

    def test_a_formal_notice_of_three_invoices_is_one_sheet(self):
        notices = type(self.env["credit.followup.notice"])
        self.patch(notices, "_has_running_header", lambda _notices: False)
        for paper in ("euro", "us"):
            self.company.sudo().paperformat_id = self.env.ref(f"base.paperformat_{paper}")
            for lang, words in (("en_US", "formal notice"), ("fr_FR", "mettons en demeure")):
                with self.subTest(f"{paper} {lang}"):
                    pages = self._write_formal_notice(lang)
                    self.assertIn(words, pages[0])
                    self.assertEqual(len(pages), 1, pages[1:])
