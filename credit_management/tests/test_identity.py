from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestIdentity(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.belgium = cls.env.ref("base.be")
        cls.customer.country_id = cls.france

    def _other(self, name="Other", **values):
        return self._customer(name, country_id=self.france.id, **values)

    def _warning(self, **values):
        self.customer.write(values)
        return self.customer.credit_identifier_warning

    # === NUMBERS === #

    def test_right_numbers_say_nothing(self):
        for number in ("73282932000074", "732 829 320", "35600000049837", False):
            with self.subTest(number):
                self.assertFalse(self._warning(company_registry=number))

    def test_a_wrong_number_is_said_and_not_refused(self):
        self.assertEqual(
            self._warning(company_registry="732829321"),
            "SIREN 732829321 has a wrong check digit.",
        )
        self.assertEqual(
            self._warning(company_registry="7328293"), "SIRET 7328293 has a wrong length."
        )
        self.assertIn(
            "Registration number",
            self._warning(company_registry="0477472700", country_id=self.belgium.id),
        )

    def test_a_country_nobody_can_check_says_nothing(self):
        self.assertFalse(
            self._warning(company_registry="123", country_id=self.env.ref("base.us").id)
        )
        self.assertFalse(self._warning(company_registry="123", country_id=False))

    def test_vat_and_registration_must_agree(self):
        self.customer.with_context(no_vat_validation=True).vat = "FR83404833048"
        self.assertEqual(
            self._warning(company_registry="73282932000074"),
            "The VAT number belongs to SIREN 404833048, the registration to 732829320.",
        )

    def test_an_account_number_is_shown_by_its_end(self):
        self.env["res.partner.bank"].sudo().create(
            {"partner_id": self.customer.id, "acc_number": "12345"}
        )
        self.assertFalse(self.customer.credit_identifier_warning)

    def test_wrong_numbers_are_found(self):
        self._warning(company_registry="732829321")
        right = self._other(company_registry="732829320")
        none = self._other("None")
        for customer in (self.customer, right, none):
            self._profile(customer)
        files = self.env["credit.profile"].with_user(self.analyst)
        both = [("partner_id", "in", (self.customer | right | none).ids)]
        wrong = files.search([*both, ("identifier_warning", "!=", False)])
        self.assertEqual(wrong.partner_id, self.customer)
        good = files.search([*both, ("identifier_warning", "=", False)])
        self.assertEqual(good.partner_id, right | none)
        found = files.search([*both, ("identifier_warning", "ilike", "check digit")])
        self.assertEqual(found.partner_id, self.customer)

    # === DUPLICATES === #

    def _twins(self, own, other):
        """Are two customers with these numbers reported?"""
        self.customer.with_context(no_vat_validation=True).write(own)
        twin = self._other("Twin")
        twin.with_context(no_vat_validation=True).write(other)
        mine, theirs = self._profile(), self._profile(twin)
        files = self.env["credit.profile"].with_user(self.analyst)
        found = files.search([("is_duplicate", "=", True), ("id", "in", (mine | theirs).ids)])
        self.assertEqual(found in (mine | theirs, theirs | mine), mine.is_duplicate)
        if not mine.is_duplicate:
            self.assertFalse(found)
        return mine.with_user(self.analyst).duplicate_warning

    def test_two_siret_of_one_company(self):
        warning = self._twins(
            {"company_registry": "732 829 320 00074"}, {"company_registry": "73282932000082"}
        )
        self.assertEqual(warning, "732829320 is also the number of Twin.")

    def test_a_siren_and_a_vat_number_of_one_company(self):
        self.assertIn(
            "Twin", self._twins({"company_registry": "732829320"}, {"vat": "FR44732829320"})
        )

    def test_a_vat_number_written_in_two_ways(self):
        values = {"country_id": self.belgium.id}
        self.assertIn(
            "BE0477472701",
            self._twins({"vat": "BE0477472701", **values}, {"vat": "BE 0477.472.701", **values}),
        )

    def test_other_numbers_are_other_companies(self):
        self.assertFalse(
            self._twins({"company_registry": "732829320"}, {"company_registry": "404833048"})
        )
        self.assertFalse(self._twins({"company_registry": False}, {"company_registry": False}))

    def test_a_number_of_another_country_is_another(self):
        self.assertFalse(
            self._twins(
                {"company_registry": "732829320"},
                {"company_registry": "732829320", "country_id": self.belgium.id},
            )
        )

    def test_files_of_other_companies_are_no_duplicates(self):
        self.customer.company_registry = "732829320"
        twin = self._other("Twin", company_registry="732829320")
        other = self.setup_other_company()["company"]
        self.env["credit.profile"].sudo()._ensure(twin, other)
        self.assertFalse(self._profile().is_duplicate)

    def test_duplicates_are_opened_and_merged(self):
        self._twins({"company_registry": "732829320"}, {"company_registry": "732829320"})
        profile = self._profile().with_user(self.analyst)
        action = profile.action_view_duplicates()
        self.assertEqual(
            len(self.env["credit.profile"].with_user(self.analyst).search(action["domain"])), 2
        )
        context = profile.action_merge_duplicates()["context"]
        self.assertEqual(len(context["active_ids"]), 2)
        with self.assertRaises(AccessError):
            self.env["base.partner.merge.automatic.wizard"].with_user(self.analyst).create({})
        with self.assertRaises(AccessError):
            self._profile().with_user(self.salesperson).action_view_duplicates()
