from odoo.tests import HttpCase, tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestTours(CreditCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the users of the tour work in the company of the test, in English
        cls.salesperson.sudo().name = "Tour Salesperson"
        cls.manager.sudo().name = "Tour Manager"
        cls.customer.name = "Tour Customer"

    def test_a_salesperson_is_held_and_a_manager_releases(self):
        self._limit(500.0)
        self._invoice(300.0, days_late=5)
        order = self._order(250.0, client_order_ref="TOUR")
        self.env.flush_all()
        self.start_tour(
            f"/odoo/sales/{order.id}", "credit_hold_salesperson", login=self.salesperson.login
        )
        self.assertHeld(order, "over_limit")
        self.start_tour("/odoo/credit-holds", "credit_hold_manager", login=self.manager.login)
        self.assertPassed(order)
        self.assertEqual(order.sudo().credit_hold_ids.decided_by, self.manager)

    def test_a_customer_who_signs_is_told_politely_and_loses_nothing(self):
        self._limit(500.0)
        self._invoice(333.0)
        order = self._order(250.0, require_signature=True, require_payment=False)
        order.partner_id.lang = "en_US"
        self.env.flush_all()
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order._portal_ensure_token(),
                "name": "Purchasing",
                "signature": "R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs=",
            },
        )
        self.assertTrue(answer["force_refresh"])
        hold = self.assertHeld(order, "over_limit")
        self.assertTrue(order.signature)
        self.assertTrue(hold.send_email)
        self.assertIn(self.salesperson, hold.requester_ids)
        page = self.url_open(order.get_portal_url()).text
        self.assertIn("is being checked", page)
        for figure in ("333.00", "583.00", "83.00", "500.00"):
            self.assertNotIn(figure, page)

    def test_a_customer_who_has_not_signed_yet_is_not_thanked(self):
        self._limit(500.0)
        self._invoice(333.0)
        order = self._order(250.0, require_signature=True, require_payment=False)
        order.partner_id.lang = "en_US"
        order.with_user(self.salesperson).action_confirm()
        self.assertHeld(order, "over_limit")
        self.env.flush_all()
        page = self.url_open(order.get_portal_url()).text
        self.assertNotIn("is being checked", page)
        self.assertIn("Sign", page)

    def test_an_analyst_writes_on_a_credit_file(self):
        self._invoice(100.0, days_late=40)
        profile = self._profile()
        self.env.flush_all()
        self.start_tour(
            f"/odoo/credit-customers/{profile.id}", "credit_analyst_file", login=self.analyst.login
        )
        profile.invalidate_recordset()
        self.assertIn("Called on Monday", profile.note)

    def test_an_analyst_refuses_what_is_above_the_ceiling(self):
        self.env["credit.authority"].sudo().create({"user_id": self.analyst.id, "max_excess": 1})
        self._limit(500.0)
        order = self._order(900.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        self.env.flush_all()
        self.start_tour(
            f"/odoo/credit-holds/{hold.id}", "credit_analyst_refuses", login=self.analyst.login
        )
        self.assertRecordValues(hold, [{"state": "refused", "decided_by": self.analyst.id}])

    def test_a_manager_is_led_through_the_first_steps(self):
        self.policy.name = "Tour Policy"
        self.company.sudo().credit_management_policy_id = False
        self.env["credit.risk.class"].sudo().search([]).policy_id = False
        self.env.flush_all()
        self.start_tour(
            "/odoo/credit-holds", "credit_manager_first_steps", login=self.manager.login
        )
        self.assertEqual(self.company.sudo().credit_management_policy_id, self.policy)
