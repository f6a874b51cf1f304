import random
from datetime import timedelta
from statistics import median, pstdev

from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.addons.credit_scoring.rules import (
    HALF_LIFE,
    count_history,
    late_chances,
    payer_score,
)
from odoo.exceptions import AccessError
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestPayer(CreditCommon):
    """Figures of the query beside an independent computation, on random histories."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._customer("Other")
        dice = random.Random(17)
        cls.history = {}
        for customer, number in ((cls.customer, 7), (cls.other, 4)):
            cls.history[customer] = [cls._play(cls, customer, dice) for _n in range(number)]
            profile = cls.env["credit.profile"].sudo()._ensure(customer, cls.company)
            profile.risk_class_id = cls.env.ref("credit_management.credit_risk_class_b")
        cls.env.flush_all()

    def _play(self, customer, dice):
        """An invoice of the last year, paid or not: ``(issued, due, settled or None, amount)``."""
        issued = self.today - timedelta(dice.randint(5, 360))
        due = issued + timedelta(30)
        amount = float(dice.randint(10, 900))
        settled = issued + timedelta(dice.randint(0, 90))
        settled = settled if settled <= self.today and dice.random() > 0.2 else None
        invoice = self._invoice(
            self, amount, customer=customer, invoice_date=issued, invoice_date_due=due
        )
        if settled:
            self._pay(self, invoice, payment_date=settled)
        return issued, due, settled, amount

    def _row(self, customer=None):
        rows = self.env["credit.payer"].with_user(self.analyst)
        return rows.search([("partner_id", "=", (customer or self.customer).id)])

    def _judged(self, customer):
        """``(amount, days late, ended, issued)`` of what is paid, or unpaid and overdue."""
        return [
            (amount, ((settled or self.today) - due).days, settled or self.today, issued)
            for issued, due, settled, amount in self.history[customer]
            if settled or due < self.today
        ]

    def test_every_figure_is_that_of_an_independent_computation(self):
        for customer in self.history:
            judged, row = self._judged(customer), self._row(customer)
            late = [days for _amount, days, _ended, _issued in judged]
            total = sum(amount for amount, *_rest in judged)
            weights = [
                (amount * 0.5 ** ((self.today - issued).days / HALF_LIFE), days)
                for amount, days, _ended, issued in judged
            ]
            expected = {
                "items": len(judged),
                "late_items": sum(days > 0 for days in late),
                "weighted_delay": sum(a * d for a, d, *_rest in judged) / total,
                "median_delay": median(late),
                "spread": pstdev(late),
                "on_time": 100 * sum(days <= 0 for days in late) / len(late),
                "on_time_amount": 100 * sum(a for a, d, *_rest in judged if d <= 0) / total,
                "worst": max(late),
                "mean_amount": total / len(judged),
                "points": payer_score(weights) or 0.0,
            }
            for name, value in expected.items():
                with self.subTest(customer.name, figure=name):
                    self.assertAlmostEqual(row[name], value, delta=0.06)

    def test_the_trend_compares_three_months_with_the_nine_before(self):
        for customer in self.history:
            parts = []
            for first, last in ((90, 0), (365, 90)):
                found = [
                    (amount, days)
                    for amount, days, ended, _issued in self._judged(customer)
                    if last <= (self.today - ended).days < first
                ]
                total = sum(amount for amount, _days in found)
                parts.append(sum(a * d for a, d in found) / total if total else None)
            trend = 0.0 if None in parts else parts[0] - parts[1]
            self.assertAlmostEqual(self._row(customer).trend, trend, delta=0.06)

    def test_the_credit_file_shows_them(self):
        profile, row = self._profile().with_user(self.analyst), self._row()
        self.assertAlmostEqual(profile.weighted_delay, row.weighted_delay, 1)
        self.assertEqual(profile.payer_items, row.items)

    def test_chances_of_the_query_are_those_of_the_rule(self):
        """An open item, not due, of each customer: all customers, the class, then the customer."""
        history = {
            customer: [(issued, due, settled) for issued, due, settled, _a in items]
            for customer, items in self.history.items()
        }
        every = [item for items in history.values() for item in items]
        for customer, items in history.items():
            levels = [count_history(every, self.today)] * 2 + [count_history(items, self.today)]
            for age in (None, 20):
                due = self.today + timedelta(9) if age is None else self.today - timedelta(age)
                invoice = self._invoice(
                    50.0, customer=customer, invoice_date=self.today, invoice_date_due=due
                )
                rows = self.env["credit.late.chance"].with_user(self.analyst)
                row = rows.search([("move_id", "=", invoice.id)])
                said = late_chances(levels, age)
                if age is None:
                    with self.subTest(customer.name):
                        for chance, days in zip(said, (1, 15, 30, 60), strict=True):
                            self.assertAlmostEqual(row[f"chance_{days}"], 100 * chance, delta=0.6)
                        self.assertIn("invoices were paid after", row.explanation)
                else:
                    self.assertEqual((row.chance_1, row.chance_15), (100.0, 100.0))
                invoice.button_draft()
                invoice.button_cancel()

    def test_only_credit_users_read_it(self):
        with self.assertRaises(AccessError):
            self.env["credit.payer"].with_user(self.salesperson).search([])
        with self.assertRaises(AccessError):
            self.env["credit.late.chance"].with_user(self.salesperson).search([])

    def test_a_customer_who_pays_ever_later_is_held(self):
        self._policy(delay_trend={"threshold": 7})
        customer = self._customer("Later")
        for days_ago, late in ((200, 0), (10, 40)):
            paid = self.today - timedelta(days_ago)
            invoice = self._invoice(
                100.0,
                customer=customer,
                invoice_date=paid - timedelta(60),
                invoice_date_due=paid - timedelta(late),
            )
            self._pay(invoice, payment_date=paid)
        self._profile(customer)
        order = self._order(5.0, customer=customer)
        order.action_confirm()
        self.assertIn("40 days later", self.assertHeld(order, "delay_trend").reason_summary)
