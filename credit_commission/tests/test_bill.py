import base64
import io
from datetime import date

from freezegun import freeze_time
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from openpyxl import load_workbook

from .common_statement import NOVEMBER, StatementCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10")
class TestBill(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vat = cls.tax_purchase_a
        cls.product = cls._create_product(
            name="Commission", type="service", supplier_taxes_id=[Command.set(cls.vat.ids)]
        )
        cls.expense = cls.company_data["default_account_expense"].copy()
        cls.company.sudo().write(
            {
                "credit_commission_product_id": cls.product.id,
                "credit_commission_agent_expense_id": cls.expense.id,
            }
        )

    def _bill(self, amount=1250.0):
        statement = self._statement(amount, person=self.agent, state="closed")
        statement.with_user(self.accountant).action_bill()
        return statement, statement.bill_id

    def test_an_agent_is_billed_with_vat_by_the_end_of_the_month_after_the_quarter(self):
        statement, bill = self._bill()
        self.assertRecordValues(
            bill,
            [
                {
                    "move_type": "in_invoice",
                    "state": "draft",
                    "partner_id": self.agent.id,
                    "amount_untaxed": 1250.0,
                    "amount_tax": 1250.0 * self.vat.amount / 100,
                    "invoice_date": date(2026, 11, 10),
                    "invoice_date_due": date(2027, 1, 31),
                    "ref": statement.name,
                }
            ],
        )
        self.assertEqual(bill.invoice_line_ids.account_id, self.expense)
        self.assertIn("October 2026", bill.invoice_line_ids.name)
        self.assertEqual(statement.payment_state, "billed")

    def test_before_it_is_posted_the_bill_says_what_differs_from_its_statement(self):
        _statement, bill = self._bill()
        bill = bill.with_user(self.accountant)
        self.assertFalse(bill.credit_commission_warning)
        bill.invoice_date_due = date(2027, 2, 15)
        self.assertIn("must be paid by 01/31/2027", bill.credit_commission_warning)
        bill.invoice_line_ids.write({"tax_ids": [Command.clear()], "price_unit": 1200.0})
        self.assertIn("without taxes", bill.credit_commission_warning)
        self.assertIn("Check the taxes", bill.credit_commission_warning)
        self.assertIn("warning", str(bill.get_view(view_type="form")["arch"]))

    def test_vat_follows_the_fiscal_position_of_the_agent(self):
        position = self.env["account.fiscal.position"].create({"name": "Without VAT"})
        no_tax = self.vat.copy({"name": "No VAT", "amount": 0.0})
        no_tax.write(
            {
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.vat.ids)],
            }
        )
        self.agent.property_account_position_id = position
        _statement, bill = self._bill()
        self.assertEqual(bill.invoice_line_ids.tax_ids, no_tax)
        self.assertEqual(bill.amount_total, 1250.0)

    def test_taxes_that_prices_include_come_on_top(self):
        included = {"name": "Included", "price_include_override": "tax_included"}
        self.product.supplier_taxes_id = self.vat.copy(included)
        _statement, bill = self._bill(1250.0)
        self.assertEqual(bill.amount_untaxed, 1250.0)
        self.assertEqual(bill.amount_total, 1250.0 * (1 + self.vat.amount / 100))

    def test_a_self_billing_journal_numbers_the_agent_apart(self):
        journal = self.company_data["default_journal_purchase"].copy(
            {"name": "Self-billing", "code": "SELF", "is_self_billing": True}
        )
        self.company.sudo().credit_commission_journal_id = journal
        _statement, bill = self._bill()
        bill.with_user(self.accountant).action_post()
        self.assertIn(str(self.agent.id).zfill(5), bill.name)
        self.assertIn("on behalf of South Agency", bill.narration)

    def test_the_paid_state_follows_the_bill(self):
        lines = self.company_data["default_journal_bank"].outbound_payment_method_line_ids
        lines.payment_account_id = self.company_data["default_account_assets"].copy(
            {"reconcile": True, "account_type": "asset_current"}
        )
        statement, bill = self._bill()
        bill.action_post()
        self.assertEqual(statement.payment_state, "billed")
        self._register_payment(bill, amount=100.0)
        self.assertEqual(statement.payment_state, "partial")
        self._register_payment(bill)
        self.assertEqual(statement.payment_state, "paid")
        bill.line_ids.remove_move_reconcile()
        self.assertEqual(statement.payment_state, "billed")

    def test_paying_twice_is_refused(self):
        statement, bill = self._bill()
        for action in ("action_bill", "action_payroll"):
            with self.subTest(action), self.assertRaisesRegex(UserError, "is already paid by"):
                getattr(statement.with_user(self.accountant), action)()
        self.assertEqual(statement.bill_id, bill)

    def test_a_cancelled_bill_pays_nothing_and_another_one_is_made(self):
        statement, bill = self._bill()
        bill.button_cancel()
        self.assertEqual(statement.payment_state, "open")
        statement.with_user(self.accountant).action_bill()
        self.assertNotEqual(statement.bill_id, bill)

    def test_a_bill_that_is_deleted_leaves_the_statement_to_pay(self):
        statement, bill = self._bill()
        bill.unlink()
        self.assertEqual(statement.payment_state, "open")

    def test_a_bill_that_is_credited_leaves_the_statement_to_pay(self):
        statement, bill = self._bill()
        bill.action_post()
        bill._reverse_moves([{"invoice_date": bill.invoice_date}], cancel=True)
        self.assertEqual(bill.payment_state, "reversed")
        self.assertEqual(statement.payment_state, "open")

    def test_a_bill_that_was_given_up_pays_no_second_time(self):
        statement, bill = self._bill()
        bill.button_cancel()
        statement.with_user(self.accountant).action_bill()
        second = statement.bill_id
        bill.button_draft()
        with self.assertRaisesRegex(UserError, "Cancel that document before you post this bill"):
            bill.action_post()
        second.button_cancel()
        bill.action_post()
        self.assertEqual((statement.bill_id, statement.payment_state), (bill, "billed"))

    def test_an_agent_without_account_or_product_is_told_what_to_choose(self):
        self.env.ref("credit_commission.product_commission").sudo().active = False
        statement = self._statement(10.0, person=self.agent, state="closed")
        for setting, words in (
            ("credit_commission_agent_expense_id", "Choose the account .Commission of Agents"),
            ("credit_commission_product_id", "Choose the commission product"),
        ):
            before = self.company[setting]
            self.company.sudo()[setting] = False
            with self.subTest(setting), self.assertRaisesRegex(UserError, words):
                statement.with_user(self.accountant).action_bill()
            self.company.sudo()[setting] = before
        self.assertFalse(statement.bill_id)

    def test_nothing_open_nothing_negative_and_no_employee_is_billed(self):
        sent = self._statement(10.0, person=self.agent, state="sent")
        with self.assertRaisesRegex(UserError, "is Sent"):
            sent.with_user(self.accountant).action_bill()
        sent.with_user(self.manager).action_close()
        negative = self._statement(-30.0, person=self.agent, state="closed", period=NOVEMBER)
        with self.assertRaisesRegex(UserError, "nothing to pay"):
            negative.with_user(self.accountant).action_bill()
        employee = self._statement(10.0, state="closed")
        with self.assertRaisesRegex(UserError, "is paid by: Payroll"):
            employee.with_user(self.accountant).action_bill()

    def test_a_partner_says_how_it_is_paid(self):
        self.salesperson.partner_id.sudo().credit_commission_payout = "bill"
        self.assertEqual(self._statement(10.0).payout, "bill")

    # === PAYROLL === #

    def test_employees_go_to_payroll_once(self):
        first = self._statement(100.5, state="closed")
        second = self._statement(200.0, person=self.colleague.partner_id, state="closed")
        both = first | second
        both.with_user(self.accountant).action_payroll()
        payroll = both.payroll_id
        self.assertEqual((len(payroll), payroll.total), (1, 300.5))
        self.assertEqual(set(both.mapped("payment_state")), {"payroll"})
        with self.assertRaisesRegex(UserError, "is already paid by"):
            first.with_user(self.accountant).action_payroll()

    def test_the_payroll_files_say_the_same(self):
        statement = self._statement(100.5, state="closed")
        statement.with_user(self.accountant).action_payroll()
        payroll = statement.payroll_id.with_user(self.accountant)
        rows = base64.b64decode(payroll.file_csv).decode("utf-8-sig").splitlines()
        self.assertEqual(rows[1].split(";")[0], "Anna Sales")
        self.assertEqual(rows[1].split(";")[-1], "100.50")
        sheet = load_workbook(io.BytesIO(base64.b64decode(payroll.file_xlsx))).active
        self.assertEqual(sheet["G2"].value, 100.5)
        self.assertEqual(sheet["G3"].value, "=SUM(G2:G2)")

    def test_a_name_is_no_formula_for_payroll(self):
        self.salesperson.partner_id.name = "=1+1"
        statement = self._statement(100.5, state="closed")
        statement.with_user(self.accountant).action_payroll()
        rows = base64.b64decode(statement.payroll_id.file_csv).decode("utf-8-sig").splitlines()
        self.assertEqual((rows[1].split(";")[0], rows[1].split(";")[-1]), ("'=1+1", "100.50"))

    def test_an_employee_who_left_is_paid_by_payroll(self):
        self.salesperson.sudo().active = False
        self.assertEqual(self._statement(100.0).payout, "payroll")

    def test_a_cancelled_export_leaves_the_statements_to_pay(self):
        statement = self._statement(100.5, state="closed")
        statement.with_user(self.accountant).action_payroll()
        statement.payroll_id.with_user(self.accountant).action_cancel()
        self.assertEqual(statement.payment_state, "open")
        statement.with_user(self.accountant).action_payroll()
        self.assertEqual(statement.payment_state, "payroll")

    # === RIGHTS === #

    def test_only_accountants_bill_and_export(self):
        agent = self._statement(10.0, person=self.agent, state="closed")
        employee = self._statement(10.0, state="closed")
        for user in (self.manager, self.salesperson, self.colleague):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    agent.with_user(user).action_bill()
                with self.assertRaises(AccessError):
                    employee.with_user(user).action_payroll()
        employee.with_user(self.accountant).action_payroll()
        for user in (self.manager, self.salesperson):
            with self.subTest(user.login), self.assertRaises(AccessError):
                employee.payroll_id.with_user(user).action_cancel()
        with self.assertRaises(AccessError):
            employee.payroll_id.with_user(self.salesperson).read(["file_xlsx"])

    def test_an_accountant_of_another_company_bills_nothing(self):
        statement = self._statement(10.0, person=self.agent, state="closed")
        other = self.setup_other_company(name="Other")["company"]
        self.accountant.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            statement.with_user(self.accountant).action_bill()

    # === WORKBOOK === #

    def test_the_workbook_adds_up_by_formulas(self):
        self._statement(-30.0, person=self.agent, state="closed")
        statement = self._statement(100.0, 50.5, person=self.agent, period=NOVEMBER)
        book = base64.b64decode(statement.with_user(self.manager).file_xlsx)
        sheet = load_workbook(io.BytesIO(book)).active
        cells = {cell.value: cell for row in sheet for cell in row if cell.value}
        at = {
            words: cells[words].offset(column=1).value
            for words in ("Opening balance", "Earned", "Total", "To pay", "Carried over")
        }
        row = cells["Opening balance"].row
        self.assertEqual(at["Opening balance"], -30)
        self.assertRegex(at["Earned"], r"^=SUM\(J\d+:J\d+\)$")
        self.assertEqual(at["Total"], f"=J{row}+J{row + 1}")
        self.assertEqual(
            (at["To pay"], at["Carried over"]), (f"=MAX(J{row + 2},0)", f"=MIN(J{row + 2},0)")
        )
        values = load_workbook(io.BytesIO(book), data_only=True).active
        self.assertEqual(
            [values.cell(row + place, 10).value for place in range(5)],
            [-30, 150.5, 120.5, 120.5, 0],
        )

    def test_the_workbook_has_the_decimals_of_the_currency(self):
        self.company.currency_id.rounding = 0.001
        statement = self._statement(60.0)
        sheet = load_workbook(io.BytesIO(base64.b64decode(statement.file_xlsx))).active
        cells = {cell.value: cell for row in sheet for cell in row if cell.value}
        self.assertEqual(cells["Total"].offset(column=1).number_format, "#,##0.000")

    def test_a_text_is_no_formula(self):
        self.partner_a.name = "=1+1"
        statement = self._statement(100.0)
        sheet = load_workbook(io.BytesIO(base64.b64decode(statement.file_xlsx))).active
        cell = next(cell for row in sheet for cell in row if cell.value == "=1+1")
        self.assertEqual(cell.data_type, "s")
