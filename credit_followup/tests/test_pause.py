from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestPause(FollowupCommon):
    """Pauses, their end dates, and the review of pauses without one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure = cls._procedure([(8, "reminder", "email"), (15, "reminder", "email")])

    def _items(self, *domain):
        self.env.invalidate_all()
        return (
            self.env["credit.followup.item"]
            .with_user(self.collector)
            .search([("partner_id", "=", self.customer.id), *domain])
        )

    def test_a_paused_customer_is_left_out_until_the_pause_is_over(self):
        invoice = self._invoice(100, days_late=8)
        self._pause(3)
        run = self._run()
        self.assertFalse(run.notice_ids)
        self.assertExcluded(run, "paused")
        self.assertFalse(self._run(3).notice_ids)
        self.assertEqual(self._get_named(self._run(4)), {self._item(invoice): 8})

    def test_a_pause_may_be_of_one_item(self):
        paused, other = self._invoice(100, days_late=8), self._invoice(60, days_late=8)
        self._pause(items=self._item(paused))
        run = self._run()
        self.assertEqual(self._get_named(run), {self._item(other): 8})
        self.assertExcluded(run, "paused")

    def test_a_pause_that_has_not_begun_holds_nothing_back(self):
        invoice = self._invoice(100, days_late=8)
        self._pause(10, date_from=self.today + timedelta(2))
        self.assertEqual(self._get_named(self._run()), {self._item(invoice): 8})
        self.assertExcluded(self._run(2), "paused")

    def test_of_overlapping_pauses_the_longest_counts(self):
        self._invoice(100, days_late=8)
        self._pause(3)
        self._pause(9)
        self._pause(5)
        run = self._run()
        self.assertEqual(run.exclusion_ids.until, self.today + timedelta(10))
        [item] = self._items()
        self.assertEqual(item.left_out_until, self.today + timedelta(9))
        self.assertEqual(item.next_date, self.today + timedelta(10))

    def test_a_pause_needs_an_end_or_an_owner(self):
        with self.assertRaisesRegex(ValidationError, "an owner who will review it"):
            self._pause(user_id=False)
        pause = self._pause(5)
        with self.assertRaisesRegex(ValidationError, "an owner who will review it"):
            pause.date_to = False
        pause.write({"date_to": False, "user_id": self.collector.id})

    @mute_logger("odoo.sql_db")
    def test_a_pause_does_not_end_before_it_begins(self):
        with self.assertRaises(CheckViolation):
            self._pause(-5, date_from=self.today)

    def test_the_owner_of_a_pause_without_an_end_is_asked_about_it(self):
        pause = self._pause()
        self.assertRecordValues(
            pause.activity_ids,
            [{"user_id": self.collector.id, "date_deadline": self.today + timedelta(30)}],
        )
        pause.activity_ids.action_done()
        self.assertFalse(pause.activity_ids)
        self.env["credit.followup.pause"].sudo()._cron_watch()
        self.assertEqual(len(pause.activity_ids), 1)
        pause.date_to = self.today
        self.assertFalse(pause.activity_ids)

    def test_a_pause_whose_owner_has_left_goes_to_the_analyst(self):
        owner = self._user("owner", "credit_management.group_credit_user")
        pause = self._pause(user_id=owner.id)
        owner.sudo().active = False
        self.env["credit.followup.pause"].sudo()._cron_watch()
        self.assertEqual(pause.user_id, owner)
        self.company.sudo().credit_management_analyst_id = self.collector
        self.env["credit.followup.pause"].sudo()._cron_watch()
        self.assertEqual(pause.user_id, self.collector)
        self.assertEqual(pause.activity_ids.user_id, self.collector)

    def test_a_pause_is_ended(self):
        invoice = self._invoice(100, days_late=8)
        pause, future = self._pause(), self._pause(9, date_from=self.today + timedelta(2))
        (pause | future).action_end()
        self.assertEqual(pause.date_to, self.today - timedelta(1))
        self.assertFalse(future.active)
        self.assertEqual(set((pause | future).mapped("state")), {"over"})
        self.assertEqual(self._get_named(self._run()), {self._item(invoice): 8})

    def test_a_pause_is_ended_or_archived_never_deleted(self):
        pause = self._pause()
        for user in (self.collector, self.manager, self.salesperson):
            with self.subTest(user.login), self.assertRaises(AccessError):
                pause.with_user(user).unlink()
        pause.with_user(self.collector).action_archive()
        self.assertEqual(pause.state, "over")

    def test_a_pause_is_of_the_customer_not_of_a_contact(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self.assertEqual(self._pause(5, customer=contact).partner_id, self.customer)

    def test_a_pause_names_items_of_its_customer(self):
        invoice = self._invoice(100, customer=self._customer("Another"))
        with self.assertRaisesRegex(ValidationError, "is not owed by Customer"):
            self._pause(5, items=self._item(invoice))

    def test_items_and_invoices_are_paused_from_their_screens(self):
        invoice = self._invoice(100, days_late=8)
        context = invoice.with_user(self.collector).action_followup_pause()["context"]
        pause = (
            self.env["credit.followup.pause"]
            .with_user(self.collector)
            .with_context(**context)
            .create({"reason": "Waits for a credit note"})
        )
        self.assertEqual(pause.item_ids, self._item(invoice))
        self.assertEqual(self._items().left_out, "paused")
        self._invoice(60, days_late=8, customer=self._customer("Another"))
        items = self.env["credit.followup.item"].with_user(self.collector).search([])
        with self.assertRaisesRegex(UserError, "one customer"):
            items.action_pause()
        context = self._profile().with_user(self.collector).action_pause_followup()["context"]
        self.assertEqual(context["default_partner_id"], self.customer.id)

    def test_the_file_ends_the_pauses_of_its_customer(self):
        profile = self._profile().with_user(self.collector)
        self._pause()
        profile.invalidate_recordset()
        self.assertTrue(profile.followup_is_paused)
        profile.action_end_followup_pauses()
        profile.invalidate_recordset()
        self.assertFalse(profile.followup_is_paused)
        with self.assertRaises(AccessError):
            profile.with_user(self.salesperson).action_end_followup_pauses()

    def test_a_pause_is_explained_by_a_reason_from_the_list(self):
        disputed = self.env.ref("credit_followup.credit_decision_reason_disputed")
        pauses = self.env["credit.followup.pause"].with_user(self.collector)
        pause = pauses.create(
            {
                "partner_id": self.customer.id,
                "date_to": self.today,
                "company_id": self.company.id,
                "reason_id": disputed.id,
            }
        )
        self.assertEqual(pause.reason, "Disputed")
        with Form(pause) as form:
            form.reason_id = self.env.ref("credit_followup.credit_decision_reason_promise")
            self.assertEqual(form.reason, "Promise of payment")
            form.reason = "Cheque announced for Friday"
            form.reason_id = disputed
            self.assertEqual(form.reason, "Cheque announced for Friday")
        groups = pauses._read_group([("id", "in", pause.ids)], ["reason_id"], ["__count"])
        self.assertEqual(groups, [(disputed, 1)])

    def test_the_picker_of_items_shows_due_date_and_balance(self):
        [field] = (
            Form(self._pause(3).with_user(self.collector))
            ._view["tree"]
            .xpath("//field[@name='item_ids']")
        )
        self.assertIn("view_account_move_line_pick", field.get("context"))
        arch = self.env.ref("credit_followup.view_account_move_line_pick").arch
        for name in ("move_id", "date_maturity", "amount_residual"):
            self.assertIn(f'name="{name}"', arch)

    # === WHAT ELSE IS LEFT OUT === #

    def test_odoo_s_own_mark_is_honoured_and_listed(self):
        invoice = self._invoice(100, days_late=8)
        invoice.no_followup = True
        run = self._run()
        self.assertExcluded(run, "no_followup")
        self.assertEqual(self._items(("left_out", "=", "no_followup")).move_id, invoice)
        self.assertEqual(self._items(("left_out_until", "=", False)).move_id, invoice)
        self.assertEqual(self._items(("next_date", "=", False)).move_id, invoice)
        invoice.no_followup = False
        self.assertEqual(self._get_named(self._run(1)), {self._item(invoice): 8})

    def test_an_invoice_with_a_payment_on_its_way_is_left_alone(self):
        self._invoice(100, days_late=8)
        invoice = self._invoice(60, days_late=8)
        for number, state in enumerate(("in_payment", "paid")):
            invoice.sudo().payment_state = state
            run = self._run(number)
            self.assertNotIn(self._item(invoice), self._get_named(run))
            self.assertExcluded(run, "in_payment")

    def test_what_was_moved_to_doubtful_customers_is_left_out(self):
        account = self.company_data["default_account_receivable"].sudo()
        self._invoice(100, days_late=8)
        account.doubtful_customers = True
        self.assertExcluded(self._run(), "doubtful")
        self.assertEqual(self._items().left_out, "doubtful")

    def test_nothing_that_comes_next_is_in_a_list(self):
        with_next = self._invoice(100, days_late=1)
        without = self._invoice(60, days_late=60)
        self._pause(items=self._item(without))
        self.assertEqual(self._items(("next_date", "=", False)).move_id, without)
        self.assertEqual(self._items(("next_date", "!=", False)).move_id, with_next)

    def test_the_sender_reads_what_is_open_and_left_out_now(self):
        paid, paused, open_ = (self._invoice(100, days_late=8) for _n in range(3))
        items = [self._item(invoice).id for invoice in (paid, paused, open_)]
        self._pay(paid)
        self._pay(open_, 40)
        self._pause(items=self._item(paused))
        facts = self.env["credit.followup.item"].sudo()
        self.assertEqual(facts._get_open(items), {items[1]: (100.0, 100.0), items[2]: (60.0, 60.0)})
        self.assertEqual(facts._get_left_out(items[1:]), {items[1]: "paused"})
