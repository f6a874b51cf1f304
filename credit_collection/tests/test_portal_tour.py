from odoo.tests import tagged

from .common_portal import PortalCommon


@tagged("post_install", "-at_install")
class TestPortalTour(PortalCommon):
    def _prepare(self):
        first, second = self._invoice(100, days_late=40), self._invoice(200, days_late=20)
        plan = self._answer("credit.payment.plan", [self._invoice(90, days_late=60)], number=3)
        plan.action_propose()
        return first, second, plan

    def _check(self, first, second, plan):
        self.env.invalidate_all()
        promise, dispute = (
            self.env[name].sudo().search([("partner_id", "=", self.customer.id)])
            for name in ("credit.promise", "credit.dispute")
        )
        self.assertEqual((promise.line_ids.item_id.move_id, promise.amount), (first, 100))
        self.assertEqual((dispute.line_ids.item_id.move_id, dispute.amount), (second, 200))
        self.assertEqual((plan.state, plan.sudo().signed_by), ("agreed", "Ana Lopes"))

    def test_a_customer_promises_disputes_and_signs_on_a_phone(self):
        self.browser_size = "390x844"
        records = self._prepare()
        self.start_tour("/my", "credit_collection_portal", login=self.buyer.login)
        self._check(*records)
