"""Reference rates and late charge policies, and their constraints. The arithmetic is in ``rules/interest.py``."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from odoo.addons.credit_followup.rules.interest import Debt, Rate, Terms, flat, measure_interest
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .late_common import LateCommon


class TestInterestExamples(BaseCase):
    """Worked examples of French, European, German, British and Swiss law."""

    ecb = (
        Rate(date(2025, 1, 1), date(2025, 6, 30), 3.15),
        Rate(date(2025, 7, 1), date(2025, 12, 31), 2.15),
        Rate(date(2026, 1, 1), date(2026, 6, 30), 2.15),
    )
    until = date(2026, 6, 30)
    paid = Debt(12000.0, date(2025, 5, 31), ((date(2025, 9, 15), 12000.0),))

    def _interest(self, debt, *terms, **settings):
        return measure_interest(debt, Terms(*terms, **settings), self.until).amount

    def test_the_rate_of_each_half_year_plus_ten(self):
        self.assertEqual(self._interest(self.paid, self.ecb, 10), 437.28)

    def test_the_rate_of_the_first_day_plus_ten(self):
        self.assertEqual(self._interest(self.paid, self.ecb, 10, fixed=True), 462.59)

    def test_the_european_margin_of_eight(self):
        self.assertEqual(self._interest(self.paid, self.ecb, 8), 366.92)

    def test_a_partial_payment_bears_interest_until_its_day(self):
        payments = ((date(2025, 6, 20), 5000.0), (date(2025, 9, 15), 7000.0))
        debt = Debt(12000.0, date(2025, 5, 31), payments)
        self.assertEqual(self._interest(debt, self.ecb, 10), 291.11)

    def test_a_contractual_rate(self):
        debt = Debt(10000.0, date(2025, 5, 31), ((date(2025, 6, 30), 10000.0),))
        self.assertEqual(self._interest(debt, flat(12.0)), 98.63)

    def test_thirty_days_of_2026(self):
        debt = Debt(1000.0, date(2026, 1, 31), ((date(2026, 3, 2), 1000.0),))
        self.assertEqual(self._interest(debt, self.ecb, 10), 9.99)

    def test_a_base_rate_below_zero_with_nine_points(self):
        """Germany: base rate + 9, 107 days."""
        base = (Rate(date(2025, 1, 1), date(2025, 12, 31), -0.88),)
        self.assertEqual(self._interest(self.paid, base, 9), 285.65)

    def test_five_percent_by_law(self):
        """Switzerland: 5 %, 107 days of 365."""
        self.assertEqual(self._interest(self.paid, flat(5.0)), 175.89)

    def test_a_base_rate_plus_eight(self):
        """United Kingdom: 8 points over the base rate of the half-year."""
        base = (Rate(date(2025, 1, 1), date(2025, 12, 31), 4.5),)
        self.assertEqual(self._interest(self.paid, base, 8), 439.73)

    def test_half_a_cent_goes_up(self):
        debt = Debt(365.0, date(2025, 6, 1), ((date(2025, 6, 2), 365.0),))
        self.assertEqual(self._interest(debt, flat(0.5)), 0.01)
        self.assertEqual(self._interest(debt, flat(0.4)), 0.0)

    def test_a_leap_year_counts_as_the_policy_says(self):
        debt = Debt(36600.0, date(2023, 12, 31), ((date(2024, 12, 31), 36600.0),))
        by_year = {
            year: self._interest(debt, flat(10.0), year=year) for year in ("365", "actual", "360")
        }
        self.assertEqual(by_year, {"365": 3670.03, "actual": 3660.0, "360": 3721.0})

    def test_any_history_comes_to_what_counting_day_by_day_gives(self):
        """300 random debts against an oracle without segments or half-years, claimed at once and in steps."""
        random = Random(19)
        for _case in range(300):
            debt, until = self._random_debt(random)
            terms = Terms(self.ecb, random.choice((8, 10)))
            counted = self._count_days(debt, terms, until)
            with self.subTest(debt=debt, until=until):
                whole = measure_interest(debt, terms, until, rounding=0.000001)
                self.assertAlmostEqual(whole.amount, counted, places=4)
                middle = debt.due + timedelta(random.randint(0, 400))
                steps = (
                    measure_interest(debt, terms, min(middle, until), rounding=0.000001),
                    measure_interest(
                        replace(debt, counted=((date.min, middle),)),
                        terms,
                        until,
                        rounding=0.000001,
                    ),
                )
                self.assertAlmostEqual(sum(step.amount for step in steps), counted, places=4)

    def test_days_are_counted_from_the_day_after_the_due_date(self):
        """None on the due date, one on the next day; 29 February counts; a half-year ends on its last day."""
        for due, paid, days in (
            ("2024-02-28", "2024-02-28", 0),
            ("2024-02-28", "2024-02-29", 1),
            ("2024-02-28", "2024-03-01", 2),
            ("2023-02-28", "2023-03-01", 1),
            ("2023-12-31", "2024-12-31", 366),
            ("2025-06-29", "2025-07-01", 2),
        ):
            due, paid = date.fromisoformat(due), date.fromisoformat(paid)
            debt = Debt(36500.0, due, ((paid, 36500.0),))
            with self.subTest(due=due, paid=paid):
                measured = measure_interest(debt, Terms(flat(10.0)), date(2026, 1, 1))
                self.assertEqual(sum(part.days for part in measured.segments), days)
                self.assertEqual(measured.amount, 10.0 * days)

    def test_a_half_year_ends_on_its_last_day(self):
        debt = Debt(36500.0, date(2025, 6, 29))
        measured = measure_interest(debt, Terms(self.ecb, 0), date(2025, 7, 2))
        self.assertEqual(
            [(part.first, part.last, part.rate) for part in measured.segments],
            [
                (date(2025, 6, 30), date(2025, 6, 30), 3.15),
                (date(2025, 7, 1), date(2025, 7, 2), 2.15),
            ],
        )

    def test_any_rates_with_gaps_come_to_the_days_that_are_known(self):
        """300 random debts with missing rates, against counting day by day; rates known later are claimed later, once."""
        random = Random(23)
        for _case in range(300):
            debt, until = self._random_debt(random)
            known, later = self._random_rates(random)
            then, now = Terms(known, 10), Terms((*known, *later), 10)
            with self.subTest(debt=debt, until=until, known=known):
                first = measure_interest(debt, then, until, rounding=0.000001)
                self.assertAlmostEqual(first.amount, self._count_known(debt, then, until), places=4)
                counted = tuple((part.first, part.last) for part in first.segments)
                rest = measure_interest(replace(debt, counted=counted), now, until, 0.000001)
                whole = measure_interest(debt, now, until, rounding=0.000001)
                self.assertAlmostEqual(first.amount + rest.amount, whole.amount, places=4)
                days = {day for part in first.missing for day in self._days(*part)}
                self.assertFalse(days & {day for part in counted for day in self._days(*part)})

    def _random_rates(self, random):
        """Rates of months of 2025 and 2026: those known now and those known later."""
        parts = ([], [])
        for month in range(18):
            first = date(2025 + month // 12, month % 12 + 1, 1)
            last = date(2025 + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(1)
            parts[random.random() < 0.3].append(Rate(first, last, random.randint(-2, 8) / 2))
        return tuple(tuple(rates) for rates in parts)

    def _days(self, first, last):
        return [first + timedelta(number) for number in range((last - first).days + 1)]

    def _count_known(self, debt, terms, until):
        known = {day for rate in terms.rates for day in self._days(rate.first, rate.last)}
        interest, day = 0.0, debt.due
        while day < until:
            day += timedelta(1)
            if day not in known:
                continue
            paid = sum(part for paid_on, part in debt.payments if paid_on < day)
            rate = next(rate.rate for rate in terms.rates if rate.first <= day <= rate.last)
            owed = max(debt.amount - paid - debt.disputed, 0.0)
            interest += owed * max(rate + terms.margin, 0.0) / 36500
        return interest

    def _random_debt(self, random):
        due = date(2025, 1, 1) + timedelta(random.randint(0, 300))
        amount, payments = random.randint(1, 2_000_000) / 100, []
        for _payment in range(random.randint(0, 4)):
            day = due + timedelta(random.randint(-30, 200))
            payments.append((day, round(amount * random.random() / 4, 2)))
        until = min(due + timedelta(random.randint(-5, 300)), self.until)
        return Debt(amount, due, tuple(payments), disputed=random.choice((0.0, 5.0))), until

    def _count_days(self, debt, terms, until):
        interest, day = 0.0, debt.due
        while day < until:
            day += timedelta(1)
            paid = sum(part for paid_on, part in debt.payments if paid_on < day)
            rate = next(r.rate for r in terms.rates if r.first <= day <= r.last)
            interest += max(debt.amount - paid - debt.disputed, 0.0) * (rate + terms.margin) / 36500
        return interest


@tagged("post_install", "-at_install")
class TestInterest(LateCommon):
    def _refused(self, sentence, **values):
        with self.assertRaisesRegex(ValidationError, sentence), self.env.cr.savepoint():
            self._late_policy(**values)

    # === RATES === #

    def test_rates_of_a_series_cannot_overlap(self):
        for first, last in (
            ("2025-06-30", "2025-07-01"),
            ("2025-12-31", False),
            ("2020-01-01", "2030-01-01"),
        ):
            with (
                self.subTest(first),
                self.assertRaisesRegex(ValidationError, "rates cannot overlap"),
                self.env.cr.savepoint(),
            ):
                self.series.rate_ids = [
                    Command.create({"date_from": first, "date_to": last, "rate": 1.0})
                ]

    def test_two_rates_entered_at_once_cannot_overlap(self):
        with self.assertRaises(ValidationError):
            self._series("Twice", (("2025-01-01", False, 1.0), ("2025-03-01", "2025-03-31", 2.0)))

    def test_rates_of_other_series_may_be_of_the_same_days(self):
        self.assertTrue(self._series("Other", (("2025-01-01", None, 1.0),)))

    def test_a_gap_between_rates_is_allowed_and_told(self):
        self.assertFalse(self.series.gap_warning)
        self.series.rate_ids = [Command.create({"date_from": "2026-02-01", "rate": 2.0})]
        self.assertIn("01/01/2026 to 01/31/2026", self.series.gap_warning)
        self.assertFalse(self.series.known_to)

    def test_the_last_known_day_is_told(self):
        self.assertEqual(self.series.known_to, self._day("2025-12-31"))

    def test_a_rate_cannot_end_before_it_begins(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._series("Back", (("2025-02-01", "2025-01-01", 1.0),))

    # === POLICIES === #

    def test_a_policy_needs_its_reference_rate(self):
        self._refused("Choose the reference rate", series_id=False)
        self.assertTrue(self._late_policy(series_id=False, rate_basis="own", own_rate=5.0))
        self.assertTrue(self._late_policy(series_id=False, rate_basis="none"))

    def test_a_policy_is_for_somebody(self):
        self._refused("Choose the debtor types", for_business=False)

    def test_nothing_is_negative(self):
        for values in (
            {"margin": -1.0},
            {"own_rate": -1.0},
            {"grace_days": -1},
            {"fees": ((0, -40),)},
            {"fees": ((-1, 40),)},
        ):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self._late_policy(**values)

    def test_two_fixed_sums_from_the_same_amount_are_refused(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._late_policy(fees=((0, 40), (0, 50)))

    def test_a_contractual_rate_below_the_floor_is_refused_with_the_article(self):
        floor = {
            "floor_series_id": self._series("Legal", (("2025-01-01", "2026-06-30", 2.62),)).id,
            "floor_factor": 3.0,
            "floor_reference": "article L441-10 II du code de commerce",
        }
        self._refused(
            r"7\.86 %.*article L441-10 II du code de commerce",
            rate_basis="own",
            own_rate=7.85,
            **floor,
        )
        policy = self._late_policy(rate_basis="own", own_rate=7.86, **floor)
        with self.assertRaises(ValidationError):
            policy.own_rate = 5.0

    def test_the_floor_does_not_bound_the_rate_of_the_law(self):
        floor = self._series("Legal", (("2020-01-01", None, 90.0),))
        policy = self._late_policy(floor_series_id=floor.id, floor_factor=3.0)
        self.assertFalse(policy.floor_warning)

    def test_a_floor_that_rises_later_is_told_not_refused(self):
        legal = self._series("Legal", (("2025-01-01", "2025-06-30", 2.0),))
        policy = self._late_policy(
            rate_basis="own", own_rate=7.0, floor_series_id=legal.id, floor_factor=3.0
        )
        self.assertFalse(policy.floor_warning)
        legal.rate_ids = [Command.create({"date_from": "2025-07-01", "rate": 3.0})]
        self.assertIn("9.00 %", policy.floor_warning)

    # === PEOPLE === #

    def test_only_a_manager_sets_rates_and_policies(self):
        for model, values in (
            ("credit.interest.series", {"name": "A", "code": "a"}),
            (
                "credit.interest.rate",
                {"series_id": self.series.id, "date_from": "2030-01-01", "rate": 1.0},
            ),
            ("credit.late.policy", {"name": "A", "rate_basis": "none"}),
        ):
            with self.subTest(model):
                self.assertTrue(self.env[model].with_user(self.manager).create(values))
                with self.assertRaises(AccessError):
                    self.env[model].with_user(self.collector).create(values)
                self.assertTrue(self.env[model].with_user(self.collector).search([]))
                with self.assertRaises(AccessError):
                    self.env[model].with_user(self.salesperson).search([])
