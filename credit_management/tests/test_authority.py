from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestAuthority(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good, cls.bad = (
            cls.env["credit.risk.class"].sudo().create([{"name": "Good"}, {"name": "Bad"}])
        )
        cls.authority = (
            cls.env["credit.authority"]
            .sudo()
            .create(
                {
                    "user_id": cls.analyst.id,
                    "max_limit": 500,
                    "max_overdue_days": 10,
                    "max_excess": 500,
                    "max_exposure": 5000,
                    "allow_own_limits": True,
                }
            )
        )
        cls.delegation = {"delegate_from": cls.today, "delegate_to": cls.today + timedelta(7)}

    def _request(self, amount=100.0):
        limit = (
            self.env["credit.limit"]
            .with_user(self.analyst)
            .create({"profile_id": self._profile().id, "amount": amount, "reason": "Test"})
        )
        limit.action_request()
        return limit

    def _delegate(self, user):
        self.authority.write({"delegate_id": user.id, **self.delegation})

    def test_an_authority_counts_for_its_classes(self):
        self.authority.risk_class_ids = self.good
        self._profile(risk_class_id=self.bad.id)
        with self.assertRaisesRegex(AccessError, "does not cover a limit"):
            self._request().action_approve()
        self._profile(risk_class_id=self.good.id)
        self._request().action_approve()
        self.assertEqual(self._profile().credit_limit, 100.0)

    def test_a_customer_without_a_class_is_for_authorities_without_classes(self):
        self.authority.risk_class_ids = self.good
        with self.assertRaises(AccessError):
            self._request().action_approve()
        self.authority.risk_class_ids = False
        self._request().action_approve()

    def test_a_release_is_for_the_authority_over_the_class_too(self):
        self.authority.risk_class_ids = self.good
        self._profile(risk_class_id=self.bad.id)
        self._limit(10.0)
        order = self._order(50.0)
        order.action_confirm()
        hold = self.assertHeld(order).with_user(self.analyst)
        with self.assertRaises(AccessError):
            hold.action_release("I try")
        self.authority.risk_class_ids |= self.bad
        hold.action_release("Mine now")
        self.assertPassed(order)

    def test_an_overdue_customer_is_for_a_higher_authority(self):
        self._invoice(10.0, days_late=11)
        with self.assertRaises(AccessError):
            self._request().action_approve()
        self.authority.max_overdue_days = 11
        self._request().action_approve()

    # === DELEGATION === #

    def test_a_delegate_decides_during_the_absence(self):
        deputy = self._user("deputy", "credit_management.group_credit_user")
        with self.assertRaises(AccessError):
            self._request().with_user(deputy).action_approve()
        self._delegate(deputy)
        self._request().with_user(deputy).action_approve()
        self.authority.write(
            {"delegate_from": self.today + timedelta(1), "delegate_to": self.today + timedelta(2)}
        )
        with self.assertRaises(AccessError):
            self._request().with_user(deputy).action_approve()

    def test_nobody_delegates_to_the_archived_the_portal_or_the_blind(self):
        archived = self._user("archived", "credit_management.group_credit_user")
        archived.sudo().active = False
        portal = self._user("portal", "base.group_portal")
        for user, sentence in (
            (archived, "is archived and cannot decide"),
            (portal, "has no access to credit management"),
            (self.salesperson, "has no access to credit management"),
        ):
            with self.subTest(user.login), self.assertRaisesRegex(ValidationError, sentence):
                self._delegate(user)

    def test_a_delegate_works_in_the_company(self):
        other = self.setup_other_company()["company"]
        deputy = self._user("deputy", "credit_management.group_credit_user")
        deputy.sudo().write({"company_id": other.id, "company_ids": [Command.set(other.ids)]})
        self.authority.company_id = self.company
        with self.assertRaisesRegex(ValidationError, "has no access to"):
            self._delegate(deputy)

    def test_only_a_manager_delegates(self):
        with self.assertRaises(AccessError):
            self.authority.with_user(self.analyst).write(
                {"delegate_id": self.manager.id, **self.delegation}
            )
        self.authority.with_user(self.manager).write(
            {"delegate_id": self.manager.id, **self.delegation}
        )

    # === FOUR EYES === #

    def test_nobody_gives_themselves_authority(self):
        authorities = self.env["credit.authority"].sudo()
        authorities.search([]).action_archive()
        mine = authorities.create({"user_id": self.manager.id, "max_limit": 500})
        manager = authorities.with_user(self.manager).sudo(False)
        group = self.env.ref("credit_management.group_credit_manager")
        for values in (
            {"user_id": self.manager.id, "is_unlimited": True},
            {"group_id": group.id, "max_limit": 501},
            {"user_id": self.manager.id, "max_limit": 500, "allow_own": True},
            {"user_id": self.analyst.id, "max_limit": 900, "delegate_id": self.manager.id}
            | self.delegation,
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                manager.create(values)
        for values in ({"max_limit": 501}, {"is_unlimited": True}, {"allow_own_limits": True}):
            with self.subTest(values), self.assertRaises(AccessError):
                mine.with_user(self.manager).write(values)
        mine.with_user(self.manager).max_limit = 400
        deputy = self._user("deputy", "credit_management.group_credit_user")
        mine.with_user(self.manager).write({"delegate_id": deputy.id, **self.delegation})
        colleague = self._user("colleague", "credit_management.group_credit_manager")
        manager.create({"user_id": colleague.id, "is_unlimited": True})
        admin = self._user("admin", "credit_management.group_credit_manager,base.group_system")
        manager.with_user(admin).create({"user_id": admin.id, "is_unlimited": True})

    def test_unlimited_credit_is_granted_by_who_may_grant_any_limit(self):
        self._limit(100.0)
        self.env["credit.authority"].sudo().search([]).action_archive()
        mine = (
            self.env["credit.authority"].sudo().create({"user_id": self.manager.id, "max_limit": 9})
        )
        profile = self._profile().with_user(self.manager)
        partner = self.customer.with_user(self.manager)
        self.manager.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        self.manager.sudo().group_ids |= self.env.ref("account.group_account_invoice")
        for _round in range(2):
            with self.assertRaises(AccessError):
                profile.credit_mode = "unlimited"
            with self.assertRaises(AccessError):
                partner.write({"credit_limit": 0.0})
            mine.is_unlimited = True
        profile.write({"credit_mode": "limited", "note": "Typed"})
        mine.allow_own_limits = True
        profile.credit_mode = "unlimited"
        self.assertEqual(profile.credit_mode, "unlimited")

    # === ARCHIVED USERS === #

    def test_who_leaves_holds_nothing_any_more(self):
        limit = self._request()
        self.analyst.sudo().active = False
        self.assertFalse(self.authority.active)
        self.assertIn(
            "Archived together with its user", " ".join(self.authority.message_ids.mapped("body"))
        )
        with self.assertRaises(AccessError):
            limit.with_user(self.analyst).action_approve()
        self.analyst.sudo().active = True
        self.assertFalse(self.authority.active, "who comes back gets it from a manager")

    def test_a_delegation_ends_with_its_delegate(self):
        deputy = self._user("deputy", "credit_management.group_credit_user")
        self._delegate(deputy)
        deputy.sudo().active = False
        self.assertRecordValues(
            self.authority,
            [{"active": True, "delegate_id": False, "delegate_from": False, "delegate_to": False}],
        )
        self.assertIn("deputy", " ".join(self.authority.message_ids.mapped("body")))

    def test_changes_of_an_authority_are_logged(self):
        self._tracked(self.authority).write({"max_limit": 900.0, "risk_class_ids": self.good.ids})
        values = self._get_tracked(self.authority)
        self.assertEqual(
            set(values.field_id.mapped("name")) & {"max_limit", "risk_class_ids"},
            {"max_limit", "risk_class_ids"},
        )
