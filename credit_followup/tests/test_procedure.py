from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import CheckViolation, ExclusionViolation


@tagged("post_install", "-at_install")
class TestProcedure(CreditCommon):
    """Constraints of procedures, and the rights to change and use them."""

    def _procedure(self, *levels, **values):
        return (
            self.env["credit.followup.procedure"]
            .with_user(self.manager)
            .create(
                {
                    "name": "Procedure",
                    "level_ids": [
                        Command.create({"name": f"Day {level['days']}", "channel": "call", **level})
                        for level in levels
                    ],
                    **values,
                }
            )
        )

    def test_levels_follow_one_another_by_their_days_however_entered(self):
        procedure = self._procedure({"days": 30}, {"days": -5}, {"days": 10})
        procedure.invalidate_recordset()
        self.assertEqual(procedure.level_ids.mapped("days"), [-5, 10, 30])
        self.assertEqual(procedure.level_summary, "-5 Phone call, +10 Phone call, +30 Phone call")

    @mute_logger("odoo.sql_db")
    def test_two_levels_on_one_day_are_refused(self):
        with self.assertRaises(ExclusionViolation), self.cr.savepoint():
            self._procedure({"days": 10}, {"days": 10})
        procedure = self._procedure({"days": 5}, {"days": 10})
        first, second = procedure.level_ids
        with self.assertRaises(ExclusionViolation), self.cr.savepoint():
            procedure.level_ids = [Command.update(first.id, {"days": 10})]
        with self.assertRaises(ExclusionViolation), self.cr.savepoint():
            second.days = 5

    def test_two_levels_trade_their_days_in_one_save(self):
        procedure = self._procedure({"days": 5}, {"days": 10}, {"days": 20})
        first, second, third = procedure.level_ids
        procedure.write(
            {
                "level_ids": [
                    Command.update(first.id, {"days": 10}),
                    Command.update(second.id, {"days": 20}),
                    Command.update(third.id, {"days": 5}),
                ]
            }
        )
        self.env.flush_all()
        procedure.invalidate_recordset()
        self.assertEqual(procedure.level_ids.mapped("name"), ["Day 20", "Day 5", "Day 10"])

    def test_the_day_of_an_archived_level_is_free(self):
        procedure = self._procedure({"days": 5}, {"days": 10})
        procedure.level_ids[0].active = False
        procedure.level_ids = [Command.create({"name": "New", "days": 5, "channel": "call"})]
        procedure.invalidate_recordset()
        self.assertEqual(procedure.level_ids.mapped("name"), ["New", "Day 10"])
        self.assertEqual(procedure.archived_level_ids.mapped("name"), ["Day 5"])
        self.assertEqual(len(procedure._get_rule().levels), 2)

    def test_a_procedure_in_use_keeps_a_level(self):
        procedure = self._procedure({"days": 5})
        procedure.action_use()
        with self.assertRaisesRegex(ValidationError, "is in use"):
            procedure.level_ids = [Command.update(procedure.level_ids.id, {"active": False})]

    @mute_logger("odoo.sql_db")
    def test_a_formal_notice_before_the_due_date_is_refused(self):
        for values in ({"stage": "formal_notice"}, {"with_charges": True}):
            with self.subTest(values), self.assertRaises(CheckViolation), self.cr.savepoint():
                self._procedure({"days": -3, **values})

    def test_a_level_says_what_it_lacks(self):
        with self.assertRaisesRegex(ValidationError, "Choose the text of the level Day 5"):
            self._procedure({"days": 5, "channel": "email"})
        with self.assertRaisesRegex(ValidationError, "Choose the type of activity"):
            self._procedure({"days": 5, "channel": "activity"})

    def test_the_company_uses_a_procedure_that_has_levels(self):
        empty = self._procedure()
        with self.assertRaisesRegex(UserError, "at least one level"):
            empty.action_use()
        procedure = self._procedure({"days": 5})
        self.assertFalse(procedure.used_by_company)
        procedure.action_use()
        procedure.invalidate_recordset()
        self.assertTrue(procedure.used_by_company)
        self.assertEqual(self.company.sudo().credit_followup_procedure_id, procedure)
        with self.assertRaisesRegex(ValidationError, "is in use"):
            procedure.level_ids = [Command.clear()]

    def test_a_company_does_not_use_the_procedure_of_another_one(self):
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        self.manager.sudo().company_ids += other
        procedure = self._procedure({"days": 5})
        procedure = procedure.with_context(allowed_company_ids=(self.company + other).ids)
        procedure.sudo().company_id = other
        with self.assertRaisesRegex(UserError, "Elsewhere"):
            procedure.action_use()
        procedure.sudo().write({"company_id": False, "active": False})
        with self.assertRaisesRegex(UserError, "archived"):
            procedure.action_use()

    def test_a_copy_has_the_levels(self):
        procedure = self._procedure({"days": 5}, {"days": 10})
        copied = procedure.copy()
        self.assertEqual(copied.level_ids.mapped("days"), [5, 10])
        self.assertEqual(copied.name, "Procedure (copy)")

    def test_only_a_manager_changes_a_procedure(self):
        procedure = self._procedure({"days": 5})
        for user in (self.analyst, self.salesperson):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    procedure.with_user(user).name = "Mine"
                with self.assertRaises(AccessError):
                    procedure.with_user(user).level_ids[:1].days = 1
                with self.assertRaises(AccessError):
                    procedure.with_user(user).action_use()

    def test_nobody_is_reminded_until_somebody_decides(self):
        self.assertFalse(self.company.sudo().credit_followup_procedure_id)
        self.assertFalse(self.company.sudo().credit_followup_unattended)
