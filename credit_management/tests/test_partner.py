from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestPartner(CreditCommon):
    def test_a_customer_with_history_is_not_deleted(self):
        self._limit(100.0)
        with self.assertRaisesRegex(
            UserError, "Customer has a credit file with decisions.*Archive"
        ):
            self.customer.unlink()
        self.assertTrue(self.customer.exists())

    def test_a_file_without_history_goes_with_its_customer(self):
        profile = self._profile()
        self.customer.unlink()
        self.assertFalse(profile.exists())

    def test_there_is_one_file_for_each_customer_and_company(self):
        profile = self._profile()
        self.assertEqual(self._profile(), profile)
        other = self.setup_other_company()["company"]
        self.assertNotEqual(
            self.env["credit.profile"].sudo()._ensure(self.customer, other), profile
        )

    def test_contacts_and_branches_have_no_file_of_their_own(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        profiles = self.env["credit.profile"].sudo()
        with self.assertRaisesRegex(ValidationError, "no credit file of its own"):
            profiles.create({"partner_id": contact.id, "company_id": self.company.id})
        with self.assertRaisesRegex(ValidationError, "branch shares"):
            profiles.create({"partner_id": self.customer.id, "company_id": branch.id})
        self.assertEqual(profiles._ensure(self.customer, branch).company_id, self.company)

    def test_a_status_needs_its_reason_and_keeps_its_date(self):
        with self.assertRaisesRegex(ValidationError, "reason"):
            self._profile(status="blocked")
        self.assertEqual(
            self._profile(status="blocked", status_reason="Bounced").status_date, self.today
        )

    def test_reading_makes_no_file(self):
        order = self._order(50.0)
        order.read(["credit_verdict", "credit_state"])
        self.customer.read(["credit_summary"])
        self.assertFalse(
            self.env["credit.profile"].sudo().search([("partner_id", "=", self.customer.id)])
        )
        order.action_confirm()
        self.assertTrue(
            self.env["credit.profile"].sudo().search([("partner_id", "=", self.customer.id)])
        )

    def test_the_panel_says_who_may_buy_for_how_much(self):
        customer = self.customer.with_user(self.salesperson)
        self.assertEqual(customer.credit_summary, "No limit.")
        self._limit(500.0)
        self._invoice(200.0)
        customer.invalidate_recordset()
        self.assertIn("300.00", customer.credit_summary)
        self._profile(credit_mode="prepaid")
        customer.invalidate_recordset()
        self.assertIn("prepayment", customer.credit_summary)
        self._profile(status="blocked", status_reason="Bounced")
        customer.invalidate_recordset()
        self.assertIn("Blocked", customer.credit_summary)

    def test_a_file_is_edited_in_its_form(self):
        self._limit(100.0)
        self._profile()
        with Form(self._profile().with_user(self.manager)) as form:
            form.credit_mode = "prepaid"
            form.analyst_id = self.analyst
        self.assertEqual(self._profile().credit_mode, "prepaid")

    def test_customers_are_found_by_their_file(self):
        self._profile(status="watch", status_reason="Slow")
        partners = self.env["res.partner"].with_user(self.analyst)
        found = partners.search([("credit_profile_status", "=", "watch")])
        self.assertIn(self.customer, found)
        without = self._customer("Without")
        both = [("id", "in", (self.customer | without).ids)]
        self.assertEqual(partners.search([*both, ("credit_profile_id", "=", False)]), without)
        self.assertEqual(
            partners.search([*both, ("credit_profile_id", "!=", False)]), self.customer
        )
