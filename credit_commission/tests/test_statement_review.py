from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_statement import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementReview(StatementCommon):
    def setUp(self):
        super().setUp()
        self.statement = self._statement(100.0, 50.0, state="sent")
        self.line = self.statement.entry_ids.filtered(lambda entry: entry.amount == 50.0)
        self.own = self.line.with_user(self.salesperson)

    def _answer(self, answer="We looked", amount=0.0, user=None):
        wizard = self.env["credit.commission.answer"].with_user(user or self.manager)
        wizard.create(
            {"entry_id": self.line.id, "answer": answer, "amount": amount}
        ).action_answer()

    def test_the_person_agrees_to_the_whole(self):
        self.statement.with_user(self.salesperson).action_agree()
        self.assertEqual(self.statement.state, "agreed")
        self.assertEqual(set(self.statement.entry_ids.mapped("review")), {"agreed"})
        self.assertTrue(self.statement.agreed_at)
        self.statement.with_user(self.manager).action_close()
        self.assertEqual(self.statement.state, "closed")

    def test_the_person_agrees_line_by_line(self):
        self.own.action_agree()
        self.assertEqual(self.statement.state, "sent")
        (self.statement.entry_ids - self.line).with_user(self.salesperson).action_agree()
        self.assertEqual(self.statement.state, "agreed")

    def test_a_line_is_contested_with_a_reason_and_somebody_is_asked(self):
        wizard = self.env["credit.commission.contest"].with_user(self.salesperson)
        action = self.own.action_open_contest()
        wizard.with_context(**action["context"]).create({"reason": "Paid in time"}).action_contest()
        self.assertEqual(
            (self.line.review, self.line.contest_reason), ("contested", "Paid in time")
        )
        self.assertEqual((self.statement.state, self.statement.contested_count), ("contested", 1))
        self.assertEqual(self.statement.activity_ids.user_id, self.manager)
        self.assertIn("Paid in time", self.statement.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "You contest lines"):
            self.statement.with_user(self.salesperson).action_agree()

    def test_contesting_needs_a_reason(self):
        for reason in ("", "  ", False):
            with self.assertRaisesRegex(UserError, "Enter what is wrong"):
                self.own.action_contest(reason)

    def test_a_contest_is_withdrawn(self):
        self.own.action_contest("Wrong")
        self.own.action_withdraw()
        self.assertEqual((self.line.review, self.statement.state), (False, "sent"))
        self.assertFalse(self.statement.activity_ids)

    def test_an_answer_puts_right_by_a_line_of_its_own(self):
        self.own.action_contest("20 missing")
        self._answer("You are right", 20.0)
        self.assertEqual((self.line.review, self.line.amount), ("accepted", 50.0))
        added = self.statement.entry_ids.filtered(lambda entry: entry.contested_id == self.line)
        self.assertRecordValues(
            added,
            [{"amount": 20.0, "kind": "adjustment", "adjustment": "contest", "review": False}],
        )
        self.assertEqual((self.statement.total, self.statement.state), (170.0, "sent"))
        self.statement.with_user(self.salesperson).action_agree()
        self.statement.with_user(self.manager).action_close()

    def test_an_answer_keeps_the_line_and_the_person_may_contest_again(self):
        self.own.action_contest("Wrong")
        self._answer("The customer paid late")
        self.assertEqual((self.line.review, self.statement.state), ("refused", "sent"))
        self.assertEqual(self.statement.total, 150.0)
        self.own.action_contest("The bank was late")
        self.assertEqual(self.statement.state, "contested")

    def test_the_person_is_told_the_answer(self):
        self.own.action_contest("Wrong")
        self._answer("The customer paid late")
        message = self.statement.message_ids[0]
        self.assertIn("The customer paid late", message.body)
        self.assertIn(self.salesperson.partner_id, message.notified_partner_ids)

    def test_a_contest_outlives_a_draft(self):
        self.own.action_contest("Wrong")
        self.statement.with_user(self.manager).action_draft()
        self.statement.with_user(self.manager).action_mark_sent()
        self.assertEqual(self.statement.state, "contested")

    def test_an_answer_says_why_and_answers_something(self):
        with self.assertRaisesRegex(UserError, "is not contested"):
            self._answer()
        self.own.action_contest("Wrong")
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            self._answer(" ")

    def test_a_draft_and_a_closed_statement_are_not_contested(self):
        self.statement.with_user(self.manager).action_draft()
        with self.assertRaisesRegex(UserError, "is Draft"):
            self.own.action_contest("Too early")
        self.statement.with_user(self.manager).action_mark_sent()
        self.statement.with_user(self.manager).action_close()
        for action, arguments in (
            ("action_contest", ["Too late"]),
            ("action_agree", []),
            ("action_withdraw", []),
        ):
            with self.subTest(action), self.assertRaisesRegex(UserError, "is Closed"):
                getattr(self.own, action)(*arguments)

    def test_an_entry_without_statement_is_not_contested(self):
        entry = self._entry(5.0).with_user(self.salesperson)
        with self.assertRaisesRegex(UserError, "not on a statement yet"):
            entry.action_contest("Early")

    # === RIGHTS === #

    def test_only_the_person_agrees_and_contests(self):
        for user in (self.colleague, self.manager, self.accountant):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self.line.with_user(user).action_contest("I try")
                with self.assertRaises(AccessError):
                    self.line.with_user(user).action_agree()
                with self.assertRaises(AccessError):
                    self.line.with_user(user).action_withdraw()
                with self.assertRaises(AccessError):
                    self.statement.with_user(user).action_agree()
        self.assertEqual(self.statement.state, "sent")
        self.assertFalse(self.line.review)

    def test_the_wizard_opens_no_back_door(self):
        wizard = self.env["credit.commission.contest"].with_user(self.colleague)
        with self.assertRaises(AccessError):
            wizard.create(
                {"entry_ids": [(6, 0, self.line.ids)], "reason": "I try"}
            ).action_contest()
        self.own.action_contest("Wrong")
        for user in (self.salesperson, self.accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._answer("I decide", 10.0, user)

    def test_a_manager_of_another_company_reads_no_line_through_the_answer(self):
        self.own.action_contest("Wrong")
        other = self.setup_other_company(name="Other")["company"]
        self.manager.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        wizard = self.env["credit.commission.answer"].with_user(self.manager)
        wizard = wizard.create({"entry_id": self.line.id, "answer": "?"})
        wizard.invalidate_recordset()
        for name in ("reason", "line_amount"):
            with self.subTest(name), self.assertRaises(AccessError):
                wizard.read([name])

    def test_a_manager_answers_for_an_agent_who_has_no_access(self):
        statement = self._statement(10.0, person=self.agent, state="sent")
        statement.entry_ids.with_user(self.manager).action_contest("By letter: 5 missing")
        self.assertEqual(statement.state, "contested")
        with self.assertRaises(AccessError):
            statement.entry_ids.with_user(self.colleague).action_withdraw()
        statement.entry_ids.with_user(self.manager).action_withdraw()
        statement.with_user(self.manager).action_agree()
        self.assertEqual(statement.state, "agreed")

    def test_a_manager_does_not_answer_own_lines(self):
        statement = self._statement(10.0, person=self.manager.partner_id, state="sent")
        self.line = statement.entry_ids
        self.line.with_user(self.manager).action_contest("Wrong")
        with self.assertRaisesRegex(AccessError, "Ask another manager"):
            self._answer("Of course", 1000.0)
