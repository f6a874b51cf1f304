from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestPublicReports(CommissionCommon):
    """Cases reported by users of other systems, with the correct outcome."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls._passing_account("Cheques", "511990")

    def _total(self, **values):
        return round(sum(self._earned(**values)), 2)

    def _order(self, *prices, user=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": (user or self.salesperson).id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "price_unit": price, "tax_ids": False}
                    )
                    for price in prices
                ],
            }
        )
        self.product.invoice_policy = "order"
        order.action_confirm()
        return order

    def _reverse(self, invoice, create_new=False):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        if create_new:
            return self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        wizard.reverse_moves()
        wizard.new_move_ids.filtered(lambda move: move.state == "draft").action_post()
        return wizard.new_move_ids

    # === WHO SOLD === #

    def test_who_sold_earns_after_reverse_and_create_invoice(self):
        self._plan(5.0)
        invoice = self._order(1000)._create_invoices()
        invoice.action_post()
        new = self._reverse(invoice, create_new=True)
        self.assertEqual(new.invoice_user_id, self.salesperson)
        new.action_post()
        self._pay(new)
        self.assertEarned(50, move_id=new.id)
        self.assertEqual(self._total(), 50)

    def test_who_sold_without_an_order_keeps_the_sale_too(self):
        invoice = self._sell(1000, user=self.second)
        self.assertEqual(self._reverse(invoice, create_new=True).invoice_user_id, self.second)

    # === SMALL LINES === #

    def test_many_small_lines_earn_what_their_sum_earns(self):
        self._plan(5.0)
        invoice = self._sell(*[0.09] * 10)
        self._pay(invoice)
        self.assertEqual(self._total(), 0.05)
        self.assertEqual(sorted(set(self._earned())), [0.0, 0.01])
        self.assertEqual(round(sum(self._entries().mapped("base")), 2), 0.9)

    def test_small_lines_paid_in_parts_earn_what_they_earn_at_once(self):
        self._plan(5.0)
        at_once = self._sell(*[1.11] * 9)
        self._pay(at_once)
        lines = dict(self._by_line(at_once).values())
        in_parts = self._sell(*[1.11] * 9)
        for amount in (0.55, 2.22, 3.33, 3.89):
            self._pay(in_parts, amount)
        self.assertEqual(self._total(move_id=in_parts.id), 0.5)
        found = dict(self._by_line(in_parts).values())
        self.assertEqual(found, lines)

    def _by_line(self, invoice):
        self._compute()
        entries = self._entries(move_id=invoice.id)
        places = {line: place for place, line in enumerate(invoice.invoice_line_ids.sorted("id"))}
        return {
            line: (places[line], round(sum(theirs.mapped("amount")), 2))
            for line, theirs in entries.grouped("line_id").items()
        }

    def test_small_lines_that_are_undone_and_credited_leave_nothing(self):
        self._plan(5.0)
        invoice = self._sell(*[0.09] * 10)
        payment = self._pay(invoice)
        self.assertEqual(self._total(), 0.05)
        payment.action_draft()
        self.assertEqual(self._total(), 0)
        payment.action_post()
        self.assertEqual(self._total(), 0.05)
        self._refund(invoice)
        self.assertEqual(self._total(), 0)

    def test_shares_of_small_lines_add_up(self):
        agent = self._customer("Agent")
        shares = [
            {"share": 66.6667},
            {"person_kind": "named", "person_id": agent.id, "share": 33.3333},
        ]
        self._plan(5.0, shares=shares)
        self._pay(self._sell(*[0.33] * 7))
        self._compute()
        whole = sum(self._entries().mapped("amount"))
        self.assertEqual(round(whole, 2), 0.12)

    # === CREDIT NOTES AFTER SOMETHING ELSE THAN MONEY === #

    def _write_off(self, invoice, paid):
        return self._pay(
            invoice,
            paid,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )

    def test_a_credit_note_after_a_write_off_takes_back_what_was_earned(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._write_off(invoice, 990)
        self.assertEarned(49.5)
        self._reverse(invoice)
        self.assertEarned(49.5, -49.5)

    def test_half_a_credit_note_after_a_write_off_takes_back_half(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._write_off(invoice, 990)
        self.assertEarned(49.5)
        self._pay(self._refund(invoice, lines=[500]))
        self.assertEarned(49.5, -24.75)

    def test_a_credit_note_after_a_write_off_by_journal_entry(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._pay(invoice, 990)
        expense = self.company_data["default_account_expense"]
        self._match(invoice, self._entry((expense, 10), (self.receivable, -10)))
        self.assertEarned(49.5)
        self._refund(invoice)
        self.assertEarned(49.5, -49.5)

    def test_a_credit_note_after_a_cash_discount_takes_back_what_was_earned(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 7 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 7,
            }
        )
        plan = self._plan(5.0)
        invoice = self._sell(1000, invoice_payment_term_id=term.id)
        self.assertEqual(self._pay(invoice).amount, 980)
        self.assertEarned(49)
        self._refund(invoice)
        self.assertEarned(49, -49)
        plan.discount_is_money = True
        self.assertEarned(50, -50)

    def test_an_exchange_difference_is_no_collection_and_counts_in_no_delay(self):
        euro = self.setup_other_currency(
            "EUR", rates=[("1900-01-01", 2.0), (self.first_day + timedelta(20), 4.0)]
        )
        self._plan(5.0, speeds=[(11, "share", 50.0)])
        invoice = self._sell(1000, currency_id=euro.id)
        self._pay(invoice, day=self.first_day + timedelta(20), currency_id=euro.id)
        self.assertEarned(12.5)
        rows = self.env["credit.commission.collection"].search([])
        self.assertEqual([(row.nature, row.days_late) for row in rows], [("money", 20)])

    # === AT THE BANK === #

    def test_cheques_handed_in_together_earn_when_the_bank_has_them(self):
        self.bank.inbound_payment_method_line_ids.payment_account_id = self.waiting
        handed_in = self._passing_account("Cheques handed in", "511995")
        self._plan(5.0, trigger="cleared")
        payments = [self._pay(self._sell(amount)) for amount in (1000, 400)]
        deposit = self._entry((handed_in, 1400), (self.waiting, -1000), (self.waiting, -400))
        for payment, place in zip(payments, (1, 2), strict=True):
            lines = payment.move_id.line_ids.filtered(lambda one: one.account_id == self.waiting)
            (lines + deposit.line_ids[place]).reconcile()
        self.assertEarned()
        day = self.first_day + timedelta(9)
        money = self._bank(1400, day=day, account=handed_in)
        self._match(deposit, money, account=handed_in)
        self.assertEqual(sorted(self._earned()), [20, 50])
        self.assertEqual(set(self._entries().mapped("date")), {day})
        deposit.line_ids[2].remove_move_reconcile()
        self.assertEqual(self._total(), 50)
        (deposit.line_ids[0]).remove_move_reconcile()
        self.assertEqual(self._total(), 0)
        self._match(deposit, money, account=handed_in)
        self.assertEqual(self._total(), 50)

    # === MARGIN === #

    def test_the_margin_keeps_what_the_product_cost_at_the_sale(self):
        self.product.standard_price = 60
        self._plan(10.0, base="margin")
        invoice = self._sell(100)
        self.product.standard_price = 90
        self._pay(invoice)
        self.assertEarned(4)
        self._refund(invoice)
        self.assertEarned(4, -4)

    def test_the_cost_of_the_confirmed_order_counts(self):
        self.product.standard_price = 60
        self._plan(10.0, base="margin")
        order = self._order(100)
        self.product.standard_price = 80
        invoice = order._create_invoices()
        invoice.action_post()
        self._pay(invoice)
        if "purchase_price" not in order.order_line._fields:
            self.assertEarned(4)

    def test_nobody_edits_the_cost_at_the_sale(self):
        self.product.standard_price = 60
        self._sell(100)
        cost = self.env["credit.commission.cost"].search([], limit=1)
        self.assertEqual(cost.unit_cost, 60)
        with self.assertRaisesRegex(UserError, "cannot be edited"):
            cost.sudo().unit_cost = 1
        self.assertFalse(cost.with_user(self.salesperson).has_access("read"))
        self.assertFalse(cost.with_user(self.manager).has_access("write"))

    # === WORDS === #

    def test_a_late_payment_says_how_late_and_at_which_rate(self):
        self._plan(2.0, speeds=[(31, "share", 50.0), (91, "rate", 0.5)])
        first, second = self._sell(1000), self._sell(1000)
        self._pay(first, day=self.first_day + timedelta(51))
        self._pay(second, day=self.first_day + timedelta(100))
        self._compute()
        half, fixed = self._entries()
        self.assertIn("paid 51 days late, half rate", half.explanation)
        self.assertIn("1 % of", half.explanation)
        self.assertIn("paid 100 days late, rate of 0.5 %", fixed.explanation)

    def test_a_payment_in_time_says_nothing_about_it(self):
        self._plan(2.0, speeds=[(31, "share", 50.0)])
        self._pay(self._sell(1000))
        self._compute()
        self.assertNotIn("late", self._entries().explanation)

    def test_a_line_of_tiers_says_the_volume_its_rate_and_what_came_before(self):
        self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 2), (1000, 5)], tier_mode="marginal")
        self._pay(self._sell(1500))
        self.assertEarned(30, 15)
        line = self._entries()[-1]
        for words in (
            "1,500.00 collected",
            "1,000.00",
            "× 2 %",
            "500.00",
            "× 5 %",
            "30.00 entered",
        ):
            self.assertIn(words, line.explanation.replace("$\xa0", "").replace("\xa0€", ""))
        self.assertEqual(line.volume, 1500)
        self.assertEqual(round(line.percent, 2), 3)

    def test_a_cap_says_what_was_earned(self):
        self._plan(10.0, has_cap=True, cap_amount=100)
        self._pay(self._sell(1200))
        self.assertEarned(120, -20)
        self.assertIn("120.00 earned", self._entries()[-1].explanation)

    # === PUBLIC SCENARIOS === #

    def test_what_is_credited_before_it_is_paid_earns_nothing_and_is_never_negative(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._match(invoice, self._refund(invoice))
        self.assertEarned()

    def test_a_credit_memo_is_no_money(self):
        self._plan(5.0)
        invoice = self._sell(4000)
        self._match(invoice, self._refund(invoice, lines=[2000]))
        self._pay(invoice, 2000)
        self.assertEqual(self._total(), 100)

    def test_discounts_of_lines_and_of_the_whole_make_the_base_smaller(self):
        self._plan(5.0)
        discount = self._create_product(name="Discount", type="service", taxes_id=False)
        invoice = self._sell(
            self._line(1000, self.tax, discount=10.0),
            self._line(-100, self.tax, product=discount),
        )
        self.assertEqual(invoice.amount_total, 960)
        self._pay(invoice)
        self.assertEqual(self._total(), 40)

    def test_a_rate_of_the_order_less_what_was_given_up_at_4_percent(self):
        self._plan(4.0)
        invoice = self._sell(1000)
        self._match(invoice, self._refund(invoice, lines=[200]))
        self._pay(invoice)
        self.assertEarned(32)

    def test_nothing_after_120_days(self):
        self._plan(5.0, speeds=[(121, "rate", 0.0)])
        for days, earned in ((120, 50), (121, 0)):
            invoice = self._sell(1000)
            self._pay(invoice, day=self.first_day + timedelta(days))
            self.assertEqual(self._total(move_id=invoice.id), earned)

    def test_a_settled_commission_of_a_cancelled_invoice_stays_and_is_taken_back(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._pay(invoice)
        self.assertEarned(50)
        statement = self._statement(self.salesperson.partner_id)
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEarned(50, -50)
        self.assertEqual(self._entries().mapped("statement_id"), statement)
        self.assertFalse(self._entries()[-1].statement_id)

    def test_the_refund_of_a_paid_sale_is_taken_back_once(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._pay(invoice)
        refund = self._refund(invoice)
        self.assertEarned(50, -50)
        self._pay(refund)
        self.assertEarned(50, -50)

    def test_money_in_advance_counts_by_the_date_it_reaches_the_invoice(self):
        self._plan(5.0)
        money = self._bank(1000)
        day = self.first_day + timedelta(40)
        self._match(self._sell(1000, day=day), money)
        self.assertEarned(50)
        self.assertEqual(self._entries().date, day)
