import os
import unittest
from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import FollowupCommon
from .steps_oracle import Customer, Debt, Failure, Level, Pause, name_today

try:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
except ImportError:
    given = None

#: number of histories and their days; more on demand
STORIES = int(os.environ.get("CREDIT_FOLLOWUP_STORIES") or 1)
DAYS = int(os.environ.get("CREDIT_FOLLOWUP_DAYS") or 200)


@tagged("post_install", "-at_install")
@unittest.skipUnless(given, "needs the Python package hypothesis (setup/requirements-dev.txt)")
class TestFollowupHistories(FollowupCommon):
    """Random invoices, payments, pauses and changes: each day's run matches a plain Python oracle."""

    #: actions and their frequency
    often = {
        "do_invoice": 8,
        "do_pay": 4,
        "do_pay_part": 3,
        "do_undo": 3,
        "do_pay_on_account": 1,
        "do_pause": 2,
        "do_end_pause": 2,
        "do_retry": 2,
        "do_reject": 1,
        "do_mark": 1,
        "do_change_level": 1,
        "do_change_procedure": 1,
        "do_change_due": 1,
        "do_split": 1,
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.journals = (
            cls.company_data["default_journal_sale"],
            cls.company_data["default_journal_bank"],
        )
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.revenue = cls.company_data["default_account_revenue"]

    def test_every_day_a_run_names_what_is_due_once(self):
        @settings(
            max_examples=STORIES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.randoms(use_true_random=True))
        def play(random):
            savepoint = self.env.cr.savepoint()
            try:
                self._play(random)
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()

        play()

    def _play(self, random):
        self.random, self.told = random, []
        self.procedures = [self._make_procedure() for _n in range(3)]
        self.customers = {self._make_customer(n): None for n in range(3)}
        for partner in self.customers:
            self.customers[partner] = Customer(self._choose_procedure(partner))
        self.payments, self.lines, self.pauses, self.failed = {}, {}, {}, {}
        for day in range(DAYS):
            self.day = self.today + timedelta(day)
            for _action in range(random.choice((0, 0, 1, 1, 2))):
                self._act()
            if random.random() < 0.85:
                self._run_day()
        self._check_occurrences()

    def _act(self):
        names = list(self.often)
        name = self.random.choices(names, weights=[self.often[name] for name in names])[0]
        getattr(self, name)()

    # === THE RUN OF A DAY === #

    def _run_day(self):
        expected = {
            debt.key: level.days
            for customer in self.customers.values()
            for debt, level in name_today(customer, self.day).items()
        }
        self.env.flush_all()
        run = self.env["credit.followup.run"].sudo().create({})
        run._prepare(self.day)
        named = {item.id: days for item, days in self._get_named(run).items()}
        self._tell(f"left out: {self._get_excluded(run)}")
        self.assertEqual(named, expected, "\n".join(self.told))
        self._check_departure(run.notice_ids)
        fate = self.random.random()
        for notice in run.notice_ids:
            if fate < 0.8 or (fate < 0.9 and self.random.random() < 0.5):
                self._send(notice)
            elif fate < 0.9:
                self._fail(notice)
            elif fate < 0.95:
                notice._cancel("Rejected")
        # the rest is not approved in time

    def _check_departure(self, notices):
        """Just after preparation, sending changes nothing: the same checks see the same facts."""
        prepared = self._get_content(notices)
        savepoint = self.env.cr.savepoint()
        notices.state = "approved"
        notices._bring_up_to_date(self.day)
        leaving = self._get_content(notices)
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.assertEqual(leaving, prepared, "\n".join(self.told))

    def _get_content(self, notices):
        """``{notice: (recipients, items and amounts)}``."""
        return {
            notice: (
                notice.contact_ids,
                notice.channel,
                notice.lang,
                notice.user_id,
                round(notice.amount, 2),
                sorted(
                    (line.item_id.id, round(line.amount, 2))
                    for line in notice.line_ids
                    if not line.cancelled
                ),
            )
            for notice in notices
            if notice.state != "cancelled"
        }

    def _send(self, notice):
        notice.state = "sent"
        customer = self.customers[notice.partner_id]
        customer.contacted = self.day
        for line in notice.line_ids.filtered("occurrence"):
            debt = next(debt for debt in customer.debts if debt.key == line.item_id.id)
            debt.told.append((line.level_id.id, line.level_days, self.day))
            debt.ever[line.level_id.id] = debt.ever.get(line.level_id.id, 0) + 1
            self.assertEqual(line.occurrence, debt.ever[line.level_id.id])
            self.assertAlmostEqual(line.amount, debt.amount)
            self._tell(f"sent {line.item_id.id} at {line.level_days}")

    def _fail(self, notice):
        notice._fail("bounced", "Bounced")
        customer = self.customers[notice.partner_id]
        named = []
        for line in notice.line_ids.filtered("occurrence"):
            debt = next(debt for debt in customer.debts if debt.key == line.item_id.id)
            debt.ever[line.level_id.id] = debt.ever.get(line.level_id.id, 0) + 1
            named.append((debt, (line.level_id.id, line.level_days)))
            self._tell(f"failed: {line.item_id.id} at {line.level_days}")
        failure = Failure(named)
        customer.failures.append(failure)
        self.failed[failure] = (customer, notice)

    def _draw_failure(self):
        failure = self.random.choice(list(self.failed))
        customer, notice = self.failed.pop(failure)
        customer.failures.remove(failure)
        return failure, customer, notice

    def _check_occurrences(self):
        lines = (
            self.env["credit.followup.notice.line"]
            .sudo()
            .search([("item_id", "!=", False), ("occurrence", ">", 0), ("cancelled", "=", False)])
        )
        keys = [(line.item_id, line.level_id, line.occurrence) for line in lines]
        self.assertEqual(len(keys), len(set(keys)))

    def _tell(self, sentence):
        self.told.append(f"{self.day}: {sentence}")

    # === WHO AND HOW === #

    def _make_procedure(self):
        random = self.random
        days = sorted(random.sample(range(-8, 40), random.randint(1, 5)))
        values = {
            "count_from": random.choice(("due", "due", "month_end")),
            "start": random.choice(("first", "reached")),
            "gap_days": random.choice((0, 0, 3, 7)),
            "tolerance": random.choice((0.0, 5.0)),
            "min_total": random.choice((0.0, 0.0, 60.0)),
            "credits": random.choice(("net", "net", "wait")),
        }
        levels = [
            (
                day,
                "reminder",
                "email",
                {**self._draw_repetition(), "min_amount": random.choice((0.0, 0.0, 120.0))},
            )
            for day in days
        ]
        procedure = self._procedure(levels, use=False, **values)
        values["record"] = procedure
        self.told.append(str(values))
        values["levels"] = [
            Level(v.id, v.days, v.min_amount, v.repeat_days, v.repeat_max)
            for v in procedure.level_ids
        ]
        self.told += [str(vars(level)) for level in values["levels"]]
        return values

    def _draw_repetition(self):
        if self.random.random() < 0.6:
            return {}
        return {
            "repeat_days": self.random.randint(1, 9),
            "repeat_max": self.random.choice((0, 2, 3)),
        }

    def _make_customer(self, number):
        return self._customer(f"Customer {number}", email=f"customer{number}@example.com")

    def _choose_procedure(self, partner):
        chosen = self.random.choice(self.procedures)
        self._profile(partner).sudo().followup_procedure_id = chosen["record"]
        self.told.append(f"{partner.name} has procedure {chosen['record'].id}")
        return chosen

    def _draw_customer(self):
        return self.random.choice(list(self.customers.items()))

    def _draw_debt(self, keep=lambda debt: debt.amount > 0):
        found = [
            (partner, customer, debt)
            for partner, customer in self.customers.items()
            for debt in customer.debts
            if keep(debt)
        ]
        return self.random.choice(found) if found else (None, None, None)

    # === WHAT HAPPENS === #

    def _book(self, partner, journal, amount, due):
        """The receivable line of an entry on a customer's account."""
        move = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": self.today,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.receivable.id,
                            "partner_id": partner.id,
                            "balance": amount,
                            "date_maturity": due,
                        }
                    ),
                    Command.create({"account_id": self.revenue.id, "balance": -amount}),
                ],
            }
        )
        move.action_post()
        return move.line_ids.filtered(lambda line: line.account_id == self.receivable)

    def do_invoice(self):
        partner, customer = self._draw_customer()
        due = self.day + timedelta(self.random.randint(-15, 30))
        amount = float(self.random.choice((4, 20, 50, 100, 150)))
        line = self._book(partner, self.journals[0], amount, due)
        self.lines[line.id] = line
        customer.debts.append(Debt(line.id, due, amount))
        self._tell(f"{partner.name} owes {amount} as {line.id}, due {due}")

    def do_pay(self, share=1.0):
        partner, _customer, debt = self._draw_debt()
        if debt:
            amount = round(debt.amount * share, 2)
            money = self._book(partner, self.journals[1], -amount, self.day)
            (money | self.lines[debt.key]).reconcile()
            debt.amount = round(debt.amount - amount, 2)
            self.payments[money.move_id] = (debt, amount)
            self._tell(f"paid {amount} of {debt.key}, {debt.amount} left")

    def do_pay_part(self):
        self.do_pay(self.random.choice((0.3, 0.5, 0.97)))

    def do_undo(self):
        if not self.payments:
            return
        move = self.random.choice(list(self.payments))
        debt, amount = self.payments.pop(move)
        if not debt.amount:
            debt.told = []
            for failure in self.failed:
                failure.forget(debt)
        debt.amount = round(debt.amount + amount, 2)
        move.line_ids.remove_move_reconcile()
        move.button_draft()
        self._tell(f"payment of {amount} on {debt.key} came back, {debt.amount} left")

    def do_pay_on_account(self):
        partner, customer = self._draw_customer()
        if len(customer.credits) < 2:
            amount = float(self.random.choice((10, 40)))
            self._book(partner, self.journals[1], -amount, self.day)
            customer.credits.append(amount)
            self._tell(f"{partner.name} paid {amount} on account")

    def do_pause(self):
        partner, customer, debt = self._draw_debt()
        if not debt:
            return
        debt = self.random.choice((debt, None))
        last = self.random.choice((None, self.day + timedelta(self.random.randint(0, 20))))
        first = self.day + timedelta(self.random.choice((0, 0, 3)))
        pause = Pause(debt, first, last and max(first, last))
        self.pauses[pause] = (
            customer,
            self._pause(
                customer=partner,
                items=debt and self.lines[debt.key],
                date_from=first,
                date_to=pause.last,
                user_id=self.collector.id,
            ),
        )
        customer.pauses.append(pause)
        self._tell(f"paused {debt.key if debt else partner.name} from {first} to {pause.last}")

    def do_end_pause(self):
        endless = [pause for pause in self.pauses if pause.last is None]
        if endless:
            pause = self.random.choice(endless)
            customer, record = self.pauses.pop(pause)
            record.active = False
            customer.pauses.remove(pause)
            self._tell("ended a pause")

    def do_retry(self):
        if not self.failed:
            return
        failure, customer, notice = self._draw_failure()
        notice.write({"state": "sent", "failure": False, "date": self.day})
        notice.line_ids.date = self.day
        customer.contacted = self.day
        for debt, told in failure.named:
            if told:
                debt.told.append((*told, self.day))
        self._tell(f"sent what had failed: {[debt.key for debt, _told in failure.named]}")

    def do_reject(self):
        if not self.failed:
            return
        failure, _customer, notice = self._draw_failure()
        notice._cancel("Rejected")
        for debt, _told in failure.named:
            debt.ever = self._count_told(debt)
        self._tell(f"rejected what had failed: {[debt.key for debt, _told in failure.named]}")

    def _count_told(self, debt):
        """Times each level has listed the debt, by the highest occurrence not cancelled."""
        lines = self.env["credit.followup.notice.line"].sudo()
        found = lines.search(
            [("item_id", "=", debt.key), ("occurrence", ">", 0), ("cancelled", "=", False)]
        )
        return {level.id: len(named) for level, named in found.grouped("level_id").items()}

    def do_mark(self):
        _partner, _customer, debt = self._draw_debt()
        if debt:
            debt.marked = not debt.marked
            self.lines[debt.key].no_followup = debt.marked
            self._tell(f"marked {debt.key}: {debt.marked}")

    def do_change_level(self):
        procedure = self.random.choice(self.procedures)
        level = self.random.choice(procedure["levels"])
        days = self.random.randint(-8, 40)
        if days not in [other.days for other in procedure["levels"]]:
            level.days, level.minimum = days, self.random.choice((0.0, 120.0))
            record = procedure["record"].level_ids.browse(level.key)
            record.write({"days": days, "min_amount": level.minimum})
            self._tell(f"level {level.key} is at {days} from {level.minimum}")

    def do_change_procedure(self):
        partner, customer = self._draw_customer()
        customer.procedure = self._choose_procedure(partner)
        self._tell(f"{partner.name} has procedure {customer.procedure['record'].id}")

    def do_change_due(self):
        _partner, _customer, debt = self._draw_debt()
        due = self.day + timedelta(self.random.randint(-15, 30))
        if debt and due != debt.due:
            self.lines[debt.key].date_maturity = due
            self._forget_waiting(debt)
            debt.due, debt.told, debt.ever = due, [], self._count_told(debt)
            self._tell(f"{debt.key} is due {due}")

    def do_split(self):
        """Split an amount into two instalments, which are new items."""
        partner, customer, debt = self._draw_debt(self._is_untouched)
        if not debt:
            return
        line = self.lines.pop(debt.key)
        move, half = line.move_id, round(debt.amount / 2, 2)
        dues = [self.day + timedelta(self.random.randint(-15, 30)) for _n in range(2)]
        move.button_draft()
        self._forget_waiting(debt)
        values = {"account_id": self.receivable.id, "partner_id": partner.id, "balance": half}
        move.line_ids = [
            Command.delete(line.id),
            *(Command.create({**values, "date_maturity": due}) for due in dues),
        ]
        move.action_post()
        customer.debts.remove(debt)
        for pause in [pause for pause in customer.pauses if pause.debt is debt]:
            customer.pauses.remove(pause)
            self.pauses.pop(pause, None)
        parts = move.line_ids.filtered(lambda line: line.account_id == self.receivable)
        for part in parts:
            self.lines[part.id] = part
            customer.debts.append(Debt(part.id, part.date_maturity, half))
        self._tell(f"{debt.key} is {parts.ids}, due {parts.mapped('date_maturity')}")

    def _is_untouched(self, debt):
        """Whether nothing was ever paid on it: resetting to draft would undo payments."""
        return debt.amount > 0 and debt.amount == self.lines[debt.key].balance

    def _forget_waiting(self, debt):
        """Remove it from failed notices."""
        for failure in self.failed:
            failure.named = [(each, told) for each, told in failure.named if each is not debt]
