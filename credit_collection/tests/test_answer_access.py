from odoo.exceptions import AccessError
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
