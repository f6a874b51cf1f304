from datetime import timedelta

from odoo.addons.credit_management.tests.test_merge import TestMerge as MergeKit
from odoo.tests import tagged

from .common import AnswerCommon


@tagged("post_install", "-at_install")
class TestAnswerMerge(AnswerCommon):
    """Two customers turn out to be one: what either promised, agreed and disputes is kept and counts."""

    _merge = MergeKit._merge

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls._customer("Double", email=cls.customer.email)
        cls.clerk = cls._user("clerk", "base.group_partner_manager,base.group_user")
        cls._procedure([(8, "reminder", "email")])

    def test_promises_plans_and_disputes_of_a_merged_customer_count_for_the_one_that_is_kept(self):
        bills = [self._invoice(100.0, days_late=20, customer=self.double) for _each in range(3)]
        promise = self._promise(100, bills[0], customer=self.double)
        dispute = self._dispute((bills[1], 30), customer=self.double)
        plan = self._answer("credit.payment.plan", [bills[2]], customer=self.double)
        plan.action_propose()
        plan.action_agree()
        self._merge(self.double)
        self.assertEqual((promise | promise).partner_id, self.customer)
        self.assertEqual((dispute.partner_id, plan.partner_id), (self.customer, self.customer))
        run = self._run()
        lines = run.sudo().notice_ids.line_ids
        self.assertEqual(
            [(line.item_id, line.amount) for line in lines], [(self._item(bills[1]), 70.0)]
        )
        self.assertExcluded(run, "promised", "planned")
        self._pay(bills[0])
        self.assertEqual(promise.state, "kept")

    def test_contacts_and_concessions_of_a_merged_customer_stand_on_the_page_that_is_kept(self):
        self._profile()
        file = self._profile(self.double)
        contact = (
            self.env["credit.contact.log"]
            .with_user(self.collector)
            .create(
                {
                    "profile_id": file.id,
                    "outcome_id": self.env.ref("credit_collection.outcome_no_answer").id,
                }
            )
        )
        asked = (
            self.env["credit.negotiation.request"]
            .sudo()
            .create({"profile_id": file.id, "kind": "days", "asked": 90, "reason": "Asked"})
        )
        self._merge(self.double)
        self.env.invalidate_all()
        kept = self._profile()
        self.assertTrue(contact.exists() and asked.exists())
        self.assertEqual((contact.profile_id, asked.profile_id), (kept, kept))
        self.assertEqual(contact.partner_id, self.customer)

    def test_answers_of_a_collector_who_left_stay_and_are_judged(self):
        promise = self._promise(100, self._invoice(100, days_late=20))
        plan = self._answer("credit.payment.plan", [self._invoice(60, days_late=9)])
        plan.action_propose()
        plan.action_agree()
        self.collector.sudo().active = False
        promise.sudo()._judge(promise.last_day + timedelta(1))
        plan.sudo()._judge(plan.date_last + timedelta(30))
        self.assertEqual((promise.state, plan.state), ("broken", "defaulted"))
