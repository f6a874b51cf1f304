from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestAccess(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._user("colleague", "sales_team.group_sale_salesman")
        cls.outsider = cls._user("outsider", "base.group_user")

    def _held(self, user=None):
        self._limit(10.0)
        order = self._order(50.0, user=user)
        order.action_confirm()
        return order, self.assertHeld(order)

    def test_a_salesperson_sees_the_verdict_and_gains_no_right(self):
        self._limit(100.0)
        order = self._order(150.0).with_user(self.salesperson)
        self.assertEqual(order.credit_state, "warning")
        self.assertIn("150.00", order.credit_verdict)
        self.assertEqual(order.credit_available, 100.0)
        order.action_confirm()
        self.assertHeld(order)
        self.assertEqual(order.credit_hold_ids.way_out.count("150.00"), 0)
        for model in (
            "credit.exposure",
            "credit.profile",
            "credit.limit",
            "credit.policy",
            "credit.authority",
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.salesperson).search([])
        with self.assertRaises(AccessError):
            self.customer.with_user(self.salesperson).read(["credit_limit"])

    def test_a_salesperson_sees_holds_of_own_orders_only(self):
        _order, hold = self._held(user=self.salesperson)
        holds = self.env["credit.hold"]
        self.assertEqual(holds.with_user(self.salesperson).search([]) & hold, hold)
        self.assertFalse(holds.with_user(self.colleague).search([]) & hold)
        with self.assertRaises(AccessError):
            hold.with_user(self.colleague).read(["amount"])
        with self.assertRaises(AccessError):
            hold.reason_ids.with_user(self.colleague).read(["figure"])

    def test_a_salesperson_sees_the_position_of_own_customers_only(self):
        self._limit(100.0)
        self.customer.user_id = self.colleague
        self.assertFalse(self.customer.with_user(self.salesperson).credit_summary)
        self.assertTrue(self.customer.with_user(self.colleague).credit_summary)
        self.assertFalse(self.customer.with_user(self.outsider).credit_summary)

    def test_orders_on_hold_are_found_and_the_rest_is_a_sentence(self):
        order, _hold = self._held(user=self.salesperson)
        free = self._order(1.0, user=self.salesperson)
        orders = self.env["sale.order"].with_user(self.salesperson)
        found = orders.search([("credit_state", "=", "held")])
        self.assertEqual(found & (order | free), order)
        self.assertEqual(orders.search([("credit_state", "!=", "held")]) & (order | free), free)
        with self.assertRaisesRegex(UserError, "cannot be searched"):
            orders.search([("credit_state", "=", "clear")])

    def test_a_release_of_no_number_is_answered_by_a_sentence(self):
        order, hold = self._held()
        for amount in ("many", "nan", "inf", float("nan"), float("inf"), 1e308, "1e308"):
            with self.subTest(amount=amount), self.assertRaisesRegex(UserError, "number"):
                hold.with_user(self.manager).action_release("x", amount)
        limits = self.env["credit.limit"].with_user(self.analyst)
        values = {"profile_id": hold.profile_id.id, "reason": "x"}
        for amount in ("many", "nan", float("inf"), 1e308, -1e13):
            with self.subTest(limit=amount), self.assertRaisesRegex(UserError, "number"):
                limits.create({**values, "amount": amount})
            with self.subTest(default=amount), self.assertRaisesRegex(UserError, "number"):
                limits.with_context(default_amount=amount).create(values)
        self.assertHeld(order)

    def test_every_number_that_people_type_is_one(self):
        own = {
            name: model
            for name, model in self.env.items()
            if model._original_module
            in ("credit_management", "credit_followup", "credit_collection")
            and model._auto
            and not model._abstract
        }
        for name, model in own.items():
            typed = {
                field.name
                for field in model._fields.values()
                if field.type in ("float", "monetary")
                and not field.readonly
                and field.store
                and model.sudo(False).with_user(self.manager).has_access("write")
            }
            with self.subTest(name):
                self.assertTrue(not typed or hasattr(model, "_refuse_no_number"), typed)
        limits = self.env["credit.limit"].with_user(self.analyst)
        for records, values in (
            (self._limit(5.0), {"amount": 1e308}),
            (self.company, {"credit_management_default_limit": 1e308}),
            (self.company, {"credit_management_alert_days": 2**40}),
            (self.customer, {"credit_limit": 1e308}),
            (self.policy, {"tolerance": "1e308"}),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, "number"):
                records.sudo().write(values)
        with self.assertRaisesRegex(UserError, "number"):
            limits.onchange({"amount": 1e308}, ["amount"], {"amount": {}})

    def test_who_has_no_authority_decides_nothing(self):
        order, hold = self._held()
        for user in (self.salesperson, self.analyst, self.colleague, self.outsider):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    hold.with_user(user).action_release("I try")
                with self.assertRaises(AccessError):
                    hold.with_user(user).action_refuse("I try")
        self.assertHeld(order)

    def test_holds_are_written_by_the_gate_alone(self):
        _order, hold = self._held()
        for user in (self.salesperson, self.analyst, self.manager):
            with self.subTest(user.login):
                for values in ({"state": "released"}, {"released_amount": 1e9}):
                    with self.assertRaises(AccessError):
                        hold.with_user(user).write(values)
                with self.assertRaises(AccessError):
                    hold.with_user(user).copy()
                with self.assertRaises(AccessError):
                    hold.with_user(user).unlink()

    def test_an_order_carries_no_hold_of_a_clients_making(self):
        order, hold = self._held()
        fresh = self._order(5000.0)
        with self.assertRaises(AccessError):
            fresh.with_user(self.salesperson).write(
                {
                    "credit_hold_ids": [
                        Command.create(
                            {"name": "x", "profile_id": hold.profile_id.id, "state": "released"}
                        )
                    ]
                }
            )
        with self.assertRaises(AccessError):
            fresh.with_user(self.salesperson).write({"credit_hold_ids": [Command.link(hold.id)]})
        self.assertEqual(hold.order_id, order)

    def test_no_context_key_opens_the_gate(self):
        self._limit(10.0)
        order = self._order(50.0).with_user(self.salesperson)
        keys = {
            "bypass_risk": True,
            "skip_credit": True,
            "credit_passed": True,
            "install_mode": True,
            "no_check": True,
        }
        order.with_context(**keys).action_confirm()
        self.assertHeld(order)

    def test_analysts_request_and_managers_configure(self):
        profile = self._profile()
        with self.assertRaises(AccessError):
            profile.with_user(self.analyst).write({"credit_mode": "prepaid"})
        with self.assertRaises(AccessError):
            profile.with_user(self.analyst).create(
                {"partner_id": self._customer("Friend").id, "credit_mode": "unlimited"}
            )
        with self.assertRaises(AccessError):
            self.policy.with_user(self.analyst).write({"name": "Mine"})
        with self.assertRaises(AccessError):
            self.env["credit.authority"].with_user(self.analyst).create(
                {"user_id": self.analyst.id, "is_unlimited": True}
            )
        profile.with_user(self.manager).write({"credit_mode": "prepaid"})

    def test_only_users_of_the_field_request_limits(self):
        with self.assertRaises(AccessError):
            self.env["credit.limit"].with_user(self.salesperson).create(
                {"profile_id": self._profile().id, "amount": 1.0, "reason": "Please"}
            )

    def test_companies_are_apart_and_a_branch_sees_its_root(self):
        self._limit(10.0)
        other = self.setup_other_company()["company"]
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        elsewhere, in_branch = (
            self._user(
                name,
                "credit_management.group_credit_manager",
                company_ids=[Command.set(company.ids)],
            )
            for name, company in (("elsewhere", self.company), ("branch", self.company))
        )
        elsewhere.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        in_branch.sudo().write({"company_ids": [Command.set(branch.ids)], "company_id": branch.id})
        order = self._order(50.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        self._invoice(5.0)
        for model, domain in (
            ("credit.profile", []),
            ("credit.limit", []),
            ("credit.hold", []),
            ("credit.hold.reason", []),
            ("credit.exposure", [("partner_id", "=", self.customer.id)]),
            ("credit.exposure.summary", []),
        ):
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(elsewhere).search(domain))
                self.assertTrue(self.env[model].with_user(in_branch).search(domain))
        with self.assertRaises(AccessError):
            hold.with_user(elsewhere).action_release("Not mine")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_portal_reads_no_credit(self):
        order, hold = self._held()
        portal = self._user("portal", "base.group_portal")
        portal.sudo().partner_id.parent_id = self.customer
        for model in ("credit.hold", "credit.profile", "credit.exposure", "credit.limit"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])
        with self.assertRaises(AccessError):
            hold.with_user(portal).action_release("Please")
        self.assertHeld(order)

    def test_figures_of_customers_are_for_credit_people(self):
        self._limit(100.0)
        order = self._order(150.0)
        portal = self._user("portal", "base.group_portal")
        portal.sudo().partner_id.parent_id = self.customer
        order.message_subscribe(portal.partner_id.ids)
        partner_fields = [
            name for name in self.customer._fields if name.startswith("credit_profile")
        ]
        self.assertGreater(len(partner_fields), 8)
        for user in (portal, self.outsider, self.salesperson):
            for name in partner_fields:
                with self.subTest(user.login, field=name), self.assertRaises(AccessError):
                    self.customer.with_user(user).read([name])
        for name in (
            "credit_state",
            "credit_verdict",
            "credit_available",
            "credit_has_limit",
            "credit_hold_ids",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                order.with_user(portal).read([name])
        self.customer.with_user(self.analyst).read(partner_fields)
