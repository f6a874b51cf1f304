"""Reports and wishes that users of other systems have published about exposure and limits, each as the rule behind it.

Those whose rule has a test elsewhere, which is not repeated here:

====  ================================================================================================
no.   test
====  ================================================================================================
2     ``TestClosure.test_goods_credited_in_full_without_a_return_do_not_count``
5     ``TestGate.test_a_contact_and_a_branch_share_the_limit``
6     ``TestAccess.test_a_salesperson_sees_the_verdict_and_gains_no_right``
7     ``TestWays.test_who_pays_is_judged_not_who_orders``, ``TestGrowth.test_for_a_new_customer_all_that_is_open_is_asked``
9     ``TestNothingUnposted.test_an_order_counts_until_its_invoice_is_posted_though_drafts_do_not``
15    ``TestDelivery.test_every_delivery_is_asked_with_all_that_is_ordered``
16    ``TestDelivery.test_what_is_paid_leaves``, ``test_what_is_paid_online_leaves``
17    ``TestWays.test_paid_in_full_is_a_sale_even_of_a_blocked_customer``
25    ``TestOrderTotal.test_the_same_figure_from_order_to_delivery_to_invoice``
26    ``TestDelivery.test_a_return_passes``
29    ``TestExposure.test_a_down_payment_counts_once_draft_posted_paid_and_deducted``
31    ``TestExposure.test_a_branch_counts_in_its_company_and_other_companies_apart``
33    ``TestUncleared``
36    ``TestFigures.test_the_limit_comes_from_the_nearest_decision``
42    ``TestNothingUnposted.test_an_order_counts_in_full_whatever_its_draft_says``
48    ``TestLimitFile``
51    ``TestKinds.test_members_share_what_the_group_may_owe``, ``test_a_group_without_a_limit_leaves_the_default``
53    ``TestGate.test_an_order_over_the_limit_is_held_and_explained``
====  ================================================================================================
"""

from odoo.fields import Command
from odoo.tests import tagged

from .test_exposure_orders import OrderCommon


@tagged("post_install", "-at_install")
class TestPublicExposure(OrderCommon):
    def _pounds(self, rate=2.0):
        currency = self.setup_other_currency("GBP", rates=[("2000-01-01", rate)])
        return self.env["product.pricelist"].create({"name": "GBP", "currency_id": currency.id})

    def _receivables(self, *moves):
        lines = self.env["account.move.line"].union(*(move.line_ids for move in moves))
        return lines.filtered(lambda line: line.account_type == "asset_receivable")

    def test_3_a_foreign_order_its_draft_and_its_invoice_count_converted_and_once(self):
        order = self._sale(100.0, pricelist_id=self._pounds().id)
        self.assertExposure(ordered=50.0)
        draft = self._invoice_order(order, post=False)
        self.assertExposure(ordered=50.0)
        draft.action_post()
        self.assertExposure(receivable=50.0)

    def test_11_an_invoice_that_differs_from_its_order_ends_it(self):
        for change in ({"discount": 20.0}, {"price_unit": 130.0}):
            order = self._sale(100.0)
            invoice = self._invoice_order(order, post=False)
            invoice.invoice_line_ids.write(change)
            invoice.invoice_line_ids = [
                Command.create({"name": "Freight", "price_unit": 5.0, "tax_ids": False})
            ]
            invoice.action_post()
            with self.subTest(change=change):
                self.assertExposure(receivable=invoice.amount_total)
            self._pay(invoice)

    def test_18_a_limit_on_invoices_alone(self):
        self.policy.sudo().write(
            {"count_draft_invoice": False, "count_delivered": False, "count_ordered": False}
        )
        self._limit(100.0)
        orders = [self._order(90.0) for _n in range(3)]
        for order in orders:
            order.action_confirm()
            self.assertPassed(order)
        self._invoice_order(orders[0])
        late = self._order(20.0)
        late.action_confirm()
        self.assertHeld(late, "over_limit")

    def test_20_a_journal_entry_on_the_customer_counts_once_it_is_posted(self):
        receivable = self.customer.property_account_receivable_id
        other = self.company_data["default_account_revenue"]
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": self.customer.id,
                            "debit": 80.0,
                        }
                    ),
                    Command.create({"account_id": other.id, "credit": 80.0}),
                ]
            }
        )
        self.assertExposure()
        entry.action_post()
        self.assertExposure(receivable=80.0)

    def test_21_credit_notes_and_payments_of_a_blocked_customer_pass(self):
        self._limit(10.0)
        invoice = self._invoice(100.0, days_late=60)
        self._profile(status="blocked", status_reason="Court")
        self._pay(invoice, 40.0)
        credit_note = self._invoice(60.0, move_type="out_refund")
        self.assertEqual(credit_note.state, "posted")
        self.assertExposure()

    def test_22_exposure_follows_payment_allocation_its_undoing_and_reversal(self):
        invoice = self._invoice(100.0)
        money = self._pay_on_account(60.0)
        self.assertExposure(receivable=40.0)
        self._receivables(invoice, money).reconcile()
        self.assertExposure(receivable=40.0)
        self._receivables(money).remove_move_reconcile()
        self.assertExposure(receivable=40.0)
        self._credit(invoice)
        self.assertExposure(receivable=-60.0)

    def test_24_excess_payment_and_open_credit_note_make_room_to_the_cent(self):
        self._limit(100.0)
        self._pay_on_account(33.33)
        self._invoice(0.01, move_type="out_refund")
        over, within = self._order(133.35), self._order(133.34)
        over.action_confirm()
        self.assertHeld(over)
        within.action_confirm()
        self.assertPassed(within)
        self.assertExposure(receivable=-33.34, ordered=133.34)

    def test_30_a_down_payment_changed_credited_and_at_another_rate(self):
        order = self._sale(1000.0)
        draft = self._down_payment(order, 300.0, post=False)
        draft.invoice_line_ids.price_unit = 250.0
        draft.action_post()
        self.assertExposure(receivable=250.0, ordered=750.0)
        self._credit(draft)
        self.assertExposure(ordered=1000.0)
        final = self._invoice_order(order)
        self.assertEqual(final.amount_total, 1000.0)
        self.assertExposure(receivable=1000.0)

    def test_30_a_down_payment_at_the_rate_of_its_day_leaves_the_rest_of_the_order(self):
        pricelist = self._pounds()
        order = self._sale(1000.0, pricelist_id=pricelist.id)
        self.assertExposure(ordered=500.0)
        self.env["res.currency.rate"].create(
            {
                "currency_id": pricelist.currency_id.id,
                "name": self.today,
                "rate": 4.0,
                "company_id": self.company.id,
            }
        )
        self._down_payment(order, 400.0)
        self.assertExposure(receivable=100.0, ordered=300.0)

    def test_34_a_returned_payment_opens_its_invoice_once(self):
        invoice = self._invoice(100.0)
        payment = self._pay(invoice)
        self.assertExposure()
        payment.action_draft()
        payment.action_cancel()
        self.assertExposure(receivable=100.0)

    def test_37_what_is_overdue_holds_due_today_does_not_and_paid_frees(self):
        self._policy(overdue_days={"threshold": 0})
        invoice = self._invoice(100.0, days_late=0)
        first, second, third = (self._order(10.0) for _n in range(3))
        first.action_confirm()
        self.assertPassed(first)
        invoice.line_ids.filtered("date_maturity").date_maturity = self._invoice(
            1.0, days_late=1
        ).invoice_date_due
        second.action_confirm()
        self.assertHeld(second, "overdue_days")
        for late in self.env["account.move"].search([("partner_id", "=", self.customer.id)]):
            if late.move_type == "out_invoice" and late.amount_residual:
                self._pay(late)
        third.action_confirm()
        self.assertPassed(third)

    def test_38_the_customers_over_their_limit_are_found(self):
        self._limit(50.0)
        within = self._customer("Within")
        self._limit(50.0, customer=within)
        self._invoice(50.01)
        self._invoice(50.0, customer=within)
        found = self.env["credit.profile"].with_user(self.analyst).search([("available", "<", 0)])
        self.assertIn(self.customer, found.partner_id)
        self.assertNotIn(within, found.partner_id)

    def test_39_no_false_alarm_exactly_at_the_limit(self):
        self._limit(0.3)
        orders = self._order(0.1) | self._order(0.2)
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])
        thirds = self._customer("Thirds")
        self._limit(99.99, customer=thirds)
        for _n in range(3):
            order = self._order(33.33, customer=thirds)
            order.action_confirm()
            self.assertPassed(order)
        last = self._order(0.01, customer=thirds)
        last.action_confirm()
        self.assertHeld(last)

    def test_47_an_order_in_a_currency_without_decimals(self):
        yen = self.setup_other_currency("JPY", rates=[("2000-01-01", 150.0)])
        yen.rounding = 1.0
        pricelist = self.env["product.pricelist"].create({"name": "JPY", "currency_id": yen.id})
        self._sale(1000.0, pricelist_id=pricelist.id)
        self.assertExposure(ordered=6.67)

    def test_49_a_free_order_of_a_customer_over_the_limit_passes(self):
        self._limit(10.0)
        self._invoice(100.0)
        order = self._order(0.0)
        order.action_confirm()
        self.assertPassed(order)

    def test_dust_below_a_cent_is_open_nowhere(self):
        yen = self.setup_other_currency("JPY", rates=[("2000-01-01", 300.0)])
        yen.rounding = 1.0
        self._policy(overdue_days={"threshold": 0})
        invoice = self._invoice(3001.0, days_late=30, currency_id=yen.id)
        self._pay(invoice, 3000.0, currency_id=yen.id)
        self.assertEqual((invoice.amount_residual, invoice.amount_residual_signed), (1.0, 0.0))
        self.assertExposure()
        profile = self._profile()
        self.assertEqual((profile.overdue, profile.oldest_due_days), (0.0, 0))
        order = self._order(10.0)
        order.action_confirm()
        self.assertPassed(order)
