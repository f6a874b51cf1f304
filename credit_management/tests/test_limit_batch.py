from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestLimitBatch(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._customer("Second")
        cls.both = cls.customer | cls.second

    def _batch(self, user=None, customers=None, **values):
        """The wizard as opened from the list of credit files, at its preview."""
        files = self.env["credit.profile"].sudo()._ensure(customers or self.both, self.company)
        batch = (
            self.env["credit.limit.batch"]
            .with_user(user or self.manager)
            .with_context(active_model="credit.profile", active_ids=files.ids)
            .create({"reason": "Yearly review", **values})
        )
        batch.action_preview()
        return batch

    def _confirm(self, batch):
        action = batch.action_confirm()
        return self.env["credit.limit"].sudo().search(action["domain"], order="id")

    def _line(self, batch, customer=None):
        customer = customer or self.customer
        return batch.line_ids.filtered(lambda line: line.partner_id == customer)

    def test_a_percentage_rounded_up(self):
        self._limit(1000.0)
        self._limit(1234.0, self.second)
        self._invoice(200.0)
        batch = self._batch(
            method="percent", value=10.0, rounding_step=100.0, rounding_direction="up"
        )
        self.assertRecordValues(
            batch.line_ids,
            [
                {"current_limit": 1000.0, "amount": 1100.0, "exposure": 200.0, "available": 900.0},
                {"current_limit": 1234.0, "amount": 1400.0, "exposure": 0.0, "available": 1400.0},
            ],
        )
        self.assertEqual((batch.good_count, batch.problem_count, batch.at_once_count), (2, 0, 2))
        limits = self._confirm(batch)
        self.assertEqual(limits.mapped("state"), ["approved", "approved"])
        self.assertEqual(limits.mapped("amount"), [1100.0, 1400.0])
        self.assertEqual(self._profile().credit_limit, 1100.0)
        self.assertEqual(limits[0].previous_limit, 1000.0)

    def test_what_is_above_ones_authority_waits_for_somebody(self):
        self.env["credit.authority"].sudo().create(
            {"user_id": self.analyst.id, "max_limit": 500, "allow_own_limits": True}
        )
        self._limit(400.0)
        self._limit(600.0, self.second)
        batch = self._batch(self.analyst, method="add", value=100.0)
        self.assertEqual(
            [(line.at_once, bool(line.decider)) for line in batch.line_ids],
            [(True, True), (False, True)],
        )
        limits = self._confirm(batch)
        self.assertEqual(limits.mapped("state"), ["approved", "requested"])
        self.assertFalse(limits[0].activity_ids)
        self.assertTrue(limits[1].activity_ids)

    def test_all_or_nothing(self):
        self._limit(400.0)
        self._limit(50.0, self.second)
        batch = self._batch(method="add", value=-100.0)
        self.assertIn("cannot be negative", self._line(batch, self.second).problem)
        journal = self.env["credit.limit"].sudo()
        before = journal.search_count([])
        with self.assertRaisesRegex(
            UserError, r"Nothing was saved(.|\n)*Second.*cannot be negative"
        ):
            batch.action_confirm()
        self.assertEqual(journal.search_count([]), before)
        batch.scope = "good"
        self.assertEqual(self._confirm(batch).mapped("amount"), [300.0])

    def test_a_row_is_mended_or_removed(self):
        self._limit(400.0)
        batch = self._batch(method="add", value=100.0)
        line = self._line(batch, self.second)
        self.assertIn("no limit to change", line.problem)
        line.amount = 80.0
        self.assertFalse(line.problem)
        self._line(batch).unlink()
        self.assertEqual(self._confirm(batch).mapped("amount"), [80.0])

    def test_rows_that_nobody_could_approve_say_so(self):
        self._profile(credit_mode="prepaid")
        days = {"kind": "temporary", "date_to": self.today + timedelta(5)}
        batch = self._batch(value=100.0, **days)
        self.assertIn("prepayment", self._line(batch).problem)
        self.assertIn("revert", self._line(batch, self.second).problem)
        with self.assertRaisesRegex(UserError, "2 rows"):
            batch.write({"scope": "good"})
            batch.action_confirm()

    def test_temporary_limits_that_would_overlap_say_so(self):
        for customer in self.both:
            self._limit(100.0, customer)
        days = {"kind": "temporary", "date_to": self.today + timedelta(5)}
        self._limit(500.0, **days)
        batch = self._batch(value=700.0, **days)
        self.assertIn("already has a temporary limit", self._line(batch).problem)
        self.assertFalse(self._line(batch, self.second).problem)

    def test_days_and_reason_are_asked_for(self):
        batch = self._batch(value=5.0, reason=False, date_to=self.today - timedelta(1))
        self.assertIn("before it begins", self._line(batch).problem)
        self.assertIn("reason", self._line(batch).problem)
        self._line(batch).write({"kind": "temporary", "date_to": False})
        self.assertIn("end date", self._line(batch).problem)

    def test_one_customer_has_one_row(self):
        batch = self._batch(value=5.0)
        self._line(batch).copy({"number": 9})
        batch.line_ids.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "same customer"):
            batch.action_confirm()

    def test_nobody_chosen_is_a_sentence(self):
        batch = self.env["credit.limit.batch"].with_user(self.manager).create({"reason": "x"})
        with self.assertRaisesRegex(UserError, "Choose the customers"):
            batch.action_preview()
        with self.assertRaisesRegex(UserError, "no row"):
            batch.action_confirm()

    def test_the_form_goes_there_and_back(self):
        self._limit(100.0)
        files = self._profile()
        context = {"active_model": "credit.profile", "active_ids": files.ids}
        wizard = self.env["credit.limit.batch"].with_user(self.manager).with_context(**context)
        form = Form(wizard)
        form.method = "add"
        form.value = 50.0
        form.reason = "More"
        batch = form.save()
        self.assertEqual(batch.action_preview()["res_id"], batch.id)
        with Form(batch) as preview, preview.line_ids.edit(0) as line:
            self.assertEqual(line.amount, 150.0)
            line.amount = 175.0
            self.assertEqual(line.available, 175.0)
        self.assertEqual(self._confirm(batch).amount, 175.0)
        batch.action_back()
        self.assertEqual(batch.state, "setup")

    def test_only_credit_people_change_limits(self):
        batch = self._batch(value=5.0)
        with self.assertRaises(AccessError):
            self.env["credit.limit.batch"].with_user(self.salesperson).create({"reason": "x"})
        with self.assertRaises(AccessError):
            batch.with_user(self.salesperson).action_confirm()

    def test_rows_of_a_company_one_does_not_work_in_show_nothing(self):
        other = self.setup_other_company()["company"]
        self.env["credit.profile"].sudo()._ensure(self.customer, other)
        batch = self._batch(self.analyst, value=5.0)
        line = self._line(batch)
        line.company_id = other
        self.assertFalse(line.has_limit or line.exposure)
        with self.assertRaisesRegex(UserError, "no access to the company"):
            batch.action_confirm()

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        counts = []
        for size in (3, 9):
            customers = self.env["res.partner"].create(
                [{"name": f"Customer {n}", "is_company": True} for n in range(size)]
            )
            batch = self._batch(value=5.0, customers=customers)
            self._queries(batch.line_ids)
            counts.append(self._queries(batch.line_ids))
        self.assertEqual(*counts)

    def test_granting_costs_no_query_more_for_each_limit(self):
        counts = []
        for size in (3, 3, 12):
            customers = self.env["res.partner"].create(
                [{"name": f"Customer {n}", "is_company": True} for n in range(size)]
            )
            batch = self._batch(value=5.0, customers=customers)
            self.env.flush_all()
            before = self.cr.sql_log_count
            batch.action_confirm()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[2], counts[1] + 3, "a few for what is flushed together")

    def _queries(self, lines):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        lines.read(["current_limit", "available", "decider", "problem"])
        return self.cr.sql_log_count - before
