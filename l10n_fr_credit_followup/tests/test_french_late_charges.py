import csv

from odoo.addons.l10n_fr_credit_followup.hooks import post_init_hook
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import file_open

from .french_common import FrenchCommon


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFrenchLateCharges(FrenchCommon):
    # === RATES === #

    def test_rates_of_every_half_year_since_2015(self):
        for code in ("ecb", "legal_pro", "legal_part"):
            series = self._ref(f"series_{code}")
            with self.subTest(code):
                self.assertEqual(min(series.rate_ids.mapped("date_from")), self._day("2015-01-01"))
                self.assertGreaterEqual(series.known_to, self._day("2026-06-30"))
                self.assertFalse(series.gap_warning)
                halves = {(day.month, day.day) for day in series.rate_ids.mapped("date_from")}
                self.assertEqual(halves, {(1, 1), (7, 1)})

    def test_the_legal_rate_is_not_taken_for_that_of_the_central_bank(self):
        """A public page once did: 5.07 is the legal rate of the first half of 2024, 4.50 the other."""
        day = self._day("2024-03-01")
        rates = [
            self._ref(f"series_{code}")._get_known_rate(day).rate
            for code in ("ecb", "legal_pro", "legal_part")
        ]
        self.assertEqual(rates, [4.50, 5.07, 8.01])

    def test_the_file_of_rates_has_one_row_for_a_half_year(self):
        with file_open("l10n_fr_credit_followup/data/credit.interest.rate.csv") as file:
            rows = [(row["series_id:id"], row["date_from"]) for row in csv.DictReader(file)]
        self.assertEqual(len(rows), len(set(rows)))
        self.assertEqual(len(rows), 69)

    # === WHO OWES WHAT === #

    def test_a_business_owes_the_central_bank_rate_plus_ten_and_forty_euros(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        self.assertEqual(self._measured(item), (437.28, 40.0))

    def test_the_floor_does_not_raise_the_rate_of_the_law(self):
        """In 2024 three times the legal rate exceeded the statutory rate, 15.21 % against 14.50 %: the floor applies
        to contracts only.
        """
        item = self._debt(10000.0, "2024-01-31", {"2024-03-01": 10000.0})
        self.assertEqual(self._measured(item), (119.18, 40.0))

    def test_a_public_buyer_owes_the_rate_of_the_first_half_year_plus_eight(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0}, customer=self.town)
        self.assertEqual(self._measured(item), (392.24, 40.0))

    def test_a_consumer_owes_the_legal_rate_from_the_formal_notice(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0}, customer=self.consumer)
        self.assertEqual(self._measured(item), (0.0, 0.0))
        level = self._procedure([(30, "formal_notice", "letter")], use=False).level_ids
        self._notice(
            self.consumer,
            level=level,
            state="sent",
            date="2025-06-30",
            line_ids=[
                Command.create(
                    {
                        "item_id": item.id,
                        "level_id": level.id,
                        "occurrence": 1,
                        "date": "2025-06-30",
                    }
                )
            ],
        )
        self.assertEqual(self._measured(item), (69.87, 0.0))

    def test_days_whose_rate_is_not_published_yet_are_left_out_and_said(self):
        ecb = self._ref("series_ecb")
        after = self._day("2027-01-31")
        ecb.rate_ids.filtered(lambda rate: rate.date_from >= self._day("2026-07-01")).unlink()
        item = self._debt(1000.0, "2026-06-01")
        figures = self.charges._measure(item, after)[item.id]
        self.assertEqual((figures.interest, figures.indemnity), (9.65, 40.0))
        self.assertEqual(figures.date_to, self._day("2026-06-30"))
        self.assertIn("07/01/2026 to 01/31/2027", figures.missing)

    # === WHAT THE LAW FORBIDS === #

    def test_a_contract_below_three_times_the_legal_rate_is_refused_with_the_article(self):
        with self.assertRaisesRegex(ValidationError, "article L441-10 II du code de commerce"):
            self.business.write({"rate_basis": "own", "own_rate": 1.0})

    def test_a_policy_for_consumers_takes_nothing_of_the_law_between_businesses(self):
        policy = self._ref("late_policy_consumer")
        for values in (
            {"runs_from": "due"},
            {"fee_ids": [Command.create({"amount_from": 0, "fee": 40})]},
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, "law between businesses"),
                self.env.cr.savepoint(),
            ):
                policy.write(values)
        with self.assertRaisesRegex(ValidationError, "law between businesses"):
            self.business.for_consumer = True

    # === COMPANY === #

    def test_a_french_company_starts_with_policy_and_accounts(self):
        company = self.company
        self.assertEqual(company.credit_late_policy_id, self.business)
        self.assertEqual(company.credit_late_interest_account_id.code, "763100")
        self.assertEqual(company.credit_late_indemnity_account_id.code, "758100")

    def test_the_french_chart_brings_the_accounts(self):
        company = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Nouvelle", "country_id": self.env.ref("base.fr").id})
        )
        self.env["account.chart.template"].sudo().try_loading("fr", company, install_demo=False)
        company = company.with_company(company)
        self.assertEqual(company.credit_late_interest_account_id.code, "763100")
        self.assertEqual(company.credit_late_indemnity_account_id.code, "758100")

    def test_the_installation_keeps_what_a_company_has_chosen(self):
        policy = self._late_policy(name="Our terms")
        abroad = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Abroad", "country_id": self.env.ref("base.be").id})
        )
        self.company.sudo().credit_late_policy_id = policy
        post_init_hook(self.env(su=True))
        self.assertEqual(self.company.credit_late_policy_id, policy)
        self.assertFalse(abroad.credit_late_policy_id)
        self.assertFalse(
            self.env["credit.late.charge"].sudo().search([("company_id", "=", self.company.id)])
        )

    def test_a_debit_note_is_booked_on_french_accounts_without_tax(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        biller = self._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )
        move = self._claim(item).with_user(biller)._invoice(self._day("2025-12-01"))
        move.action_post()
        lines = move.sudo().invoice_line_ids
        self.assertEqual(
            {(line.account_id.code, line.balance) for line in lines},
            {("763100", -437.28), ("758100", -40.0)},
        )
        self.assertFalse(lines.tax_ids)
        self.assertEqual(move.amount_total, 477.28)
