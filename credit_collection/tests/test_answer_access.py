from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import AnswerCommon


@tagged("post_install", "-at_install")
class TestAnswerAccess(AnswerCommon):
    """Companies are kept apart, and who has no right on credit works on as before."""

    def setUp(self):
        super().setUp()
        self.a, self.b, self.c = (self._invoice(100, days_late=20) for _each in range(3))
        self.promise = self._promise(100, self.a)
        self.dispute = self._dispute((self.b, 30))
        self.plan = self._answer("credit.payment.plan", [self.c], number=2)
        self.answers = (self.promise, self.dispute, self.plan)

    def test_people_of_another_company_see_none_of_it(self):
        theirs = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env(su=True),
            "credit_stranger",
            "credit_management.group_credit_manager",
            company_id=theirs.id,
            company_ids=[(6, 0, theirs.ids)],
        )
        for answer in self.answers:
            seen = answer.with_user(stranger).with_context(allowed_company_ids=theirs.ids)
            parts = seen.sudo().line_ids.sudo(False)
            for records in (seen, parts):
                with self.subTest(records._name):
                    self.assertFalse(records.search([("id", "in", records.ids)]))
                    with self.assertRaises(AccessError):
                        records.read(["amount"])

    def test_an_accountant_without_a_right_on_credit_matches_payments(self):
        self.plan.action_propose()
        self.plan.action_agree()
        accountant = self._user("ledger", "account.group_account_user")
        money = self._pay_on_account(300)
        credit = money.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        items = self._item(self.a) | self._item(self.b) | self._item(self.c)
        (credit | items).with_user(accountant).reconcile()
        self.assertEqual([answer.state for answer in self.answers], ["kept", "settled", "kept"])
        items.with_user(accountant).remove_move_reconcile()
        self.assertEqual([answer.state for answer in self.answers], ["open", "open", "agreed"])

    def test_nobody_types_what_only_actions_write(self):
        """Not even by what a write leaves empty, by a line's command, or by a default of the context."""
        for record, values in (
            (self.plan, {"is_said": False}),
            (self.plan, {"version": 0}),
            (self.plan, {"amount": 1.0}),
            (self.plan.line_ids, {"state": "agreed"}),
            (self.plan.instalment_ids[0], {"cumulative": 5.0}),
            (self.dispute, {"is_said": False}),
        ):
            for user in (self.collector, self.manager):
                with self.subTest(record._name, values=values), self.assertRaises(AccessError):
                    record.with_user(user).write(values)
        for line, values in (
            (self.dispute.line_ids, {"withheld": 0.0}),
            (self.promise.line_ids, {"state": "withdrawn"}),
        ):
            with (
                self.subTest(line._name),
                self.assertRaisesRegex(UserError, "no longer be changed"),
            ):
                line.write(values)
        self.plan.write({"is_said": True, "version": 1, "amount": 100.0})

    def test_a_new_answer_decides_nothing(self):
        item = self._item(self._invoice(50))
        line = {"item_id": item.id, "amount": 50.0}
        for name, typed in (
            ("credit.payment.plan", {"state": "agreed"}),
            ("credit.payment.plan", {"line_ids": [Command.create({**line, "state": "agreed"})]}),
            (
                "credit.payment.plan",
                {"line_ids": [Command.create({**line, "date_due": "2099-01-01"})]},
            ),
            ("credit.dispute", {"line_ids": [Command.create({**line, "withheld": 9.0})]}),
        ):
            with self.subTest(name, typed=typed), self.assertRaises(AccessError):
                self._answer(name, **self._needed(name), **typed)
        instalment = {"date": self.today, "amount": 50.0, "cumulative": 5.0}
        with self.assertRaises(AccessError):
            self._answer(
                "credit.payment.plan",
                instalment_ids=[Command.create(instalment)],
            )

    def _needed(self, name):
        category = self.env.ref("credit_collection.dispute_category_price")
        return {"category_id": category.id} if name == "credit.dispute" else {}

    def test_a_default_of_the_context_decides_nothing(self):
        invoice = self._invoice(50)
        values = {
            "partner_id": self.customer.id,
            "line_ids": [Command.create({"item_id": self._item(invoice).id, "amount": 50.0})],
        }
        plans = self.env["credit.payment.plan"].with_user(self.collector)
        for name, value in (("state", "agreed"), ("amount", 1.0), ("cumulative", 1.0)):
            with self.subTest(name), self.assertRaises(AccessError):
                plans.with_context(**{f"default_{name}": value}).create(values)
        plan = plans.with_context(default_agreed_by=self.manager.id).create(values)
        self.assertFalse(plan.agreed_by)

    def test_a_line_stays_with_its_record(self):
        other = self._answer("credit.payment.plan", [self._invoice(70)], number=2)
        for part in (self.plan.line_ids, self.plan.instalment_ids[0]):
            with self.subTest(part._name), self.assertRaises(AccessError):
                part.write({"plan_id": other.id})
        with self.assertRaises(AccessError):
            other.write({"line_ids": [Command.link(self.plan.line_ids.id)]})
