from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestGate(CreditCommon):
    def test_nothing_is_held_until_a_policy_counts(self):
        self.company.sudo().credit_management_policy_id = False
        self._limit(10.0)
        order = self._order(500.0)
        order.action_confirm()
        self.assertPassed(order)

    def test_an_order_within_the_limit_is_a_sale(self):
        self._limit(500.0)
        order = self._order(500.0)
        self.assertEqual(order.credit_state, "clear")
        self.assertIs(order.action_confirm(), True)
        self.assertPassed(order)
        self.assertEqual(order.credit_state, "clear")

    def test_an_order_over_the_limit_is_held_and_explained(self):
        self._limit(500.0)
        self._invoice(300.0)
        order = self._order(250.0)
        name = order.name
        self.assertEqual(order.credit_state, "warning")
        self.assertIn("550.00", order.credit_verdict)
        self.assertIn("50.00", order.credit_verdict)
        self.assertIn("20 %", order.credit_verdict)
        notice = order.action_confirm()
        self.assertEqual(notice["tag"], "display_notification")
        hold = self.assertHeld(order, "over_limit")
        self.assertEqual(order.name, name)
        self.assertRecordValues(
            hold,
            [
                {
                    "name": name,
                    "amount": 250.0,
                    "exposure": 300.0,
                    "credit_limit": 500.0,
                    "excess": 50.0,
                    "requested_by": self.env.uid,
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertIn("550.00", hold.reason_summary)
        self.assertIn("50.00", hold.way_out)

    def test_all_rules_that_fail_are_reported(self):
        self._policy(
            over_limit={},
            overdue_days={"threshold": 10},
            overdue_amount={"threshold": 5},
            status={},
        )
        self._limit(100.0)
        self._invoice(90.0, days_late=11)
        self._profile(status="blocked", status_reason="Court case")
        order = self._order(50.0)
        order.action_confirm()
        self.assertHeld(order, "over_limit", "overdue_days", "overdue_amount", "status")
        self.assertEqual(len(order.sudo().credit_hold_ids.reason_summary.splitlines()), 4)

    def test_a_prepaid_customer_is_held_for_what_is_not_paid(self):
        self._policy(prepaid_only={})
        self._profile(credit_mode="prepaid")
        order = self._order(80.0)
        order.action_confirm()
        self.assertHeld(order, "prepaid_only")

    def test_a_warning_shows_and_lets_pass(self):
        self._policy(over_limit={"action": "warn"})
        self._limit(10.0)
        order = self._order(80.0)
        self.assertEqual(order.credit_state, "warning")
        order.action_confirm()
        self.assertPassed(order)

    def test_the_tolerance_belongs_to_the_limit(self):
        self.policy.sudo().tolerance = 10.0
        self._limit(100.0)
        inside, outside = self._order(110.0), self._order(110.01)
        self.assertEqual((inside.credit_state, outside.credit_state), ("clear", "warning"))

    def test_a_batch_confirms_the_good_ones_and_holds_the_others(self):
        self._limit(500.0)
        other = self._customer("Other")
        orders = (
            self._order(300.0)
            | self._order(250.0)
            | self._order(200.0)
            | self._order(9999.0, customer=other)
        )
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "sent", "sale", "sale"])
        self.assertHeld(orders[1], "over_limit")

    def test_orders_confirmed_one_by_one_in_a_transaction_see_each_other(self):
        self._limit(500.0)
        orders = [self._order(200.0) for _n in range(3)]
        for order in orders:
            order.action_confirm()
        self.assertEqual([order.state for order in orders], ["sale", "sale", "sent"])

    def test_confirming_a_held_order_again_brings_its_hold_up_to_date(self):
        self._limit(100.0)
        order = self._order(150.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        order.order_line.price_unit = 130.0
        order.action_confirm()
        self.assertEqual(self.assertHeld(order), hold)
        self.assertEqual((hold.amount, hold.excess), (130.0, 30.0))
        self.assertEqual(len(hold.reason_ids), 1)

    def test_a_held_order_that_fits_again_is_confirmed_and_its_hold_closed(self):
        invoice = self._invoice(100.0)
        self._limit(150.0)
        order = self._order(100.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        self._pay(invoice)
        order.invalidate_recordset()
        self.assertIn("Confirm the order again", order.credit_verdict)
        order.action_confirm()
        self.assertPassed(order)
        self.assertEqual(hold.state, "cancelled")

    def test_a_cancelled_order_closes_its_hold(self):
        self._limit(100.0)
        order = self._order(150.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        order._action_cancel()
        self.assertEqual(hold.state, "cancelled")

    def test_orders_in_another_state_get_the_sentence_of_odoo(self):
        order = self._order(100.0)
        order._action_cancel()
        with self.assertRaisesRegex(UserError, "not in a state requiring confirmation"):
            order.action_confirm()

    def test_what_is_paid_online_is_never_held(self):
        self._limit(100.0)
        order = self._order(150.0)
        self._transaction(order, 150.0)
        order.action_confirm()
        self.assertPassed(order)

    def test_what_is_paid_online_and_booked_counts_once(self):
        self._limit(100.0)
        order = self._order(390.0)
        payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 150.0, "payment_type": "inbound"}
        )
        payment.move_id = self._pay_on_account(150.0)
        self._transaction(order, 150.0, payment_id=payment.id)
        order.action_confirm()
        hold = self.assertHeld(order)
        self.assertEqual((hold.amount, hold.exposure, hold.excess), (390.0, -150.0, 140.0))

    def test_a_contact_and_a_branch_share_the_limit(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        self.env.user.company_ids |= branch
        contact = self.env["res.partner"].create(
            {"name": "Purchases", "parent_id": self.customer.id}
        )
        self._limit(100.0)
        order = self._order(60.0, customer=contact)
        order.action_confirm()
        self.assertPassed(order)
        in_branch = self._order(60.0, company_id=branch.id)
        in_branch.action_confirm()
        self.assertEqual(self.assertHeld(in_branch).company_id, self.company)

    def test_a_foreign_order_is_judged_in_the_companys_currency(self):
        currency = self.setup_other_currency("GBP", rates=[("2000-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "GBP", "currency_id": currency.id}
        )
        self._limit(50.0)
        fits, too_much = (
            self._order(amount, pricelist_id=pricelist.id) for amount in (100.0, 101.0)
        )
        self.assertEqual((fits.credit_state, too_much.credit_state), ("clear", "warning"))
        too_much.action_confirm()
        self.assertEqual(self.assertHeld(too_much).amount, 50.5)

    def test_a_currency_without_rate_is_held_with_what_to_do(self):
        currency = (
            self.env["res.currency"]
            .sudo()
            .search([("rate_ids", "=", False), ("active", "=", False)], limit=1)
        )
        currency.active = True
        pricelist = self.env["product.pricelist"].create({"name": "X", "currency_id": currency.id})
        order = self._order(10.0, pricelist_id=pricelist.id)
        self.assertIn("no exchange rate", order.credit_verdict)
        order.action_confirm()
        self.assertHeld(order, "no_rate")
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": self.today,
                "rate": 2.0,
                "company_id": self.company.id,
            }
        )
        order.action_confirm()
        self.assertPassed(order)

    # === THE SECOND LINE === #

    def test_an_order_written_as_a_sale_is_judged(self):
        self._limit(100.0)
        order = self._order(150.0)
        with self.assertRaisesRegex(UserError, "held by credit control"):
            order.write({"state": "sale"})
        self.assertEqual(
            order.state, "draft", "nothing of it is kept, even by who swallows the error"
        )
        self._order(100.0).write({"state": "sale"})
        self.assertExposure(ordered=100.0)

    def test_an_order_created_as_a_sale_is_judged_and_not_counted_twice(self):
        self._limit(100.0)
        self.assertPassed(self._order(100.0, state="sale"))
        with self.assertRaisesRegex(UserError, "held by credit control"), self.cr.savepoint():
            self._order(0.01, state="sale")

    def test_an_order_that_passed_and_grew_before_it_is_written_is_judged_again(self):
        self._limit(100.0)
        order = self._order(50.0)
        order._judge_locked()
        order.order_line.price_unit = 150.0
        with self.assertRaises(UserError):
            order.write({"state": "sale"})

    def test_a_customer_changed_with_the_state_is_the_one_who_is_judged(self):
        self._limit(100.0)
        order = self._order(150.0, customer=self._customer("Free"))
        with self.assertRaisesRegex(UserError, "held by credit control"):
            order.write({"state": "sale", "partner_invoice_id": self.customer.id})

    # === FORGED FIGURES === #

    def test_no_client_writes_what_the_exposure_is_read_from(self):
        self._limit(100.0)
        sale, order = self._sale(50.0), self._order(5000.0)
        attempts = [
            (order, "amount_total", 0.0),
            (sale, "invoice_status", "invoiced"),
            (sale, "currency_rate", 1e9),
            (sale.order_line, "qty_invoiced", 1.0),
            (sale.order_line, "price_total", 0.0),
            (sale.order_line, "is_downpayment", True),
        ]
        for records, name, value in attempts:
            with self.subTest(name), self.assertRaises(AccessError):
                records.with_user(self.salesperson).write({name: value})
        self.assertEqual(self._order(5000.0, amount_total=0.0).amount_total, 5000.0)

    def test_a_line_that_calls_itself_a_down_payment_counts_for_what_it_orders(self):
        line = {"name": "x", "is_downpayment": True, "product_uom_qty": 1, "price_unit": 90.0}
        order = self._order(5.0)
        order.sudo().order_line = [Command.create({**line, "tax_ids": False})]
        order.action_confirm()
        self.assertExposure(ordered=95.0)

    def test_a_negative_order_makes_no_room(self):
        self._limit(100.0)
        negative = self._order(-5000.0)
        negative.action_confirm()
        self.assertPassed(negative)
        self.assertExposure()
        order = self._order(4900.0)
        order.action_confirm()
        self.assertHeld(order)

    def test_a_discount_inside_an_order_counts(self):
        order = self._order(100.0)
        discount = {"product_id": self.service.id, "price_unit": -30.0, "tax_ids": False}
        order.order_line = [Command.create(discount)]
        order.action_confirm()
        self.assertExposure(ordered=70.0)

    # === BEFORE OTHERS === #

    def test_the_gate_is_the_outermost_layer(self):
        confirm = self.registry["sale.order"].action_confirm
        self.assertTrue(confirm.is_credit_gate)
        self.assertIn("action_confirm", vars(self.registry["sale.order"]))

    def test_the_gate_survives_a_new_setup_of_the_registry(self):
        orders = self.env["sale.order"]
        orders._register_hook()
        self.assertTrue(self.registry["sale.order"].action_confirm.is_credit_gate)
        orders._unregister_hook()
        self.assertFalse(
            getattr(self.registry["sale.order"].action_confirm, "is_credit_gate", False)
        )
        orders._register_hook()
        self.assertTrue(self.registry["sale.order"].action_confirm.is_credit_gate)

    def test_overrides_of_others_act_once_and_on_what_passes_only(self):
        self._limit(100.0)
        touched = []
        gate = self.registry["sale.order"].action_confirm
        inner = next(
            cell.cell_contents for cell in gate.__closure__ if callable(cell.cell_contents)
        )

        def confirm_of_somebody_else(self):
            touched.extend(self.ids)
            return inner(self)

        held, passing = self._order(150.0), self._order(50.0)
        (held | passing)._pass_credit_gate(confirm_of_somebody_else)
        self.assertEqual(touched, passing.ids)
