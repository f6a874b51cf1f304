from odoo.tests import HttpCase, tagged

from .common_worklist import WorklistCommon


@tagged("post_install", "-at_install")
class TestCollectorTour(WorklistCommon, HttpCase):
    def test_a_collector_works_the_list_by_keys_and_a_manager_grants_what_is_beyond_the_margin(
        self,
    ):
        for number, amount in enumerate((9000.0, 900.0)):
            customer = self._customer(f"Tour {number}", phone="01 00 00 00 00")
            self._invoice(amount, days_late=40 - number, customer=customer)
            self._profile(customer, analyst_id=self.collector.id)
        self.env["credit.negotiation.margin"].with_user(self.manager).create({"max_days": 5})
        self.env.flush_all()
        self.start_tour(
            "/odoo/credit-today", "credit_collection_collector", login=self.collector.login
        )
        logs = self.env["credit.contact.log"].sudo().search([("user_id", "=", self.collector.id)])
        self.assertEqual(
            {log.partner_id.name: log.outcome_id.name for log in logs}, {"Tour 0": "Message left"}
        )
        request = self.env["credit.negotiation.request"].sudo().search([])
        self.assertEqual((request.partner_id.name, request.state), ("Tour 1", "asked"))
        self.start_tour(
            "/odoo/credit-concessions", "credit_collection_manager", login=self.manager.login
        )
        request.invalidate_recordset()
        self.assertEqual((request.state, request.decided_by), ("granted", self.manager))
