from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CommissionCommon

TIERS = [{"earning": "tiers"}]


@tagged("post_install", "-at_install")
class TestTakenBack(CommissionCommon):
    """Whatever is undone, in any order, the remaining commission matches the remaining payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls._passing_account("Cheques", "511990")

    def _total(self):
        return round(sum(self._earned()), 2)

    def _undo(self, move, account=None):
        lines = move.line_ids.filtered(lambda line: line.account_id == (account or self.receivable))
        lines.remove_move_reconcile()

    # === CLEARING === #

    def _clear_in_two(self):
        self.bank.inbound_payment_method_line_ids.payment_account_id = self.waiting
        self._plan(5.0, trigger="cleared")
        payment = self._pay(self._sell(1000))
        parts = [
            self._bank(amount, day=self.first_day + timedelta(days), account=self.waiting)
            for amount, days in ((600, 0), (400, 5))
        ]
        self._match(payment.move_id, *parts, account=self.waiting)
        self.assertEarned(50)
        return payment, parts

    def test_a_payment_cleared_by_two_is_not_cleared_without_one(self):
        for place in (0, 1):
            with self.subTest(place), self.cr.savepoint() as savepoint:
                payment, parts = self._clear_in_two()
                self._undo(parts[place], self.waiting)
                self.assertEqual(self._total(), 0)
                self._match(payment.move_id, parts[place], account=self.waiting)
                self.assertEqual(self._total(), 50)
                savepoint.rollback()

    def test_a_bank_entry_set_to_draft_clears_nothing(self):
        _payment, parts = self._clear_in_two()
        parts[0].button_draft()
        self.assertEqual(self._total(), 0)
        parts[0].action_post()
        self.assertEqual(self._total(), 50)

    # === CREDIT NOTES === #

    def test_a_credit_note_whose_use_is_undone_takes_back_all(self):
        self._plan(5.0)
        paid, other = self._sell(1000), self._sell(400)
        self._pay(paid)
        refund = self._refund(paid)
        self._match(other, refund)
        self.assertEqual(self._total(), 20)
        self._undo(other)
        self.assertEqual(self._total(), 0)
        self._match(other, refund)
        self.assertEqual(self._total(), 20)

    def test_an_open_credit_note_takes_back_nothing_from_an_invoice_that_is_not_paid(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._pay(invoice)
        refund = self._refund(invoice)
        self.assertEarned(50, -50)
        self._undo(invoice)
        self.assertEqual(self._total(), 0)
        self._match(invoice, refund)
        self.assertEqual(self._total(), 0)

    def test_what_was_used_of_it_counts_when_the_invoice_is_not_paid_any_more(self):
        self._plan(5.0)
        paid, other = self._sell(1000), self._sell(400)
        self._pay(paid)
        refund = self._refund(paid)
        self.assertEqual(self._total(), 0)
        self._match(other, refund)
        self.assertEqual(self._total(), 20)
        self._undo(paid)
        self.assertEqual(self._total(), 0)

    def test_a_rate_that_moved_until_the_credit_note_earns_nothing(self):
        euro = self.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        later = self.first_day + timedelta(10)
        euro.rate_ids = [Command.create({"name": later, "rate": 4.0})]
        self._plan(5.0)
        paid, unpaid = (self._sell(1000, currency_id=euro.id) for _n in range(2))
        self._pay(paid)
        self.assertEarned(25)
        for invoice in (paid, unpaid):
            refund = self._refund(invoice, day=later)
            self.assertEqual(sum(refund.invoice_line_ids.mapped("balance")), 250)
            self.assertEqual(self._total(), 0)
            self._match(invoice, refund)
            self.assertEqual(self._total(), 0)

    # === TIERS AND CAPS === #

    def test_a_credit_note_takes_back_the_tier_of_its_invoice(self):
        self._plan(rules=TIERS, tiers=[(0, 3), (1000, 5)])
        invoice = self._sell(1000)
        self._pay(invoice)
        self.assertEarned(30, 20)
        self._refund(invoice, day=self.first_day + timedelta(40))
        self.assertEqual(self._total(), 0)
        back = self._entries()[2:]
        self.assertEqual(set(back.mapped("period_start")), {self.first_day})
        self.assertGreaterEqual(min(back.mapped("date")), self.first_day + timedelta(40))

    def test_a_credit_note_takes_back_what_late_money_earned_by_tiers(self):
        for kind, rate, earned in (("share", 50.0, 15), ("rate", 2.0, 20)):
            with self.subTest(kind), self.cr.savepoint() as savepoint:
                self._plan(rules=TIERS, tiers=[(0, 3), (5000, 5)], speeds=[(11, kind, rate)])
                invoice = self._sell(1000)
                self._pay(invoice, day=self.first_day + timedelta(20))
                self.assertEarned(earned)
                self._refund(invoice, day=self.first_day + timedelta(22))
                self.assertEarned(earned, -earned)
                savepoint.rollback()

    def test_a_credit_note_gives_back_to_the_cap_of_its_invoice(self):
        self._plan(10.0, has_cap=True, cap_amount=100)
        invoice = self._sell(1200)
        self._pay(invoice)
        self.assertEarned(120, -20)
        self._refund(invoice, day=self.first_day + timedelta(40))
        self.assertEarned(120, -20, -120, 20)

    # === TWO AT ONCE === #

    def test_a_reconciliation_that_vanished_while_it_was_logged_is_taken_back(self):
        self._plan(5.0)
        self._pay(self._sell(1000))
        self.assertEarned(50)
        self.env.cr.execute(SQL("DELETE FROM account_partial_reconcile"))
        self.env.invalidate_all()
        self.assertEarned(50, -50)
        self.assertEarned(50, -50)

    def test_what_is_undone_overtakes_no_collection(self):
        """A row with a lower number may be committed after a later undone row."""
        plan = self._plan(5.0)
        payment = self._pay(self._sell(1000))
        self._compute()
        read = plan.collection_read
        payment.action_draft()
        self._compute()
        self.assertEqual(plan.collection_read, read)

    def _busy(self, model):
        return patch.object(
            self.registry[model],
            "try_lock_for_update",
            autospec=True,
            side_effect=lambda records, **_options: records.browse(),
        )

    def test_who_comes_while_the_ledger_is_read_is_told_to_wait(self):
        plan = self._plan(5.0)
        log = self.env["credit.commission.collection"]
        for model, sentence in (
            ("credit.commission.cursor", "updating the log of collections"),
            ("credit.commission.plan", "is computing entries"),
        ):
            with (
                self.subTest(model),
                self._busy(model),
                self.assertRaisesRegex(UserError, sentence),
            ):
                plan.action_compute()
        self._pay(self._sell(1000))
        with self._busy("credit.commission.cursor"):
            self.assertEqual(log.sudo()._log_new(commit=True), 0)
        with self._busy("credit.commission.plan"):
            self.assertEqual(plan._compute_entries(self.today, commit=True), 0)
        self.assertEarned(50)
