from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestStatementFlow(CommissionCommon):
    """From the payment to the closed statement, and later reversals."""

    def _statement(self, day):
        wizard = self.env["credit.commission.period"].with_user(self.manager)
        wizard = wizard.create({"company_id": self.company.id, "period": "month", "day": day})
        domain = wizard.action_prepare()["domain"]
        found = self.env["credit.commission.statement"].search(domain)
        return found.filtered(lambda one: one.person_id == self.salesperson.partner_id)

    def _close(self, statement):
        statement.with_user(self.manager).action_mark_sent()
        statement.with_user(self.salesperson).action_agree()
        statement.with_user(self.manager).action_close()

    def test_a_payment_deleted_after_settlement_is_taken_back_in_the_open_period(self):
        self._plan(5.0)
        day = self.first_day + timedelta(days=10)
        invoice = self._sell(1000.0, day=day)
        payment = self._pay(invoice)
        settled = self._statement(day)
        self._close(settled)
        entry = settled.entry_ids
        frozen = ["amount", "base", "percent", "date", "move_id", "line_id", "statement_id"]
        before = entry.read(frozen)
        payment.action_draft()
        payment.unlink()
        current = self._statement(self.today)
        self.assertRecordValues(
            current.entry_ids, [{"kind": "reversal", "amount": -50.0, "origin_id": entry.id}]
        )
        self.assertEqual((current.total, current.carried), (-50.0, -50.0))
        self.assertEqual((settled.total, entry.read(frozen)), (50.0, before))

    def test_preparing_reads_the_ledger_first(self):
        self._plan(5.0)
        self._pay(self._sell(1000.0, day=self.today))
        self.assertEqual(self._statement(self.today).total, 50.0)

    def test_a_plan_with_a_statement_is_not_changed(self):
        plan = self._plan(5.0)
        self._pay(self._sell(1000.0, day=self.today))
        self._close(self._statement(self.today))
        with self.assertRaisesRegex(UserError, "new version"):
            plan.rule_ids.percent = 1.0

    def test_expected_commission_is_accrued_when_asked(self):
        self._plan(5.0)
        day = self.first_day + timedelta(days=10)
        invoice = self._sell(1000.0, day=day)
        self._pay(self._sell(200.0, day=day))
        closing = self.first_day + timedelta(days=30)
        self._pay(invoice, day=closing + timedelta(days=5))
        values = {"company_id": self.company.id, "date": closing}
        accruals = self.env["credit.commission.accrual"]
        accrual = accruals.create({**values, "with_expected": True})
        accrual.action_compute()
        self.assertEqual(
            {line.kind: line.amount for line in accrual.line_ids},
            {"earned": 10.0, "expected": 50.0},
        )
        without = accruals.create({**values, "with_expected": False})
        without.action_compute()
        self.assertEqual(without.total, 10.0)
