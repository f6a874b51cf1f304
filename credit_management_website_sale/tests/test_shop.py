from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.fields import Command
from odoo.http import root
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestShop(CreditCommon, AccountPaymentCommon, HttpCase):
    """A cart that is paid is a sale; one that is not paid is judged, and its customer told politely."""

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("base.group_system")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.company_id = cls.company
        cls.customer.write({"email": "buyer@example.com", "lang": "en_US"})

    def setUp(self):
        super().setUp()
        self._limit(100.0)

    def _cart(self, amount):
        return self._order(amount, website_id=self.website.id)

    def _paid(self, order, amount, state="done", **values):
        transaction = self._create_transaction(
            flow="direct",
            reference=f"{order.name}-{len(order.transaction_ids)}",
            amount=amount,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[Command.set(order.ids)],
            state=state,
            **values,
        )
        transaction._post_process()

    def _page(self, order):
        session = self.authenticate(None, None)
        session["sale_last_order_id"] = order.id
        root.session_store.save(session)
        self.env.flush_all()
        return self.url_open("/shop/confirmation").text

    def test_a_cart_paid_in_full_is_a_sale(self):
        order = self._cart(150.0)
        self._paid(order, 150.0)
        self.assertPassed(order)
        self.assertNotIn("is being checked", self._page(order))

    def test_a_cart_that_is_not_paid_is_held_and_the_page_is_polite(self):
        order = self._cart(177.0)
        order.sudo()._validate_order()
        self.assertHeld(order, "over_limit")
        page = self._page(order)
        self.assertIn("is being checked", page)
        for figure in ("100.00", "77.00"):
            self.assertNotIn(figure, page.replace("177.00", ""))

    def test_a_wire_transfer_announced_waits_unjudged_and_is_a_sale_when_it_arrives(self):
        order = self._cart(150.0)
        self._paid(order, 150.0, state="pending")
        self.assertEqual((order.state, order.credit_hold_ids.ids), ("sent", []))
        transaction = order.sudo().transaction_ids  # as the provider's notice does, and Odoo's job
        transaction._set_done()
        transaction._post_process()
        self.assertPassed(order)
