import os
import unittest
from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta
from fractions import Fraction

from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CommissionCommon
from .history_actions import Actions
from .history_oracle import Oracle, cents, exact, net_of

try:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
except ImportError:
    given = None

#: number of histories and their steps; more on demand
HISTORIES = int(os.environ.get("CREDIT_HISTORIES") or 8)
STEPS = int(os.environ.get("CREDIT_HISTORY_STEPS") or 16)


@tagged("post_install", "-at_install")
@unittest.skipUnless(given, "needs the Python package hypothesis (setup/requirements-dev.txt)")
class TestHistories(CommissionCommon):
    """Random invoices, payments, reversals, credit notes, currencies, closings: the log matches the ledger."""

    #: more frequent actions
    often = ("do_sell", "do_pay", "do_pay") * 3 + (
        "do_refund",
        "do_match",
        "do_wait",
        "do_undo",
        "do_doubt",
        "do_pass_on",
    ) * 2

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls._passing_account("Cheques", "511990")
        cls.doubtful = cls._passing_account("Doubtful", "416990")
        cls.given_up = cls._passing_account("Given up", "416995")
        cls.expense = cls.company_data["default_account_expense"]
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.waiting
        cls.bank.outbound_payment_method_line_ids.payment_account_id = cls.waiting
        euro = cls.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        cls.rates = euro.rate_ids[:1]
        cls.currencies = [cls.company.currency_id, cls.company.currency_id, euro]
        cls.taxes = [None, cls.tax, cls._tax(5.5)]
        licence = cls._create_product(name="Licence", type="service", taxes_id=False)
        cls.products = [cls.product, licence]
        cls.percents = {cls.product: Fraction(5), licence: Fraction(15, 2)}
        rules = [
            {"name": "Licences", "product_ids": licence.ids, "percent": 7.5},
            {"name": "Rest", "percent": 5.0},
        ]
        cls.support, cls.boss = cls._customer("Support"), cls._customer("Manager")
        cls.agent = cls._customer("Agent")
        named = {"person_kind": "named"}
        shares = [
            {"share": 66.6667},
            {**named, "person_id": cls.support.id, "share": 33.3333},
            {**named, "person_id": cls.boss.id, "share": 10, "is_override": True},
        ]
        registered = cls._plan(rules=rules, shares=shares)
        alone = [{**named, "person_id": cls.agent.id}]
        cleared = cls._plan(
            rules=rules, shares=alone, trigger="cleared", name="Cleared", in_addition=True
        )
        tiers = cls._plan(
            name="Tiers",
            in_addition=True,
            rules=[{"earning": "tiers"}],
            tiers=[(0, 3), (400, 5), (1200, 6)],
            shares=alone,
            has_cap=True,
            cap_amount=100,
        )
        cls.plans = registered | cleared | tiers
        cls.registered, cls.cleared, cls.tiers = registered, cleared, tiers

    def test_the_ledger_and_the_log_say_the_same_after_each_step(self):
        @settings(
            max_examples=HISTORIES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.randoms(use_true_random=True))
        def play(random):
            with self._undone():
                self._play(lambda values: random.choice(list(values)))

        play()

    def _play(self, draw):
        self.day, self.closed = self.first_day, []
        actions, told = Actions(self, draw), []
        for step in range(STEPS):
            with freeze_time(f"{self.day} 12:00:00"):
                told.append(self._act(actions))
                if step % 4 == 3:
                    self._compare("\n".join(told))
        with freeze_time(f"{self.day} 12:00:00"):
            self.close_periods()
            self._compare("\n".join(told))

    def _act(self, actions):
        """Do one action on its own: a refusal by Odoo leaves nothing behind."""
        with self._undone() as savepoint:
            try:
                sentence = actions.run()
            except UserError as error:
                return f"refused: {error}"
            self.env.flush_all()
            savepoint.keep = True
        return sentence

    @contextmanager
    def _undone(self):
        """Roll back the block unless ``keep`` is set."""
        savepoint = self.env.cr.savepoint()
        savepoint.keep = False
        try:
            yield savepoint
        finally:
            savepoint.close(rollback=not savepoint.keep)

    def wait(self, days):
        self.day += timedelta(days)

    def close_periods(self):
        """Close statements of the entries up to the end of last month."""
        end = self.day.replace(day=1) - timedelta(1)
        self.plans._compute_entries(end)
        entries = self._entries().filtered(
            lambda entry: not entry.statement_id and entry.date <= end
        )
        last = {statement.person_id: statement.date_to for statement, _amount in self.closed}
        for person, theirs in entries.grouped("person_id").items():
            first = last.get(person, self.first_day - timedelta(1)) + timedelta(1)
            if first > end:  # already closed: later entries are on the next statement
                continue
            statement = self._statement(person, theirs, date_from=first, date_to=end)
            self.closed.append((statement, sum(theirs.mapped("amount"))))
        return f"{len(entries)} entries closed until {end}"

    # === COMPARING === #

    def _compare(self, story):
        self.env.flush_all()
        self.plans._compute_entries(self.day)
        self.env.invalidate_all()
        self._compare_log(story, self._compare_ledger(story))
        self._compare_tiers(story)
        for statement, amount in self.closed:
            found = sum(self._entries(statement_id=statement.id).mapped("amount"))
            self.assertEqual(
                round(found, 2), round(amount, 2), f"a closed statement changed\n{story}"
            )

    def _compare_ledger(self, story):
        """Total commission matches the current reconciliations."""
        oracle = Oracle(
            self.env,
            money=self.waiting | self.bank.default_account_id,
            bank=self.bank.default_account_id,
            passing=self.receivable | self.doubtful | self.given_up,
            percents=self.percents,
            until=self.day,
        )
        two_thirds, third = Fraction("66.6667"), Fraction("33.3333")
        shares = [
            (0, two_thirds, lambda sale: sale.invoice_user_id.partner_id),
            (two_thirds, third, lambda sale: self.support),
            (0, 10, lambda sale: self.boss),
        ]
        self.assertEqual(
            self._totals(self.registered), oracle.earned(shares, self.registered), story
        )
        alone = [(0, 100, lambda sale: self.agent)]
        self.assertEqual(
            self._totals(self.cleared), oracle.earned(alone, self.cleared, cleared=True), story
        )
        return oracle

    def _totals(self, plan):
        totals = defaultdict(float)
        for entry in self._entries(plan_id=plan.id):
            totals[entry.person_id] += entry.amount
        return {person: round(amount, 2) for person, amount in totals.items() if round(amount, 2)}

    def _compare_log(self, story, oracle):
        """Entries match a recalculation from their log rows, in order and exactly per document."""
        exacts, sums = defaultdict(Fraction), defaultdict(Fraction)
        percents = {rule: Fraction(str(rule.percent)) for rule in self.plans.rule_ids}
        entries = self._entries().filtered(
            lambda one: one.line_id and one.move_id.reversed_entry_id not in oracle.given_up
        )
        for entry in entries:
            line, row = entry.line_id, entry.collection_id
            percent = percents[entry.rule_id] if entry.plan_id != self.tiers else Fraction(3)
            ratio = exact(row.amount, 10) / exact(line.move_id.amount_total_in_currency_signed)
            key = entry.move_id, entry.agent_id
            exacts[key] += net_of(line) * ratio * percent / 100
            sums[key] += exact(entry.amount)
        for (move, agent), amount in sums.items():
            entry = entries.filtered(
                lambda one, m=move, a=agent: (one.move_id, one.agent_id) == (m, a)
            )[0]
            begin, share = Fraction(str(entry.share_begin)), Fraction(str(entry.share))
            right = self._part(exacts[move, agent], begin, share)
            self.assertEqual(amount, right, f"{move.name} for {agent.display_name}\n{story}")

    def _part(self, amount, begin, share):
        amount = exact(float(amount), 8)
        return cents(amount * (begin + share) / 100) - cents(amount * begin / 100)

    def _compare_tiers(self, story):
        """Ended periods earn the tier of their remaining payments, capped."""
        periods = defaultdict(lambda: [Fraction(0), Fraction(0)])
        for entry in self._entries(plan_id=self.tiers.id):
            periods[entry.period_start][0] += exact(entry.base)
            periods[entry.period_start][1] += exact(entry.amount)
        for start, (volume, amount) in periods.items():
            if (start + timedelta(32)).replace(day=1) <= self.day:
                percent = 3 if volume < 400 else 5 if volume < 1200 else 6
                self.assertEqual(amount, min(cents(volume * percent / 100), Fraction(100)), story)

    def test_entered_anew_from_the_log_the_cents_are_the_same(self):
        """Entries on no statement are deleted and entered again: nothing changes."""
        with freeze_time(f"{self.first_day} 12:00:00"):
            invoices = [self._sell(33.33, 66.67, tax=self.tax) for _n in range(3)]
            for invoice in invoices:
                self._pay(invoice, 10)
                self._pay(invoice, 33.33)
        self._compute()
        columns = SQL("person_id, collection_id, line_id, base, amount")
        query = SQL("SELECT %s FROM credit_commission_entry ORDER BY %s", columns, columns)
        before = self.env.execute_query(query)
        self.plans._open_for_change()
        self.assertFalse(self._entries())
        self._compute()
        self.assertEqual(self.env.execute_query(query), before)
