import csv
import os
from datetime import date, datetime, time, timedelta
from pathlib import Path
from unittest import skipUnless
from unittest.mock import patch

from odoo.addons.credit_management.rules import KINDS, CreditRequest, Policy, Position, Rule
from odoo.addons.credit_management.rules.simulation import Bill, History, Item, PastOrder, replay
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from .common import CreditCommon

OVER_LIMIT = (Rule("over_limit"),)
LATE_PAYMENTS = Path(os.environ.get("LATE_PAYMENTS") or "late_payments.csv")


class TestReplay(BaseCase):
    """The replay against what plain Python makes of the same dates."""

    def _history(self, items, orders, limit=None, rules=OVER_LIMIT, **values):
        position = Position("limited", policy=Policy(rules, KINDS))
        return History(position, tuple(items), tuple(orders), fallback=limit, **values)

    def _order(self, number, at, amount, *bills, **values):
        request = CreditRequest(1, 1, amount, document=("sale.order", number))
        return PastOrder(request, at, bills, **values)

    def _verdicts(self, *histories, first=date(2026, 1, 1)):
        return {
            order.request.document[1]: (
                assessment.position.exposure,
                assessment.request.amount,
                assessment.verdict,
            )
            for order, assessment in replay(histories, first)
        }

    def test_an_invoice_of_the_day_of_its_order_counts_once(self):
        day = date(2026, 2, 2)
        orders = [
            self._order(n, datetime(2026, 2, 2, 8 + n), 100.0, Bill(7, day, 100.0), closed=day)
            for n in (1, 2, 3)
        ]
        items = [Item(1, day, day, 300.0, move=7)]
        self.assertEqual(
            self._verdicts(self._history(items, orders, 250.0)),
            {1: (0.0, 100.0, "pass"), 2: (100.0, 100.0, "pass"), 3: (200.0, 100.0, "hold")},
        )

    def test_what_is_paid_after_the_confirmation_of_its_day_was_asked_for(self):
        day = date(2026, 2, 2)
        order = self._order(1, datetime(2026, 2, 2, 9), 100.0, Bill(7, day, 100.0), closed=day)
        item = Item(1, day, day, 100.0, ((day, 100.0),), 7)
        self.assertEqual(
            self._verdicts(self._history([item], [order], 10.0)), {1: (0.0, 100.0, "hold")}
        )

    def test_what_is_paid_with_the_order_asks_for_no_credit(self):
        day = date(2026, 2, 2)
        order = self._order(
            1, datetime(2026, 2, 2, 9), 100.0, Bill(7, day, 100.0), closed=day, paid=80.0
        )
        item = Item(1, day, day, 100.0, ((day, 80.0),), 7)
        self.assertEqual(
            self._verdicts(self._history([item], [order], 10.0)), {1: (0.0, 20.0, "hold")}
        )

    def test_an_invoice_of_before_its_order_is_in_the_request_alone(self):
        before = date(2026, 1, 20)
        order = self._order(1, datetime(2026, 2, 2, 9), 100.0, Bill(7, before, 30.0))
        item = Item(1, before, before, 30.0, move=7)
        self.assertEqual(
            self._verdicts(self._history([item], [order], 100.0)), {1: (0.0, 100.0, "pass")}
        )

    def test_what_was_open_before_the_period_counts(self):
        first = date(2026, 2, 1)
        old = self._order(1, datetime(2025, 12, 1), 50.0, judged=False)
        item = Item(1, date(2025, 11, 1), date(2025, 12, 1), 40.0, ((date(2026, 2, 5), 40.0),))
        orders = [old, self._order(2, datetime(2026, 2, 4), 10.0)]
        orders.append(self._order(3, datetime(2026, 2, 6), 10.0))
        verdicts = self._verdicts(self._history([item], orders, 100.0), first=first)
        self.assertEqual(verdicts, {2: (90.0, 10.0, "pass"), 3: (60.0, 10.0, "pass")})

    def test_an_order_beyond_the_horizon_counts_when_it_comes_near(self):
        far = self._order(1, datetime(2026, 2, 1), 80.0, counts_from=date(2026, 3, 1))
        orders = [far, *(self._order(n, datetime(2026, n, 1, 9), 1.0) for n in (2, 3))]
        exposures = [
            found[0] for found in self._verdicts(self._history([], orders, 100.0)).values()
        ]
        self.assertEqual(exposures, [0.0, 0.0, 81.0])

    def test_money_that_waits_for_the_bank_counts_until_it_is_there(self):
        invoice = Item(1, date(2026, 1, 5), date(2026, 2, 5), 90.0, ((date(2026, 2, 1), 90.0),), 1)
        money = Item(2, date(2026, 2, 1), date(2026, 2, 1), 90.0, ((date(2026, 2, 20), 90.0),), 2)
        orders = [self._order(day, datetime(2026, 2, day), 1.0) for day in (1, 19, 20)]
        exposures = [
            found[0]
            for found in self._verdicts(
                self._history([invoice, money.as_money(None)], orders, 100.0)
            ).values()
        ]
        self.assertEqual(exposures, [90.0, 91.0, 2.0])

    def test_limits_follow_their_dates(self):
        limits = (
            ("permanent", date(2026, 2, 1), None, 100.0),
            ("temporary", date(2026, 3, 1), date(2026, 3, 31), 500.0),
        )
        orders = [
            self._order(month, datetime(2026, month, 31 if month == 3 else 1), 90.0)
            for month in (1, 2, 3, 4)
        ]
        verdicts = self._verdicts(self._history([], orders, None, limits=limits))
        self.assertEqual(
            [found[2] for found in verdicts.values()], ["pass", "hold", "pass", "hold"]
        )

    def _read_csv(self):
        with LATE_PAYMENTS.open(newline="") as file:
            rows = list(csv.DictReader(file))
        days = ("InvoiceDate", "DueDate", "SettledDate")
        customers = {}
        for row in rows:
            issued, due, settled = (datetime.strptime(row[n], "%m/%d/%Y").date() for n in days)
            customers.setdefault(row["customerID"], []).append(
                (issued, due, settled, round(100 * float(row["InvoiceAmount"])))
            )
        return {name: sorted(invoices) for name, invoices in customers.items()}

    def _to_history(self, number, invoices, limit):
        rules = (Rule("over_limit"), Rule("overdue_days", threshold=5))
        items, orders = [], []
        for place, (issued, due, settled, cents) in enumerate(invoices):
            id_, at = 1000 * number + place, datetime.combine(issued, time(0, 0, place % 60, place))
            items.append(Item(id_, issued, due, cents / 100, ((settled, cents / 100),), id_))
            bill = Bill(id_, issued, cents / 100)
            orders.append(self._order(id_, at, cents / 100, bill, closed=issued))
        return self._history(items, orders, limit, rules)

    def _recompute(self, number, invoices, limit):
        """Which invoices would have been held as orders of their day: two loops over the rows of one customer."""
        for place, (issued, _due, settled, cents) in enumerate(invoices):
            earlier = [row for row in invoices[:place] if row[2] > issued]
            late = max(((issued - due).days for _i, due, _s, _c in earlier), default=0)
            owed = sum(row[3] for row in earlier) + cents
            if settled > issued and (owed > 100 * limit or late > 5):
                yield 1000 * number + place

    @skipUnless(LATE_PAYMENTS.exists(), "name a copy of late_payments.csv in LATE_PAYMENTS")
    def test_real_invoices_are_held_as_recomputed(self):
        customers = self._read_csv()
        for limit in (100.0, 300.0, 1000.0):
            histories = [
                self._to_history(number, invoices, limit)
                for number, invoices in enumerate(customers.values())
            ]
            verdicts = self._verdicts(*histories, first=date(2011, 1, 1))
            held = {number for number, (_e, _a, verdict) in verdicts.items() if verdict == "hold"}
            expected = {
                id_
                for number, invoices in enumerate(customers.values())
                for id_ in self._recompute(number, invoices, limit)
            }
            self.assertEqual(len(verdicts), 2466)
            self.assertTrue(0 < len(expected) < 2466)
            self.assertEqual(held, expected)


@tagged("post_install", "-at_install")
class TestSimulation(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(over_limit={}, overdue_days={"threshold": 5})
        cls.company.sudo().credit_management_policy_id = False

    def _day(self, days):
        return self.today - timedelta(days)

    def _past_order(self, days_ago, amount, customer, **values):
        order = self._sale(amount, customer=customer, **values)
        order.date_order = datetime.combine(self._day(days_ago), time(12))
        return order

    def _past_invoice(self, order, days_ago, term=30):
        invoice = self._invoice_order(order, post=False)
        invoice.invoice_payment_term_id = False
        invoice.invoice_date = self._day(days_ago)
        invoice.invoice_date_due = self._day(days_ago - term)
        invoice.action_post()
        return invoice

    def _pay_past(self, invoice, days_ago, amount=None):
        return self._pay(invoice, amount, payment_date=self._day(days_ago))

    def _simulate(self, **values):
        simulation = (
            self.env["credit.policy.simulation"]
            .with_user(self.manager)
            .create({"policy_id": self.policy.id, **values})
        )
        simulation.action_run()
        self.env.invalidate_all()
        return simulation.sudo()

    def _found(self, simulation):
        return {
            line.order_id: (line.verdict, set(line.reason_ids.mapped("kind")), line.outcome)
            for line in simulation.line_ids
        }

    def test_a_hand_worked_history_of_three_customers(self):
        first, second, third = (self._customer(name) for name in ("First", "Second", "Third"))
        self._limit(1000.0, customer=first)
        self._limit(200.0, customer=third)
        # first: at its limit, over it, late
        a1 = self._past_order(300, 600.0, first)
        self._pay_past(self._past_invoice(a1, 300), 250)
        a2 = self._past_order(290, 500.0, first)
        self._pay_past(self._past_invoice(a2, 280), 240)
        a3 = self._past_order(260, 100.0, first)
        a4 = self._past_order(200, 900.0, first)
        # second: no limit, one invoice that nobody ordered and nobody pays
        self._invoice(50.0, days_late=120, customer=second)
        b1 = self._past_order(115, 5000.0, second)
        b2 = self._past_order(114, 70.0, second)
        # third: money on account, then over the limit and still to be paid
        entry = self._pay_on_account(300.0, customer=third)
        entry.button_draft()
        entry.date = self._day(90)
        entry.action_post()
        c1 = self._past_order(80, 450.0, third)
        c2 = self._past_order(79, 100.0, third)
        self._past_invoice(c2, 78)
        simulation = self._simulate()
        self.assertEqual(
            self._found(simulation),
            {
                a2: ("hold", {"over_limit"}, "late"),
                a3: ("hold", {"over_limit", "overdue_days"}, "not_invoiced"),
                b2: ("hold", {"overdue_days"}, "not_invoiced"),
                c2: ("hold", {"over_limit"}, "overdue"),
            },
        )
        lines = {line.order_id: line for line in simulation.line_ids}
        self.assertEqual(
            (lines[a2].exposure, lines[a2].excess, lines[a2].days_late), (600.0, 100.0, 10)
        )
        self.assertEqual((lines[a3].exposure, lines[a3].oldest_due_days), (1100.0, 10))
        self.assertEqual(
            (lines[c2].exposure, lines[c2].unpaid, lines[c2].days_late), (150.0, 100.0, 48)
        )
        self.assertNotIn(a4, lines)
        self.assertNotIn(b1, lines)
        self.assertRecordValues(
            simulation,
            [
                {
                    "state": "done",
                    "judged_count": 8,
                    "judged_amount": 7720.0,
                    "held_count": 4,
                    "held_amount": 770.0,
                    "held_customer_count": 3,
                    "warned_count": 0,
                    "late_count": 1,
                    "late_amount": 500.0,
                    "overdue_count": 1,
                    "overdue_amount": 100.0,
                    "in_time_count": 0,
                    "open_count": 2,
                }
            ],
        )
        self.assertEqual(sum(simulation.month_ids.mapped("judged_count")), 8)
        self.assertEqual(sum(simulation.month_ids.mapped("held_amount")), 770.0)
        rules = {figure.kind: figure for figure in simulation.rule_figure_ids}
        self.assertEqual((rules["over_limit"].held_count, rules["over_limit"].alone_count), (3, 2))
        self.assertEqual(
            (rules["overdue_days"].held_count, rules["overdue_days"].alone_amount), (2, 70.0)
        )
        self.assertIn(c1, simulation.line_ids.partner_id.sale_order_ids)

    def test_a_limit_may_be_assumed_for_those_nobody_decided_about(self):
        unknown, decided = self._customer("Unknown"), self._customer("Decided")
        self._limit(500.0, customer=decided)
        orders = [self._past_order(50, 400.0, customer) for customer in (unknown, decided)]
        self.assertFalse(self._simulate().line_ids)
        simulation = self._simulate(assumes_limit=True, assumed_limit=300.0)
        self.assertEqual(simulation.line_ids.order_id, orders[0])
        self.assertEqual(simulation.line_ids.credit_limit, 300.0)

    def test_limits_of_the_day_or_of_today(self):
        self._limit(1000.0)
        self._limit(100.0, date_from=self._day(60))
        self._limit(1000.0, date_from=self._day(20))
        order = self._past_order(50, 400.0, self.customer)
        self.assertFalse(self._simulate().line_ids)
        self.assertEqual(self._simulate(limit_basis="dated").line_ids.order_id, order)

    def test_the_replay_of_today_stands_where_the_gate_stands(self):
        self._limit(2000.0)
        self._past_invoice(self._past_order(200, 300.0, self.customer), 190)
        partly = self._past_order(100, 400.0, self.customer, quantity=4.0)
        partly.order_line.qty_delivered = 1.0
        half = self._past_invoice(self._past_order(80, 250.0, self.customer), 70)
        self._pay_past(half, 5, amount=100.0)
        self._down_payment(self._past_order(40, 500.0, self.customer), 200.0)
        refund = self._invoice(30.0, move_type="out_refund", customer=self.customer)
        self.assertTrue(refund.amount_residual)
        self._pay_on_account(45.0)
        key = (self.customer.id, self.company.id)
        position = self.env["credit.profile"].sudo()._read_positions({key}, self.today)[key]
        order = self._sale(900.0)
        line = self._simulate().line_ids.filtered(lambda line: line.order_id == order)
        self.assertEqual(
            (line.exposure, line.overdue, line.oldest_due_days, line.credit_limit),
            (position.exposure, position.overdue, position.oldest_due_days, 2000.0),
        )

    def test_payments_not_cleared_count_where_the_policy_says_so(self):
        self._use_outstanding_account()
        self._limit(500.0)
        invoice = self._past_invoice(self._past_order(90, 400.0, self.customer), 90)
        self._pay_past(invoice, 60)
        order = self._past_order(50, 200.0, self.customer)
        self.assertFalse(self._simulate().line_ids)
        self.policy.sudo().count_uncleared = True
        line = self._simulate().line_ids
        self.assertEqual((line.order_id, line.exposure), (order, 400.0))
        invoice.matched_payment_ids.sudo().credit_cleared_date = self._day(51)
        self.assertFalse(self._simulate().line_ids)

    def _use_outstanding_account(self):
        """Payments of the bank journal wait on an account of their own."""
        account = self.env["account.account"].create(
            {
                "name": "Outstanding",
                "code": "OUTST",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        journal = self.company_data["default_journal_bank"]
        journal.inbound_payment_method_line_ids.payment_account_id = account

    def test_foreign_orders_count_at_their_own_rate_and_say_so(self):
        currency = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "EUR", "currency_id": currency.id}
        )
        self._limit(100.0)
        order = self._past_order(50, 300.0, self.customer, pricelist_id=pricelist.id)
        simulation = self._simulate()
        line = simulation.line_ids
        self.assertEqual((line.order_id, line.amount, line.is_foreign), (order, 150.0, True))
        self.assertEqual(simulation.approximated["foreign"], 1)

    def test_what_the_ledger_does_not_tell_is_listed(self):
        self._limit(100.0)
        order = self._past_order(50, 300.0, self.customer)
        self._past_order(49, 30.0, self.customer).action_cancel()
        self._invoice(10.0, post=False)
        simulation = self._simulate()
        counts = simulation.approximated
        self.assertEqual((counts["cancelled"], counts["drafts"], counts["foreign"]), (1, 1, 0))
        for words in (
            "confirmed in reality",
            "undone",
            "Cancelled orders left out, some of which had been confirmed: 1.",
        ):
            self.assertIn(words, simulation.approximation_text)
        self.assertNotIn("another currency", simulation.approximation_text)
        self.assertEqual(simulation.line_ids.order_id, order)

    def test_customers_of_another_policy_are_not_judged(self):
        self._limit(100.0)
        self._past_order(50, 300.0, self.customer)
        self._profile(policy_id=self.policy.sudo().copy().id)
        simulation = self._simulate()
        self.assertEqual((simulation.judged_count, simulation.approximated["elsewhere"]), (0, 1))

    def test_a_member_is_measured_with_its_group(self):
        head, member = self._customer("Head"), self._customer("Member")
        self._limit(1000.0, customer=head)
        self._limit(1000.0, customer=member)
        self._profile(member, parent_id=self._profile(head).id)
        self._past_order(60, 700.0, head)
        order = self._past_order(50, 400.0, member)
        line = self._simulate().line_ids
        self.assertEqual(line.order_id, order)
        self.assertIn("Group Head", line.reason_summary)

    def test_a_branch_and_a_contact_count_for_the_customer(self):
        self._limit(500.0)
        contact = self._customer("Contact", parent_id=self.customer.id, is_company=False)
        self._past_order(60, 300.0, contact)
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        self.env.user.company_ids |= branch
        self._past_order(55, 150.0, self.customer, company_id=branch.id)
        order = self._past_order(50, 100.0, self.customer)
        self.assertEqual(self._simulate().line_ids.order_id, order)

    def test_large_ones_run_in_the_background_and_are_resumed(self):
        customers = [self._customer(f"Customer {n}") for n in range(3)]
        for customer in customers:
            self._limit(100.0, customer=customer)
            self._past_order(50, 300.0, customer)
        simulations = self.registry["credit.policy.simulation"]
        cron = self.env.ref("credit_management.ir_cron_simulations")
        with (
            patch.object(simulations, "_batch_size", 1),
            patch.object(simulations, "_direct_orders", 0),
        ):
            simulation = self._simulate()
            self.assertEqual((simulation.state, simulation.customer_total), ("running", 3))
            with self.assertRaisesRegex(UserError, "Stop the simulation first"):
                simulation.with_user(self.manager).unlink()
            self.assertEqual(simulation._run_batch_alone(), 1)
            simulation.with_user(self.manager).action_stop()
            self.assertEqual(simulation._run_batch_alone(), 0)
            self.assertEqual((len(simulation.line_ids), round(simulation.progress)), (1, 33))
            simulation.with_user(self.manager).action_resume()
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((simulation.state, simulation.customer_done), ("done", 3))
        self.assertEqual(
            simulation.line_ids.partner_id.ids, [customer.id for customer in customers]
        )
        self.assertEqual(simulation.judged_count, 3)

    def test_running_again_keeps_the_snapshot(self):
        self._limit(100.0)
        self._past_order(50, 300.0, self.customer)
        simulation = self._simulate()
        self._past_order(40, 200.0, self.customer)
        action = simulation.with_user(self.manager).action_run_again()
        again = simulation.browse(action["res_id"])
        self.assertEqual((simulation.held_count, again.held_count), (1, 2))
        with self.assertRaisesRegex(UserError, "done"):
            simulation.with_user(self.manager).action_run()

    def test_it_names_the_rules_and_days_it_replays(self):
        self.policy = self._policy(
            over_limit={}, overdue_days={"checkpoint": "invoice", "action": "warn"}
        )
        simulation = self._simulate(date_from="2026-01-31", date_to="2026-03-15")
        self.assertEqual(simulation.rules_summary, "Exposure over the limit")
        self.assertEqual(simulation.display_name, "Policy, 01/31/2026 to 03/15/2026")

    def test_the_rules_replayed_are_read_in_the_reader_s_language(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.policy = self._policy(over_limit={})
        simulation = self._simulate()
        [rule] = simulation.policy_id.rule_ids
        for lang in ("en_US", "fr_FR"):
            reader = simulation.with_context(lang=lang)
            self.assertEqual(reader.rules_summary, rule.with_context(lang=lang).display_name)
        self.assertEqual(simulation.rules_summary, "Exposure over the limit")
        self.assertEqual(set(simulation.rules_texts), {"en_US", "fr_FR"})

    def test_the_button_of_a_policy_prepares_a_simulation(self):
        action = self.policy.with_user(self.manager).action_simulate()
        self.assertEqual(action["context"], {"default_policy_id": self.policy.id})
        with self.assertRaises(AccessError):
            self.policy.with_user(self.analyst).action_simulate()

    def test_managers_run_users_read_others_see_nothing(self):
        self._limit(100.0)
        self._past_order(50, 300.0, self.customer)
        simulation = self._simulate()
        for model in (
            simulation,
            simulation.line_ids,
            simulation.line_ids.reason_ids,
            simulation.month_ids,
        ):
            self.assertTrue(model.with_user(self.analyst).read())
            with self.assertRaises(AccessError):
                model.with_user(self.salesperson).read()
            with self.assertRaises(AccessError):
                model.with_user(self.analyst).write({"create_uid": self.analyst.id})
        draft = simulation.copy()
        for action in ("action_run", "action_resume", "action_stop", "action_run_again"):
            with self.assertRaises(AccessError):
                getattr(draft.with_user(self.analyst), action)()

    def test_nobody_sees_a_simulation_of_another_company(self):
        simulation = self._simulate()
        elsewhere = self.setup_other_company()["company"]
        self.manager.sudo().write(
            {"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id}
        )
        with self.assertRaises(AccessError):
            simulation.with_user(self.manager).with_company(elsewhere).read(["held_count"])
