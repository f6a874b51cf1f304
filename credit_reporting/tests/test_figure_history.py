from collections import defaultdict
from datetime import date, timedelta
from random import Random

from odoo.tests import tagged

from .common import ReportingCommon

FIRST = date(2012, 1, 1)


@tagged("post_install", "-at_install")
class TestFigureHistory(ReportingCommon):
    """Random histories against a ledger replayed by plain Python: back-dated entries, undone reconciliations."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = [cls._customer(f"Customer {number}") for number in range(3)]

    def _play(self, random):
        """``(entries, matches)``: what was booked on which day, and what was matched with what."""
        entries, matches = {}, {}
        for _number in range(14):
            day = FIRST + timedelta(
                random.randrange(360)
            )  # the next one is often before the last one
            customer = random.choice(self.customers)
            if random.random() < 0.6:
                invoice = self._sold(
                    random.randrange(100, 900) / 1.0, day, day + timedelta(30), customer
                )
                entries[self._item(invoice)] = (
                    customer,
                    day,
                    day + timedelta(30),
                    invoice.amount_total,
                )
            else:
                amount = random.randrange(50, 700) / 1.0
                item = self._receipt(amount, day, customer)
                entries[item] = (customer, day, item.date_maturity or day, -amount)
        self._match(random, entries, matches)
        return entries, matches

    def _match(self, random, entries, matches):
        """Match at random, oldest first within a customer; undo some."""
        left = {item: amount for item, (_customer, _day, _due, amount) in entries.items()}
        for item, (customer, _day, _due, amount) in entries.items():
            if amount > 0:
                continue
            for other, (owner, _d, _u, owed) in entries.items():
                if (
                    owner == customer
                    and owed > 0
                    and left[other] > 0
                    and left[item] < 0
                    and random.random() < 0.7
                ):
                    taken = min(left[other], -left[item])
                    (item + other).reconcile()
                    if random.random() < 0.3:
                        self._undo(item, other)
                        continue
                    left[other] -= taken
                    left[item] += taken
                    matches[item, other] = taken

    def _undo(self, item, other):
        """Undo one match of two items, not their others."""
        partials = self.env["account.partial.reconcile"].search(
            [("credit_move_id", "=", item.id), ("debit_move_id", "=", other.id)]
        )
        partials.unlink()

    def _replay(self, entries, matches, day):
        """``{customer: (receivable, overdue)}`` at the end of a day."""
        found = defaultdict(lambda: [0.0, 0.0])
        for item, (customer, booked, due, amount) in entries.items():
            if booked > day:
                continue
            for (credit, debit), taken in matches.items():
                if item in (credit, debit) and max(entries[credit][1], entries[debit][1]) <= day:
                    amount += taken if item == credit else -taken
            found[customer][0] += amount
            found[customer][1] += amount if due < day else 0.0
        return {customer: tuple(amounts) for customer, amounts in found.items() if any(amounts)}

    def test_every_day_is_what_a_replayed_ledger_says(self):
        for seed in range(3):
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                entries, matches = self._play(Random(seed))
                for step in range(0, 420, 35):
                    day = FIRST + timedelta(step)
                    found = self._measure(day, "receivable", "overdue", groupby=["partner_id"])
                    amounts = {
                        customer: (figures["receivable"].value, figures["overdue"].value)
                        for (customer,), figures in found.items()
                        if figures["receivable"].value or figures["overdue"].value
                    }
                    self.assertEqual(amounts, self._replay(entries, matches, day), day)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_day_is_the_same_when_asked_again_until_something_is_booked_before_it(self):
        day = date(2012, 6, 30)
        self._sold(100.0, date(2012, 5, 1))
        before = self._measure(day, "receivable")["receivable"].value
        self._sold(70.0, date(2012, 7, 1))
        self.assertEqual(self._measure(day, "receivable")["receivable"].value, before)
        self._sold(30.0, date(2012, 6, 1))  # back-dated
        self.assertEqual(self._measure(day, "receivable")["receivable"].value, before + 30.0)
