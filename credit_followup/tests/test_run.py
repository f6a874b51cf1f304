from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from psycopg2.errors import UniqueViolation

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestRun(FollowupCommon):
    """The life cycle of a run: prepared, approved in full or in part, cancelled; or unattended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure = cls._procedure(
            [(8, "reminder", "email"), (15, "firm", "letter"), (30, "firm", "call")]
        )
        cls.others = cls.env["res.partner"].create(
            [
                {"name": f"Other {n}", "is_company": True, "email": f"other{n}@example.com"}
                for n in range(5)
            ]
        )

    def _approve(self, run, user=None):
        return run.with_user(user or self.collector).action_approve()

    def _in_rpc(self, run):
        """A run as seen by another call."""
        self.env.flush_all()
        self.env.invalidate_all()
        return run.with_user(self.collector)

    # === PREPARED === #

    def test_a_run_is_prepared_and_shows_what_it_would_send(self):
        invoice = self._invoice(100, days_late=8)
        run = self.env["credit.followup.run"].with_user(self.collector).create({})
        self.assertEqual(run.state, "draft")
        run.action_prepare()
        self.assertEqual((run.state, run.date, run.progress), ("ready", self.today, 100.0))
        self.assertRecordValues(
            run.notice_ids,
            [
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "procedure_id": self.procedure.id,
                    "level_id": self.procedure.level_ids[0].id,
                    "stage": "reminder",
                    "channel": "email",
                    "date": self.today,
                    "amount": 100.0,
                    "state": "proposed",
                    "contact_ids": self.customer.ids,
                    "lang": "en_US",
                    "user_id": self.collector.id,
                    "create_uid": self.collector.id,
                }
            ],
        )
        self.assertRecordValues(
            run.notice_ids.line_ids,
            [
                {
                    "item_id": self._item(invoice).id,
                    "level_id": self.procedure.level_ids[0].id,
                    "level_days": 8,
                    "occurrence": 1,
                    "date": self.today,
                    "date_due": self.today - timedelta(8),
                    "amount": 100.0,
                    "cancelled": False,
                }
            ],
        )

    def test_a_run_counts_by_channel_and_by_reason(self):
        self._invoice(100, days_late=8)
        self._invoice(70, days_late=8, customer=self.others[0])
        self._invoice(50, days_late=3, customer=self.others[1])
        self._pause(customer=self.others[2])
        self._invoice(30, days_late=9, customer=self.others[2])
        run = self._run()
        self.assertRecordValues(
            run.channel_figure_ids, [{"channel": "email", "customer_count": 2, "amount": 170.0}]
        )
        self.assertRecordValues(
            run.reason_figure_ids.sorted("amount"),
            [
                {"reason": "paused", "customer_count": 1, "amount": 30.0},
                {"reason": "not_yet", "customer_count": 1, "amount": 50.0},
            ],
        )
        self.assertEqual((run.notice_count, run.proposed_count, run.amount), (2, 2, 170.0))
        self.assertEqual(run.exclusion_count, 2)
        action = run.reason_figure_ids.filtered(lambda row: row.reason == "paused").action_open()
        found = self.env["credit.followup.exclusion"].sudo().search(action["domain"])
        self.assertEqual(found.partner_id, self.others[2])

    def test_what_is_left_out_says_when_it_comes_back(self):
        self._invoice(50, days_late=3)
        self._pause(4, customer=self.others[0])
        self._invoice(30, days_late=9, customer=self.others[0])
        run = self._run()
        until = {row.reason: (row.until - self.today).days for row in run.exclusion_ids}
        self.assertEqual(until, {"not_yet": 5, "paused": 5})

    def test_a_run_may_be_for_some_customers_or_procedures(self):
        invoices = [self._invoice(100, days_late=8, customer=c) for c in self.others[:3]]
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.others[0].id})
        run = self._run(partner_ids=[Command.set(contact.ids)])
        self.assertEqual(run.notice_ids.partner_id, self.others[0])
        own = self._procedure([(5, "reminder", "email")], use=False)
        self._profile(self.others[1]).sudo().followup_procedure_id = own
        run = self._run(1, procedure_ids=[Command.set(own.ids)])
        self.assertEqual(self._get_named(run), {self._item(invoices[1]): 5})
        self.assertFalse(run.exclusion_ids)

    def test_items_of_a_branch_are_reminded_of_by_its_company(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        invoice = self._invoice(100, days_late=8)
        self.env.flush_all()
        for table in ("account_move", "account_move_line"):
            column = "id" if table == "account_move" else "move_id"
            query = SQL(
                "UPDATE %s SET company_id = %s WHERE %s = %s",
                SQL.identifier(table),
                branch.id,
                SQL.identifier(column),
                invoice.id,
            )
            self.env.cr.execute(query)
        self.env.invalidate_all()
        run = self._run()
        self.assertEqual(self._get_named(run), {self._item(invoice): 8})
        self.assertEqual(run.notice_ids.company_id, self.company)

    def test_prepared_again_it_forgets_what_it_proposed(self):
        first = self._invoice(100, days_late=8)
        run = self._run()
        self._pay(first)
        second = self._invoice(60, days_late=8)
        self._in_rpc(run).action_prepare()
        self.assertEqual(self._get_named(run), {self._item(second): 8})
        self.assertEqual(len(run.sudo().notice_ids), 1)

    def test_prepared_again_it_keeps_what_was_rejected_and_why(self):
        invoices = [self._invoice(100, days_late=8, customer=customer) for customer in self.others]
        run = self._run()
        rejected = run.notice_ids.filtered(lambda n: n.partner_id in self.others[3:])
        rejected.action_reject("They pay on Friday")
        self.patch(type(run), "_batch_items", 1)
        self._in_rpc(run).action_prepare()
        self.assertEqual(rejected.mapped("cancel_reason"), ["They pay on Friday"] * 2)
        self.assertEqual(self._get_named(run), {self._item(invoice): 8 for invoice in invoices})
        self.assertEqual((len(run.sudo().notice_ids), run.notice_count), (7, 5))

    def test_prepared_again_and_killed_it_goes_on_where_it_was(self):
        invoices = [self._invoice(100, days_late=8, customer=customer) for customer in self.others]
        run, build = self._begin()
        list(build)
        run.notice_ids[-1]._cancel("Rejected")
        run._start(self.today)
        self.assertEqual(run.customer_done, 0)
        next(run._build())
        run.invalidate_recordset()
        self.assertEqual(run.customer_done, 1)
        self.env.invalidate_all()
        self.assertEqual(sum(run._build()), 4)
        self.assertEqual(self._get_named(run), {self._item(invoice): 8 for invoice in invoices})

    def test_once_approved_it_is_not_prepared_again(self):
        self._invoice(100, days_late=8)
        run = self._run()
        self._approve(run)
        with self.assertRaisesRegex(UserError, "Start a new run"):
            run.action_prepare()

    def test_whom_a_run_is_for_is_chosen_before(self):
        run = self._run()
        with self.assertRaisesRegex(UserError, "Start a new run"):
            run.partner_ids = self.customer

    # === APPROVED === #

    def test_all_is_approved(self):
        self._invoice(100, days_late=8)
        self._invoice(100, days_late=8, customer=self.others[0])
        run = self._run()
        self._approve(run)
        self.assertEqual(set(run.notice_ids.mapped("state")), {"approved"})
        self.assertEqual(run.notice_ids.approved_by, self.collector)
        self.assertEqual(run.state, "sending")

    def test_some_are_approved_and_some_rejected(self):
        invoices = [self._invoice(100, days_late=8, customer=c) for c in self.others[:3]]
        run = self._run()
        by_customer = run.notice_ids.grouped("partner_id")
        by_customer[self.others[0]].action_approve()
        self.assertEqual(run.state, "ready")
        by_customer[self.others[1]].action_reject()
        by_customer[self.others[2]].action_reject()
        self.assertEqual(run.state, "sending")
        by_customer[self.others[0]].sudo().state = "sent"
        self.assertEqual(run.state, "done")
        self.assertEqual(self._get_named(run), {self._item(invoices[0]): 8})
        again = self._run(1)
        self.assertEqual(
            self._get_named(again), {self._item(invoices[1]): 8, self._item(invoices[2]): 8}
        )

    def test_none_is_approved(self):
        self._invoice(100, days_late=8)
        run = self._run()
        run.notice_ids.action_reject()
        self.assertEqual(run.state, "cancelled")

    def test_a_proposal_of_another_day_is_not_approved(self):
        self._invoice(100, days_late=9)
        run = self._run(-1)
        self.assertTrue(run.is_old)
        with self.assertRaisesRegex(UserError, "Prepare a new run today"):
            self._approve(run)
        with self.assertRaisesRegex(UserError, "Prepare a new run today"):
            run.notice_ids.action_approve()

    def test_a_later_run_takes_the_place_of_what_nobody_approved(self):
        invoice = self._invoice(100, days_late=9)
        former = self._run(-1)
        run = self._run()
        self.assertEqual(former.sudo().notice_ids.state, "cancelled")
        self.assertIn("Not approved in time", former.sudo().notice_ids.cancel_reason)
        self.assertEqual(former.state, "cancelled")
        self.assertRecordValues(
            run.notice_ids.line_ids,
            [{"item_id": self._item(invoice).id, "level_days": 8, "occurrence": 1}],
        )

    def test_what_waits_in_another_run_of_the_day_is_left_out(self):
        first = self._invoice(100, days_late=8)
        run = self._run()
        second = self._invoice(60, days_late=8)
        other = self._run()
        self.assertEqual(self._get_named(run), {self._item(first): 8})
        self.assertEqual(self._get_named(other), {self._item(second): 8})
        self.assertExcluded(other, "other_run")

    def test_a_cancelled_run_sends_nothing_more(self):
        invoice = self._invoice(100, days_late=8)
        self._invoice(100, days_late=8, customer=self.others[0])
        run = self._run()
        notices = run.notice_ids.grouped("partner_id")
        notices[self.customer].action_approve()
        notices[self.others[0]].action_approve()
        notices[self.others[0]].sudo().state = "sent"
        run.action_cancel()
        self.assertEqual(notices[self.customer].state, "cancelled")
        self.assertEqual(run.state, "done")
        self.assertEqual(self._get_named(self._run(1)), {self._item(invoice): 8})
        with self.assertRaisesRegex(UserError, "cannot be recalled"):
            run.action_cancel()

    def test_nothing_to_approve(self):
        run = self.env["credit.followup.run"].with_user(self.collector).create({})
        with self.assertRaisesRegex(UserError, "Prepare the run first"):
            run.action_approve()

    # === ADDRESSES, LANGUAGES, COLLECTORS === #

    def test_without_an_address_the_customer_is_listed(self):
        self.customer.email = False
        self._invoice(100, days_late=8)
        run = self._run()
        self.assertExcluded(run, "no_address")
        self.assertIn("Enter an e-mail address", run.exclusion_ids.detail)
        self.customer.write({"email": "not an address", "street": False})
        self.procedure.level_ids[0].letter_without_email = True
        self.assertExcluded(self._run(1), "no_address")

    def test_without_an_email_address_a_letter_may_go(self):
        self.customer.email = False
        self._invoice(100, days_late=8)
        self.procedure.level_ids[0].letter_without_email = True
        self.assertEqual(self._run().notice_ids.channel, "letter")

    def test_a_call_needs_no_address(self):
        self.customer.write({"email": False, "street": False})
        self.procedure.start = "reached"
        self._invoice(100, days_late=40)
        self.assertEqual(self._run().notice_ids.channel, "call")

    def test_a_notice_goes_to_the_invoice_address_or_whom_the_file_names(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        billing, clerk = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": self.customer.id,
                    "type": kind,
                    "email": f"{name}@example.com",
                    "lang": lang,
                }
                for name, kind, lang in (
                    ("billing", "invoice", "fr_FR"),
                    ("clerk", "other", "en_US"),
                )
            ]
        )
        self._invoice(100, days_late=8)
        notice = self._run().notice_ids
        self.assertEqual((notice.contact_ids, notice.lang), (billing, "fr_FR"))
        self._profile().sudo().followup_contact_ids = clerk
        notice = self._run(1).notice_ids
        self.assertEqual((notice.contact_ids, notice.lang), (clerk, "en_US"))

    def test_without_a_language_the_company_s_is_used(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.company.sudo().partner_id.lang = "fr_FR"
        self.customer.lang = False
        self._invoice(100, days_late=8)
        self.assertEqual(self._run().notice_ids.lang, "fr_FR")

    def test_a_collector_who_has_left_is_replaced(self):
        clerk, boss = (self._user(name, "credit_management.group_credit_user") for name in "ab")
        self._profile().sudo().analyst_id = clerk
        self._invoice(100, days_late=8)
        self.assertEqual(self._run().notice_ids.user_id, clerk)
        clerk.sudo().active = False
        self.assertEqual(self._run(1).notice_ids.user_id, self.collector)
        self.company.sudo().credit_management_analyst_id = boss
        self.assertEqual(self._run(2).notice_ids.user_id, boss)
        boss.sudo().active = False
        self.assertEqual(self._run(3).notice_ids.user_id, self.collector)

    # === KILLED, PAID, CHANGED MEANWHILE === #

    def _begin(self, batch_items=1):
        """A run in preparation, one customer at a time."""
        self.patch(type(self.env["credit.followup.run"]), "_batch_items", batch_items)
        run = self.env["credit.followup.run"].with_user(self.collector).create({}).sudo()
        run._start(self.today)
        return run, run._build()

    def test_a_run_that_was_killed_goes_on_where_it_was(self):
        invoices = [self._invoice(100, days_late=8, customer=c) for c in self.others]
        self._invoice(10, days_late=1, customer=self.others[1])
        run, build = self._begin()
        for _batch in range(2):
            next(build)
        build.close()
        self.assertEqual((run.state, len(run.notice_ids), run.customer_done), ("building", 2, 2))
        self.env.invalidate_all()
        self.assertEqual(sum(run._build()), 3)
        self.assertEqual(run.state, "ready")
        self.assertEqual(self._get_named(run), {self._item(invoice): 8 for invoice in invoices})
        self.assertEqual(len(run.exclusion_ids), 1)

    def test_paid_while_the_run_is_prepared(self):
        invoices = [self._invoice(100, days_late=8, customer=c) for c in self.others[:3]]
        run, build = self._begin()
        next(build)
        self._pay(invoices[1])
        self.assertEqual(sum(build), 2)
        self.assertEqual(
            self._get_named(run), {self._item(invoices[0]): 8, self._item(invoices[2]): 8}
        )

    def test_a_level_that_changes_while_the_run_is_prepared_counts_for_whom_comes_after(self):
        for customer in self.others[:2]:
            self._invoice(100, days_late=8, customer=customer)
        run, build = self._begin()
        next(build)
        self.procedure.level_ids[0].channel = "letter"
        self.others[1].write({"street": "1 Main Street", "city": "Paris"})
        list(build)
        self.assertEqual(run.notice_ids.sorted("id").mapped("channel"), ["email", "letter"])

    def test_a_level_of_notices_is_not_deleted(self):
        self._invoice(100, days_late=8)
        self._run_sent()
        level = self.procedure.level_ids[0].with_user(self.manager)
        for record in (level, self.procedure.with_user(self.manager)):
            with self.subTest(record), self.assertRaisesRegex(UserError, "Archive it instead"):
                record.unlink()
        self.procedure.level_ids[-1:].with_user(self.manager).unlink()

    def test_a_level_that_is_archived_leaves_what_was_named(self):
        self._invoice(100, days_late=8)
        self._run_sent()
        self.procedure.level_ids[0].with_user(self.manager).action_archive()
        self.assertFalse(self._run(1).notice_ids)
        self.assertEqual(len(self._run(7).notice_ids), 1)

    def test_two_runs_are_not_prepared_at_once(self):
        self._invoice(100, days_late=8)
        run, _build = self._begin()
        other = self.env["credit.followup.run"].with_user(self.collector).create({})
        with self.assertRaisesRegex(UserError, "is being prepared"):
            other.action_prepare()
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            other.sudo().write({"state": "building"})
        run.with_user(self.collector).action_cancel()
        other.invalidate_recordset()
        other.action_prepare()
        self.assertEqual(other.state, "ready")

    def test_a_large_run_is_prepared_in_the_background(self):
        invoices = [self._invoice(100, days_late=8, customer=c) for c in self.others]
        self.patch(type(self.env["credit.followup.run"]), "_direct_items", 4)
        self.patch(type(self.env["credit.followup.run"]), "_batch_items", 1)
        run = self.env["credit.followup.run"].with_user(self.collector).create({})
        self.assertEqual(run.action_prepare()["tag"], "display_notification")
        self.assertEqual(run.state, "building")
        self._work()
        self.assertEqual(run.state, "ready")
        self.assertEqual(self._get_named(run), {self._item(invoice): 8 for invoice in invoices})

    def test_a_run_cancelled_while_it_is_prepared_leaves_nothing_to_approve(self):
        for customer in self.others:
            self._invoice(100, days_late=8, customer=customer)
        self.patch(type(self.env["credit.followup.run"]), "_direct_items", 0)
        self.patch(type(self.env["credit.followup.run"]), "_batch_items", 1)
        run = self.env["credit.followup.run"].with_user(self.collector).create({})
        run.action_prepare()
        build_batch = type(run)._build_batch

        def cancel_meanwhile(self, customer_ids):
            build_batch(self, customer_ids)
            if len(self.notice_ids) == 2:
                self.env.cr.execute(
                    "UPDATE credit_followup_run SET state = 'cancelled' WHERE id = %s", [self.id]
                )

        with patch.object(type(run), "_build_batch", cancel_meanwhile):
            self._work()
        self.assertEqual(run.state, "cancelled")
        self.assertEqual(run.sudo().notice_ids.mapped("state"), ["cancelled"] * 2)

    def _work(self):
        """Run the scheduler."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("credit_followup.ir_cron_run").method_direct_trigger()
        self.env.invalidate_all()

    # === UNATTENDED === #

    def _unattended(self):
        return self.env["credit.followup.run"].sudo().search([("unattended", "=", True)])

    def test_an_unattended_run_sends_what_needs_no_approval(self):
        self.company.sudo().credit_followup_unattended = True
        self.procedure.start = "reached"
        self.procedure.level_ids[1].automatic = False
        self._invoice(100, days_late=8)
        self._invoice(100, days_late=8, customer=self.others[0])
        self._invoice(100, days_late=15, customer=self.others[0])
        self.others[0].write({"street": "1 Main Street", "city": "Paris"})
        self._work()
        run = self._unattended()
        states = {notice.partner_id: notice.state for notice in run.notice_ids}
        self.assertEqual(states[self.others[0]], "proposed")
        self.assertIn(states[self.customer], ("approved", "sent"))
        self.assertEqual((run.state, run.date), ("ready", self.today))

    def test_an_unattended_run_is_done_once_a_day(self):
        self.company.sudo().credit_followup_unattended = True
        self._invoice(100, days_late=8)
        self._work()
        self._work()
        self.assertEqual(len(self._unattended()), 1)

    def test_an_unattended_run_that_comes_to_its_end_after_midnight_is_sent(self):
        self._invoice(100, days_late=9)
        run = self.env["credit.followup.run"].sudo().create({"unattended": True})
        run._start(self.today - timedelta(1))
        for _count in run._build():
            pass
        self.assertEqual((run.state, run.notice_ids.state), ("sending", "approved"))

    def test_an_unattended_run_waits_for_who_prepares_one_of_the_company(self):
        self.company.sudo().credit_followup_unattended = True
        self._invoice(100, days_late=8)
        triggers = self.env["ir.cron.trigger"].sudo()
        cron = self.env.ref("credit_followup.ir_cron_run")
        before = triggers.search_count([("cron_id", "=", cron.id)])
        model = type(self.env["credit.followup.run"])
        with patch.object(model, "_try_lock_company", lambda _run: False):
            self._work()
        self.assertFalse(self._unattended())
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)
        self._work()
        self.assertTrue(self._unattended().notice_ids)

    def test_only_companies_that_want_it_are_reminded_unattended(self):
        self._invoice(100, days_late=8)
        self._work()
        self.assertFalse(self._unattended())

    def test_a_low_automatic_level_does_not_carry_a_manual_one_along(self):
        self.company.sudo().credit_followup_unattended = True
        self.procedure.start = "reached"
        self.procedure.level_ids[0].automatic = False
        self._invoice(100, days_late=8)
        self._invoice(100, days_late=15)
        self._work()
        self.assertEqual(self._unattended().notice_ids.state, "proposed")

    # === WHO MAY === #

    def test_only_credit_users_prepare_and_approve(self):
        self._invoice(100, days_late=8)
        run = self._run()
        portal = self._user("portal", "base.group_portal")
        accountant = self._user("accountant", "account.group_account_invoice")
        for user in (self.salesperson, portal, accountant):
            with self.subTest(user.login):
                for action in ("action_prepare", "action_approve", "action_cancel"):
                    with self.assertRaises(AccessError):
                        getattr(run.with_user(user), action)()
                for action in ("action_approve", "action_reject"):
                    with self.assertRaises(AccessError):
                        getattr(run.notice_ids.with_user(user), action)()
                with self.assertRaises(AccessError):
                    self.env["credit.followup.run"].with_user(user).create({})
                with self.assertRaises(AccessError):
                    self.env["credit.followup.item"].with_user(user).search([])
                with self.assertRaises(AccessError):
                    self._pause_as(user)

    def _pause_as(self, user):
        return (
            self.env["credit.followup.pause"]
            .with_user(user)
            .create({"partner_id": self.customer.id, "reason": "x", "user_id": user.id})
        )

    def test_another_company_s_runs_are_nobody_else_s(self):
        other = self.setup_other_company()["company"]
        foreign = self._user("foreign", "credit_management.group_credit_user")
        foreign.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self._invoice(100, days_late=8)
        run = self._run()
        for action in ("action_prepare", "action_approve", "action_cancel"):
            with self.assertRaises(AccessError):
                getattr(run.with_user(foreign), action)()
        with self.assertRaises(AccessError):
            run.notice_ids.with_user(foreign).action_approve()
        theirs = self.env["credit.followup.run"].with_user(foreign).create({})
        self.assertEqual(theirs.company_id, other)
        theirs.action_prepare()
        self.assertFalse(theirs.notice_ids)
        self.assertFalse(theirs.exclusion_ids)
        items = self.env["credit.followup.item"].with_user(foreign)
        self.assertFalse(items.search([("partner_id", "=", self.customer.id)]))
        with self.assertRaises(AccessError):
            self.env["credit.followup.run"].with_user(foreign).create(
                {"company_id": self.company.id}
            )

    def test_states_and_days_are_not_typed(self):
        self._invoice(100, days_late=8)
        run = self._run()
        for values in ({"state": "done"}, {"date": self.today}, {"unattended": True}):
            with self.subTest(values), self.assertRaises(AccessError):
                run.write(values)
        with self.assertRaises(AccessError):
            run.notice_ids.with_user(self.collector).write({"state": "approved"})
        with self.assertRaises(AccessError):
            self.env["credit.followup.run"].with_user(self.collector).create({"state": "ready"})

    # === SCREENS === #

    def test_the_lists_open_for_a_collector(self):
        self._invoice(100, days_late=8)
        self._invoice(100, days_late=1)
        run = self._run().with_user(self.collector)
        for action in ("action_view_notices", "action_view_failed", "action_view_exclusions"):
            window = getattr(run, action)()
            self.env[window["res_model"]].with_user(self.collector).search(window["domain"])
        window = run.exclusion_ids.action_view_items()
        items = self.env["credit.followup.item"].with_user(self.collector).search(window["domain"])
        self.assertEqual(len(items), 2)
        self.assertEqual(items[0].action_open_document()["res_model"], "account.move")
        with self.assertRaises(AccessError):
            items[0].with_user(self.env.ref("base.public_user")).action_open_document()

    def test_names_are_in_the_user_s_language(self):
        run = self._run()
        self.assertEqual(
            run.name, "Reminders of " + fields.Date.to_date(run.date).strftime("%m/%d/%Y")
        )
