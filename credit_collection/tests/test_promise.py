from datetime import timedelta

from odoo.addons.credit_management.tests.test_company_day import EAST, WEST
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, UniqueViolation

from .common import AnswerCommon


@tagged("post_install", "-at_install")
class TestPromise(AnswerCommon):
    """What a customer promised is left alone until its day; the ledger says whether it came."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure = cls._procedure([(8, "reminder", "email"), (15, "firm", "email")])
        cls.company.sudo().credit_collection_promise_tolerance = 0

    def setUp(self):
        super().setUp()
        self.a = self._invoice(100, days_late=20)

    # === ITEMS === #

    def _invoice_of(self, branch, customer, amount):
        invoices = self.env(su=True)["account.move"].with_company(branch)
        lines = [Command.create({"name": "Work", "price_unit": amount, "tax_ids": False})]
        invoice = invoices.create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": self.today - timedelta(30),
                "invoice_date_due": self.today - timedelta(20),
                "invoice_payment_term_id": False,
                "invoice_line_ids": lines,
            }
        )
        invoice.action_post()

    def test_what_a_branch_invoiced_is_promised_and_planned_by_who_has_the_customer(self):
        branch = self._create_company(name="Branch", parent_id=self.company.id)
        customer = self._customer("Customer of a branch")
        self._invoice_of(branch, customer, 300)
        self.assertNotIn(branch, self.collector.company_ids)
        values = {"partner_id": customer.id, "company_id": self.company.id}
        promises = self.env["credit.promise"].with_user(self.collector)
        promise = promises.create({**values, "amount": 200, "date": self.today})
        self.assertEqual(sum(promise.line_ids.mapped("amount")), 200)
        promise.action_withdraw()
        plan = self.env["credit.payment.plan"].with_user(self.collector).create(values)
        self.assertEqual(plan.amount, 300)

    def test_the_page_of_a_customer_answers_for_the_branches_of_the_collector(self):
        branch = self._create_company(name="Branch", parent_id=self.company.id)
        self.collector.sudo().company_ids += branch
        file = self._profile().with_user(self.collector)
        file = file.with_context(allowed_company_ids=self.company.ids)
        for action in (file.action_promise(), file.action_plan(), file.action_dispute()):
            self.assertIn(branch.id, action["context"]["allowed_company_ids"])

    def test_what_cannot_be_promised_or_planned_any_more_is_said_in_words(self):
        self._promise(100)
        with self.assertRaisesRegex(ValidationError, "no open item left to promise"):
            self._promise(50)
        with self.assertRaisesRegex(ValidationError, "no open item for a payment plan"):
            self._answer("credit.payment.plan")

    # === LEFT ALONE === #

    def test_a_promised_item_is_left_out_until_its_day_and_comes_back_by_itself(self):
        promise = self._promise(100, self.a)
        self.b = self._invoice(60, days_late=9)
        run = self._run()
        self.assertNamed(run, b=8)
        self.assertExcluded(run, "promised")
        last = (promise.last_day - self.today).days
        self.assertNamed(self._run(last), b=8)
        self.assertNamed(self._run(last + 1), a=8, b=8)

    def _asked(self, run):
        lines = run.sudo().notice_ids.line_ids
        return {line.item_id: line.amount for line in lines if not line.cancelled}

    def test_only_the_promised_part_of_an_item_is_left_alone(self):
        promise = self._promise(40, (self.a, 40))
        item = self._item(self.a)
        self.assertEqual(self._asked(self._run()), {item: 60.0})
        self._pay(self.a, 10)
        self.assertEqual(self._asked(self._run(1)), {item: 60.0})
        after = (promise.last_day - self.today).days + 1
        self.assertEqual(self._asked(self._run(after)), {item: 90.0})

    def test_what_was_paid_before_a_promise_is_no_part_of_it(self):
        self._pay(self.a, 40)
        self._promise(60, (self.a, 60))
        run = self._run()
        self.assertFalse(run.notice_ids)
        self.assertExcluded(run, "promised")

    def test_an_item_promised_but_for_what_is_disputed_is_left_out(self):
        self._dispute((self.a, 30))
        promise = self._promise(70, (self.a, 70))
        self.assertExcluded(self._run(), "promised")
        after = (promise.last_day - self.today).days + 1
        self.assertEqual(self._asked(self._run(after)), {self._item(self.a): 70.0})

    def test_the_worklist_asks_for_the_part_that_is_not_promised(self):
        self._promise(40, (self.a, 40))
        file = self._profile()
        self.assertEqual((file.to_chase, file.promised, file.disputed), (60.0, 40.0, 0.0))

    def test_what_a_collector_in_tomorrow_records_is_of_the_company_s_today(self):
        self.company.sudo().partner_id.tz = WEST
        today = self.company._get_credit_today()
        for name, field in (
            ("credit.promise", "date_made"),
            ("credit.payment.plan", "date"),
            ("credit.dispute", "date"),
        ):
            model = self.env[name].with_user(self.collector).with_context(tz=EAST)
            self.assertEqual(model.default_get([field])[field], today, name)

    def test_a_withdrawn_promise_holds_nothing_back_and_is_not_broken(self):
        promise = self._promise(100, self.a)
        promise.action_withdraw()
        self.assertEqual(promise.state, "withdrawn")
        self.assertNamed(self._run(), a=8)
        self.assertEqual(self._judged(promise, 30), "withdrawn")

    def test_the_customer_s_payment_days_and_the_tolerance_make_the_last_day(self):
        self._profile(payment_days="10, 25")
        self.company.sudo().credit_collection_promise_tolerance = 3
        promise = self._promise(100, self.a, days=1)
        self.assertIn((promise.last_day - timedelta(3)).day, (10, 11, 12, 13, 25, 26, 27, 28, 29))
        with self.assertRaisesRegex(ValidationError, "from 1 to 31"):
            self._profile(payment_days="10, 45")

    # === JUDGED === #

    def test_the_ledger_keeps_a_promise_and_breaks_it_when_the_money_is_taken_back(self):
        promise = self._promise(100, self.a)
        self._pay(self.a)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 100.0))
        self.assertEqual(promise.kept_share, 100.0)
        self._item(self.a).remove_move_reconcile()
        self.assertEqual(promise.state, "open")
        self.assertEqual(self._judged(promise, 60), "open")  # the money waits to be allocated

    def test_a_promise_that_is_not_kept_is_broken_and_reminders_begin_anew(self):
        self._run_sent()
        promise = self._promise(100, self.a)
        self.assertEqual(self._judged(promise, 30), "broken")
        self.assertEqual(self._profile().promises_broken, 1)
        self.assertNamed(self._run(30), a=8)

    def test_the_job_breaks_what_is_over_and_nothing_else(self):
        old = self._promise(100, self.a, days=0)
        self.b = self._invoice(60, days_late=9)
        new = self._promise(60, self.b)
        old.sudo().last_day = self.today - timedelta(1)
        self.env["credit.promise"].sudo()._cron_judge()
        self.assertEqual((old.state, new.state), ("broken", "open"))

    def test_part_of_the_money_keeps_part_of_the_promise(self):
        promise = self._promise(100, self.a)
        self._pay(self.a, 40)
        self.assertEqual(promise.state, "open")
        self.assertEqual(self._judged(promise, 30), "partly")
        self.assertEqual((promise.amount_paid, promise.kept_share), (40.0, 40.0))
        self.assertEqual(self._profile().promise_reliability, 40.0)

    def test_what_was_paid_on_the_day_of_the_promise_before_it_keeps_nothing_of_it(self):
        self._pay(self.a, 40)
        promise = self._promise(60, (self.a, 60))
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0.0))
        self._pay(self.a, 25)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 25.0))
        self.assertEqual(self._judged(promise, 30), "partly")
        self._pay(self.a, 35)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 60.0))

    def test_open_promises_are_no_part_of_the_share_that_was_kept(self):
        kept = self._promise(100, self.a)
        self._pay(self.a)
        waiting = self._promise(60, self._invoice(60, days_late=9))
        domain = [("id", "in", (kept | waiting).ids)]
        promises = self.env["credit.promise"].with_user(self.collector)
        [[share]] = promises._read_group(domain, [], ["kept_share:avg"])
        self.assertEqual((kept.state, waiting.state, share), ("kept", "open", 100.0))

    def test_a_credit_note_makes_the_promise_smaller(self):
        promise = self._promise(100, self.a)
        refund = self._reverse_invoice(self.a, is_modify=False)
        refund.invoice_line_ids.price_unit = 60
        refund.action_post()
        (self._item(refund) | self._item(self.a)).reconcile()
        self.assertEqual(promise.state, "open")
        self._pay(self.a)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 40.0))

    def test_money_that_nobody_has_allocated_holds_the_verdict_back(self):
        promise = self._promise(100, self.a)
        self._pay_on_account(100)
        self.assertEqual(self._judged(promise, 30), "open")

    # === ANSWERS THAT DO NOT ADD UP === #

    def test_no_more_is_promised_than_is_owed(self):
        for items in (((self.a, 150),), ()):
            with (
                self.assertRaisesRegex(ValidationError, "more than Customer can promise"),
                self.cr.savepoint(),
            ):
                self._promise(150, *items)

    @mute_logger("odoo.sql_db")
    def test_a_promise_is_for_a_day_to_come_and_above_zero(self):
        for values in ({"days": -1}, {"amount": 0.0}):
            with self.subTest(values), self.assertRaises(CheckViolation), self.cr.savepoint():
                self._promise(values.get("amount", 100), days=values.get("days", 5))

    def test_a_promise_is_for_a_day_within_a_year(self):
        with self.assertRaisesRegex(ValidationError, "more than a year away"):
            self._promise(100, self.a, days=400)

    def test_an_item_is_promised_once_at_a_time(self):
        first = self._promise(50, (self.a, 50))
        with self.assertRaisesRegex(ValidationError, "already"):
            self._promise(50, (self.a, 50))
        first.action_withdraw()
        self._promise(50, (self.a, 50))

    @mute_logger("odoo.sql_db")
    def test_two_at_once_do_not_promise_the_same_item(self):
        self._promise(50, (self.a, 50))
        other = self._promise(60, self._invoice(60))
        with self.assertRaises(UniqueViolation):
            other.line_ids.sudo().item_id = self._item(self.a)
            self.env.flush_all()

    def test_items_of_others_and_of_other_currencies_are_refused(self):
        other = self._invoice(100, customer=self._customer("Another"))
        with self.assertRaisesRegex(ValidationError, "is not owed by Customer"):
            self._promise(100, other)
        foreign = self.setup_other_currency("GBP")
        with self.assertRaisesRegex(ValidationError, "a separate record for each currency"):
            self._promise(100, self.a, currency_id=foreign.id)

    def test_items_of_another_company_are_refused(self):
        theirs = self.setup_other_company()["company"]
        with self.assertRaisesRegex(ValidationError, "is not owed by Customer to"):
            self._promise(100, self.a, company_id=theirs.id, user=self.env.ref("base.user_root"))

    def test_what_was_said_is_kept(self):
        promise = self._promise(100, self.a)
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            promise.amount = 50
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            promise.state = "kept"
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            self._promise(100, self.a, state="kept")
        promise.note = "Spoke to accounts payable"
        for user in (self.collector, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                promise.with_user(user).unlink()
        self._judged(promise, 30)
        with self.assertRaisesRegex(UserError, "already closed"):
            promise.action_withdraw()

    def test_people_without_a_right_record_and_withdraw_nothing(self):
        promise = self._promise(100, self.a)
        for act in (
            lambda: self._promise(100, self.a, user=self.salesperson),
            lambda: promise.with_user(self.salesperson).action_withdraw(),
            lambda: promise.with_user(self.salesperson).read(["amount"]),
        ):
            with self.assertRaises(AccessError):
                act()

    # === SCREENS === #

    def test_an_empty_form_proposes_what_is_overdue(self):
        self._invoice(60)
        with Form(self.env["credit.promise"].with_user(self.collector)) as form:
            form.partner_id = self.customer
            self.assertEqual(form.amount, 100.0)
            form.date = self.today + timedelta(5)
            form.amount = 70.0
        promise = form.record
        self.assertRecordValues(
            promise.line_ids, [{"item_id": self._item(self.a).id, "amount": 70.0}]
        )

    def test_a_promise_without_items_is_about_the_oldest(self):
        older = self._invoice(50, days_late=40)
        promise = self._promise(80)
        self.assertEqual(
            promise.line_ids.mapped(lambda line: (line.item_id, line.amount)),
            [(self._item(older), 50.0), (self._item(self.a), 30.0)],
        )

    # === AT THE GATE === #

    def test_broken_promises_hold_an_order(self):
        self._policy(broken_promises={"threshold": 0})
        promise = self._promise(100, self.a)
        order = self._order(10)
        order.action_confirm()
        self.assertPassed(order)
        self._judged(promise, 30)
        promise.sudo().last_day = self.today
        order = self._order(10)
        order.action_confirm()
        hold = self.assertHeld(order, "broken_promises")
        self.assertIn(
            "Promises to pay broken in the last twelve months: 1", hold.reason_ids.message
        )

    # === OTHER CUSTOMERS === #

    def test_promises_of_who_becomes_a_contact_are_its_company_s(self):
        double = self._customer("Double")
        promise = self._promise(60, self._invoice(60, customer=double), customer=double)
        double.is_company = False
        self.env.flush_all()
        double.parent_id = self.customer
        self.assertEqual(promise.partner_id, self.customer)

    def test_a_contact_promises_for_its_customer(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        promise = self._promise(100, self.a, customer=contact)
        self.assertEqual(promise.partner_id, self.customer)
        with self.assertRaises(ValidationError):
            self._promise(10, self.a, line_ids=[Command.create({"item_id": False, "amount": 9})])
