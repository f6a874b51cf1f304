from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError


@tagged("post_install", "-at_install")
class TestStatement(CreditCommon):
    def _accounts(self, **values):
        defaults = {
            "partner_id": self.customer.id,
            "date_end": "2025-12-31",
            "fixed_assets": 1_000.0,
            "stocks": 100.0,
            "receivables": 900.0,
            "equity": 600.0,
            "retained": 350.0,
            "debts": 1_400.0,
            "short_debts": 700.0,
            "sales": 2_600.0,
            "operating_result": 180.0,
        }
        return (
            self.env["credit.financial.statement"].with_user(self.analyst).create(defaults | values)
        )

    def test_an_analyst_types_a_year_from_an_empty_form(self):
        form = Form(self.env["credit.financial.statement"].with_user(self.analyst))
        form.partner_id = self.customer
        form.date_end = "2025-12-31"
        form.fixed_assets, form.cash, form.equity, form.debts = 80.0, 20.0, 30.0, 70.0
        self.assertEqual((form.total_assets, form.total_liabilities), (100.0, 100.0))
        self.assertEqual(form.save().equity_ratio, 30.0)

    def test_failure_scores_are_those_of_the_worked_example(self):
        accounts = self._accounts()
        self.assertEqual((round(accounts.z1, 3), round(accounts.z2, 3)), (2.013, 2.609))
        self.assertEqual((accounts.z1_zone, accounts.z2_zone), ("grey", "safe"))
        self.assertFalse(accounts.conan_zone, "no value added, no score")

    def test_equity_below_half_of_the_capital_is_said(self):
        self.assertFalse(self._accounts(capital=1_200.0).is_capital_lost)
        self.assertTrue(self._accounts(capital=1_201.0, date_end="2024-12-31").is_capital_lost)

    def test_a_sheet_that_does_not_balance_is_refused(self):
        with (
            self.assertRaisesRegex(ValidationError, "does not balance.*10.00"),
            self.cr.savepoint(),
        ):
            self._accounts(equity=590.0)
        with self.assertRaisesRegex(ValidationError, "part of the debts"), self.cr.savepoint():
            self._accounts(short_debts=1_401.0)

    def test_a_year_is_entered_once(self):
        self._accounts()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._accounts()

    def test_a_contact_s_accounts_are_those_of_its_company(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self.assertEqual(self._accounts(partner_id=contact.id).partner_id, self.customer)

    def test_only_credit_users_read_and_only_managers_delete(self):
        accounts = self._accounts()
        with self.assertRaises(AccessError):
            accounts.with_user(self.salesperson).read(["sales"])
        with self.assertRaises(AccessError):
            accounts.unlink()
        accounts.with_user(self.manager).unlink()
