from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CreditCommon


class OrderCommon(CreditCommon):
    def _line(self, price, product=None, quantity=1.0, tax=None, **values):
        return Command.create(
            {
                "product_id": (product or self.service).id,
                "product_uom_qty": quantity,
                "price_unit": price,
                "tax_ids": tax.ids if tax else False,
                **values,
            }
        )

    def _sold(self, *lines, **values):
        """An order of these lines, confirmed before any policy counts for it."""
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "order_line": list(lines), **values}
        )
        self.company.sudo().credit_management_policy_id, policy = (
            False,
            self.company.sudo().credit_management_policy_id,
        )
        order.action_confirm()
        self.company.sudo().credit_management_policy_id = policy
        return order

    def _credit(self, invoice, post=True, **values):
        """A credit note of a whole invoice."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, **values})
        )
        wizard.refund_moves()
        credit_note = wizard.new_move_ids
        if post:
            credit_note.action_post()
        return credit_note

    def _total(self, customer=None):
        return round(sum(self._exposure(customer).values()), 2)


@tagged("post_install", "-at_install")
class TestNothingUnposted(OrderCommon):
    """Nothing unposted makes room, and nothing counts twice."""

    def test_a_draft_credit_note_makes_no_room(self):
        self._invoice(500.0)
        credit_note = self._invoice(120.0, move_type="out_refund", post=False)
        self.assertExposure(receivable=500.0)
        credit_note.action_post()
        self.assertExposure(receivable=380.0)

    def test_the_draft_of_a_negative_order_makes_no_room(self):
        order = self._sold(self._line(-500.0))
        self.assertExposure()
        order._create_invoices(final=True)
        self.assertExposure()

    def test_a_negative_line_of_a_draft_makes_no_room(self):
        draft = self._invoice_order(self._sale(1000.0), post=False)
        draft.invoice_line_ids = [
            Command.create({"name": "Less", "price_unit": -999.0, "tax_ids": False})
        ]
        self.assertExposure(ordered=1000.0)

    def test_an_order_counts_in_full_whatever_its_draft_says(self):
        order = self._sale(1000.0)
        draft = self._invoice_order(order, post=False)
        self.assertExposure(ordered=1000.0)
        draft.invoice_line_ids.price_unit = 0.01
        self.assertExposure(ordered=1000.0)
        draft.invoice_line_ids.quantity = 0.1
        self.assertExposure(ordered=1000.0)
        draft.partner_id = self._customer("Another")
        self.assertExposure(ordered=1000.0)
        self.assertExposure(draft.partner_id)
        draft.invoice_line_ids.unlink()
        self.assertExposure(ordered=1000.0)
        draft.unlink()
        self.assertExposure(ordered=1000.0)

    def test_an_order_counts_until_its_invoice_is_posted_though_drafts_do_not(self):
        self.policy.sudo().count_draft_invoice = False
        self._limit(1000.0)
        order = self._sale(900.0)
        draft = self._invoice_order(order, post=False)
        self.assertEqual(self._profile().exposure, 900.0)
        draft.action_post()
        self.assertEqual(self._profile().exposure, 900.0)
        self.assertExposure(receivable=900.0)

    def test_what_no_order_stands_behind_counts_as_a_draft(self):
        draft = self._invoice_order(self._sale(1000.0), post=False)
        draft.invoice_line_ids = [
            Command.create({"name": "Freight", "price_unit": 50.0, "tax_ids": False})
        ]
        self.assertExposure(ordered=1000.0, draft_invoice=50.0)

    def test_a_policy_without_orders_counts_their_drafts(self):
        self.policy.sudo().write({"count_delivered": False, "count_ordered": False})
        order = self._sale(1000.0)
        self.assertEqual(self._profile().exposure, 0.0)
        draft = self._invoice_order(order, post=False)
        self.assertEqual(self._profile().exposure, 1000.0)
        draft.action_post()
        self.assertEqual(self._profile().exposure, 1000.0)

    def test_a_document_set_back_to_draft_settles_nothing(self):
        invoice = self._invoice(1000.0)
        self._pay(invoice)
        self.assertExposure()
        invoice.button_draft()
        self.assertExposure(receivable=-1000.0, draft_invoice=1000.0)
        invoice.action_post()
        self.assertExposure()

    def test_a_matched_credit_note_set_back_to_draft_makes_no_room(self):
        invoice = self._invoice(1000.0, days_late=10)
        credit_note = self._credit(invoice)
        self.assertExposure()
        credit_note.button_draft()
        self.assertExposure(receivable=1000.0)
        profile = self._profile()
        self.assertEqual((profile.overdue, profile.oldest_due_days), (1000.0, 10))

    def test_a_payment_set_back_to_draft_opens_its_invoice_again(self):
        invoice = self._invoice(1000.0)
        entry = self._pay_on_account(1000.0)
        (invoice.line_ids + entry.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertExposure()
        entry.button_draft()
        self.assertExposure(receivable=1000.0)

    def test_an_order_below_zero_makes_no_room_for_the_next_of_its_batch(self):
        self._limit(1000.0)
        orders = self._order(-4000.0) | self._order(4500.0)
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "sent"])

    def test_a_line_that_calls_itself_a_down_payment_counts(self):
        order = (
            self.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        self._line(100.0, self.service_delivered, 9, is_downpayment=True)
                    ],
                }
            )
        )
        self.company.sudo().credit_management_policy_id = False
        order.action_confirm()
        self.assertExposure(ordered=900.0)


@tagged("post_install", "-at_install")
class TestOrderTotal(OrderCommon):
    """An order counts its own total from the first to the last step, and never less than nothing."""

    def test_the_same_figure_from_order_to_delivery_to_invoice(self):
        tax = self.percent_tax(20.0)
        self.assertEqual(self.company.tax_calculation_rounding_method, "round_globally")
        lines = [self._line(1.04, self.service_delivered, tax=tax) for _n in range(100)]
        order = self._sold(*lines)
        self.assertEqual(order.amount_total, 124.8)
        self.assertNotEqual(sum(order.order_line.mapped("price_total")), 124.8)
        self.assertExposure(ordered=124.8)
        order.order_line[:50].qty_delivered = 1
        self.assertExposure(delivered=62.4, ordered=62.4)
        self._invoice_order(order)
        self.assertExposure(receivable=62.4, ordered=62.4)
        order.order_line.qty_delivered = 1
        self.assertExposure(receivable=62.4, delivered=62.4)

    def test_each_line_is_within_a_cent_of_its_share(self):
        tax = self.percent_tax(20.0)
        self._sold(*[self._line(1.04, tax=tax) for _n in range(100)])
        rows = self.env["credit.exposure"].sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual({round(row.amount, 2) for row in rows}, {1.24, 1.25})

    def test_goods_that_were_not_ordered_count_with_tax(self):
        order = self._sold(self._line(50.0))
        order.order_line = [
            self._line(100.0, self.service_delivered, 0, self.percent_tax(20.0), discount=10)
        ]
        order.order_line[-1:].qty_delivered = 10
        self.assertExposure(ordered=50.0, delivered=1080.0)

    def test_a_negative_line_hides_no_posted_debt(self):
        order = self._sold(self._line(5000.0), self._line(-4999.0, self.service_delivered))
        self.assertExposure(ordered=5000.0)
        invoice = self._invoice_order(order)
        self.assertEqual(invoice.amount_total, 5000.0)
        self.assertExposure(receivable=5000.0)

    def test_what_is_negative_counts_once_it_is_certain(self):
        order = self._sold(self._line(5000.0), self._line(-5001.0, self.service_delivered))
        self.assertExposure(ordered=5000.0)
        order.order_line[1].qty_delivered = 1.0
        self.assertExposure()
        order.order_line[1].qty_delivered = 0.0
        self._sold(self._line(300.0), self._line(-100.0))
        self.assertExposure(ordered=5200.0)
        self._sold(self._line(150.0), self._line(100.0, self.service, -1))
        self.assertExposure(ordered=5350.0)

    def test_an_order_reduced_below_its_down_payment_asks_nothing_more(self):
        order = self._sale(1000.0, quantity=10)
        self._down_payment(order, 600.0)
        self.assertExposure(ordered=400.0, receivable=600.0)
        order.order_line[:1].product_uom_qty = 3
        self.assertExposure(receivable=600.0)

    def test_money_covers_what_is_delivered_first_and_discounts_come_off_the_end(self):
        self.policy.sudo().write({"has_horizon": True, "horizon_days": 90})
        order = self._sold(
            self._line(600.0),
            self._line(400.0, customer_lead=200),
            self._line(-100.0, customer_lead=10),
        )
        self.assertExposure(ordered=900.0)
        self.assertEqual(self._profile().exposure, 600.0)
        self._pay(self._down_payment(order, 250.0))
        self.assertExposure(ordered=650.0)
        self.assertEqual(self._profile().exposure, 350.0)

    def test_a_foreign_order_counts_its_total_turned_at_once(self):
        currency = self.setup_other_currency("GBP", rates=[("2000-01-01", 3.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "GBP", "currency_id": currency.id}
        )
        order = self._sold(*[self._line(1.0) for _n in range(5)], pricelist_id=pricelist.id)
        self.assertEqual(order.amount_total, 5.0)
        self.assertExposure(ordered=1.67)

    def test_money_paid_online_in_another_currency_counts_for_its_worth(self):
        yen = self.setup_other_currency("JPY", rates=[("2000-01-01", 100.0)])
        self._limit(1000.0)
        order = self._order(5000.0)
        self._transaction(order, 5000.0, currency_id=yen.id)
        self.assertEqual(order._get_credit_request().amount, 4950.0)
        order.action_confirm()
        self.assertHeld(order)
        sold = self._sale(5000.0)
        self._transaction(sold, 5000.0, currency_id=yen.id, reference="again")
        self.assertExposure(ordered=4950.0)

    def test_a_payment_without_a_rate_is_worth_nothing(self):
        unknown = self.env["res.currency"].create({"name": "XQX", "symbol": "?"})
        order = self._sale(500.0)
        self._transaction(order, 500.0, currency_id=unknown.id)
        self.assertExposure(ordered=500.0)
        self.assertEqual(order._get_amount_paid_unbooked(), 0.0)

    def test_a_payment_of_two_orders_is_shared_out(self):
        orders = self._sale(900.0) | self._sale(100.0)
        transaction = self._transaction(orders[0], 500.0)
        transaction.sale_order_ids = orders
        self.assertExposure(ordered=500.0)
        self.assertEqual([o._get_amount_paid_unbooked() for o in orders], [450.0, 50.0])

    def test_row_ids_are_unique_and_what_every_client_reads(self):
        self._invoice(10.0)
        self._invoice(20.0, post=False)
        order = self._sale(90.0, product=self.service_delivered, quantity=9)
        order.order_line.qty_delivered = 4
        rows = self.env["credit.exposure"].sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual(len(rows), 4)
        self.assertEqual(len(set(rows.ids)), 4)
        self.assertLess(max(rows.ids), 2**31)
        [receivable] = rows.filtered(lambda row: row.source == "receivable")
        # a billion journal items are fewer than 32 bits count
        self.assertLessEqual(
            receivable.id, 2 * self.env["account.move.line"].search([], limit=1, order="id desc").id
        )

    def test_a_confirmed_order_takes_no_rate_at_which_it_counts_less(self):
        currency = self.setup_other_currency(
            "GBP", rates=[("2000-01-01", 4.0), (self.today - timedelta(30), 2.0)]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "GBP", "currency_id": currency.id}
        )
        order = self._sale(100.0, pricelist_id=pricelist.id)
        self.assertExposure(ordered=50.0)
        seller = order.with_user(self.salesperson)
        with self.assertRaisesRegex(UserError, "rate"), self.env.cr.savepoint():
            seller.date_order = "2001-01-01"
        self.assertExposure(ordered=50.0)
        seller.date_order = self.today - timedelta(1)


@tagged("post_install", "-at_install")
class TestDownPaymentOnQuotation(OrderCommon):
    """What is invoiced on a quotation is asked only once."""

    def test_a_deposit_that_is_paid_frees_the_quotation(self):
        self._limit(700.0)
        order = self._order(1000.0)
        order.action_confirm()
        self.assertHeld(order)
        self._pay(self._down_payment(order, 400.0))
        order.action_confirm()
        self.assertPassed(order)
        self.assertExposure(ordered=600.0)

    def test_a_deposit_posted_and_not_paid_counts_once(self):
        self._limit(1200.0)
        order = self._order(1000.0)
        self._down_payment(order, 400.0)
        order.action_confirm()
        self.assertPassed(order)
        self.assertExposure(receivable=400.0, ordered=600.0)

    def test_a_deposit_in_draft_makes_no_room(self):
        self._limit(700.0)
        order = self._order(1000.0)
        self._down_payment(order, 400.0, post=False)
        order.action_confirm()
        self.assertHeld(order)

    def test_an_order_that_comes_back_asks_only_what_is_not_invoiced(self):
        self._limit(1200.0)
        order = self._order(1000.0)
        self._pay(self._down_payment(order, 600.0))
        order.action_confirm()
        self._invoice(500.0)
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertPassed(order)
        self.assertExposure(receivable=500.0, ordered=400.0)

    def test_a_release_covers_what_the_deposit_leaves(self):
        self._limit(100.0)
        order = self._order(1000.0)
        self._pay(self._down_payment(order, 400.0))
        order.action_confirm()
        hold = self.assertHeld(order)
        self.assertEqual(hold.amount, 600.0)
        hold.with_user(self.manager).action_release("Known for years")
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestClosure(OrderCommon):
    """Goods credited for good, and what somebody decided will never be invoiced."""

    def _delivered(self, amount=2000.0):
        order = self._sale(amount, product=self.service_delivered)
        order.order_line.qty_delivered = 1
        return order

    def test_goods_credited_in_full_without_a_return_do_not_count(self):
        order = self._delivered()
        self._credit(self._invoice_order(order))
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertExposure()

    def test_goods_that_are_credited_count_again_with_a_new_invoice(self):
        order = self._delivered()
        invoice = self._invoice_order(order)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.modify_moves()
        self.assertExposure(delivered=2000.0)

    def test_goods_credited_before_their_delivery_are_ordered_again(self):
        order = self._sale(300.0, quantity=3)
        self._credit(self._invoice_order(order))
        self.assertExposure(ordered=300.0)

    def _close(self, order, user=None):
        return (
            self.env["credit.order.closure"]
            .with_user(user or self.analyst)
            .create({"order_id": order.id, "reason": "Goodwill, agreed with the customer"})
        )

    def test_credit_control_decides_that_nothing_more_is_invoiced(self):
        order = self._delivered()
        closure = self._close(order)
        self.assertExposure()
        self.assertTrue(order.credit_closed)
        self.assertEqual((closure.amount, closure.decided_by), (2000.0, self.analyst))
        self.assertIn("Goodwill", str(order.message_ids[0].body))
        closure.action_undo()
        self.assertExposure(delivered=2000.0)
        self.assertEqual((closure.state, closure.undone_by), ("undone", self.analyst))

    def test_a_closed_order_counts_again_once_it_grows(self):
        order = self._delivered()
        self._close(order)
        order.order_line.qty_delivered = 2
        self.assertExposure(delivered=4000.0)

    def test_an_order_that_is_cancelled_and_confirmed_again_is_closed_no_more(self):
        order = self._delivered()
        self._close(order)
        order._action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertFalse(order.credit_closed)
        self.assertEqual(order.credit_closure_ids.state, "undone")

    def test_a_closed_order_of_another_customer_counts(self):
        order = self._delivered()
        self._close(order)
        order.partner_invoice_id = self._customer("Other")
        self.assertFalse(order.credit_closed)

    def test_a_new_invoice_of_a_closed_order_counts_from_its_draft_on(self):
        order = self._delivered()
        self._close(order)
        draft = self._invoice_order(order, post=False)
        self.assertExposure(draft_invoice=2000.0)
        draft.action_post()
        self.assertExposure(receivable=2000.0)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_else_closes_or_reopens_an_order(self):
        order = self._delivered()
        for user in (self.salesperson, self._user("nobody", "base.group_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._close(order, user)
        closure = self._close(order)
        with self.assertRaises(AccessError):
            closure.with_user(self.salesperson).action_undo()
        with self.assertRaisesRegex(AccessError, "cannot be edited"):
            closure.with_user(self.analyst).write({"reason": "Another"})
        with self.assertRaises(AccessError):
            closure.with_user(self.analyst).unlink()

    def test_who_sells_an_order_does_not_close_it(self):
        order = self._delivered()
        order.user_id = self.analyst
        with self.assertRaisesRegex(UserError, "somebody else"):
            self._close(order)

    def test_who_hands_an_order_over_sold_it_all_the_same(self):
        order = self._delivered()
        order.user_id = self.analyst
        seller = self._user(
            "both", "credit_management.group_credit_user,sales_team.group_sale_salesman_all_leads"
        )
        order.user_id = seller
        order.with_user(seller).user_id = False
        for user in (seller, self.analyst):
            with self.subTest(user.login), self.assertRaises(UserError) as refused:
                self._close(order, user)
            self.assertIn("somebody else", str(refused.exception))
        with self.assertRaises(AccessError):
            order.with_user(seller).credit_seller_ids = False
        self._close(order, self._user("third", "credit_management.group_credit_user"))

    def test_a_line_replaced_after_the_decision_counts(self):
        order = self._delivered()
        self._close(order)
        other = self._service("order")
        order.write({"order_line": [Command.create({"product_id": other.id, "price_unit": 5.0})]})
        order.order_line[:1].write({"price_unit": 0.0, "qty_delivered": 0.0})
        self.assertFalse(order.credit_closed)

    def test_what_was_typed_as_delivered_stays_as_it_was_decided_on(self):
        order = self._delivered()
        self._close(order)
        order.order_line.qty_delivered = 0.5
        self.assertFalse(order.credit_closed)
        order.order_line.qty_delivered = 1.0
        self.assertTrue(order.credit_closed)
        order.order_line.price_unit = 1000.0
        self.assertTrue(order.credit_closed, "less counts no more")

    def test_what_is_decided_cannot_be_typed(self):
        order = self._delivered()
        seller = order.with_user(self.salesperson)
        for name in ("credit_closed", "credit_by_invoices"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                seller.write({name: True})
        closure = (
            self.env["credit.order.closure"]
            .with_user(self.analyst)
            .create(
                {"order_id": order.id, "reason": "Goodwill", "content": {"1": 9e9}, "amount": 1.0}
            )
        )
        self.assertEqual(list(closure.content), [str(line.id) for line in order.order_line])
        self.assertEqual(closure.amount, 2000.0)

    def test_a_quotation_cannot_be_closed(self):
        with self.assertRaisesRegex(UserError, "not a confirmed order"):
            self._close(self._order(10.0))
