from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestLimit(CreditCommon):
    def _request(self, amount, **values):
        limit = (
            self.env["credit.limit"]
            .with_user(self.analyst)
            .create(
                {"profile_id": self._profile().id, "amount": amount, "reason": "Test", **values}
            )
        )
        limit.action_request()
        return limit

    def _mirrored(self, company=None):
        return self.customer.with_company(company or self.company).sudo().credit_limit

    def test_a_limit_counts_once_it_is_approved(self):
        limit = self._request(700.0)
        self.assertEqual(self._profile().credit_mode, "unlimited")
        limit.with_user(self.manager).action_approve()
        profile = self._profile()
        self.assertEqual((profile.credit_mode, profile.credit_limit), ("limited", 700.0))
        self.assertRecordValues(
            limit,
            [{"state": "approved", "requested_by": self.analyst.id, "decided_by": self.manager.id}],
        )

    def test_a_limit_above_the_authority_is_refused_with_who_may(self):
        self.env["credit.authority"].sudo().create(
            {"user_id": self.analyst.id, "max_limit": 500, "allow_own_limits": True}
        )
        self._request(500.0).with_user(self.analyst).action_approve()
        with self.assertRaisesRegex(AccessError, "must be decided by"):
            self._request(501.0).with_user(self.analyst).action_approve()

    def test_a_refusal_needs_its_reason(self):
        limit = self._request(700.0).with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Enter why"):
            limit.action_refuse()
        for note in ([], {"a": 1}, 7):
            with self.subTest(note), self.assertRaisesRegex(UserError, "Enter why"):
                limit.action_refuse(note)
        limit.action_refuse("No figures")
        self.assertEqual((limit.state, limit.decision_note), ("refused", "No figures"))
        with self.assertRaisesRegex(UserError, "already"):
            limit.action_approve()

    @mute_logger("odoo.sql_db")
    def test_below_zero_is_refused_everywhere(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._request(-1.0)
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.customer.sudo().credit_limit = -1.0
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.company.sudo().credit_management_default_limit = -1.0

    def test_zero_is_no_credit(self):
        self._limit(0.0)
        order = self._order(0.01)
        order.action_confirm()
        self.assertHeld(order, "over_limit")

    @mute_logger("odoo.sql_db")
    def test_dates_make_sense(self):
        with self.assertRaisesRegex(ValidationError, "end date"):
            self._request(1.0, kind="temporary")
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._request(1.0, kind="temporary", date_to=self.today - timedelta(1))
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._request(1.0, date_to=self.today - timedelta(1))

    def test_a_permanent_limit_that_expired_still_measures(self):
        last = self.today - timedelta(1)
        limit = self._limit(700.0, date_from=last - timedelta(9), date_to=last)
        profile = self._profile()
        self.assertEqual((profile.credit_mode, profile.credit_limit), ("limited", 700.0))
        self.assertEqual(profile.limit_ids._permanent_in_force(self.today), limit)

    def test_lists_and_the_rule_agree_on_the_limit_of_every_day(self):
        def day(number):
            return self.today + timedelta(number)

        self._limit(100.0, date_from=day(-9))
        self._limit(200.0, date_from=day(-5))
        self._limit(900.0, kind="temporary", date_from=day(-3), date_to=day(1))
        self._limit(300.0, date_from=day(3))
        profile = self._profile().sudo()
        customer = profile._get_customer()
        found = [
            profile._read_positions({customer}, day(n))[customer].credit_limit for n in range(-9, 5)
        ]
        self.assertEqual(found, [profile.limit_ids._in_force(day(n)).amount for n in range(-9, 5)])
        self.assertEqual(set(found), {100.0, 200.0, 900.0, 300.0})

    def test_temporary_limits_of_a_customer_do_not_overlap(self):
        self._limit(100.0)
        days = {"date_from": self.today, "date_to": self.today + timedelta(9)}
        first = self._limit(500.0, kind="temporary", **days)
        with self.assertRaisesRegex(
            ValidationError, r"already has a temporary limit of .*500.00.*approved"
        ):
            self._request(
                600.0, kind="temporary", date_from=days["date_to"], date_to=days["date_to"]
            )
        later = {"date_from": self.today + timedelta(10), "date_to": self.today + timedelta(10)}
        asked = self._request(600.0, kind="temporary", **later)
        with self.assertRaisesRegex(ValidationError, r"600.00.*requested"), self.cr.savepoint():
            self._request(700.0, kind="temporary", **later)
        asked.action_cancel()
        self._request(700.0, kind="temporary", **later)
        self._limit(900.0, **days)
        self.assertEqual(self._profile().credit_limit, first.amount, "a permanent one may overlap")

    def test_a_decided_limit_is_a_journal(self):
        limit = self._limit(100.0)
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            limit.with_user(self.analyst).write({"amount": 1000.0})
        with self.assertRaisesRegex(UserError, "kept as a record"):
            limit.with_user(self.manager).unlink()

    def test_nobody_types_a_decision(self):
        for values in ({"state": "approved"}, {"decided_by": self.analyst.id}):
            with self.assertRaisesRegex(AccessError, "cannot be edited"):
                self._request(10.0).write(values)
            with self.assertRaisesRegex(AccessError, "cannot be edited"):
                self._request(10.0, **values)

    # === THE MIRROR IN ODOO'S OWN FIELD === #

    def test_odoos_field_mirrors_the_limit_in_force(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self._limit(700.0)
        self.assertEqual((self._mirrored(), self._mirrored(branch)), (700.0, 700.0))
        self.assertEqual(contact.sudo().credit_limit, 700.0)
        self._profile(credit_mode="unlimited")
        self.assertEqual(self._mirrored(), 0.0)

    def test_the_mirror_follows_the_calendar(self):
        self._limit(700.0)
        limit = self._limit(900.0, kind="temporary", date_to=self.today)
        self.assertEqual(self._mirrored(), 900.0)
        limit.sudo().write(
            {"date_from": self.today - timedelta(9), "date_to": self.today - timedelta(1)}
        )
        with self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_limits").sudo().method_direct_trigger()
        self.assertEqual(self._mirrored(), 700.0)

    def test_writing_odoos_field_is_a_request(self):
        accountant = self._user(
            "accountant", "account.group_account_invoice,base.group_partner_manager"
        )
        self._limit(700.0)
        self.customer.with_user(accountant).write({"credit_limit": 5000.0, "ref": "kept"})
        self.assertEqual((self._mirrored(), self.customer.ref), (700.0, "kept"))
        asked = self._profile().limit_ids.filtered(lambda limit: limit.state == "requested")
        self.assertRecordValues(asked, [{"amount": 5000.0, "requested_by": accountant.id}])

    def test_writing_odoos_field_with_authority_is_a_decision(self):
        self.manager.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        self.customer.with_user(self.manager).write({"credit_limit": 800.0})
        self.assertEqual((self._mirrored(), self._profile().credit_limit), (800.0, 800.0))
        self.customer.with_user(self.manager).write({"credit_limit": 0.0})
        self.assertEqual((self._mirrored(), self._profile().credit_mode), (0.0, "unlimited"))

    def test_taking_a_limit_away_in_odoos_field_needs_a_manager(self):
        accountant = self._user(
            "accountant", "account.group_account_invoice,base.group_partner_manager"
        )
        self._limit(700.0)
        with self.assertRaisesRegex(AccessError, "credit manager"):
            self.customer.with_user(accountant).write({"credit_limit": 0.0})
        self.assertEqual(self._mirrored(), 700.0)

    def test_odoos_field_stays_closed_to_those_without_access_to_it(self):
        self.salesperson.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesperson).write({"credit_limit": 5.0})

    def test_a_customer_created_with_a_limit_asks_for_it(self):
        customer = self._customer("New", credit_limit=300.0)
        [limit] = self._profile(customer).limit_ids
        self.assertEqual((limit.amount, limit.state), (300.0, "requested"))

    def test_the_companys_default_is_odoos_fallback(self):
        self.company.sudo().write(
            {"credit_management_default_mode": "limited", "credit_management_default_limit": 250.0}
        )
        nobody = self._customer("Nobody decided")
        self.assertEqual(nobody.sudo().credit_limit, 250.0)
        self.company.sudo().credit_management_default_mode = "unlimited"
        nobody.invalidate_recordset()
        self.assertEqual(nobody.sudo().credit_limit, 0.0)

    def test_odoos_warning_on_invoices_is_ours(self):
        self.company.sudo().account_use_credit_limit = True
        self._limit(100.0)
        invoice = self._invoice(150.0, post=False)
        self.assertIn("over its credit limit", invoice.partner_credit_warning)
        self.assertFalse(
            self._invoice(50.0, post=False, customer=self._customer("Free")).partner_credit_warning
        )
        self.assertFalse(self._order(500.0).partner_credit_warning)

    def test_no_context_forges_a_decision(self):
        limits = self.env["credit.limit"].with_user(self.analyst)
        forged = {"default_state": "approved", "default_decided_by": self.manager.id}
        limit = limits.with_context(**forged).create(
            {"profile_id": self._profile().id, "amount": 1e6, "reason": "Forged"}
        )
        self.assertRecordValues(limit, [{"state": "draft", "decided_by": False}])

    def test_an_authority_withdrawn_stays_withdrawn(self):
        self.env["credit.authority"].sudo().create(
            {"user_id": self.analyst.id, "is_unlimited": True, "active": False}
        )
        limit = self._request(50.0)
        with self.assertRaises(AccessError):
            limit.with_user(self.analyst).with_context(active_test=False).action_approve()

    def test_what_was_requested_is_what_is_decided(self):
        limit = self._request(50.0)
        with self.assertRaisesRegex(UserError, "requested cannot be changed"):
            limit.with_user(self.analyst).amount = 5000.0

    def test_a_request_is_withdrawn_by_its_author_or_a_manager(self):
        other = self._user("other_analyst", "credit_management.group_credit_user")
        limit = self._request(50.0)
        with self.assertRaisesRegex(AccessError, "Only the requester"):
            limit.with_user(other).action_cancel()
        limit.with_user(self.analyst).action_cancel()
        self.assertEqual(limit.state, "cancelled")
        limit = self._request(60.0)
        limit.with_user(self.manager).action_cancel()
        self.assertEqual(limit.state, "cancelled")

    def test_a_limit_does_not_end_prepayment(self):
        self._profile(credit_mode="prepaid")
        limit = self._request(50.0)
        with self.assertRaisesRegex(UserError, "prepayment"):
            limit.with_user(self.manager).action_approve()
        self.assertEqual(self._profile().credit_mode, "prepaid")

    def test_a_temporary_limit_needs_one_to_fall_back_to(self):
        limit = self._request(50.0, kind="temporary", date_to=self.today)
        with self.assertRaisesRegex(UserError, "revert"):
            limit.with_user(self.manager).action_approve()

    def test_a_limit_for_later_begins_later(self):
        limit = self._request(50.0, date_from=self.today + timedelta(1))
        limit.with_user(self.manager).action_approve()
        self.assertEqual(self._profile().credit_mode, "unlimited")
        self.assertFalse(limit.begun)
        limit.sudo()._begin(self.today + timedelta(1))
        self.assertEqual(self._profile().credit_mode, "limited")
        self.assertTrue(limit.begun)

    def test_a_limit_is_asked_for_a_customer_with_or_without_a_file(self):
        customer = self._customer("Without a file")
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": customer.id})
        limit = (
            self.env["credit.limit"]
            .with_user(self.analyst)
            .create({"partner_id": contact.id, "amount": 5.0, "reason": "First order"})
        )
        self.assertEqual(limit.profile_id.partner_id, customer)
        self.assertEqual(limit.partner_id, customer)

    def test_the_mirror_follows_the_defaults_of_class_and_policy_and_new_branches(self):
        risk_class = self.env["credit.risk.class"].sudo().create({"name": "Class"})
        profile = self._profile(risk_class_id=risk_class.id, credit_mode="limited")
        self.assertEqual(self._mirrored(), 0.0)
        risk_class.write({"has_default_limit": True, "default_limit": 70.0})
        self.assertEqual((self._mirrored(), profile.sudo().credit_limit), (70.0, 70.0))
        branch = self.env["res.company"].sudo().create({"name": "B", "parent_id": self.company.id})
        self.assertEqual(self._mirrored(branch), 70.0)

    def test_a_limit_is_asked_in_the_company_of_its_file(self):
        other = self.setup_other_company()["company"]
        self.analyst.sudo().company_ids |= other
        profile = self.env["credit.profile"].sudo()._ensure(self.customer, other)
        action = profile.with_user(self.analyst).action_request_limit()
        limits = self.env["credit.limit"].with_user(self.analyst)
        limits = limits.with_context(
            **action["context"], allowed_company_ids=[self.company.id, other.id]
        )
        form = {"partner_id": self.customer.id, "amount": 5.0, "reason": "Export"}
        self.assertEqual(limits.create(form).profile_id, profile)
        stranger = self._customer("Stranger")
        limit = limits.create({**form, "partner_id": stranger.id, "profile_id": profile.id})
        self.assertEqual(limit.profile_id.partner_id, stranger, "no file under another's name")
