from datetime import timedelta

from odoo.tests import tagged

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestHolding(CommissionCommon):
    """Payments that earn nothing yet: partly paid invoices, doubtful customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls._passing_account("Cheques", "511990")
        cls.doubtful = cls._passing_account("Doubtful", "416990")

    def _waiting(self):
        return self.env["credit.commission.waiting"].search([], order="id").mapped("reason")

    def _total(self):
        return round(sum(self._earned()), 2)

    # === ONLY WHEN PAID IN FULL === #

    def test_commission_only_once_the_whole_invoice_is_paid(self):
        self._plan(5.0, only_when_paid=True)
        invoice = self._sell(1000, tax=self.tax)
        self._pay(invoice, 600)
        self.assertEarned()
        self.assertEqual(self._waiting(), ["unpaid"])
        day = self.first_day + timedelta(40)
        self._pay(invoice, 600, day=day)
        self.assertEarned(25, 25)
        self.assertEqual(set(self._entries().mapped("date")), {day})
        self.assertFalse(self._waiting())
        self.assertEarned(25, 25)

    def test_each_payment_keeps_its_own_speed_when_the_last_one_comes(self):
        self._plan(4.0, only_when_paid=True, speeds=[(31, "share", 50.0)])
        invoice = self._sell(1000)
        self._pay(invoice, 500)
        self._pay(invoice, 500, day=self.first_day + timedelta(51))
        self.assertEarned(20, 10)

    def test_a_credit_note_or_a_write_off_may_settle_the_rest(self):
        self._plan(5.0, only_when_paid=True)
        invoice = self._sell(1000)
        self._pay(invoice, 800)
        self.assertEarned()
        self._match(invoice, self._refund(invoice, lines=[200]))
        self.assertEarned(40)
        given_up = self._sell(1000)
        self._pay(given_up, 990)
        self.assertEarned(40)
        expense = self.company_data["default_account_expense"]
        self._match(given_up, self._entry((expense, 10), (self.receivable, -10)))
        self.assertEarned(40, 49.5)

    def test_a_debt_that_was_moved_on_is_not_paid(self):
        self._plan(5.0, only_when_paid=True)
        invoice = self._sell(1000)
        self._pay(invoice, 400)
        moved = self._entry((self.doubtful, 600), (self.receivable, -600))
        self._match(invoice, moved)
        self.assertEarned()
        self._match(moved, self._bank(600, account=self.doubtful), account=self.doubtful)
        self.assertEarned(20, 30)

    def test_what_is_not_paid_in_full_any_more_is_taken_back_and_waits_again(self):
        self._plan(5.0, only_when_paid=True)
        invoice = self._sell(1000)
        self._pay(invoice, 600)
        second = self._pay(invoice, 400)
        self.assertEarned(30, 20)
        self._statement(self.salesperson.partner_id)
        second.action_draft()
        self.assertEarned(30, 20, -20, -30)
        self.assertEarned(30, 20, -20, -30)
        second.action_post()
        self.assertEarned(30, 20, -20, -30, 30, 20)
        self.assertFalse(self._waiting())
        second.action_draft()
        self.assertEqual(self._total(), 0)

    def test_credited_before_it_is_paid_earns_nothing_and_takes_nothing_back(self):
        self._plan(5.0, only_when_paid=True)
        invoice, other = self._sell(1000), self._sell(300)
        self._pay(invoice, 500)
        refund = self._refund(invoice, lines=[300])
        refund.line_ids.remove_move_reconcile()
        self._match(other, refund)
        self.assertEqual(self._total(), 15)
        self._pay(invoice, 500)
        self.assertEqual(self._total(), 50)

    def test_money_cleared_at_the_bank_waits_for_all_of_it(self):
        self.bank.inbound_payment_method_line_ids.payment_account_id = self.waiting
        self._plan(5.0, only_when_paid=True, trigger="cleared")
        invoice = self._sell(1000)
        payments = [self._pay(invoice, amount) for amount in (600, 400)]
        self.assertEarned()
        for payment, earned in zip(payments, ([], [30, 20]), strict=True):
            entry = self._bank(payment.amount, account=self.waiting)
            self._match(payment.move_id, entry, account=self.waiting)
            self.assertEarned(*earned)

    def test_what_waits_is_expected(self):
        self._plan(5.0, only_when_paid=True)
        invoice = self._sell(1000, day=self.today)
        self._pay(invoice, 600)
        self._compute()
        outlook = self.env["credit.commission.outlook"].with_user(self.salesperson)
        mine = outlook.browse(outlook.action_open_mine()["res_id"])
        self.assertEqual((mine.earned, mine.expected), (0, 50))

    # === DOUBTFUL === #

    def test_money_of_a_doubtful_debt_waits_where_the_plan_says_so(self):
        self.company.sudo().credit_commission_doubtful_account_ids = self.doubtful
        plan = self._plan(5.0, hold_back=True)
        invoice = self._sell(1000)
        moved = self._entry((self.doubtful, 1000), (self.receivable, -1000))
        self._match(invoice, moved)
        self._match(moved, self._bank(300, account=self.doubtful), account=self.doubtful)
        self.assertEarned()
        self.assertEqual(self._waiting(), ["doubtful"])
        plan.hold_back = False
        self.assertEarned(15)
        plan.hold_back = True
        self.assertEarned()
        self._match(moved, self._bank(700, account=self.doubtful), account=self.doubtful)
        self.assertEarned(15, 35)

    def test_money_of_a_blocked_invoice_waits_and_earns_on_the_day_it_is_unblocked(self):
        self._plan(5.0, hold_back=True)
        invoice = self._sell(1000)
        invoice.action_toggle_block_payment()
        self._pay(invoice, 400)
        self.assertEarned()
        self.assertEqual(self._waiting(), ["blocked"])
        invoice.action_toggle_block_payment()
        self.assertEarned(20)
        self.assertEqual(self._entries().date, self.today)
        invoice.action_toggle_block_payment()
        self.assertEarned(20)

    def test_only_managers_see_what_waits(self):
        self._plan(5.0, only_when_paid=True)
        self._pay(self._sell(1000), 600)
        self._compute()
        waiting = self.env["credit.commission.waiting"]
        self.assertTrue(waiting.with_user(self.manager).search([]))
        self.assertFalse(waiting.with_user(self.salesperson).has_access("read"))
        self.assertFalse(waiting.with_user(self.manager).has_access("write"))
