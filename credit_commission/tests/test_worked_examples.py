from datetime import timedelta

from odoo.tests import tagged

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestWorkedExamples(CommissionCommon):
    """Worked examples calculated by hand: partial payments, credit notes, splits, tiers and more."""

    def test_two_payments_earn_their_shares(self):
        self._plan(5.0)
        invoice = self._sell(10000, tax=self.tax)
        self._pay(invoice, 7200)
        self.assertEarned(300)
        self._pay(invoice, 4800)
        self.assertEarned(300, 200)

    def test_three_thirds_make_the_whole(self):
        self._plan(3.0)
        invoice = self._sell(1000, tax=self._tax(5.5))
        self.assertEqual(invoice.amount_total, 1055)
        for amount in (351.67, 351.67, 351.66):
            self._pay(invoice, amount)
        self.assertEarned(10, 10, 10)

    def test_a_credit_note_before_the_payment_makes_the_sale_smaller(self):
        self._plan(5.0)
        invoice = self._sell(10000, tax=self.tax)
        refund = self._refund(invoice, lines=[2000])
        self._match(invoice, refund)
        self.assertEarned()
        self._pay(invoice)
        self.assertEarned(400)

    def test_a_credit_note_of_one_line_leaves_the_other_its_rate(self):
        other = self._create_product(name="Licence", type="service", taxes_id=False)
        self._plan(
            rules=[
                {"name": "Licences", "product_ids": other.ids, "percent": 10.0},
                {"percent": 5.0},
            ]
        )
        invoice = self._sell(self._line(100, product=other), 100)
        refund = self._refund(invoice, lines=[100])
        self._match(invoice, refund)
        self._pay(invoice)
        self.assertEqual(round(sum(self._earned()), 2), 10)

    def test_a_credit_note_after_the_payment_takes_back_at_the_original_rate(self):
        self._plan(5.0)
        invoice = self._sell(10000, tax=self.tax)
        self._pay(invoice)
        self.assertEarned(500)
        refund = self._refund(invoice, lines=[2000])
        self.assertEarned(500, -100)
        self._pay(refund)
        self.assertEarned(500, -100)
        refund.button_draft()
        self.assertEarned(500, -100, 100)

    def test_a_credit_note_that_odoo_applies_to_its_unpaid_invoice_earns_nothing(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._refund(invoice, lines=[200])
        self.assertEqual(invoice.amount_residual, 800)
        self.assertEarned()
        self._pay(invoice)
        self.assertEarned(40)

    def test_a_credit_note_takes_back_what_late_money_earned(self):
        self._plan(5.0, speeds=[(11, "rate", 2.0)])
        invoice = self._sell(1000)
        self._pay(invoice, day=self.first_day + timedelta(20))
        self._pay(
            self._refund(invoice, day=self.first_day + timedelta(40)),
            day=self.first_day + timedelta(40),
        )
        self.assertEarned(20, -20)

    def test_a_bounced_cheque_is_taken_back_in_the_open_period(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        payment = self._pay(invoice)
        self.assertEarned(50)
        statement = self._statement(self.salesperson.partner_id)
        payment.action_draft()
        self.assertEarned(50, -50)
        earned, reversal = self._entries(self.salesperson.partner_id)
        self.assertEqual((earned.statement_id, earned.amount), (statement, 50))
        self.assertEqual(
            (reversal.kind, reversal.origin_id, reversal.date), ("reversal", earned, self.today)
        )
        self.assertFalse(reversal.statement_id)

    def test_a_write_off_earns_nothing(self):
        self._plan(5.0)
        invoice = self._sell(1000)
        self._pay(
            invoice,
            346,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEarned(17.30)

    def test_cash_discount_is_money_where_the_plan_says_so(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "2 % in 10 days",
                "early_discount": True,
                "discount_percentage": 2,
                "discount_days": 10,
                "early_pay_discount_computation": "excluded",
            }
        )
        plan = self._plan(5.0)
        invoice = self._sell(1000, tax=self.tax, invoice_payment_term_id=term.id)
        payment = self._pay(invoice)
        self.assertEqual((payment.amount, invoice.amount_residual), (1180, 0))
        self.assertEarned(49.17)
        plan.discount_is_money = True
        self.assertEarned(50)

    def test_an_exchange_difference_earns_nothing(self):
        euro = self.setup_other_currency(
            "EUR", rates=[("1900-01-01", 2.0), (self.first_day + timedelta(5), 4.0)]
        )
        self._plan(5.0)
        invoice = self._sell(1000, tax=self.tax, currency_id=euro.id)
        self._pay(invoice, 600, currency_id=euro.id)
        self._pay(invoice, day=self.first_day + timedelta(5), currency_id=euro.id)
        self.assertEqual(
            invoice.payment_state, "paid" if invoice.payment_state == "paid" else "in_payment"
        )
        self.assertEarned(12.5, 12.5)

    def test_paid_in_another_currency(self):
        euro = self.setup_other_currency("EUR", rates=[("1900-01-01", 2.0)])
        self._plan(5.0)
        invoice = self._sell(1000, currency_id=euro.id)
        self._pay(invoice, 250, currency_id=self.company.currency_id.id)
        self.assertEarned(12.5)

    def test_a_split_gives_the_last_the_cents_that_are_left(self):
        persons = [self._customer(f"Agent {n}") for n in range(3)]
        shares = [
            {"person_kind": "named", "person_id": person.id, "share": share}
            for person, share in zip(persons, (33.3333, 33.3333, 33.3334), strict=True)
        ]
        self._plan(5.0, shares=shares)
        self._pay(self._sell(200))
        self._compute()
        self.assertEqual(
            [round(self._entries(person).amount, 2) for person in persons], [3.33, 3.34, 3.33]
        )

    def test_a_manager_is_paid_on_top(self):
        boss = self._customer("Manager")
        top = {
            "person_kind": "named",
            "person_id": boss.id,
            "share": 10,
            "is_override": True,
            "role": "manager",
        }
        self._plan(5.0, shares=[{}, top])
        self._pay(self._sell(1000))
        self.assertEarned(50)
        entry = self._entries(boss)
        self.assertEqual((entry.base, entry.percent, entry.amount), (1000, 0.5, 5))

    def test_late_money_earns_less(self):
        self._plan(3.0, speeds=[(11, "rate", 2.0), (31, "rate", 0.0)])
        for days, amount in ((10, 30), (11, 20), (30, 20), (31, 0)):
            invoice = self._sell(1000)
            self._pay(invoice, day=self.first_day + timedelta(days))
            with self.subTest(days):
                self.assertEqual(round(sum(self._earned(move_id=invoice.id)), 2), amount)

    def test_tiers_on_the_whole_volume(self):
        self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 3), (1000, 5)])
        for amount in (600, 900):
            self._pay(self._sell(amount))
        self.assertEarned(18, 27, 30)
        self.assertEqual(self._entries()[-1].adjustment, "tiers")

    def test_tiers_on_each_slice(self):
        self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 3), (1000, 5)], tier_mode="marginal")
        self._pay(self._sell(1500))
        self.assertEarned(45, 10)

    def test_cents_that_many_lines_leave_are_a_line_of_their_own(self):
        self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 3), (1000, 5)])
        for _n in range(4):
            self._pay(self._sell(0.30))
        self.assertEarned(0.01, 0.01, 0.01, 0.01)
        self._pay(self._sell(0.30))
        self.assertEarned(0.01, 0.01, 0.01, 0.01, 0.01)
        self._pay(self._sell(0.30))
        self.assertEarned(0.01, 0.01, 0.01, 0.01, 0.01, 0.01, -0.01)
        rounding = self._entries()[-1]
        self.assertEqual(rounding.adjustment, "rounding")
        self.assertIn("Rounding", rounding.explanation)
        self._pay(self._sell(1500))
        self.assertEqual(round(sum(self._earned()), 2), 75.09)
        kinds = self._entries().mapped("adjustment")
        self.assertEqual({kind for kind in kinds if kind}, {"rounding", "tiers"})

    def test_what_is_undone_changes_the_tier_of_its_period(self):
        self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 3), (1000, 5)])
        self._pay(self._sell(600))
        payment = self._pay(self._sell(900))
        self.assertEarned(18, 27, 30)
        self._statement(self.salesperson.partner_id)
        payment.action_draft()
        self.assertEarned(18, 27, 30, -27, -30)

    def test_a_target_accelerates(self):
        self._plan(
            rules=[{"earning": "tiers"}],
            tiers=[(0, 2), (100, 4)],
            tier_on="target",
            shares=[{"target_amount": 1500}],
        )
        self._pay(self._sell(1499.99))
        self.assertEarned(30)
        self._pay(self._sell(0.01))
        self.assertEarned(30, 0, 30)

    def test_a_cap_takes_off_what_is_above(self):
        self._plan(10.0, has_cap=True, cap_amount=100)
        self._pay(self._sell(1200))
        self.assertEarned(120, -20)

    def test_factoring_counts_when_the_factor_takes_over_or_when_its_account_is_settled(self):
        factor = self._passing_account("Factor", "467900")
        self.company.sudo().credit_commission_factor_account_ids = factor
        boss = self._customer("Manager")
        named = [{"person_kind": "named", "person_id": boss.id}]
        self._plan(5.0)
        self._plan(5.0, shares=named, factor_event="handed", name="At once", in_addition=True)
        invoice = self._sell(10000, tax=self.tax)
        handed = self._entry((factor, 12000), (self.receivable, -12000))
        self._match(invoice, handed)
        self.assertEarned()
        self.assertEqual(self._entries(boss).mapped("amount"), [500])
        self._match(handed, self._bank(7200, account=factor), account=factor)
        self._match(handed, self._bank(4800, account=factor), account=factor)
        self.assertEarned(300, 200)
        self.assertEqual(self._entries(boss).mapped("amount"), [500])

    def test_who_left_keeps_the_right_to_what_was_sold_before(self):
        self._plan(5.0)
        invoice = self._sell(10000, tax=self.tax)
        self.salesperson.sudo().active = False
        self._pay(invoice, 7200)
        self.assertEarned(300)

    def test_a_currency_without_decimals_is_rounded_to_whole_units(self):
        self._company_currency("JPY", 0)
        self._plan(3.0)
        invoice = self._sell(1000, tax=self._tax(5.5))
        for amount in (352, 352, 351):
            self._pay(invoice, amount)
        self.assertEarned(10, 10, 10)
        rows = self._entries().collection_id
        self.assertEqual(rows.mapped("amount_company"), [352, 352, 351])

    def test_a_currency_with_three_decimals_keeps_them(self):
        self._company_currency("TND", 3)
        self._plan(5.0)
        invoice = self._sell(100.125)
        expense = self.company_data["default_account_expense"]
        paid = self._entry(
            (self.bank.default_account_id, 33.333), (expense, 0.042), (self.receivable, -33.375)
        )
        self._match(invoice, paid)
        self._compute()
        entry = self._entries()
        self.assertEqual(round(entry.collection_id.amount_company, 6), 33.333)
        self.assertEqual((round(entry.base, 6), round(entry.amount, 6)), (33.333, 1.667))

    def _company_currency(self, name, places):
        """Set the company's currency."""
        currency = (
            self.env["res.currency"].with_context(active_test=False).search([("name", "=", name)])
        )
        currency.write({"active": True, "rounding": 10**-places})
        self.assertEqual(currency.decimal_places, places)
        self.company.sudo().currency_id = currency
