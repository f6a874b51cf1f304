from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestAround(CreditCommon):
    """What somebody with an ordinary right may try over RPC to get more than the limit."""

    # === RELEASES === #

    def _small_authority(self):
        authorities = self.env["credit.authority"].sudo()
        authorities.search([]).action_archive()
        return authorities.create(
            {
                "user_id": self.analyst.id,
                "max_excess": 50,
                "max_exposure": 500,
                "max_overdue_days": 10,
            }
        )

    def test_a_release_is_no_larger_than_the_authority(self):
        self._small_authority()
        self._limit_of(100.0)
        order = self._order(150.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        with self.assertRaises(AccessError):
            hold.with_user(self.analyst).action_release("Small", amount=100000.0)
        hold.with_user(self.analyst).action_release("Small")
        self.assertPassed(order)

    def test_many_small_releases_are_no_large_one(self):
        self._small_authority()
        self._limit_of(100.0)
        orders = [self._order(150.0) for _n in range(3)]
        for order in orders:
            order.action_confirm()
        first, second, _third = (self.assertHeld(order) for order in orders)
        with self.assertRaises(AccessError):
            (first | second).with_user(self.analyst).action_release("Both")
        first.with_user(self.analyst).action_release("One")
        self.assertPassed(orders[0])
        with self.assertRaises(AccessError):
            second.with_user(self.analyst).action_release("And another")

    def _released(self, amount):
        """An order released, confirmed and invoiced."""
        self._limit(100.0)
        order = self._order(amount)
        order.action_confirm()
        self.assertHeld(order).with_user(self.manager).action_release("Once")
        self.assertPassed(order)
        self._invoice_order(order)
        return order

    def _add_line(self, order, amount):
        order.with_user(self.salesperson).order_line = [
            Command.create({"product_id": self.service.id, "price_unit": amount, "tax_ids": False})
        ]

    def test_a_release_is_not_used_again_by_lines_exchanged(self):
        order = self._released(500.0)
        order.order_line.with_user(self.salesperson).product_uom_qty = 0.0
        self._add_line(order, 500.0)
        self.assertEqual(order.credit_state, "held")

    def test_a_release_is_not_used_again_by_an_order_cancelled_after_its_invoice(self):
        order = self._released(500.0)
        order.with_user(self.salesperson).action_cancel()
        order.with_user(self.salesperson).action_draft()
        order.order_line.with_user(self.salesperson).unlink()
        self._add_line(order, 500.0)
        order.with_user(self.salesperson).action_confirm()
        self.assertHeld(order)

    def _limit_of(self, amount):
        """A limit without anybody's authority."""
        limit = (
            self.env["credit.limit"]
            .sudo()
            .create({"profile_id": self._profile().id, "amount": amount, "reason": "Test"})
        )
        limit.action_request()
        limit._decide("approved")
        limit._begin(self.today)

    # === FIGURES THAT SOMEBODY TYPES === #

    def test_a_default_of_the_context_is_no_figure(self):
        orders = self.env["sale.order"].with_user(self.salesperson)
        lines = self.env["sale.order.line"].with_user(self.salesperson)
        old = self._invoice(80.0, invoice_user_id=self.salesperson.id)
        for records, name, value in (
            (orders, "amount_total", 1.0),
            (orders, "currency_rate", 1000.0),
            (orders, "invoice_status", "invoiced"),
            (lines, "qty_invoiced", 1.0),
            (lines, "invoice_lines", old.invoice_line_ids.ids),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                records.with_context(**{f"default_{name}": value}).create({})

    def test_invoices_of_others_are_not_linked(self):
        self._limit(100.0)
        old = self._invoice(80.0, invoice_user_id=self.salesperson.id)
        self._pay(old)
        order = self._order(80.0)
        order.action_confirm()
        self.assertPassed(order)
        line = order.order_line.with_user(self.salesperson)
        with self.assertRaises(AccessError):
            line.write({"invoice_lines": [Command.set(old.invoice_line_ids.ids)]})
        with self.assertRaises(AccessError):
            line.create(
                {
                    "order_id": order.id,
                    "name": "Down payment",
                    "is_downpayment": True,
                    "product_uom_qty": 0.0,
                    "invoice_lines": [Command.set(old.invoice_line_ids.ids)],
                }
            )
        self.assertExposure(ordered=80.0)

    def test_payments_of_others_are_not_linked(self):
        self._limit(100.0)
        paid = self._order(500.0, customer=self._customer("Other"))
        transaction = self._transaction(paid, 500.0)
        order = self._order(300.0).with_user(self.salesperson)
        accountant = self._user(
            "selling accountant",
            "account.group_account_invoice,sales_team.group_sale_salesman_all_leads",
        )
        for user in (self.salesperson, accountant):
            with self.subTest(user.name), self.assertRaises(AccessError):
                order.with_user(user).write({"transaction_ids": [Command.link(transaction.id)]})
        order.action_confirm()
        self.assertHeld(order)

    def test_an_online_payment_that_bounced_is_no_money(self):
        order = self._sale(500.0)
        transaction = self._transaction(order, 200.0)
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 200.0, "payment_type": "inbound"}
        )
        transaction.payment_id = payment
        payment.action_post()
        self.assertEqual(self._profile().exposure, 300.0)
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self._profile().exposure, 500.0)
        self.assertEqual(order._get_credit_asked(), 500.0)

    # === HELD BY HAND === #

    def test_a_hold_by_hand_survives_every_way_back(self):
        for state in ("draft", "sent", "sale"):
            with self.subTest(state):
                order = self._order(10.0)
                self.env["credit.hold"].sudo()._hold_by_hand(order, "Fraud?")
                seller = order.with_user(self.salesperson)
                seller.write({"state": "cancel"})
                if state == "sale":
                    with self.assertRaisesRegex(UserError, "credit control"):
                        seller.write({"state": state})
                    continue
                seller.write({"state": state})
                seller.action_confirm()
                self.assertHeld(order, "manual")

    # === DELIVERY DAY === #

    def test_an_order_that_comes_into_the_horizon_is_asked(self):
        self.policy.write({"has_horizon": True, "horizon_days": 30})
        self._limit(100.0)
        order = self._order(500.0, commitment_date=self.today + timedelta(300))
        order.action_confirm()
        self.assertPassed(order)
        mine = order.with_user(self.salesperson)
        for sooner in (self.today, False):
            mine.write({"commitment_date": sooner})
            self.assertEqual(order.credit_state, "held")
            mine.action_credit_back()
            self.assertEqual(order.commitment_date.date(), self.today + timedelta(300))
            self.assertEqual(order.credit_state, "clear")
        mine.write({"commitment_date": self.today + timedelta(200)})
        self._limit(500.0)
        mine.write({"commitment_date": self.today})
        self.assertEqual(self._profile().exposure, 500.0)

    # === MERGED === #

    def test_a_rule_for_a_customer_follows_a_merge(self):
        other = self._customer("Other")
        self.policy.write(
            {"rule_ids": [Command.create({"kind": "always", "partner_id": other.id})]}
        )
        order = self._order(10.0, customer=other)
        self.assertEqual(order.credit_state, "warning")
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((other | self.customer).ids, self.customer)
        mine = self._order(10.0)
        mine.action_confirm()
        self.assertHeld(mine, "always")
