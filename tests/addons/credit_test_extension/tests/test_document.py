from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged


@tagged("post_install", "-at_install")
class TestDocument(CreditCommon):
    """A document of another add-on: its hold is made, shown, decided and made again as that of an order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._policy(over_limit={"checkpoint": "rental"})
        cls.env["credit.authority"].sudo().create({"user_id": cls.manager.id, "is_unlimited": True})

    def setUp(self):
        super().setUp()
        self._limit(100.0)

    def _rental(self, amount):
        rental = (
            self.env["credit.test.rental"]
            .with_user(self.salesperson)
            .create(
                {
                    "number": "R1",
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "amount": amount,
                }
            )
        )
        rental.action_start()
        return rental

    def _pending(self, rental):
        return rental.sudo().credit_hold_ids._get_pending()

    def test_within_the_limit_it_starts(self):
        rental = self._rental(100.0)
        self.assertTrue(rental.started)
        self.assertFalse(rental.sudo().credit_hold_ids)

    def test_over_the_limit_it_is_held_and_says_so(self):
        rental = self._rental(101.0)
        self.assertFalse(rental.started)
        hold = self._pending(rental)
        self.assertEqual((hold.name, hold.checkpoint, hold.amount), ("R1", "rental", 101.0))
        self.assertEqual(hold.main_reason, "over_limit")
        self.assertEqual(rental.action_start()["params"]["title"], "On credit hold")
        self.assertEqual(self._pending(rental), hold)

    def test_its_hold_is_shown_with_it_to_its_salesperson(self):
        rental = self._rental(101.0)
        holds = self.env["credit.hold"].with_user(self.salesperson)
        hold = holds.search([("salesperson_id", "=", self.salesperson.id)])
        self.assertEqual(hold, self._pending(rental))
        self.assertEqual(Form(hold).document, f"{rental._name},{rental.id}")
        [shown] = hold.web_read({"document": {"fields": {"display_name": {}}}})
        self.assertEqual(shown["document"]["display_name"], "R1")

    def test_who_may_not_decide_does_not(self):
        hold = self._pending(self._rental(101.0))
        with self.assertRaises(AccessError):
            hold.with_user(self.salesperson).action_release("Please")

    def test_a_release_starts_it_and_growth_beyond_is_held_again(self):
        rental = self._rental(150.0)
        self._pending(rental).with_user(self.manager).action_release("Paid tomorrow", amount=180.0)
        self.assertTrue(rental.started)
        rental.amount = 180.0
        self.assertTrue(rental.action_start())
        self.assertFalse(self._pending(rental))
        rental.amount = 181.0
        rental.action_start()
        self.assertEqual(self._pending(rental).amount, 181.0)
        self.assertEqual(len(rental.sudo().credit_hold_ids), 2)

    def test_a_hold_is_ready_once_its_reason_is_gone(self):
        hold = self._pending(self._rental(150.0))
        self._limit(150.0)
        hold._reassess()
        self.assertTrue(hold.ready)
