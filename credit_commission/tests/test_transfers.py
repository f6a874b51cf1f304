from odoo.tests import tagged
from odoo.tools import SQL

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestTransfers(CommissionCommon):
    """Payments of debts transferred by entries, once or several times; and factors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accounts = [cls._account(number) for number in range(4)]
        cls.factor = cls._account(9)

    @classmethod
    def _account(cls, number):
        return cls._passing_account(f"Passed on {number}", f"46799{number}")

    def _move_on(self, before, account, amount, come_from=None):
        """Transfer the open amount of an entry to an account and reconcile it."""
        source = come_from or self.receivable
        moved = self._entry((account, amount), (source, -amount))
        self._match(before, moved, account=source)
        return moved

    def _chain(self, invoice, length):
        """The last entry of a chain, and the account of the debt."""
        source, move = self.receivable, invoice
        for number in range(length):
            account = self.accounts[number % len(self.accounts)]
            move = self._move_on(move, account, invoice.amount_total, source)
            source = account
        return move, source

    # === CHAINS === #

    def test_money_at_the_end_of_a_chain_counts(self):
        self._plan(5.0)
        for length in (2, 3, 7):
            with self.subTest(length):
                invoice = self._sell(1000)
                last, account = self._chain(invoice, length)
                self.assertEarned(move_id=invoice.id)
                money = self._bank(400, account=account)
                self._match(last, money, account=account)
                self.assertEarned(20, move_id=invoice.id)
                row = self._entries(move_id=invoice.id).collection_id
                self.assertEqual(row.payment_move_id, money)
                self.assertEqual(len((row.via_path or "").split(",")), length - 1)

    def test_what_is_undone_anywhere_in_a_chain_is_taken_back(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        first = self._move_on(invoice, self.accounts[0], 1000)
        second = self._move_on(first, self.accounts[1], 1000, self.accounts[0])
        third = self._move_on(second, self.accounts[2], 1000, self.accounts[1])
        money = self._bank(1000, account=self.accounts[2])
        self._match(third, money, account=self.accounts[2])
        self.assertEarned(50)
        second.line_ids.filtered(lambda line: line.balance > 0).remove_move_reconcile()
        self.assertEarned(50, -50)
        self._match(second, third, account=self.accounts[1])
        self.assertEarned(50, -50, 50)
        second.button_draft()
        self.assertEarned(50, -50, 50, -50)
        second.action_post()
        self.assertEarned(50, -50, 50, -50, 50)

    def test_the_invoice_may_be_the_last_to_join_its_chain(self):
        self._plan(5.0)
        money = self._bank(1000, account=self.accounts[1])
        second = self._entry((self.accounts[1], 1000), (self.accounts[0], -1000))
        first = self._entry((self.accounts[0], 1000), (self.receivable, -1000))
        self._match(money, second, account=self.accounts[1])
        self._log()
        self._match(second, first, account=self.accounts[0])
        self._log()
        self._match(self._sell(1000), first)
        self.assertEarned(50)

    def test_entries_that_settle_each_other_are_no_endless_chain(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        one, two = self.accounts[:2]
        there = self._entry((one, 1000), (self.receivable, -1000), (two, 300), (two, -300))
        back = self._entry((two, 1000), (one, -1000), (one, 300), (one, -300))
        self._match(invoice, there)
        self._match(there, back, account=one)
        self._match(back, there, account=two)
        self.assertEarned()
        money = self._bank(100, account=two)
        self._match(back, money, account=two)
        self._compute()
        self.assertLessEqual(sum(self._entries().mapped("amount")), 5.0)

    def test_parts_of_a_chain_make_the_whole_to_the_cent(self):
        self._plan(10.0)
        invoices = [self._sell(100) for _n in range(3)]
        one, two = self.accounts[:2]
        first = self._entry((one, 300), (self.receivable, -300))
        self._match(*invoices, first)
        second = self._move_on(first, two, 300, one)
        for _n in range(3):
            self._match(second, self._bank(100, account=two), account=two)
        self._compute()
        for invoice in invoices:
            earned = self._entries(move_id=invoice.id)
            self.assertEqual([round(one.amount, 2) for one in earned], [3.33, 3.34, 3.33])
        [(total,)] = self.env.execute_query(
            SQL("SELECT round(SUM(amount), 8) FROM credit_commission_collection")
        )
        self.assertEqual(total, 300)

    def test_a_credit_note_moved_on_takes_back_when_it_is_paid_back(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._pay(invoice)
        refund = self._refund(invoice, lines=[200])
        one, two = self.accounts[:2]
        first = self._entry((one, -200), (self.receivable, 200))
        self._match(refund, first)
        second = self._entry((two, -200), (one, 200))
        self._match(first, second, account=one)
        self._match(second, self._bank(-200, account=two), account=two)
        self.assertEarned(50, -10)

    def test_a_long_chain_is_read_by_as_many_queries_as_a_short_one(self):
        self._plan(5.0)
        counts = []
        for length in (2, 40):
            invoice = self._sell(1000)
            last, account = self._chain(invoice, length)
            self._log()
            self._match(last, self._bank(1000, account=account), account=account)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env["credit.commission.collection"].sudo()._log_new()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEarned(50, move_id=invoice.id)
        self.assertEqual(*counts)

    # === FACTORS === #

    def _factor(self, **values):
        self.company.sudo().credit_commission_factor_account_ids = self.factor
        return self._plan(5.0, **values)

    def _hand_over(self, invoice):
        return self._move_on(invoice, self.factor, invoice.amount_total)

    def test_earned_when_the_factor_takes_the_invoice_over(self):
        self._factor(factor_event="handed")
        invoice = self._sell(1000, tax=self.tax)
        handed = self._hand_over(invoice)
        self.assertEarned(50)
        self.assertEqual(self._entries().collection_id.nature, "factor")
        self._match(handed, self._bank(900, account=self.factor), account=self.factor)
        self.assertEarned(50)

    def test_earned_with_the_money_that_settles_the_account_of_the_factor(self):
        self._factor()
        handed = self._hand_over(self._sell(1000, tax=self.tax))
        self.assertEarned()
        self._match(handed, self._bank(900, account=self.factor), account=self.factor)
        self.assertEarned(37.5)
        self.assertEqual(self._entries().collection_id.nature, "factored")
        self._match(handed, self._bank(300, account=self.factor), account=self.factor)
        self.assertEarned(37.5, 12.5)

    def test_what_the_factor_gives_back_is_taken_back(self):
        self._factor(factor_event="handed")
        invoice = self._sell(1000)
        handed = self._hand_over(invoice)
        self.assertEarned(50)
        handed._reverse_moves([{"date": self.first_day}], cancel=True)
        self.assertEqual(invoice.amount_residual, 1000)
        self.assertEarned(50, -50)
        self._pay(invoice)
        self.assertEarned(50, -50, 50)

    def test_a_plan_that_waits_for_the_bank_waits_for_the_factor_s_money(self):
        self._factor(factor_event="handed", trigger="cleared")
        handed = self._hand_over(self._sell(1000))
        self.assertEarned()
        self._match(handed, self._bank(1000, account=self.factor), account=self.factor)
        self.assertEarned(50)

    def test_a_doubtful_debt_handed_to_a_factor(self):
        self._factor(factor_event="handed")
        doubtful = self._move_on(invoice := self._sell(1000), self.accounts[0], 1000)
        self.assertEarned()
        self._move_on(doubtful, self.factor, 600, self.accounts[0])
        self.assertEarned(30)
        self.assertEqual(self._entries().move_id, invoice)

    def test_accounts_named_late_pay_nothing_twice(self):
        plan = self._plan(5.0, factor_event="handed")
        handed = self._hand_over(self._sell(1000))
        self.assertEarned()
        self.company.sudo().credit_commission_factor_account_ids = self.factor
        cursor = self.env["credit.commission.cursor"].sudo().search([])
        [(last,)] = self.env.execute_query(SQL("SELECT MAX(id) FROM account_partial_reconcile"))
        cursor.partial_id = last
        self._match(handed, self._bank(1000, account=self.factor), account=self.factor)
        self.assertEarned(50)
        plan.factor_event = "money"
        self.assertEarned(50)
