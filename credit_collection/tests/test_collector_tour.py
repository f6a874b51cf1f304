from odoo.tests import HttpCase, tagged

from .common_worklist import WorklistCommon


@tagged("post_install", "-at_install")
class TestCollectorTour(WorklistCommon, HttpCase):
    """Whole jobs typed into empty forms; a script error ends the tour."""

    def _debtors(self):
        """Customers who owe less and less, so that the list has an order."""
        customers = [
            self._customer(f"Tour {number}", phone="01 00 00 00 00") for number in range(7)
        ]
        for number, customer in enumerate(customers):
            self._invoice(9000.0 - 1000 * number, days_late=40 - number, customer=customer)
            self._profile(customer, analyst_id=self.collector.id)
        self._customer("Purchasing", parent_id=customers[-1].id, is_company=False)
        self.env["credit.negotiation.margin"].with_user(self.manager).create({"max_days": 5})
        self.env.flush_all()
        return customers

    def test_a_collector_works_the_list_by_keys_and_a_manager_grants_what_is_beyond_the_margin(
        self,
    ):
        customers = self._debtors()
        self.start_tour(
            "/odoo/credit-today", "credit_collection_collector", login=self.collector.login
        )
        logs = self.env["credit.contact.log"].sudo().search([("user_id", "=", self.collector.id)])
        self.assertEqual(
            {log.partner_id.name: log.outcome_id.name for log in logs},
            {
                "Tour 0": "Message left",
                "Tour 2": "Will pay",
                "Tour 5": "Asks to be called back",
                "Tour 6": "Wrong person",
            },
        )
        self.assertTrue(customers[-1].child_ids.sudo().credit_wrong_person_date)
        for number, model in ((2, "promise"), (3, "payment.plan"), (4, "dispute")):
            answers = self.env[f"credit.{model}"].sudo()
            answers = answers.search([("user_id", "=", self.collector.id)])
            self.assertEqual(answers.partner_id.mapped("name"), [f"Tour {number}"])
        requests = self.env["credit.negotiation.request"].sudo()
        request = requests.search([("requested_by", "=", self.collector.id)])
        self.assertEqual((request.partner_id.name, request.state), ("Tour 1", "asked"))
        self.start_tour(
            "/odoo/credit-concessions", "credit_collection_manager", login=self.manager.login
        )
        request.invalidate_recordset()
        self.assertEqual((request.state, request.decided_by), ("granted", self.manager))

    def test_a_manager_makes_a_portfolio(self):
        action = self.env.ref("credit_collection.action_credit_portfolio")
        self.collector.sudo().name = "Collector"
        self.start_tour(
            f"/odoo/action-{action.id}",
            "credit_collection_manager_portfolio",
            login=self.manager.login,
        )
        portfolio = self.env["credit.portfolio"].sudo().search([("name", "=", "Everybody")])
        self.assertEqual(portfolio.user_id, self.collector)

    def test_a_salesperson_opens_a_dispute_answers_and_discusses_it(self):
        customer = self._customer("Tour 7", user_id=self.salesperson.id)
        self._invoice(400.0, days_late=10, customer=customer)
        self.env.flush_all()
        self.start_tour(
            "/odoo/my-disputes", "credit_collection_salesperson", login=self.salesperson.login
        )
        disputes = self.env["credit.dispute"].sudo()
        dispute = disputes.search([("create_uid", "=", self.salesperson.id)])
        self.assertEqual((dispute.amount, dispute.owner_opinion), (40.0, "right"))
        self.assertIn("I confirm the discount", dispute.message_ids.mapped("preview"))
