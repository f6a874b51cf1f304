from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestMerge(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls._customer("Double")
        cls.clerk = cls._user("clerk", "base.group_partner_manager,base.group_user")
        # where a website is installed, Odoo's merge reads its visitors with the user's own rights
        website = cls.env.ref("website.group_website_designer", raise_if_not_found=False)
        cls.clerk.sudo().group_ids |= website or cls.env["res.groups"]

    def _merge(self, *merged, kept=None, user=None):
        """Merge partners into one, through the wizard, as a user without any right on credit."""
        kept = kept or self.customer
        partners = self.env["res.partner"].union(*merged) | kept
        self.env.flush_all()
        wizard = (
            self.env["base.partner.merge.automatic.wizard"]
            .with_user(user or self.clerk)
            .create(
                {
                    "partner_ids": [Command.set(partners.ids)],
                    "dst_partner_id": kept.id,
                    "state": "selection",
                }
            )
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual(partners.exists(), kept)

    def _files(self, customer=None):
        return (
            self.env["credit.profile"]
            .sudo()
            .search([("partner_id", "=", (customer or self.customer).id)])
        )

    def _last_message(self):
        return self._files().message_ids[0].body

    def test_a_merge_waits_for_a_decision_as_long_as_the_gate_and_others_as_before(self):
        asked = []
        execute = self.env.cr.execute

        def note(query, *args, **kwargs):
            if isinstance(query, SQL) and "FOR UPDATE" in query.code:
                execute("SELECT current_setting('lock_timeout')")
                asked.append(self.env.cr.fetchone()[0])
            return execute(query, *args, **kwargs)

        self._profile(self.double)
        with patch.object(self.env.cr, "execute", note):
            self._merge(self.double)
        self.assertEqual(asked, [self.env["credit.gate"]._lock_timeout])
        execute("SELECT current_setting('lock_timeout')")
        self.assertEqual(self.env.cr.fetchone()[0], "0")

    def test_the_kept_files_limit_counts(self):
        mine, other = self._limit(100.0), self._limit(900.0, self.double)
        self._merge(self.double)
        profile = self._files()
        self.assertEqual(profile.credit_limit, 100.0)
        self.assertEqual(profile.limit_ids, mine | other)
        self.assertEqual((other.state, other.partner_id), ("superseded", self.customer))
        self.assertIn("whose own limits count", other.decision_note)
        self.assertEqual(self.customer.sudo().credit_limit, 100.0, "Odoo's own field too")
        self.assertFalse(profile.limit_ids.filtered(lambda limit: limit.state == "requested"))

    def test_a_file_without_decision_takes_the_others(self):
        self._profile()
        limit = self._limit(900.0, self.double)
        self._merge(self.double)
        self.assertRecordValues(self._files(), [{"credit_mode": "limited", "credit_limit": 900.0}])
        self.assertEqual(limit.state, "approved")

    def test_unlimited_by_decision_stays_unlimited(self):
        self._limit(900.0, self.double)
        self._profile(credit_mode="unlimited")
        self._merge(self.double)
        self.assertEqual(self._files().credit_mode, "unlimited")
        self.assertFalse(self.customer.sudo().credit_limit)
        self.assertFalse(self._files().limit_ids.filtered(lambda limit: limit.state == "requested"))

    def test_a_file_moves_to_a_customer_without_one(self):
        limit = self._limit(900.0, self.double)
        profile = limit.profile_id
        self._merge(self.double)
        self.assertEqual(self._files(), profile)
        self.assertEqual((limit.partner_id, limit.state), (self.customer, "approved"))
        self.assertEqual(self.customer.sudo().credit_limit, 900.0)
        self.assertIn("Double", self._last_message())

    def test_files_of_other_companies_move(self):
        other = self.setup_other_company()["company"]
        theirs = self.env["credit.profile"].sudo()._ensure(self.double, other)
        mine = self._profile()
        self._profile(self.double)
        self._merge(self.double)
        self.assertEqual(self._files(), mine | theirs)

    def test_three_become_one(self):
        third = self._customer("Third")
        limits = self._limit(1.0) | self._limit(2.0, self.double) | self._limit(3.0, third)
        self._merge(self.double, third)
        self.assertEqual(self._files().limit_ids, limits)
        self.assertEqual(self._files().credit_limit, 1.0)

    def test_holds_messages_and_activities_move(self):
        self._limit(10.0)
        self._limit(10.0, self.double)
        order = self._order(50.0, self.double)
        order.action_confirm()
        hold = self.assertHeld(order)
        theirs = hold.profile_id
        theirs.message_post(body="Called the accountant")
        activity = theirs.activity_schedule("mail.mail_activity_data_call", user_id=self.analyst.id)
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create({"name": "Balance", "res_model": theirs._name, "res_id": theirs.id})
        )
        self._merge(self.double)
        kept = self._files()
        self.assertFalse(theirs.exists())
        self.assertEqual((hold.profile_id, hold.partner_id), (kept, self.customer))
        self.assertHeld(order)
        self.assertIn(activity, kept.activity_ids)
        self.assertEqual(attachment.res_id, kept.id)
        self.assertIn("Called the accountant", " ".join(kept.message_ids.mapped("body")))
        hold.with_user(self.manager).action_release("One customer now")
        self.assertPassed(order)

    def test_the_more_severe_status_wins_and_says_so(self):
        self._limit(100.0)
        self._profile(self.double, status="legal", status_reason="Before the court")
        self._merge(self.double)
        self.assertRecordValues(
            self._files(), [{"status": "legal", "status_reason": "Before the court"}]
        )
        self.assertIn("more severe", self._last_message())

    def test_the_first_insolvency_judgment_counts(self):
        self._profile(insolvency_date="2025-03-01", insolvency_kind="liquidation")
        self._profile(self.double, insolvency_date="2025-01-01")
        self._merge(self.double)
        self.assertRecordValues(
            self._files(),
            [
                {
                    "insolvency_date": fields.Date.to_date("2025-01-01"),
                    "insolvency_kind": "liquidation",
                }
            ],
        )

    def test_proceedings_need_the_date_of_their_judgment(self):
        with self.assertRaisesRegex(ValidationError, "date of the judgment"):
            self._profile(insolvency_kind="safeguard")

    def test_a_milder_status_does_not(self):
        self._profile(status="blocked", status_reason="Bounced")
        self._profile(self.double, status="watch", status_reason="Slow")
        self._merge(self.double)
        self.assertEqual(self._files().status_reason, "Bounced")

    def test_what_was_not_decided_is_taken_over(self):
        risk_class = self.env["credit.risk.class"].sudo().create({"name": "Class"})
        self._profile(review_date=self.today)
        self._profile(
            self.double,
            review_date=self.today + timedelta(9),
            risk_class_id=risk_class.id,
            analyst_id=self.analyst.id,
        )
        self._merge(self.double)
        self.assertRecordValues(
            self._files(),
            [
                {
                    "review_date": self.today,
                    "risk_class_id": risk_class.id,
                    "analyst_id": self.analyst.id,
                }
            ],
        )

    def test_groups_follow(self):
        third, head = self._customer("Third"), self._customer("Head")
        theirs, group = self._profile(self.double), self._profile(head)
        theirs.with_user(self.manager).parent_id = group
        member = self._profile(third, parent_id=theirs.id)
        mine = self._profile()
        self._merge(self.double)
        self.assertEqual((mine.parent_id, member.parent_id), (group, mine))

    def test_a_group_merged_with_its_member_is_no_loop(self):
        theirs = self._profile(self.double)
        mine = self._profile(parent_id=theirs.id)
        self._merge(self.double)
        self.assertFalse(mine.parent_id)
        self._profile(self._customer("Third"), parent_id=mine.id)
        third = mine.child_ids.partner_id
        self._merge(third)
        self.assertFalse(mine.parent_id | mine.child_ids)

    def test_overlapping_temporary_limits_do_not_stop_a_merge(self):
        self._limit(10.0)
        self._limit(10.0, self.double)
        days = {"kind": "temporary", "date_to": self.today + timedelta(5)}
        self._limit(50.0, **days)
        asked = (
            self.env["credit.limit"]
            .with_user(self.analyst)
            .create(
                {"profile_id": self._profile(self.double).id, "amount": 70, "reason": "X", **days}
            )
        )
        asked.action_request()
        self._merge(self.double)
        self.assertEqual(asked.sudo().state, "superseded")
        self.assertEqual(self._files().credit_limit, 50.0)

    def test_requests_still_wait(self):
        self._limit(10.0)
        asked = (
            self.env["credit.limit"]
            .with_user(self.analyst)
            .create({"profile_id": self._profile(self.double).id, "amount": 70, "reason": "X"})
        )
        asked.action_request()
        self._merge(self.double)
        asked.with_user(self.manager).action_approve()
        self.assertEqual(self._files().credit_limit, 70.0)

    def test_a_customer_merged_into_a_contact_gives_its_file_to_the_contacts_customer(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        limit = self._limit(900.0, self.double)
        self._merge(self.double, kept=contact)
        self.assertEqual(self._files(), limit.profile_id)
        self.assertEqual(limit.partner_id, self.customer)

    def test_contacts_are_merged_as_in_odoo(self):
        contacts = self.env["res.partner"].create(
            [{"name": "Contact", "parent_id": self.customer.id} for _n in range(2)]
        )
        self._limit(5.0)
        self._merge(contacts[0], kept=contacts[1])
        self.assertEqual(self._files().credit_limit, 5.0)

    def test_without_files_odoos_merge_is_unchanged(self):
        self._merge(self.double)
        self.assertFalse(self._files())

    def test_an_administrator_of_accounts_merges_without_a_request(self):
        boss = self._user(
            "boss",
            "base.group_partner_manager,base.group_system,account.group_account_manager",
        )
        self._profile()
        self._limit(900.0, self.double)
        self._limit(100.0)
        self._merge(self.double, user=boss)
        self.assertEqual(self._files().credit_limit, 100.0)
        self.assertFalse(self._files().limit_ids.filtered(lambda limit: limit.state == "requested"))

    def test_who_merges_reads_no_credit(self):
        self._limit(100.0)
        self._limit(900.0, self.double)
        self._merge(self.double)
        for model in ("credit.profile", "credit.limit", "credit.hold"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.clerk).search([])
        messages = self.customer.with_user(self.clerk).message_ids
        self.assertNotIn("900", " ".join(messages.mapped("body")))
