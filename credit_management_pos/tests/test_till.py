from odoo import fields
from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged


class TillCommon(CreditCommon):
    """A till that takes cash and sells on account, and a customer with a limit of 100."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)
        methods = cls.env["pos.payment.method"]
        cls.cash = methods.create(
            {
                "name": "Cash",
                "journal_id": cls.company_data["default_journal_cash"].id,
                "receivable_account_id": cls.company_data["default_account_receivable"].id,
                "company_id": cls.company.id,
            }
        )
        cls.on_account = methods.create(
            {"name": "On account", "split_transactions": True, "company_id": cls.company.id}
        )
        cls.deposit = cls._service("order")
        cls.till = cls.env["pos.config"].create(
            {
                "name": "Till",
                "company_id": cls.company.id,
                "journal_id": cls.company_data["default_journal_sale"].id,
                "invoice_journal_id": cls.company_data["default_journal_sale"].id,
                "payment_method_ids": [Command.set((cls.cash | cls.on_account).ids)],
                "down_payment_product_id": cls.deposit.id,
            }
        )

    def setUp(self):
        super().setUp()
        self._limit(100.0)


@tagged("post_install", "-at_install")
class TestTill(TillCommon):
    """What is settled at the till is never held nor lost, and counts once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.till.open_ui()
        cls.till.current_session_id.set_opening_control(0.0, "")

    def _at_till(self, order, amount, method=None, product=None, invoice=False):
        """The customer settles so much of the order at the till."""
        line = {
            "product_id": (product or self.service).id,
            "qty": 1,
            "discount": 0,
            "price_unit": amount,
            "price_subtotal": amount,
            "price_subtotal_incl": amount,
            "tax_ids": [],
            "pack_lot_ids": [],
            "sale_order_origin_id": order.id,
        }
        if not product:
            line["sale_order_line_id"] = order.order_line[0].id
        payment = {
            "amount": amount,
            "name": fields.Datetime.now(),
            "payment_method_id": (method or self.cash).id,
        }
        data = {
            "amount_paid": amount,
            "amount_return": 0,
            "amount_tax": 0,
            "amount_total": amount,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "fiscal_position_id": False,
            "to_invoice": invoice,
            "partner_id": order.partner_id.id,
            "lines": [Command.create(line)],
            "payment_ids": [Command.create(payment)],
            "session_id": self.till.current_session_id.id,
            "user_id": self.env.uid,
        }
        found = self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].browse(found["pos.order"][0]["id"])

    def test_a_quotation_paid_at_the_till_is_a_sale(self):
        self._policy(status={}, over_limit={})
        self._profile(status="blocked", status_reason="Court case")
        order = self._order(150.0)
        self._at_till(order, 150.0)
        self.assertPassed(order)
        self.assertExposure()

    def test_a_held_quotation_paid_at_the_till_is_a_sale(self):
        order = self._order(150.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        self._at_till(order, 150.0)
        self.assertPassed(order)
        self.assertEqual(hold.state, "cancelled")

    def test_a_deposit_comes_off_what_is_asked_and_off_the_exposure(self):
        order = self._order(190.0)
        self._at_till(order, 90.0, product=self.deposit)
        self.assertPassed(order)
        self.assertExposure(ordered=100.0)

    def test_what_a_deposit_leaves_open_is_judged_and_the_money_stays(self):
        order = self._order(300.0)
        sold = self._at_till(order, 90.0, product=self.deposit)
        hold = self.assertHeld(order, "over_limit")
        self.assertEqual((hold.amount, sold.state), (210.0, "paid"))
        hold.with_user(self.manager).action_release("Go")
        self.assertPassed(order)
        self.assertExposure(ordered=210.0)

    def test_an_order_sold_before_and_settled_at_the_till_is_open_no_more(self):
        order = self._order(100.0)
        order.action_confirm()
        self.assertExposure(ordered=100.0)
        self._at_till(order, 100.0)
        self.assertExposure()

    def test_on_account_counts_once_before_and_after_the_session_is_closed(self):
        order = self._order(60.0)
        self._at_till(order, 60.0, method=self.on_account)
        self.assertPassed(order)
        self.assertExposure(till_account=60.0)
        self.till.current_session_id.action_pos_session_closing_control()
        self.assertExposure(receivable=60.0)

    def test_on_account_with_an_invoice_is_a_receivable(self):
        order = self._order(60.0)
        self._at_till(order, 60.0, method=self.on_account, invoice=True)
        self.assertExposure(receivable=60.0)

    def test_the_invoice_of_the_rest_takes_the_deposit_off_once(self):
        order = self._order(190.0)
        self._at_till(order, 90.0, product=self.deposit)
        invoice = self._invoice_order(order)
        self.assertEqual(invoice.amount_total, 100.0)
        self.assertExposure(receivable=100.0)

    # === ON ACCOUNT === #

    def _ask(self, amount, customer=None, user=None):
        orders = self.env["pos.order"].with_user(user or self.cashier)
        partner = customer or self.customer
        return orders.get_credit_refusal(self.till.current_session_id.id, partner.id, amount)

    @property
    def cashier(self):
        known = self.env["res.users"].search([("login", "=", "credit_cashier")])
        return known or self._user("cashier", "base.group_user,point_of_sale.group_pos_user")

    def _alerts(self):
        self.env.cr.flush()
        return self._profile().sudo().activity_ids

    def test_the_till_asks_before_it_sells_on_account(self):
        self.assertEqual(self._ask(100.0), "")
        refusal = self._ask(100.01)
        self.assertIn(self.customer.name, refusal)
        self.assertNotRegex(refusal, r"\d")
        contact = self._customer("Contact", parent_id=self.customer.id, is_company=False)
        self.assertTrue(self._ask(100.01, customer=contact))
        self.assertEqual(self._ask(1e6, customer=self._customer("Free")), "")

    def test_only_who_works_at_the_till_asks(self):
        for login, groups in (("stranger", "base.group_user"), ("portal", "base.group_portal")):
            with self.subTest(login), self.assertRaises(AccessError):
                self._ask(5.0, user=self._user(login, groups))
        for amount in ("5", None, float("nan"), float("inf")):
            with self.subTest(amount), self.assertRaises(UserError):
                self._ask(amount)

    def test_what_was_sold_on_account_without_asking_raises_an_alert(self):
        self.company.credit_management_analyst_id = self.analyst
        order = self._order(150.0)
        sold = self._at_till(order, 150.0, method=self.on_account)
        self.assertEqual(sold.state, "paid", "what is sold is sold")
        alert = self._alerts()
        self.assertEqual(alert.user_id, self.analyst)
        self.assertIn(sold.name, alert.summary)
        self.assertIn("150.00", alert.note)

    def test_within_the_limit_and_in_cash_nobody_is_told(self):
        self._at_till(self._order(60.0), 60.0, method=self.on_account)
        self._at_till(self._order(500.0), 500.0)
        self.assertFalse(self._alerts())


@tagged("post_install", "-at_install")
class TestTillTour(TillCommon, HttpCase):
    """What a cashier sees in the browser."""

    def test_a_cashier_sells_on_account_within_the_limit_only(self):
        self.service.write({"available_in_pos": True, "name": self.service.name})
        groups = "base.group_user,point_of_sale.group_pos_user"
        cashier = self._user("cashier", groups, password="credit_cashier")
        self.till.with_user(cashier).open_ui()
        self.start_tour(
            f"/pos/ui/{self.till.id}", "credit_management_pos_till", login=cashier.login
        )
        orders = self.env["pos.order"].search([("config_id", "=", self.till.id)], order="id")
        sold = {order.amount_total: order.payment_ids.payment_method_id.name for order in orders}
        self.assertEqual(sold, {40.0: "On account", 70.0: "On account", 61.0: "Cash"})
        alert = self._profile().activity_ids.filtered(lambda a: "sale on account" in a.summary)
        offline = orders.filtered(lambda order: order.amount_total == 70.0)
        self.assertIn(offline.name, alert.note)
