from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestContact(CreditCommon):
    """A credit file follows its customer, not the company a contact had a minute ago."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls._user("clerk", "base.group_partner_manager,base.group_user")
        cls.boss = cls._user(
            "boss", "base.group_partner_manager,credit_management.group_credit_manager"
        )
        cls.other = cls._customer("Other")
        cls._policy(over_limit={}, status={"status": "blocked"})

    def _files(self, customer):
        return self.env["credit.profile"].sudo().search([("partner_id", "=", customer.id)])

    def _join(self, user, customer=None):
        customer = customer or self.customer
        customer.with_user(user).write({"is_company": False, "parent_id": self.other.id})
        self.env.invalidate_all()

    def _leave(self, user):
        self.customer.with_user(user).write({"is_company": True, "parent_id": False})
        self.env.invalidate_all()

    def test_who_does_not_decide_on_credit_makes_no_contact_of_a_customer_with_decisions(self):
        self._limit(70.0)
        ways = {
            "parent": lambda partner: partner.write(
                {"is_company": False, "parent_id": self.other.id}
            ),
            "type": lambda partner: partner.write(
                {"is_company": False, "type": "invoice", "parent_id": self.other.id}
            ),
        }
        for name, way in ways.items():
            with self.subTest(name), self.assertRaises(AccessError):
                way(self.customer.with_user(self.clerk))
        self.assertEqual(self.customer.commercial_partner_id, self.customer)

    def test_nor_from_the_side_of_the_other_company(self):
        self._limit(70.0)
        self.customer.sudo().is_company = False
        self.env.flush_all()
        # Odoo writes what a command names as the user of the request
        self.patch(self.env.transaction, "default_env", self.env(user=self.clerk))
        with self.assertRaisesRegex(AccessError, "without a credit manager"):
            self.other.with_user(self.clerk).write({"child_ids": [Command.link(self.customer.id)]})

    def test_a_member_company_stays_a_customer(self):
        """A company below another company buys by itself: nothing changes."""
        self._limit(70.0)
        self.customer.with_user(self.clerk).parent_id = self.other
        self.assertEqual(self.customer.commercial_partner_id, self.customer)
        with self.assertRaises(AccessError):
            self.customer.with_user(self.clerk).is_company = False

    def test_each_decision_counts(self):
        for name, values in (
            ("mode", {"credit_mode": "prepaid"}),
            ("status", {"status": "watch", "status_reason": "Slow"}),
            ("policy", {"policy_id": self.policy.id}),
        ):
            customer = self._customer(name)
            self._profile(customer, **values)
            with self.subTest(name), self.assertRaises(AccessError):
                self._join(self.clerk, customer)

    def test_a_customer_nobody_has_decided_about_may_become_a_contact(self):
        self._profile()
        self._join(self.clerk)
        self.assertEqual(self.customer.commercial_partner_id, self.other)

    def test_a_dummy_parent_taken_back_leaves_limit_and_status(self):
        self._limit(70.0)
        self._profile(status="blocked", status_reason="Bounced")
        self._join(self.boss)
        self._leave(self.boss)
        self.assertRecordValues(
            self._files(self.customer),
            [{"credit_limit": 70.0, "status": "blocked", "credit_mode": "limited"}],
        )
        self.assertEqual(self.customer.sudo().credit_limit, 70.0, "Odoo's own field too")
        order = self._order(10.0)
        order.action_confirm()
        self.assertHeld(order)

    def test_what_was_decided_counts_for_who_buys_meanwhile(self):
        self._limit(70.0)
        self._profile(status="blocked", status_reason="Bounced")
        self._join(self.boss)
        self.assertRecordValues(
            self._files(self.other),
            [{"credit_limit": 70.0, "status": "blocked", "credit_mode": "limited"}],
        )
        self.assertIn("is dormant", self._files(self.other).message_ids[0].body)
        for customer in (self.customer, self.other):
            order = self._order(10.0, customer)
            order.action_confirm()
            self.assertHeld(order)

    def test_a_decided_customer_keeps_its_own_limit_and_takes_the_graver_status(self):
        self._limit(500.0, self.other)
        self._limit(70.0)
        self._profile(status="blocked", status_reason="Bounced")
        self._join(self.boss)
        self.assertRecordValues(
            self._files(self.other), [{"credit_limit": 500.0, "status": "blocked"}]
        )

    def test_a_blocked_customer_is_not_deleted_and_made_anew(self):
        self._profile(status="blocked", status_reason="Bounced")
        with self.assertRaisesRegex(UserError, "Archive"):
            self.customer.unlink()

    def test_nobody_types_the_commercial_entity(self):
        self._limit(70.0)
        for user in (self.clerk, self.boss):
            partner = self.customer.with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    partner.write({"commercial_partner_id": self.other.id})
                with self.assertRaises(AccessError):
                    partner.create({"name": "New", "commercial_partner_id": self.other.id})
                context = {"default_commercial_partner_id": self.other.id}
                made = partner.with_context(**context).create({"name": "New"})
                self.assertEqual(made.commercial_partner_id, made)
                partner.write({"commercial_partner_id": self.customer.id})
