from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_statement import StatementCommon

CLOSING = date(2026, 12, 31)


@tagged("post_install", "-at_install")
class TestAccrual(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.company_data
        cls.settings = {
            "credit_commission_agent_expense_id": accounts["default_account_expense"].copy().id,
            "credit_commission_agent_accrual_id": accounts["default_account_payable"]
            .copy({"account_type": "liability_current"})
            .id,
            "credit_commission_employee_expense_id": accounts["default_account_expense"].copy().id,
            "credit_commission_employee_accrual_id": accounts["default_account_payable"]
            .copy({"account_type": "liability_current"})
            .id,
        }
        cls.company.sudo().write(cls.settings)

    def _accrue(self, day=CLOSING, **values):
        accrual = self.env["credit.commission.accrual"].with_user(self.accountant)
        accrual = accrual.create({"company_id": self.company.id, "date": day, **values})
        accrual.action_compute()
        return accrual

    def _sums(self, move):
        return {
            (line.account_id.id, line.partner_id): line.balance for line in move.sudo().line_ids
        }

    def test_what_is_earned_and_not_paid_out_is_posted_and_reversed_the_next_day(self):
        self._entry(300.0, self.agent)
        self._entry(100.0)
        self._entry(999.0, day=date(2027, 1, 5))
        accrual = self._accrue()
        accrual.action_post()
        anna = self.salesperson.partner_id
        expected = {
            (self.settings["credit_commission_agent_expense_id"], self.agent): 300.0,
            (self.settings["credit_commission_agent_accrual_id"], self.agent): -300.0,
            (self.settings["credit_commission_employee_expense_id"], anna): 100.0,
            (self.settings["credit_commission_employee_accrual_id"], anna): -100.0,
        }
        self.assertEqual(self._sums(accrual.move_id), expected)
        self.assertEqual(
            self._sums(accrual.reversal_id), {key: -sum_ for key, sum_ in expected.items()}
        )
        self.assertRecordValues(
            accrual.move_id | accrual.reversal_id,
            [
                {"date": CLOSING, "state": "posted", "reversed_entry_id": False},
                {
                    "date": date(2027, 1, 1),
                    "state": "posted",
                    "reversed_entry_id": accrual.move_id.id,
                },
            ],
        )

    def test_what_is_billed_or_with_payroll_is_not_accrued(self):
        closed = self._statement(100.0, state="closed")
        self._entry(40.0, day=date(2026, 12, 1))
        closed.with_user(self.accountant).action_payroll()
        closed.payroll_id.sudo().date = date(2026, 11, 30)
        self.assertEqual(self._accrue().total, 40.0)
        self.assertEqual(self._accrue(date(2026, 10, 31)).total, 100.0)

    def test_a_draft_bill_is_still_accrued_a_posted_one_not(self):
        self.company.sudo().credit_commission_product_id = self.product_a
        statement = self._statement(100.0, person=self.agent, state="closed")
        statement.with_user(self.accountant).action_bill()
        bill = statement.bill_id
        self.assertEqual(self._accrue().total, 100.0)
        bill.invoice_date = bill.date = date(2026, 11, 30)
        bill.action_post()
        self.assertEqual(self._accrue().total, 0.0)
        self.assertEqual(self._accrue(date(2026, 10, 31)).total, 100.0)

    def test_what_a_person_owes_back_is_not_accrued(self):
        self._entry(-80.0)
        self._entry(50.0, self.agent)
        accrual = self._accrue()
        self.assertEqual(accrual.line_ids.person_id, self.agent)
        self.assertEqual(accrual.total, 50.0)

    def test_a_closing_date_is_accrued_once(self):
        self._entry(50.0)
        accrual = self._accrue()
        accrual.action_post()
        with self.assertRaisesRegex(UserError, "already posted"):
            accrual.action_post()
        with self.assertRaisesRegex(UserError, "posted"):
            accrual.action_compute()
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            accrual.write({"date": date(2026, 11, 30)})
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            accrual.unlink()
        again = self._accrue()
        with self.assertRaisesRegex(UserError, "already accrued at this date"):
            again.action_post()

    def test_nothing_to_accrue_says_so(self):
        with self.assertRaisesRegex(UserError, "nothing to accrue"):
            self._accrue().action_post()

    def test_a_missing_account_is_asked_for(self):
        self.company.sudo().credit_commission_employee_accrual_id = False
        self._entry(50.0)
        accrual = self._accrue()
        with self.assertRaisesRegex(
            UserError, "Choose the account .Accrued Commission of Employees"
        ):
            accrual.action_post()
        self.assertEqual(accrual.state, "draft")

    def test_closed_books_are_not_moved_to_another_date(self):
        self._entry(50.0)
        accrual = self._accrue(date(2026, 10, 31))
        for lock in (date(2026, 10, 31), date(2026, 11, 1)):
            self.company.sudo().fiscalyear_lock_date = lock
            with (
                self.subTest(lock),
                self.assertRaisesRegex(UserError, "The books are closed on"),
                self.cr.savepoint(),
            ):
                accrual.action_post()
        self.assertFalse(accrual.move_id)

    def test_a_date_is_accrued_anew_when_its_entries_are_gone(self):
        self._entry(50.0)
        accrual = self._accrue()
        accrual.action_post()
        with self.assertRaisesRegex(UserError, "is still posted"):
            accrual.action_draft()
        entries = (accrual.move_id | accrual.reversal_id).sudo()
        entries.button_draft()
        entries.unlink()
        accrual.action_draft()
        accrual.action_compute()
        accrual.action_post()
        self.assertEqual((accrual.total, accrual.move_id.state), (50.0, "posted"))

    def test_nobody_says_by_hand_that_an_accrual_is_posted(self):
        self._entry(50.0)
        accrual = self._accrue()
        for name, value in (("state", "posted"), ("total", 5.0), ("move_id", self.invoice.id)):
            with self.subTest(name), self.assertRaisesRegex(UserError, "Use Compute and Post"):
                accrual.write({name: value})
        with self.assertRaisesRegex(UserError, "Use Compute and Post"):
            accrual.create({"date": date(2026, 9, 30), "state": "posted"})

    def test_only_accountants_accrue(self):
        self._entry(50.0)
        accrual = self._accrue()
        for user in (self.manager, self.salesperson):
            with self.subTest(user.login):
                for action in ("action_compute", "action_post", "action_draft"):
                    with self.assertRaises(AccessError):
                        getattr(accrual.with_user(user), action)()
        with self.assertRaises(AccessError):
            accrual.line_ids.write({"amount": 1.0})
        other = self.setup_other_company(name="Other")["company"]
        self.accountant.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            accrual.with_user(self.accountant).action_post()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestFrenchAccounts(StatementCommon):
    @classmethod
    @StatementCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()

    def test_a_french_chart_needs_no_settings(self):
        codes = {
            setting: self.company._get_commission_account(setting).code
            for setting in (
                "credit_commission_agent_expense_id",
                "credit_commission_agent_accrual_id",
                "credit_commission_employee_expense_id",
                "credit_commission_employee_accrual_id",
            )
        }
        self.assertEqual(
            codes,
            {
                "credit_commission_agent_expense_id": "622200",
                "credit_commission_agent_accrual_id": "408100",
                "credit_commission_employee_expense_id": "641100",
                "credit_commission_employee_accrual_id": "428600",
            },
        )

    def test_an_accrual_is_posted_on_the_french_accounts(self):
        self._entry(300.0, self.agent)
        self._entry(100.0)
        accrual = self.env["credit.commission.accrual"].with_user(self.accountant)
        accrual = accrual.create({"company_id": self.company.id, "date": CLOSING})
        accrual.action_compute()
        accrual.action_post()
        self.assertEqual(
            {line.account_id.code: line.balance for line in accrual.move_id.sudo().line_ids},
            {
                "622200": 300.0,
                "445860": 60.0,
                "408100": -360.0,
                "641100": 100.0,
                "428600": -100.0,
            },
        )

    def _accrue_french(self):
        accrual = self.env["credit.commission.accrual"].with_user(self.accountant)
        accrual = accrual.create({"company_id": self.company.id, "date": CLOSING})
        accrual.action_compute()
        accrual.action_post()
        return accrual

    def _codes(self, move):
        return {line.account_id.code: line.balance for line in move.sudo().line_ids}

    def test_vat_not_billed_yet_is_accrued_with_the_commission_of_an_agent(self):
        self.product_a.supplier_taxes_id = self.company.account_purchase_tax_id
        self.assertEqual(self.product_a.supplier_taxes_id.amount, 20)
        self.company.sudo().credit_commission_product_id = self.product_a
        self._entry(300.0, self.agent)
        accrual = self._accrue_french()
        expected = {"622200": 300.0, "445860": 60.0, "408100": -360.0}
        self.assertEqual(self._codes(accrual.move_id), expected)
        self.assertEqual(
            self._codes(accrual.reversal_id), {code: -sum_ for code, sum_ in expected.items()}
        )
        self.assertEqual(accrual.reversal_id.date, date(2027, 1, 1))

    def test_an_agent_whose_fiscal_position_has_no_vat_is_accrued_without(self):
        self.product_a.supplier_taxes_id = self.company.account_purchase_tax_id
        self.company.sudo().credit_commission_product_id = self.product_a
        position = self.env["account.fiscal.position"].create({"name": "Without VAT"})
        exempt = self.company.account_purchase_tax_id.copy({"name": "Exempt", "amount": 0.0})
        exempt.write(
            {
                "fiscal_position_ids": [(6, 0, position.ids)],
                "original_tax_ids": [(6, 0, self.company.account_purchase_tax_id.ids)],
            }
        )
        self.agent.with_company(self.company).property_account_position_id = position
        self._entry(300.0, self.agent)
        self.assertEqual(
            self._codes(self._accrue_french().move_id), {"622200": 300.0, "408100": -300.0}
        )

    def test_social_charges_are_accrued_with_the_commission_of_an_employee(self):
        self.company.sudo().credit_commission_charge_percent = 42.0
        self._entry(100.05)
        accrual = self._accrue_french()
        expected = {"641100": 100.05, "428600": -100.05, "645100": 42.02, "438600": -42.02}
        self.assertEqual(self._codes(accrual.move_id), expected)
        self.assertEqual(
            self._codes(accrual.reversal_id), {code: -sum_ for code, sum_ in expected.items()}
        )
