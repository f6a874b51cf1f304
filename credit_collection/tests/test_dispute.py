from datetime import timedelta

from lxml import etree
from odoo.addons.credit_followup.tests.late_common import LateCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common import AnswerCommon


@tagged("post_install", "-at_install")
class TestDispute(AnswerCommon):
    """Only the disputed part is left alone; a decision ends it, and the ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure = cls._procedure([(8, "reminder", "email"), (15, "firm", "email")])
        cls.owner = cls._user("owner", "base.group_user")
        cls.accountant = cls._user(
            "accountant", "account.group_account_invoice,credit_management.group_credit_user"
        )

    def setUp(self):
        super().setUp()
        self.a = self._invoice(100, days_late=20)

    def _asked(self, run):
        """``{journal item: amount}`` that a run asks for."""
        lines = run.sudo().notice_ids.line_ids
        return {line.item_id: line.amount for line in lines if not line.cancelled}

    # === LEFT ALONE === #

    def test_the_disputed_part_is_not_asked_for_and_the_rest_is(self):
        self._dispute((self.a, 30))
        run = self._run()
        self.assertEqual(self._asked(run), {self._item(self.a): 70.0})
        notice = run.sudo().notice_ids
        notice.state = "approved"
        notice._bring_up_to_date(self.today)
        self.assertEqual((notice.state, notice.amount), ("approved", 70.0))

    def test_an_item_that_is_disputed_in_whole_is_left_out(self):
        self._dispute((self.a, 60))
        self._dispute((self.a, 40))
        run = self._run()
        self.assertFalse(run.notice_ids)
        self.assertExcluded(run, "disputed")
        self.assertEqual(run.sudo().exclusion_ids.mapped("amount"), [100.0])

    def test_what_is_disputed_and_paid_but_for_the_dispute_is_left_out(self):
        self._dispute((self.a, 30))
        self._pay(self.a, 70)
        self.assertExcluded(self._run(), "disputed")

    def test_an_item_in_another_currency_is_asked_for_at_its_rate(self):
        foreign = self.setup_other_currency("GBP", rates=[("2017-01-01", 0.5)])
        bill = self._invoice(100, days_late=20, currency_id=foreign.id)
        self._dispute((bill, 30), currency_id=foreign.id)
        line = (
            self._run()
            .sudo()
            .notice_ids.line_ids.filtered(lambda line: line.item_id == self._item(bill))
        )
        self.assertEqual((line.amount_currency, line.amount), (70.0, 140.0))

    # === THE END === #

    def test_what_is_refused_is_asked_for_again(self):
        dispute = self._dispute((self.a, 30))
        dispute.action_refuse("The order says so")
        self.assertEqual(
            (dispute.state, dispute.amount_refused, dispute.date_closed),
            ("refused", 30.0, self.today),
        )
        self.assertEqual(self._asked(self._run()), {self._item(self.a): 100.0})
        with self.assertRaisesRegex(UserError, "already decided"):
            dispute.action_accept()

    def test_what_is_accepted_in_part_waits_for_its_credit_note_and_the_rest_is_asked_for(self):
        dispute = self._dispute((self.a, 30))
        dispute.action_accept(20)
        self.assertEqual(
            (dispute.state, dispute.amount_accepted, dispute.amount_refused),
            ("accepted", 20.0, 10.0),
        )
        self.assertEqual(self._asked(self._run()), {self._item(self.a): 80.0})
        dispute.with_user(self.accountant).action_credit_note()
        refund = dispute.credit_move_ids.sudo()
        self.assertEqual((refund.state, refund.amount_total), ("draft", 20.0))
        refund.with_user(self.accountant).action_post()
        self.assertEqual(self._item(self.a).amount_residual, 80.0)
        self.assertFalse(dispute.amount_withheld)
        self.assertEqual(dispute.date_closed, self.today)
        self.assertEqual(self._asked(self._run(1)), {self._item(self.a): 80.0})

    def test_a_credit_note_has_the_taxes_of_the_invoice(self):
        bill = self._invoice(
            0,
            days_late=20,
            invoice_line_ids=[
                self._prepare_invoice_line(
                    price_unit=99.99, product_id=self.service, tax_ids=self.tax_sale_a
                ),
                self._prepare_invoice_line(price_unit=33.33, product_id=self.service, tax_ids=[]),
            ],
        )
        dispute = self._dispute((bill, 17.77))
        dispute.action_accept()
        dispute.with_user(self.accountant).action_credit_note()
        refund = dispute.credit_move_ids.sudo()
        self.assertAlmostEqual(refund.amount_total, 17.77)
        self.assertEqual(refund.invoice_line_ids.tax_ids, self.tax_sale_a)

    def test_disputes_are_counted_by_product_in_proportion_to_the_price(self):
        other = self.service.copy({"name": "Other"})
        bill = self._invoice(
            0,
            days_late=20,
            invoice_line_ids=[
                self._prepare_invoice_line(price_unit=75, product_id=self.service, tax_ids=[]),
                self._prepare_invoice_line(price_unit=25, product_id=other, tax_ids=[]),
            ],
        )
        dispute = self._dispute((bill, 40))
        dispute.action_accept(20)
        rows = self.env["credit.dispute.analysis"].with_user(self.collector)
        found = rows.search([("dispute_id", "=", dispute.id)])
        self.assertEqual(
            {row.product_id: (row.amount, row.accepted, row.refused) for row in found},
            {self.service: (30.0, 15.0, 15.0), other: (10.0, 5.0, 5.0)},
        )
        with self.assertRaises(AccessError):
            rows.with_user(self.owner).search([])

    def test_payment_settles_a_dispute_and_taken_back_opens_it_again(self):
        dispute = self._dispute((self.a, 30))
        self._pay(self.a)
        self.assertEqual((dispute.state, dispute.amount_paid), ("settled", 30.0))
        self._item(self.a).remove_move_reconcile()
        self.assertEqual((dispute.state, dispute.amount_withheld), ("open", 30.0))

    def test_open_disputes_are_no_part_of_the_days_to_close(self):
        closed = self._dispute((self.a, 30), date=self.today - timedelta(6))
        closed.action_refuse("The order says so")
        waiting = self._dispute((self.a, 20), date=self.today - timedelta(9))
        disputes = self.env["credit.dispute"].with_user(self.collector)
        quick = self._dispute((self.a, 10))
        quick.action_refuse("Said at once")
        domain = [("id", "in", (closed | waiting | quick).ids)]
        [[days]] = disputes._read_group(domain, [], ["days_to_close:avg"])
        self.assertEqual(days, 3.0)

    def test_a_discount_ends_a_dispute_like_a_credit_note(self):
        dispute = self._dispute((self.a, 30))
        dispute.action_accept(decision="discount", reason="A gesture")
        self.assertEqual(
            (dispute.state, dispute.decision, dispute.amount_accepted, dispute.amount_refused),
            ("accepted", "discount", 30.0, 0.0),
        )
        self.assertEqual(self._asked(self._run()), {self._item(self.a): 70.0})
        dispute.with_user(self.accountant).action_credit_note()
        dispute.credit_move_ids.sudo().with_user(self.accountant).action_post()
        self.assertEqual((dispute.amount_withheld, dispute.date_closed), (0.0, self.today))
        self.assertEqual(self._item(self.a).amount_residual, 70.0)
        self.assertEqual(self._asked(self._run(1)), {self._item(self.a): 70.0})

    def test_a_cancelled_dispute_leaves_nothing_alone(self):
        dispute = self._dispute((self.a, 30))
        dispute.action_cancel()
        self.assertEqual((dispute.state, dispute.amount_withheld), ("cancelled", 0.0))

    def test_no_more_is_accepted_than_is_disputed(self):
        dispute = self._dispute((self.a, 30))
        for amount in (0, 31):
            with self.subTest(amount), self.assertRaisesRegex(UserError, "up to the"):
                dispute.action_accept(amount)

    # === ANSWERS THAT DO NOT ADD UP === #

    def test_no_more_is_disputed_than_is_open(self):
        with self.assertRaisesRegex(ValidationError, "Enter that amount or less"):
            self._dispute((self.a, 130))
        self._dispute((self.a, 80))
        with self.assertRaisesRegex(ValidationError, "not yet disputed"):
            self._dispute((self.a, 30))
        with self.assertRaisesRegex(ValidationError, "Add the disputed items"):
            self._dispute()

    def test_items_of_others_are_refused(self):
        other = self._invoice(100, customer=self._customer("Another"))
        with self.assertRaisesRegex(ValidationError, "is not owed by Customer"):
            self._dispute(other)
        theirs = self.setup_other_company()["company"]
        with self.assertRaisesRegex(ValidationError, "is not owed by Customer to"):
            self._dispute(self.a, company_id=theirs.id, user=self.env.ref("base.user_root"))

    def test_a_dispute_has_days_that_can_be(self):
        for values, words in (
            ({"date": self.today + timedelta(1)}, "not opened in the future"),
            ({"date_target": self.today - timedelta(1)}, "lies before its opening"),
            ({"date_target": "2099-01-01"}, "more than two years after"),
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, words):
                self._dispute((self.a, 30), **values)

    def test_amounts_are_numbers(self):
        for amount in (float("nan"), float("inf"), 1e308):
            for record in (self._dispute, lambda item: self._promise(item[1], item)):
                with self.subTest(amount), self.assertRaisesRegex(UserError, "number"):
                    record((self.a, amount))

    # === PEOPLE === #

    def test_the_owner_is_asked_until_the_target_date(self):
        category = self.env.ref("credit_collection.dispute_category_quantity")
        category.sudo().write({"owner_id": self.owner.id, "target_days": 7})
        dispute = self._dispute((self.a, 30), category="quantity")
        self.assertEqual((dispute.owner_id, dispute.team), (self.owner, "logistics"))
        self.assertRecordValues(
            dispute.activity_ids,
            [{"user_id": self.owner.id, "date_deadline": self.today + timedelta(7)}],
        )
        dispute.activity_ids.action_done()
        self.env["credit.dispute"].sudo()._cron_watch()
        self.assertEqual(len(dispute.activity_ids), 1)
        dispute.action_refuse()
        self.assertFalse(dispute.activity_ids)

    def test_the_owner_sees_its_dispute_and_answers_and_no_more(self):
        mine = self._dispute((self.a, 30), owner_id=self.owner.id)
        other = self._dispute((self.a, 20))
        seen = self.env["credit.dispute"].with_user(self.owner)
        self.assertEqual(seen.search([]), mine)
        self.assertEqual(mine.with_user(self.owner).line_ids.document_name, self.a.name)
        self.assertIn("access_token", mine.with_user(self.owner).action_open_documents()["url"])
        mine.with_user(self.owner).message_post(body="Delivered twice")
        mine.with_user(self.owner).write({"owner_opinion": "right", "owner_answer": "Sent twice"})
        for act in (
            lambda: mine.with_user(self.owner).write({"date_target": self.today}),
            lambda: other.with_user(self.owner).read(["amount"]),
            lambda: other.with_user(self.owner).action_open_documents(),
            lambda: mine.with_user(self.owner).unlink(),
            lambda: self.a.with_user(self.owner).read(["amount_total"]),
            lambda: self._dispute((self.a, 5), user=self.owner),
            lambda: mine.with_user(self.owner).action_credit_note(),
        ):
            with self.assertRaises(AccessError):
                act()
        for act in ("action_accept", "action_refuse", "action_cancel"):
            with (
                self.subTest(act),
                self.assertRaisesRegex(UserError, "Only a collector can decide"),
            ):
                getattr(mine.with_user(self.owner), act)()

    def test_the_owner_works_in_the_form(self):
        dispute = self._dispute((self.a, 30), owner_id=self.owner.id)
        with Form(dispute.with_user(self.owner)) as form:
            form.owner_opinion = "part"
            form.cause_id = self.env.ref("credit_collection.dispute_cause_picking")
        self.assertEqual(dispute.owner_opinion, "part")

    def test_a_salesperson_opens_disputes_for_own_customers(self):
        with self.assertRaises(AccessError):
            self._dispute((self.a, 30), user=self.salesperson)
        self.customer.user_id = self.salesperson
        dispute = self._dispute((self.a, 30), user=self.salesperson, source="sales")
        self.assertEqual(dispute.owner_id, self.salesperson)

    def test_what_was_decided_is_not_typed(self):
        dispute = self._dispute((self.a, 30))
        for values in ({"state": "refused"}, {"amount_accepted": 5.0}, {"decision": "discount"}):
            with self.subTest(values), self.assertRaisesRegex(AccessError, "cannot be edited"):
                dispute.write(values)
        with self.assertRaisesRegex(UserError, "can no longer be changed"):
            dispute.line_ids = False
        for user in (self.collector, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                dispute.with_user(user).unlink()

    # === SCREENS === #

    def test_lines_are_typed_in_the_list_of_an_empty_form(self):
        """The client turns a list whose lines its user may not write into a window for each line."""
        for model, user in (
            ("credit.dispute", self.collector),
            ("credit.dispute", self.salesperson),
            ("credit.promise", self.collector),
            ("credit.payment.plan", self.collector),
        ):
            with self.subTest(model, user=user.login):
                arch = self.env[model].with_user(user).get_view(view_type="form")["arch"]
                [lines] = etree.fromstring(arch).xpath("//field[@name='line_ids']/list")
                self.assertEqual((lines.get("editable"), lines.get("edit")), ("bottom", None))

    def test_an_invoice_is_disputed_from_its_form(self):
        context = self.a.with_user(self.collector).action_open_dispute()["context"]
        with Form(
            self.env["credit.dispute"].with_user(self.collector).with_context(**context)
        ) as form:
            form.category_id = self.env.ref("credit_collection.dispute_category_quality")
        self.assertEqual(form.record.amount, 100.0)
        self._pay(self.a)
        with self.assertRaisesRegex(UserError, "Nothing is open on"):
            self.a.with_user(self.collector).action_open_dispute()

    def test_an_empty_form_is_filled_in_and_decided(self):
        with Form(self.env["credit.dispute"].with_user(self.collector)) as form:
            form.partner_id = self.customer
            form.category_id = self.env.ref("credit_collection.dispute_category_price")
            with form.line_ids.new() as line:
                line.item_id = self._item(self.a)
                line.amount = 40.0
        action = form.record.action_decide()
        wizard = self.env[action["res_model"]].with_user(self.collector)
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertEqual(form.amount, 40.0)
            form.decision = "refusal"
            form.reason = "The order says so"
        form.record.action_decide()
        self.assertEqual(form.record.dispute_id.state, "refused")

    # === AT THE GATE === #

    def test_a_large_disputed_share_holds_an_order(self):
        self._policy(disputed_share={"threshold": 25})
        self._dispute((self.a, 25))
        order = self._order(10)
        order.action_confirm()
        self.assertPassed(order)
        self._dispute((self.a, 5))
        order = self._order(10)
        order.action_confirm()
        self.assertHeld(order, "disputed_share")

    def test_disputes_leave_the_exposure_where_the_policy_says_so(self):
        dispute = self._dispute((self.a, 30))
        self.assertExposure(receivable=100.0)
        self.policy.sudo().count_disputed = True
        self.assertExposure(receivable=100.0, disputed=-30.0)
        dispute.action_refuse()
        self.assertExposure(receivable=100.0)

    def test_what_is_disputed_is_overdue_unless_the_policy_leaves_it_out(self):
        policy = self._policy(overdue_days={"threshold": 5})
        dispute = self._dispute((self.a, 100))
        file = self._profile()
        self.assertConfirmHeld("overdue_days")
        self.assertEqual(self._overdue(file), [(100.0, 20)] * 2)
        policy.count_disputed = True
        order = self._order(10)
        order.action_confirm()
        self.assertPassed(order)
        self.assertEqual(self._overdue(file), [(0.0, 0)] * 2)
        self._invoice(50, days_late=10)
        self.assertEqual(self._overdue(file), [(50.0, 10)] * 2)
        dispute.action_refuse()
        self.assertConfirmHeld("overdue_days")
        self.assertEqual(self._overdue(file), [(150.0, 20)] * 2)

    def test_only_the_disputed_part_is_not_overdue(self):
        policy = self._policy(overdue_amount={"threshold": 80})
        policy.count_disputed = True
        file = self._profile()
        self.assertConfirmHeld("overdue_amount")
        self._dispute((self.a, 30))
        order = self._order(10)
        order.action_confirm()
        self.assertPassed(order)
        self.assertEqual(self._overdue(file), [(70.0, 20)] * 2)

    def assertConfirmHeld(self, kind):
        order = self._order(10)
        order.action_confirm()
        self.assertHeld(order, kind)

    def _overdue(self, file):
        """What the file says, and what lists are sorted and searched by."""
        self.env.flush_all()
        file.invalidate_recordset()
        [(_id, *listed)] = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) y WHERE y.id = %s",
                self.env["credit.position"]._list_sql("late", self.today),
                file.id,
            )
        )
        return [(file.overdue, file.oldest_due_days), (float(listed[0]), listed[1])]


@tagged("post_install", "-at_install")
class TestDisputedCharges(LateCommon, AnswerCommon):
    """No late charge on what is disputed; refused, charges run as if nothing had been."""

    def test_the_customer_is_not_proposed_as_a_recipient_of_the_discussion(self):
        dispute = self._dispute(self._invoice(100, days_late=3))
        self.customer.sudo().email = "customer@example.com"
        found = dispute._message_get_suggested_recipients(reply_discussion=True)
        self.assertNotIn(self.customer.id, [each["partner_id"] for each in found])

    def test_what_a_salesperson_opens_is_followed_by_the_customer_s_collector(self):
        self._profile(analyst_id=self.collector.id)
        invoice = self._invoice(100, days_late=3)
        self.customer.sudo().user_id = self.salesperson
        dispute = self._dispute(invoice, user=self.salesperson)
        self.assertEqual((dispute.user_id, dispute.source), (self.collector, "sales"))

    def test_charges_leave_out_the_disputed_part_until_it_is_refused(self):
        self._procedure()
        bill = self._invoice(100, days_late=40)
        measure = self.env["credit.late.charge"]
        item = self._item(bill)
        self._late_policy()
        before = measure._measure(item, self.today)[item.id].owed
        dispute = self._dispute((bill, 30))
        self.assertEqual(measure._measure(item, self.today)[item.id].owed, before - 30)
        dispute.action_refuse()
        self.assertEqual(measure._measure(item, self.today)[item.id].owed, before)
