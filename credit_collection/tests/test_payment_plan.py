from datetime import timedelta

from odoo import fields
from odoo.addons.credit_followup.tests.late_common import LateCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import AnswerCommon


@tagged("post_install", "-at_install")
class TestPaymentPlan(AnswerCommon):
    """Instalments replace the due dates of a debt until one of them is missed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure = cls._procedure([(8, "reminder", "email"), (15, "firm", "email")])
        cls.manager2 = cls._user("manager2", "credit_management.group_credit_manager")

    def setUp(self):
        super().setUp()
        self.a = self._invoice(100, days_late=20)

    def _plan(self, *items, **values):
        values = {"tolerance_days": 3, "number": 3, "interval": "month", **values}
        values.setdefault("date_first", self.today + timedelta(7))
        return self._answer("credit.payment.plan", items, **values)

    def _agreed(self, *items, **values):
        plan = self._plan(*items, **values)
        plan.action_propose()
        plan.action_agree()
        return plan

    def _days(self, day):
        return (day - self.today).days

    # === LEFT ALONE === #

    def test_planned_items_are_left_out_until_an_instalment_is_missed(self):
        plan = self._plan(self.a)
        self.assertNamed(self._run(), a=8)
        plan.action_propose()
        plan.action_agree()
        self.b = self._invoice(60, days_late=9)
        self.assertNamed(self._run(), b=8)
        first, second, _last = plan.instalment_ids.sorted("date").mapped("date")
        self.assertExcluded(self._run(self._days(first) + 3), "planned")
        self.assertNamed(self._run(self._days(first) + 4), a=8, b=8)
        self._pay(self.a, 33.33)
        self.assertNamed(self._run(self._days(second) + 3), b=8)
        self.assertNamed(self._run(self._days(second) + 4), a=8, b=8)

    def test_a_cancelled_plan_leaves_the_items_as_they_were(self):
        plan = self._agreed(self.a)
        plan.action_cancel()
        self.assertNamed(self._run(), a=8)

    # === NUMBERS === #

    def test_an_amount_is_a_number(self):
        plan = self._plan(self.a)
        for records, values in (
            (plan, {"charge_amount": 1e308}),
            (plan, {"interest_rate": float("nan")}),
            (plan.instalment_ids[0], {"amount": float("inf")}),
            (plan.line_ids, {"amount": 1e308}),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "number"):
                records.write(values)

    # === JUDGED === #

    def test_the_ledger_pays_instalments_in_their_order_and_keeps_the_plan(self):
        plan = self._agreed(self.a, number=2)
        self._pay(self.a, 60)
        paid = plan.instalment_ids.sorted("date").mapped("amount_paid")
        self.assertEqual((paid, plan.amount_paid), ([50.0, 10.0], 60.0))
        self.assertEqual(plan.instalment_ids.sorted("date").mapped("state"), ["paid", "part"])
        self._pay(self.a)
        self.assertEqual(plan.state, "kept")
        self._item(self.a).remove_move_reconcile()
        self.assertEqual(plan.state, "agreed")

    def test_a_missed_instalment_after_the_tolerance_makes_the_whole_due(self):
        plan = self._agreed(self.a)
        first = min(plan.instalment_ids.mapped("date"))
        plan.sudo()._judge(first + timedelta(3))
        self.assertEqual(plan.state, "agreed")
        plan.sudo()._judge(first + timedelta(4))
        self.assertEqual(plan.state, "defaulted")
        self.assertNamed(self._run(self._days(first) + 4), a=8)
        self.assertTrue(plan.activity_ids)
        self._pay(self.a, 33.33)
        self.assertEqual(plan.state, "defaulted")

    def test_a_failed_plan_holds_an_order_until_it_is_paid(self):
        self._policy(plan_defaulted={})
        plan = self._agreed(self.a)
        order = self._order(10)
        order.action_confirm()
        self.assertPassed(order)
        plan.sudo()._judge(self.today + timedelta(60))
        order = self._order(10)
        order.action_confirm()
        self.assertHeld(order, "plan_defaulted")
        self._pay(self.a)
        order = self._order(10)
        order.action_confirm()
        self.assertPassed(order)

    def test_at_the_gate_a_planned_item_is_due_with_its_next_instalment(self):
        self._policy(overdue_days={"threshold": 5})
        order = self._order(10)
        order.action_confirm()
        self.assertHeld(order, "overdue_days")
        plan = self._agreed(self.a)
        order = self._order(10)
        order.action_confirm()
        self.assertPassed(order)
        plan.action_cancel()
        order = self._order(10)
        order.action_confirm()
        self.assertHeld(order, "overdue_days")

    # === WHO GRANTS WHAT === #

    def test_beyond_the_margin_another_person_who_is_a_manager_agrees(self):
        self.env["credit.negotiation.margin"].with_user(self.manager).create(
            {"max_days": 200, "max_instalments": 2}
        )
        self._profile()
        plan = self._plan(self.a)
        self.assertIn("a collector alone may grant 2", plan.beyond_margin)
        plan.action_propose()
        with self.assertRaisesRegex(UserError, "Ask a credit manager"):
            plan.action_agree()
        plan.with_user(self.manager).action_agree()
        own = self._plan(self._invoice(60, days_late=9), user=self.manager)
        own.with_user(self.manager).action_propose()
        with self.assertRaisesRegex(UserError, "did not propose"):
            own.with_user(self.manager).action_agree()
        own.with_user(self.manager2).action_agree()

    def test_a_renegotiated_plan_replaces_the_old_one_which_is_kept(self):
        plan = self._agreed(self.a)
        self._pay(self.a, 40)
        new = self.env["credit.payment.plan"].browse(plan.action_renegotiate()["res_id"])
        new = new.with_user(self.collector)
        self.assertEqual((new.amount, new.version, new.name), (60.0, 2, plan.name))
        self.assertEqual(plan.state, "agreed")
        new.action_propose()
        new.action_agree()
        self.assertEqual((plan.state, new.state), ("cancelled", "agreed"))
        self.assertEqual(plan.instalment_ids.mapped("amount"), [33.33, 33.33, 33.34])

    # === ANSWERS THAT DO NOT ADD UP === #

    def test_instalments_come_to_the_debt(self):
        plan = self._plan(self.a)
        plan.instalment_ids[0].amount = 20
        with self.assertRaisesRegex(ValidationError, "The instalments total"):
            plan.action_propose()
        plan.action_split()
        plan.action_propose()

    def test_a_plan_does_not_begin_in_the_past_nor_beyond_a_year(self):
        for values, words in (
            ({"date_first": self.today - timedelta(1)}, "in the past"),
            ({"date_first": fields.Date.to_date("2099-01-01")}, "more than a year away"),
            ({"date": self.today + timedelta(1)}, "not drawn up in the future"),
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, words):
                self._plan(self.a, **values)
        plan = self._plan(self.a)
        with self.assertRaisesRegex(ValidationError, "in the past"):
            plan.date_first = self.today - timedelta(1)

    def test_the_day_of_a_plan_hides_no_length_from_the_margin(self):
        self.env["credit.negotiation.margin"].with_user(self.manager).create(
            {"max_days": 60, "max_instalments": 12}
        )
        self._profile()
        plan = self._plan(self.a, number=4)
        self.assertIn("over 60 days", plan.beyond_margin)
        plan.action_propose()
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            plan.date = self.today - timedelta(30)

    def test_a_plan_is_over_whole_items(self):
        """Its instalments replace the due date of an item, which has one only: the rest would have none."""
        plan = self._plan((self.a, 40))
        with self.assertRaisesRegex(
            ValidationError, "the plan covers .*40.00, but .*100.00 is open"
        ):
            plan.action_propose()

    # === INTEREST AND CHARGE === #

    def test_interest_and_charge_of_a_plan_are_invoiced_once_by_who_may_invoice(self):
        settings = self.company.sudo()
        income = self.company_data["default_account_revenue"]
        settings.credit_late_interest_account_id = income
        settings.credit_late_indemnity_account_id = income
        accountant = self._user(
            "accountant", "account.group_account_invoice,credit_management.group_credit_user"
        )
        plan = self._plan(self.a, interest_rate=10.0, charge_amount=15.0)
        with self.assertRaisesRegex(UserError, "not available"):
            plan.with_user(accountant).action_debit_note()
        plan.action_propose()
        plan.action_agree()
        with self.assertRaises(AccessError):
            plan.action_debit_note()
        plan.with_user(accountant).action_debit_note()
        plan.with_user(accountant).action_debit_note()
        note = plan.debit_move_id.sudo()
        self.assertEqual(note.amount_total, plan.interest_amount + 15.0)
        self.assertFalse(note.amount_tax)
        self.assertEqual((note.invoice_date_due, note.late_charge_is_note), (plan.date_last, True))
        free = self._agreed(self._invoice(60, days_late=9))
        with self.assertRaisesRegex(UserError, "nothing to invoice"):
            free.with_user(accountant).action_debit_note()

    # === STATEMENTS === #

    def test_on_a_statement_a_planned_item_is_due_with_its_next_instalment(self):
        plan = self._agreed(self.a)
        self.assertEqual(self._due_on_statement(), min(plan.instalment_ids.mapped("date")))
        self._pay(self.a, 33.33)
        self.assertEqual(self._due_on_statement(), plan.instalment_ids.sorted("date")[1].date)
        plan.action_cancel()
        self.assertEqual(self._due_on_statement(), self.today - timedelta(20))

    def _due_on_statement(self):
        statements = self.env["credit.statement"].with_user(self.collector)
        found = statements._read(self.customer, self.company, self.today)[self.customer]
        return found.accounts[0].lines[0].date_due

    def test_terms_that_split_nothing_are_explained(self):
        for values, words in (
            ({"method": "percent", "percents": "50; 30"}, "total 100"),
            ({"method": "percent", "percents": "half"}, "separated by semicolons"),
            ({"number": 0}, "each must be above zero"),
            ({"method": "amount", "each": 0.0}, "above zero"),
            ({"first_amount": 100.0}, "less than the debt"),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, words):
                self._plan(self.a, **values)

    def test_an_item_is_in_one_plan_or_promise_at_a_time(self):
        plan = self._plan(self.a)
        promise = self._promise(100, self.a)
        with self.assertRaisesRegex(ValidationError, "Withdraw or cancel"):
            plan.action_propose()
        promise.action_withdraw()
        plan.action_propose()
        for record in (
            lambda: self._promise(100, self.a),
            lambda: self._plan(self.a).action_propose(),
        ):
            with self.assertRaisesRegex(ValidationError, "Withdraw or cancel"):
                record()

    def test_a_debt_that_changed_is_planned_anew(self):
        plan = self._plan(self.a)
        self._pay(self.a, 10)
        with self.assertRaisesRegex(ValidationError, "add it again"):
            plan.action_propose()

    def test_items_of_others_are_refused(self):
        other = self._invoice(100, customer=self._customer("Another"))
        with self.assertRaisesRegex(ValidationError, "is not owed by Customer"):
            self._plan(other)

    def test_what_was_proposed_is_kept(self):
        plan = self._plan(self.a)
        plan.action_propose()
        for change in (
            lambda: plan.write({"tolerance_days": 30}),
            lambda: plan.instalment_ids[0].write({"amount": 1}),
            plan.instalment_ids[0].unlink,
            plan.line_ids.unlink,
            lambda: (
                self.env["credit.payment.plan.instalment"]
                .with_user(self.collector)
                .create({"plan_id": plan.id, "date": self.today, "amount": 5})
            ),
        ):
            with self.assertRaisesRegex(UserError, "can no longer be changed"):
                change()
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            plan.state = "agreed"
        with self.assertRaises(AccessError):
            plan.unlink()

    def test_lines_of_promises_and_disputes_are_kept_too(self):
        promise, dispute = self._promise(50, (self.a, 50)), self._dispute((self.a, 10))
        for name, values in (
            ("credit.promise.line", {"promise_id": promise.id}),
            ("credit.dispute.line", {"dispute_id": dispute.id}),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, "can no longer be changed"):
                self.env[name].with_user(self.collector).create(
                    {"item_id": self._item(self._invoice(60)).id, "amount": 5, **values}
                )

    def test_people_without_a_right_do_nothing(self):
        plan = self._plan(self.a)
        for name in (
            "action_propose",
            "action_agree",
            "action_cancel",
            "action_split",
            "action_print",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(plan.with_user(self.salesperson), name)()
        with self.assertRaises(AccessError):
            plan.with_user(self.salesperson).action_renegotiate()

    # === SCREENS === #

    def test_an_empty_form_proposes_the_overdue_debt_in_instalments(self):
        with Form(self.env["credit.payment.plan"].with_user(self.collector)) as form:
            form.partner_id = self.customer
            form.number = 4
            self.assertEqual(len(form.instalment_ids), 4)
        plan = form.record
        self.assertEqual(plan.instalment_ids.mapped("amount"), [25.0] * 4)
        plan.action_propose()
        self.assertEqual(plan.state, "proposed")

    def test_the_agreement_says_what_it_is(self):
        plan = self._agreed(self.a, interest_rate=5.0)
        html = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_html("credit_collection.payment_plan", plan.ids)[0]
            .decode()
        )
        for words in (
            "acknowledges that it owes",
            self.a.name,
            "interrupts the limitation period",
            "33.34",
        ):
            self.assertIn(words, html)

    def test_interest_is_on_what_is_left(self):
        plan = self._plan(self.a, interest_rate=10.0)
        interests = plan.instalment_ids.sorted("date").mapped("interest")
        self.assertGreater(min(interests), 0)
        self.assertGreater(interests[1], interests[2])
        self.assertEqual(plan.interest_amount, sum(interests))
        self.assertEqual(sum(plan.instalment_ids.mapped("amount")), 100.0)

    def test_plans_of_who_becomes_a_contact_are_its_company_s(self):
        double = self._customer("Double")
        plan = self._plan(self._invoice(60, customer=double), customer=double)
        double.is_company = False
        self.env.flush_all()
        double.parent_id = self.customer
        self.assertEqual(plan.partner_id, self.customer)


@tagged("post_install", "-at_install")
class TestPlannedCharges(LateCommon, AnswerCommon):
    """While a plan runs its items bear what the plan says and no late charges."""

    def setUp(self):
        super().setUp()
        rates = self._series("Of all years", (("2020-01-01", False, 2.0),))
        self.company.sudo().credit_late_policy_id = self._late_policy(series_id=rates.id)
        self.bill = self._invoice(1000, days_late=40)
        self.item = self._item(self.bill)

    def _charged(self, days):
        measured = self.env["credit.late.charge"]._measure(self.item, self.today + timedelta(days))
        return measured[self.item.id].interest

    def _agree(self):
        plan = self._answer(
            "credit.payment.plan",
            [self.bill],
            number=2,
            tolerance_days=0,
            date_first=self.today + timedelta(7),
        )
        plan.action_propose()
        plan.action_agree()
        return plan

    def test_late_charges_stop_with_the_agreement_and_run_again_after_a_default(self):
        before, later = self._charged(0), self._charged(30)
        self.assertGreater(later, before)
        plan = self._agree()
        self.assertEqual((self._charged(0), self._charged(30)), (before, before))
        plan.sudo()._judge(max(plan.instalment_ids.mapped("date")) + timedelta(20))
        self.assertEqual(plan.state, "defaulted")
        ended = (plan.date_ended - self.today).days
        self.assertEqual(self._charged(ended), before)
        self.assertGreater(self._charged(ended + 30), before)

    def test_a_cancelled_plan_stops_nothing_and_a_new_version_goes_on(self):
        later = self._charged(30)
        plan = self._agree()
        new = plan.browse(plan.action_renegotiate()["res_id"])
        new.action_propose()
        new.action_agree()
        self.assertEqual(self._charged(30), self._charged(0))
        new.action_cancel()
        self.assertEqual(self._charged(30), later)
