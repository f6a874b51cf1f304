from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestGateFollowup(CreditCommon):
    """The policy rule on the reminder level reached."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(followup_level={"followup_stage": "formal_notice"})
        cls.procedure = (
            cls.env["credit.followup.procedure"]
            .sudo()
            .create(
                {
                    "name": "Procedure",
                    "level_ids": [
                        Command.create(
                            {"name": stage, "days": days, "stage": stage, "channel": "call"}
                        )
                        for days, stage in ((5, "reminder"), (30, "formal_notice"))
                    ],
                }
            )
        )

    def _notice(self, invoice, stage, state="sent"):
        level = self.procedure.level_ids.filtered(lambda level: level.stage == stage)
        item = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return (
            self.env["credit.followup.notice"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "level_id": level.id,
                    "stage": stage,
                    "channel": "call",
                    "date": self.today,
                    "state": state,
                    "line_ids": [
                        Command.create(
                            {
                                "item_id": item.id,
                                "level_id": level.id,
                                "occurrence": 1,
                                "date": self.today,
                            }
                        )
                    ],
                }
            )
        )

    def test_an_order_is_held_from_the_stage_of_the_rule(self):
        invoice = self._invoice(100.0, days_late=60)
        self._notice(invoice, "reminder")
        passing = self._order(10.0)
        passing.action_confirm()
        self.assertPassed(passing)
        self._notice(invoice, "formal_notice")
        held = self._order(10.0)
        held.action_confirm()
        hold = self.assertHeld(held, "followup_level")
        self.assertIn("Formal notice", hold.reason_summary)

    def test_what_is_paid_since_or_was_never_sent_does_not_count(self):
        invoice = self._invoice(100.0, days_late=60)
        self._notice(invoice, "formal_notice", state="proposed")
        order = self._order(10.0)
        order.action_confirm()
        self.assertPassed(order)
        self._notice(self._invoice(50.0, days_late=60), "formal_notice")
        self._pay(self.env["account.move"].search([("amount_residual", "=", 50.0)]))
        order = self._order(10.0)
        order.action_confirm()
        self.assertPassed(order)

    def test_the_reminders_begin_anew_after_a_restart(self):
        notice = self._notice(self._invoice(100.0, days_late=60), "formal_notice")
        restarts = self.env["credit.followup.restart"]
        restarts._log(notice.line_ids.item_id, "payment_undone", self.today)
        order = self._order(10.0)
        order.action_confirm()
        self.assertPassed(order)

    def test_the_salesperson_reads_no_figure(self):
        self._notice(self._invoice(100.0, days_late=60), "formal_notice")
        verdict = self.env["credit.policy.rule"]._get_public_sentence("followup_level")
        self.assertEqual(verdict, "Reminders were sent and invoices are still unpaid.")

    def test_another_policy_asks_the_notices_nothing(self):
        self._policy(over_limit={})
        position = self.env["credit.position"]._read_positions(
            {(self.customer.id, self.company.id)}, self.today
        )
        self.assertEqual([found.facts for found in position.values()], [()])

    def test_the_rule_is_named_with_its_stage(self):
        self.assertEqual(self.policy.rule_ids.display_name, "Reminder level reached Formal notice")
