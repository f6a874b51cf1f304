from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LitigationCommon


@tagged("post_install", "-at_install")
class TestProvision(LitigationCommon):
    """Expected losses: proposed from the ledger at the key date, posted by an accountant, found again line by line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("accountant", "account.group_account_user")
        make = cls.env(su=True)["account.account"].create
        cls.expense, cls.allowance, cls.income = (
            make({"name": name, "code": code, "account_type": kind})
            for name, code, kind in (
                ("Impairment", "681799", "expense"),
                ("Allowance", "491999", "asset_current"),
                ("Reversal", "781799", "income_other"),
            )
        )
        cls.company.sudo().write(
            {
                "credit_provision_expense_account_id": cls.expense.id,
                "credit_provision_account_id": cls.allowance.id,
                "credit_provision_income_account_id": cls.income.id,
            }
        )

    def _run_at(self, days=0, method="difference", user=None, post=True):
        runs = self.env["credit.provision.run"].with_user(user or self.accountant)
        run = runs.create({"date": self.today + timedelta(days), "method": method})
        run.action_propose()
        if post:
            run.action_post()
        return run

    def _bracket(self, days, percent, **values):
        self.env["credit.provision.bracket"].with_user(self.manager).create(
            {"days_from": days, "percent": percent, **values}
        )

    def _balance(self, account):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return sum(lines.mapped("balance"))

    def test_the_worked_example_of_a_doubtful_customer(self):
        """12 000 with taxes: 60 % of 10 000, then 80 %, then a receipt of 3 600 (D 4.7)."""
        invoice = self._taxed(10000, 60)
        case = self._case(invoice, expected_loss=60)
        run = self._run_at(-2)
        self.assertRecordValues(
            run.line_ids,
            [{"open_amount": 12000.0, "net_amount": 10000.0, "amount": 6000.0, "source": "case"}],
        )
        self.assertRecordValues(
            run.move_id.line_ids.sorted("balance"),
            [
                {"account_id": self.allowance.id, "balance": -6000.0},
                {"account_id": self.expense.id, "balance": 6000.0},
            ],
        )
        self.assertEqual(run.move_id.line_ids.partner_id, self.customer)
        case.expected_loss = 80
        self._run_at(-1)
        self.assertEqual(self._balance(self.expense), 8000.0)
        self._pay(invoice, 3600)
        self._run_at()
        self.assertEqual(self._balance(self.allowance), -5600.0)
        self.assertEqual(self._balance(self.income), -2400.0)

    def test_the_matrix_goes_by_days_and_class_and_by_the_ledger_of_the_key_date(self):
        self._bracket(31, 25.0)
        self._bracket(91, 50.0)
        special = self.env(su=True)["credit.risk.class"].create({"name": "Special"})
        self._bracket(0, 10.0, risk_class_id=special.id)
        other = self._customer("Other")
        self._profile(other, risk_class_id=special.id)
        a, b = self._invoice(1000, days_late=40), self._invoice(1000, days_late=100)
        c = self._invoice(1000, days_late=5, customer=other)
        self._invoice(1000, days_late=10)
        self._pay(b)
        run = self._run_at(post=False)
        self.assertEqual(
            {line.item_id: line.amount for line in run.line_ids},
            {self._item(a): 250.0, self._item(c): 100.0},
        )
        self.assertIn(
            "40 days overdue", run.line_ids.filtered(lambda x: x.days_late == 40).explanation
        )
        before = self._run_at(-1, post=False)
        self.assertIn(self._item(b), before.line_ids.item_id)

    def test_it_is_reversed_the_day_after(self):
        self._bracket(31, 25.0)
        self._invoice(1000, days_late=40)
        run = self._run_at(-1, method="reverse")
        self.assertEqual(run.reversal_id.date, self.today)
        self.assertEqual(run.reversal_id.state, "posted")
        self.assertEqual(self._balance(self.allowance), 0.0)

    def test_an_empty_form_proposes_and_an_accountant_posts(self):
        self._bracket(31, 25.0)
        self._invoice(1000, days_late=40)
        run = Form(self.env["credit.provision.run"].with_user(self.manager)).save()
        with self.assertRaisesRegex(UserError, "Propose the provision first"):
            run.action_post()
        run.action_propose()
        with self.assertRaisesRegex(AccessError, "posted by an accountant"):
            run.action_post()
        with self.assertRaises(AccessError):
            run.write({"state": "posted"})
        run.with_user(self.accountant).action_post()
        self.assertEqual(run.state, "posted")
        with self.assertRaisesRegex(UserError, "is posted"):
            run.action_propose()
        for user in (self.analyst, self.salesperson):
            with self.assertRaises(AccessError):
                run.with_user(user).write({"method": "reverse"})

    def test_nothing_to_post_says_what_to_enter(self):
        self._invoice(1000, days_late=60)
        run = self._run_at(post=False)
        self.assertFalse(run.line_ids)
        with self.assertRaisesRegex(UserError, "provision matrix"):
            run.action_post()

    def test_another_date_is_proposed_anew(self):
        self._bracket(31, 50)
        self._invoice(1000, days_late=60)
        run = self._run_at(post=False)
        self.assertTrue(run.line_ids)
        run.date = self.today - timedelta(50)
        self.assertRecordValues(run, [{"state": "draft", "amount": 0.0}])
        with self.assertRaisesRegex(UserError, "Propose"):
            run.action_post()

    def test_bad_dates_and_missing_accounts_get_a_sentence(self):
        self._bracket(31, 25.0)
        self._invoice(1000, days_late=40)
        self._run_at()
        with self.assertRaisesRegex(UserError, "posted already"):
            self._run_at()
        with self.assertRaisesRegex(UserError, "nothing to post"):
            self._run_at(1)
        self.company.sudo().credit_provision_account_id = False
        with self.assertRaisesRegex(UserError, "Impairment Account"):
            self._run_at(2)
        self.company.sudo().fiscalyear_lock_date = self.today - timedelta(5)
        with self.assertRaisesRegex(UserError, "closed"):
            self._run_at(-6)
