from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .french_common import FrenchCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFrenchMentions(FrenchCommon):
    """The legal mentions in letters of French companies."""

    def _mentions(self, *args, **values):
        return str(self._notice(*args, **values)._get_legal_mentions())

    def test_a_formal_notice_to_a_business_names_its_articles(self):
        text = self._mentions()
        for words in ("article 1344", "L441-10 II", "plus 10 percentage points", "D441-5"):
            with self.subTest(words):
                self.assertIn(words, text)
        self.assertIn("40.00", text)
        self.assertEqual(text.count("<p>"), 4)

    def test_a_formal_notice_to_a_public_buyer_names_its_own(self):
        text = self._mentions(self.town)
        for words in ("article 1344", "R2192-31", "plus 8 percentage points", "D2192-35"):
            with self.subTest(words):
                self.assertIn(words, text)
        self.assertNotIn("L441-10", text)

    def test_a_formal_notice_to_a_consumer_names_the_civil_code_alone(self):
        text = self._mentions(self.consumer)
        self.assertIn("1344", text)
        self.assertIn("1231-6", text)
        for words in ("L441-10", "D441-5", "recovery costs"):
            with self.subTest(words):
                self.assertNotIn(words, text)

    def test_a_reminder_says_nothing_unless_it_claims(self):
        self.assertEqual(self._mentions(stage="firm"), "")
        self.assertIn("L441-10 II", self._mentions(stage="firm", indemnity=40.0))
        self.assertNotIn("article 1344", self._mentions(stage="firm", interest=1.0))
        level = self._procedure([(8, "firm", "letter", {"with_charges": True})]).level_ids
        self.assertIn("L441-10 II", self._mentions(stage="firm", level=level))
        self.assertEqual(self._mentions(self.consumer, stage="firm", level=level), "")
        self.assertIn("1231-6", self._mentions(self.consumer, stage="firm", interest=5.0))

    def test_the_rate_of_the_contract_is_named(self):
        self.business.write({"rate_basis": "own", "own_rate": 15.0})
        self.assertIn("agreed rate of 15.00 %", self._mentions())

    def test_a_reference_rate_is_called_by_its_name(self):
        own = {
            "series_id": self._series("Bank of Paris", [("2020-01-01", False, 3.0)]).id,
            "margin": 9.5,
        }
        for customer, policy in (
            (None, self.business),
            (self.town, self._ref("late_policy_public")),
        ):
            policy.write(own)
            text = self._mentions(customer)
            with self.subTest(policy.name):
                self.assertIn("“Bank of Paris” plus 9.5 percentage points", text)
                self.assertNotIn("European Central Bank", text)
                policy.margin = 0.0
                text = self._mentions(customer)
                self.assertIn("rate of Bank of Paris", text)
                self.assertNotIn("percentage points", text)

    def test_points_are_written_as_they_are(self):
        self.business.margin = 10.5
        self.assertIn("plus 10.5 percentage points", self._mentions())

    def test_a_public_buyer_with_a_rate_of_its_own(self):
        self._ref("late_policy_public").write({"rate_basis": "own", "own_rate": 7.0})
        self.assertIn("at the rate of 7.00 % a year", self._mentions(self.town))

    def test_nothing_is_claimed_in_insolvency(self):
        self._profile(late_charges_barred_from="2025-11-01")
        self.assertEqual(self._mentions(), "")

    def test_other_companies_say_nothing_french(self):
        self.company.sudo().account_fiscal_country_id = self.env.ref("base.be")
        self.assertEqual(self._mentions(), "")

    def test_a_letter_goes_out_while_the_rate_is_not_known(self):
        """The rate is given in words; interest for the known days and the fixed sum are claimed."""
        self._ref("series_ecb").rate_ids.filtered(
            lambda rate: rate.date_from >= self._day("2026-07-01")
        ).unlink()
        item = self._debt(1000.0, "2026-06-01")
        figures = self.charges._measure(item, self._day("2026-11-22"))[item.id]
        self.assertIn("calculated to 06/30/2026", figures.missing)
        notice = self._notice(date="2026-11-22")
        notice._write_charges([figures])
        self.assertEqual((notice.interest, notice.indemnity), (9.65, 40.0))
        self.assertEqual(notice.state, "proposed")
        self.assertIn("plus 10 percentage points", str(notice._get_legal_mentions()))

    def test_a_formal_notice_is_sent_while_the_rate_is_not_known(self):
        self._ref("series_ecb").rate_ids.filtered(
            lambda rate: rate.date_from >= self._day("2026-01-01")
        ).unlink()
        text = self.env.ref("credit_followup.mail_template_formal_notice")
        level = self._procedure(
            [(30, "formal_notice", "email", {"with_charges": True, "mail_template_id": text.id})],
            use=False,
            weekdays_only=False,
            hour_from=0.0,
            hour_to=24.0,
        ).level_ids
        item = self._debt(1000.0, self.today - timedelta(40))
        line = {
            "item_id": item.id,
            "level_id": level.id,
            "level_days": 30,
            "occurrence": 1,
            "date": self.today,
            "date_due": item.date_maturity,
            "currency_id": item.currency_id.id,
            "amount": 1000.0,
            "amount_currency": 1000.0,
        }
        notice = self._notice(
            level=level,
            channel="email",
            date=self.today,
            state="approved",
            procedure_id=level.procedure_id.id,
            amount=1000.0,
            line_ids=[Command.create(line)],
        )
        notice._send(self.today)
        self.assertEqual((notice.state, notice.indemnity), ("sent", 40.0), notice.failure_detail)
        self.assertIn("plus 10 percentage points", notice.mail_id.body_html)
        claimed = self.env["credit.late.charge"].sudo().search([("notice_id", "=", notice.id)])
        self.assertEqual(claimed.mapped("kind"), ["indemnity"])
