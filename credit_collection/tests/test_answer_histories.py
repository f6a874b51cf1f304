from datetime import timedelta
from random import Random

from odoo.tests import tagged

from .common import AnswerCommon

DAYS = 16
TOLERANCE = 2


class Oracle:
    """What is asked for, told from its own notes of what happened; it knows nothing of the rules."""

    def __init__(self):
        self.debts, self.payments, self.promises, self.plans, self.disputes = {}, [], [], [], []

    def open(self, item):
        paid = sum(amount for who, amount, _day in self.payments if who == item)
        return round(self.debts[item] - paid, 2)

    def promised(self, item, day):
        """What is still to come of the promises of an item; what was paid before one was made is no part of it."""
        left = 0.0
        for promise in self.promises:
            if promise["withdrawn"] or item not in promise["items"] or day > promise["last"]:
                continue
            since = promise["open"] - self.open(item)
            left += max(promise["amount"] - max(since, 0.0), 0.0)
        return left

    def judge_plans(self, day):
        for plan in self.plans:
            if plan["state"] != "agreed":
                continue
            paid = plan["amount"] - sum(self.open(item) for item in plan["items"])
            due = 0.0
            for when, amount in plan["instalments"]:
                due += amount
                if when + timedelta(TOLERANCE) < day and paid < due - 0.001:
                    plan["state"] = "defaulted"

    def _is_planned(self, item):
        return any(plan["state"] == "agreed" and item in plan["items"] for plan in self.plans)

    def asked(self, item, day):
        """What is asked for of an item on a day."""
        left = self.open(item)
        if left <= 0 or self._is_planned(item):
            return 0.0
        disputed = sum(
            dispute["amount"]
            for dispute in self.disputes
            if dispute["item"] == item and not dispute["over"]
        )
        return round(max(left - disputed - self.promised(item, day), 0.0), 2)

    def is_engaged(self, item, day):
        return self.promised(item, day) > 0.001 or self._is_planned(item)


@tagged("post_install", "-at_install")
class TestAnswerHistories(AnswerCommon):
    """Random days of promises, plans, disputes, payments and undoing: nothing is asked for that must not be, nothing is forgotten."""

    def test_what_is_asked_for_is_what_the_oracle_says(self):
        self._procedure()
        for seed in (1, 2):
            with self.subTest(seed=seed):
                self._live(Random(seed))

    def _live(self, random):
        self.oracle, self.random = Oracle(), random
        self.records = {"promises": [], "disputes": [], "plans": []}
        self.bills = {}
        for _each in range(6):
            bill = self._invoice(random.randrange(50, 500), days_late=random.randrange(1, 40))
            item = self._item(bill)
            self.bills[item] = bill
            self.oracle.debts[item] = bill.amount_total
        acts = (self._promised, self._withdrawn, self._disputed, self._refused, self._planned)
        for number in range(DAYS):
            self.day = self.today + timedelta(number)
            for _each in range(2):
                random.choice((*acts, self._paid, self._paid, self._undone))()
            self._compare()

    def _compare(self):
        for name in ("credit.promise", "credit.payment.plan"):
            records = self.env[name].sudo().search([("partner_id", "=", self.customer.id)])
            records.filtered(lambda one: one.state in ("open", "agreed"))._judge(self.day)
        self.oracle.judge_plans(self.day)
        facts, ids = self.env["credit.followup.item"], [item.id for item in self.bills]
        open_now, left_out = facts._get_open(ids, self.day), facts._get_left_out(ids, self.day)
        found = {
            item: 0.0
            if item.id in left_out or item.id not in open_now
            else round(float(open_now[item.id][0]), 2)
            for item in self.bills
        }
        expected = {item: self.oracle.asked(item, self.day) for item in self.bills}
        self.assertEqual(found, expected, f"day {self.day}: {left_out}")

    # === WHAT HAPPENS === #

    def _free(self):
        """Items that nothing is agreed about; a promise that waits for its money to be allocated still counts."""
        waiting = {
            line.item_id
            for promise in self.records["promises"]
            if promise.state == "open"
            for line in promise.line_ids
        }
        return [
            item
            for item in self.bills
            if item not in waiting
            and self.oracle.open(item) > 1
            and not self.oracle.is_engaged(item, self.day)
        ]

    def _promised(self):
        if not (free := self._free()):
            return
        item = self.random.choice(free)
        amount = round(self.oracle.open(item) * self.random.choice((0.5, 1)), 2)
        days = self.random.randrange(1, 6)
        promise = self._promise(
            amount,
            (self.bills[item], amount),
            date_made=self.day,
            date=self.day + timedelta(days),
        )
        self.records["promises"].append(promise)
        self.oracle.promises.append(
            {
                "items": [item],
                "amount": amount,
                "open": self.oracle.open(item),
                "made": self.day,
                "last": promise.last_day,
                "withdrawn": False,
            }
        )

    def _promise(self, amount, *items, **values):
        return self._answer("credit.promise", items, amount=amount, **values)

    def _withdrawn(self):
        places = [n for n, one in enumerate(self.records["promises"]) if one.state == "open"]
        if places:
            place = self.random.choice(places)
            self.records["promises"][place].action_withdraw()
            self.oracle.promises[place]["withdrawn"] = True

    def _disputed(self):
        item = self.random.choice(list(self.bills))
        already = sum(
            dispute["amount"]
            for dispute in self.oracle.disputes
            if dispute["item"] == item and not dispute["over"]
        )
        amount = round((self.oracle.open(item) - already) * self.random.choice((0.3, 1)), 2)
        if amount <= 0:
            return
        self.records["disputes"].append(self._dispute((self.bills[item], amount)))
        self.oracle.disputes.append({"item": item, "amount": amount, "over": False})

    def _refused(self):
        places = [n for n, one in enumerate(self.records["disputes"]) if one.state == "open"]
        if places:
            place = self.random.choice(places)
            self.records["disputes"][place].action_refuse()
            self.oracle.disputes[place]["over"] = True

    def _planned(self):
        free = self._free()[:2]
        if not free:
            return
        plan = self._answer(
            "credit.payment.plan",
            [self.bills[item] for item in free],
            number=2,
            interval="week",
            tolerance_days=TOLERANCE,
            date_first=self.day + timedelta(2),
        )
        plan.action_propose()
        plan.action_agree()
        self.oracle.plans.append(
            {
                "items": free,
                "amount": round(sum(self.oracle.open(item) for item in free), 2),
                "instalments": plan.instalment_ids.sorted("date").mapped(
                    lambda each: (each.date, each.amount)
                ),
                "state": "agreed",
            }
        )

    def _paid(self):
        item = self.random.choice(list(self.bills))
        left = self.oracle.open(item)
        amount = round(left * self.random.choice((0.4, 1)), 2)
        if amount <= 0:
            return
        self._pay(self.bills[item], amount, payment_date=self.day)
        self.oracle.payments.append((item, amount, self.day))
        if self.oracle.open(item) <= 0:
            self._settle(item)

    def _settle(self, item):
        """What is paid in whole is disputed no more, unless the payment is taken back."""
        for dispute in self.oracle.disputes:
            if dispute["item"] == item and not dispute["over"]:
                dispute["over"] = "paid"

    def _undone(self):
        item = self.random.choice(list(self.bills))
        if not any(who == item for who, _amount, _day in self.oracle.payments):
            return
        item.remove_move_reconcile()
        self.oracle.payments = [row for row in self.oracle.payments if row[0] != item]
        for dispute in self.oracle.disputes:
            if dispute["item"] == item and dispute["over"] == "paid":
                dispute["over"] = False
