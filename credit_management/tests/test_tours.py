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
