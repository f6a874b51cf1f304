from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestJournal(CreditCommon):
    """Who changed what can be read years later."""

    def _changed(self, records, values):
        """Names of the fields that the chatter tells of after a write by the manager."""
        self._tracked(records).write(values)
        return set(self._get_tracked(records).field_id.mapped("name"))

    def _words(self, record):
        self.env.flush_all()
        record.invalidate_recordset(["message_ids"])
        return " ".join(record.sudo().message_ids.mapped("body"))

    def test_decisions_on_a_file(self):
        risk_class = self.env["credit.risk.class"].sudo().create({"name": "Class"})
        group = self._profile(self._customer("Head"))
        values = {
            "credit_mode": "prepaid",
            "status": "watch",
            "status_reason": "Slow",
            "risk_class_id": risk_class.id,
            "policy_id": self.policy.id,
            "analyst_id": self.analyst.id,
            "review_date": self.today,
            "parent_id": group.id,
            "has_max_payment_days": True,
            "max_payment_days": 30,
        }
        self.assertEqual(self._changed(self._profile(), values), set(values))

    def test_settings_of_a_policy(self):
        values = {"tolerance": 5.0, "release_days": 9, "grace_days": 3, "has_horizon": True}
        self.assertEqual(self._changed(self.policy, values), set(values))

    def test_every_setting_of_a_policy_is_tracked(self):
        stored = {
            name
            for name, field in self.policy._fields.items()
            if field.store and name not in MAGIC_COLUMNS and field.type != "one2many"
        }
        self.assertLessEqual(stored - self.policy._track_get_fields(), set())

    def test_rules_added_changed_and_removed(self):
        policy = self.policy.with_user(self.manager)
        policy.rule_ids = [Command.create({"kind": "overdue_days", "threshold": 30})]
        self.assertIn("Days overdue above 30 – Hold – Order", self._words(policy))
        rule = policy.rule_ids.filtered(lambda rule: rule.kind == "overdue_days")
        rule.write({"threshold": 45, "action": "warn", "sequence": 99})
        words = self._words(policy)
        self.assertIn("Threshold: 30.0 → 45.0", words)
        self.assertIn("Action: Hold → Warn", words)
        self.assertNotIn("99", words)
        rule.unlink()
        self.assertIn("Rules removed", self._words(policy))

    def test_what_did_not_change_is_not_told(self):
        before = len(self.policy.message_ids)
        rule = self.policy.rule_ids[:1].with_user(self.manager)
        rule.write({"action": rule.action})
        self.assertEqual(len(self.policy.message_ids), before)

    def test_the_scope_of_a_rule_is_told(self):
        rule = self.policy.rule_ids[:1].with_user(self.manager)
        rule.partner_id = self.customer
        self.assertIn("Customer: – → Customer", self._words(self.policy))

    def test_a_risk_class(self):
        risk_class = self.env["credit.risk.class"].sudo().create({"name": "Class"})
        values = {"has_default_limit": True, "default_limit": 70.0, "policy_id": self.policy.id}
        self.assertEqual(self._changed(risk_class, values), set(values))

    def test_settings_of_the_company_are_told_to_who_works_with_credit(self):
        changes = self.env["credit.setting.change"].with_user(self.analyst)
        known = changes.search([])
        messages = self.company.partner_id.message_ids
        self.company.with_user(self.manager).sudo().write(
            {
                "credit_management_default_mode": "prepaid",
                "credit_management_alert_days": 12,
                "phone": "1",
            }
        )
        change = changes.search([]) - known
        words = html2plaintext(change.change)
        self.assertIn(": Unlimited → Prepaid", words)
        self.assertIn(": 30 → 12", words)
        self.assertEqual((change.create_uid, change.company_id), (self.manager, self.company))
        self.assertEqual(self.company.partner_id.message_ids, messages, "everybody reads those")
        self.company.sudo().write({"credit_management_alert_days": 12})
        self.assertEqual(changes.search([]) - known, change)
        with self.assertRaises(AccessError):
            changes.with_user(self.salesperson).search([])
        with self.assertRaises(AccessError):
            change.with_user(self.manager).write({"change": "x"})

    def test_an_authority_is_not_deleted(self):
        authority = self.env["credit.authority"].sudo().create({"user_id": self.analyst.id})
        with self.assertRaisesRegex(UserError, "Archive"):
            authority.unlink()

    def test_salespeople_read_no_journal(self):
        for record in (self.policy, self._profile()):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(self.salesperson).read(["message_ids"])
