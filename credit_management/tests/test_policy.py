from ast import literal_eval
from unittest.mock import patch

from lxml import etree
from odoo.addons.credit_management.rules import (
    KINDS,
    CreditRequest,
    MissingFactError,
    Policy,
    Position,
    Rule,
    RuleKind,
    assess,
)
from odoo.addons.credit_management.rules.kinds import always
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestPolicy(CreditCommon):
    def test_a_policy_without_rules_is_refused(self):
        policies = self.env["credit.policy"].sudo()
        with self.assertRaisesRegex(ValidationError, "no rule"):
            policies.create({"name": "Empty"})
        with self.assertRaisesRegex(ValidationError, "no rule"):
            self.policy.sudo().rule_ids = False

    def test_the_policy_of_the_customer_comes_before_class_and_company(self):
        strict = (
            self.env["credit.policy"]
            .sudo()
            .create({"name": "Strict", "rule_ids": [(0, 0, {"kind": "status"})]})
        )
        of_class = strict.copy()
        risk_class = (
            self.env["credit.risk.class"].sudo().create({"name": "Class", "policy_id": of_class.id})
        )
        self.assertEqual(self._profile().effective_policy_id, self.policy)
        self.assertEqual(self._profile(risk_class_id=risk_class.id).effective_policy_id, of_class)
        self.assertEqual(self._profile(policy_id=strict.id).effective_policy_id, strict)

    def test_a_manager_takes_a_policy_into_use_and_out_of_it(self):
        other = self.policy.sudo().copy()
        with self.assertRaises(AccessError):
            other.with_user(self.analyst).action_use()
        other.with_user(self.manager).action_use()
        self.assertEqual(self.company.sudo().credit_management_policy_id, other)
        self.assertTrue(other.is_company_policy)
        with self.assertRaises(AccessError):
            other.with_user(self.analyst).action_stop_using()
        other.with_user(self.manager).action_stop_using()
        self.assertFalse(self.company.sudo().credit_management_policy_id)

    def test_whole_thresholds_are_shown_whole(self):
        arch = self.env["credit.policy"].with_user(self.manager).get_view(view_type="form")["arch"]
        [threshold] = etree.fromstring(arch).findall(".//field[@name='threshold']")
        self.assertTrue(literal_eval(threshold.get("options"))["hide_trailing_zeros"])

    def test_an_archived_policy_judges_nobody(self):
        self._limit(1.0)
        self.company.sudo().credit_management_policy_id = False
        self.policy.sudo().active = False
        self.assertFalse(self._profile().effective_policy_id)
        order = self._order(100.0)
        order.action_confirm()
        self.assertPassed(order)

    def test_another_contact_of_the_company_and_other_decimals_count_at_once(self):
        company, policies = self.env.company, self.env["credit.policy"]
        policy = self._policy(over_limit={})
        policies._get_rules(policy.id)
        company._get_credit_roots()

        company.partner_id = self._customer("Our new entity")
        company.currency_id.rounding = 0.001
        self.assertIn(company.partner_id.id, policies._get_rules(policy.id).intercompany)
        self.assertEqual(company._get_credit_roots()[company.id][2], 3)

    def test_an_authority_is_held_by_somebody(self):
        authorities = self.env["credit.authority"].sudo()
        nobody = self.env["res.groups"].sudo().create({"name": "Nobody"})
        leaver = self._user("leaver", "base.group_user")
        leaver.sudo().active = False
        for values in ({"group_id": nobody.id}, {"user_id": leaver.id}):
            with self.assertRaisesRegex(ValidationError, "Nobody holds this authority"):
                authorities.create(values)
        for values in ({}, {"group_id": nobody.id, "user_id": self.manager.id}):
            with self.assertRaisesRegex(ValidationError, "either a user or a group"):
                authorities.create(values)

    def test_an_authority_whose_holder_left_does_not_count(self):
        self.env["credit.authority"].sudo().search([]).action_archive()
        authority = (
            self.env["credit.authority"]
            .sudo()
            .create({"user_id": self.manager.id, "is_unlimited": True})
        )
        self.manager.sudo().active = False
        self.assertFalse(authority._get_holders(self.today))

    def test_a_delegation_needs_its_days(self):
        with self.assertRaisesRegex(ValidationError, "first and a last day"):
            self.env["credit.authority"].sudo().create(
                {
                    "user_id": self.manager.id,
                    "delegate_id": self.analyst.id,
                    "delegate_from": self.today,
                }
            )

    def test_every_kind_of_rule_has_its_function_and_sentence(self):
        rules = self.env["credit.policy.rule"]
        self.assertFalse(rules._get_faults_of_kinds())
        for name, kind in rules._get_kinds().items():
            with self.subTest(name):
                self.assertEqual(kind.name, name)
                self.assertTrue(kind.sentence)
                self.assertTrue(rules._explain(name, 1.0, 1.0, self.company.currency_id))

    def test_a_kind_that_could_not_be_shown_or_judged_is_named_when_the_registry_is_loaded(self):
        rules = self.env["credit.policy.rule"]
        for values, words in (
            ({"unit": "pieces"}, 'kind of rule "parcels" has the unit "pieces"'),
            ({"settings": frozenset({"size"})}, '"parcels" has the setting "size"'),
            ({"facts": frozenset({"parcels"})}, '"parcels" needs the fact "parcels"'),
        ):
            kind = RuleKind("parcels", always, "Parcels above", "%(figure)s parcels.", **values)
            with (
                self.subTest(words),
                patch.object(
                    type(rules), "_get_kinds", lambda _rules, kind=kind: {"parcels": kind}
                ),
                self.assertRaisesRegex(ValueError, words),
            ):
                rules._register_hook()

    def test_a_rule_with_conditions_applies_where_all_of_them_do(self):
        policy = self._policy(over_limit={})
        policy.rule_ids.condition_ids = [
            Command.create({"kind": "overdue_days", "threshold": 30}),
            Command.create({"kind": "overdue_amount", "threshold": 50, "days": 20}),
        ]
        self.assertEqual(len(policy.rule_ids), 1)
        self.assertEqual(
            policy.rule_ids.display_name,
            "Exposure over the limit, Days overdue above 30, and Overdue amount above 50",
        )
        self._limit(10.0)
        order = self._order(20.0)
        order.action_confirm()
        self.assertPassed(order)
        self._invoice(100.0, days_late=25)
        order = self._order(20.0)
        order.action_confirm()
        self.assertPassed(order)
        self._invoice(1.0, days_late=31)
        order = self._order(20.0)
        order.action_confirm()
        hold = self.assertHeld(order, "over_limit", "overdue_days", "overdue_amount")
        self.assertEqual(hold.reason_ids.rule_id, policy.rule_ids)

    def test_conditions_are_copied_with_their_policy_and_have_none_themselves(self):
        rule = self.policy.rule_ids
        rule.condition_ids = [Command.create({"kind": "overdue_days", "threshold": 30})]
        copy = self.policy.copy()
        self.assertEqual(copy.rule_ids.condition_ids.policy_id, copy)
        self.assertEqual(rule.condition_ids.policy_id, self.policy)
        with self.assertRaisesRegex(ValidationError, "cannot have conditions"):
            rule.condition_ids.condition_ids = [Command.create({"kind": "always"})]

    def test_a_fact_that_nobody_read_is_an_error(self):
        late = Rule("overdue_amount", threshold=100, days=60)
        blind = Position(overdue=5000.0, policy=Policy((late,), KINDS))
        with self.assertRaisesRegex(MissingFactError, "60 days late"):
            assess(CreditRequest(1, 1, 10.0), blind)
        for kind in ("oldest_item_days", "payment_term"):
            position = Position(policy=Policy((Rule(kind),), KINDS))
            with self.subTest(kind), self.assertRaisesRegex(MissingFactError, "was not read"):
                assess(CreditRequest(1, 1, 10.0), position)

    def test_a_policy_that_judges_somebody_is_not_archived(self):
        with self.assertRaisesRegex(ValidationError, "is used by"), self.cr.savepoint():
            self.policy.sudo().action_archive()
        own = self.policy.sudo().copy()
        self._profile(policy_id=own.id)
        with self.assertRaisesRegex(ValidationError, "is used by Customer"):
            own.action_archive()

    def test_the_last_rule_of_a_policy_stays(self):
        with self.assertRaisesRegex(ValidationError, "no rules left"):
            self.policy.sudo().rule_ids.unlink()

    def test_a_rule_about_the_status_needs_one(self):
        with self.assertRaisesRegex(ValidationError, "needs a value"), self.cr.savepoint():
            self._policy(status={"status": False})

    def test_the_default_limit_is_the_same_before_the_file_is_made(self):
        self.company.sudo().write(
            {"credit_management_default_mode": "limited", "credit_management_default_limit": 1000.0}
        )
        self.policy.sudo().write({"has_default_limit": True, "default_limit": 50.0})
        order = self._order(60.0)
        self.assertEqual(order.credit_state, "warning")
        self.assertEqual(self.customer.sudo().credit_limit, 50.0)
        order.action_confirm()
        self.assertEqual(self.assertHeld(order).credit_limit, 50.0)
