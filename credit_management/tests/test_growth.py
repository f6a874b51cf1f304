from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestGrowth(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._customer("Other")

    def setUp(self):
        super().setUp()
        self._file_in_the_tests_own_transaction()
        self._limit(200.0)
        self.order = self._order(150.0)
        self.order.action_confirm()
        self.assertPassed(self.order)
        self.as_salesperson = self.order.with_user(self.salesperson)
        self.company.sudo().credit_management_analyst_id = self.analyst

    @contextmanager
    def assertRefused(self, *words):
        """The change is refused with a sentence and undone; the request is filed when the transaction is over."""
        with self.assertRaisesRegex(UserError, "(?s)" + (".*".join(words) or "cannot become")):
            yield
        self.env.invalidate_all()
        self.env.cr.postrollback.run()

    def _file_in_the_tests_own_transaction(self):
        env = self.env

        def file(_registry, uid, context, requests):
            env(user=uid, context=context)["sale.order"]._request_releases(requests)

        self.patch(self.registry["sale.order"], "_file_requests", staticmethod(file))

    def _pending(self, order=None):
        holds = (order or self.order).sudo().credit_hold_ids
        return holds.filtered(lambda hold: hold.state == "pending")

    def _line(self, amount, **values):
        return {
            "product_id": self.service.id,
            "product_uom_qty": 1.0,
            "price_unit": amount,
            "tax_ids": False,
            **values,
        }

    # === WHAT GROWS === #

    def test_within_the_limit_a_confirmed_order_grows(self):
        self.as_salesperson.order_line.price_unit = 200.0
        self.assertEqual(self.order.amount_total, 200.0)
        self.assertFalse(self._pending())

    def test_only_the_growth_is_asked(self):
        self._limit(140.0)
        with self.assertRefused("cannot become", "151.00", "Nothing was changed"):
            self.as_salesperson.order_line.price_unit = 151.0
        self._limit(151.0)
        self.as_salesperson.order_line.price_unit = 151.0
        self.assertEqual(self.order.amount_total, 151.0)

    def test_a_price_a_quantity_a_discount_or_a_tax_past_the_limit_is_refused(self):
        self.order.order_line.write({"discount": 50.0, "price_unit": 300.0})
        tax = self.env["account.tax"].sudo().create({"name": "60 %", "amount": 60.0})
        changes = [
            {"price_unit": 500.0},
            {"product_uom_qty": 2.0},
            {"discount": 0.0},
            {"tax_ids": [Command.set(tax.ids)]},
            {"qty_delivered": 5.0, "product_id": self.service_delivered.id},
        ]
        for values in changes:
            with self.subTest(values), self.assertRefused():
                self.as_salesperson.order_line.write(values)
            self.assertEqual(self.order.amount_total, 150.0)

    def test_a_line_added_in_the_order_or_by_itself_is_refused(self):
        with self.assertRefused():
            self.as_salesperson.order_line = [Command.create(self._line(60.0))]
        with self.assertRefused():
            self.as_salesperson.order_line.create(self._line(60.0, order_id=self.order.id))
        with self.assertRefused():
            self.as_salesperson.order_line.with_context(default_order_id=self.order.id).create(
                self._line(60.0)
            )
        self.assertEqual(len(self.order.order_line), 1)

    def test_a_line_moved_in_from_a_quotation_is_refused(self):
        quotation = self._order(60.0, user=self.salesperson)
        with self.assertRefused():
            quotation.order_line.with_user(self.salesperson).order_id = self.order
        with self.assertRefused():
            self.as_salesperson.order_line = [Command.link(quotation.order_line.id)]
        self.assertEqual(quotation.order_line.order_id, quotation)

    def test_a_discount_line_taken_out_is_growth(self):
        self.order.order_line = [
            Command.create(self._line(-60.0)),
            Command.create(self._line(60.0)),
        ]
        discount = self.order.order_line.filtered(lambda line: line.price_unit < 0)
        with self.assertRefused():
            discount.with_user(self.salesperson).product_uom_qty = 0.0

    def test_lines_exchanged_in_one_change_are_judged_together(self):
        self.as_salesperson.order_line = [
            Command.create(self._line(150.0)),
            Command.update(self.order.order_line.id, {"product_uom_qty": 0.0}),
        ]
        self.assertEqual(self.order.amount_total, 150.0)
        self.assertFalse(self._pending())

    def test_prices_of_the_list_taken_anew_are_judged_together(self):
        cheap, dear = self._service("order"), self._service("order")
        order = self._order(50.0)
        order.order_line = [
            Command.create(self._line(40.0, product_id=cheap.id)),
            Command.create(self._line(40.0, product_id=dear.id)),
        ]
        order.order_line[0].product_uom_qty = 0.0
        self._limit(230.0)
        order.action_confirm()
        self.assertPassed(order)
        cheap.list_price, dear.list_price = 70.0, 10.0
        order.with_user(self.salesperson).action_update_prices()
        self.assertEqual(order.amount_total, 80.0)
        cheap.list_price = 71.0
        with self.assertRefused():
            order.with_user(self.salesperson).action_update_prices()

    def test_who_may_not_write_the_order_gets_no_request_either(self):
        stranger = self._user("stranger", "sales_team.group_sale_salesman")
        for change in (
            lambda order: order.order_line.write({"price_unit": 500.0}),
            lambda order: order.order_line.create(self._line(500.0, order_id=order.id)),
            lambda order: order.write({"partner_invoice_id": self.other.id}),
        ):
            with self.assertRaises(AccessError):
                change(self.order.with_user(stranger))
        self.env.invalidate_all()
        self.env.cr.postrollback.run()
        self.assertFalse(self._pending())

    def test_another_rate_is_growth(self):
        currency = self.setup_other_currency(
            "GBP", rates=[("2000-01-01", 2.0), ("2020-01-01", 1.0)]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "GBP", "currency_id": currency.id}
        )
        order = self._order(30.0, pricelist_id=pricelist.id)
        order.action_confirm()
        order.sudo().date_order = "2010-01-01"
        self.assertEqual(order.currency_rate, 2.0)
        order.order_line.price_unit = 60.0
        self.assertExposure(ordered=180.0)
        with self.assertRefused("cannot become"):
            order.with_user(self.salesperson).date_order = "2021-01-01"

    def test_a_line_below_what_is_invoiced_makes_no_room(self):
        self._invoice_order(self.order)
        line = self.as_salesperson.order_line
        line.product_uom_qty = 0.0
        with self.assertRefused():
            self.as_salesperson.order_line = [Command.create(self._line(150.0))]
        line.product_uom_qty = 1.0
        self.assertFalse(self.order.order_line - line)

    # === THE CUSTOMER === #

    def test_for_a_new_customer_all_that_is_open_is_asked(self):
        self._limit(149.0, self.other)
        with self.assertRefused("cannot become", "150.00"):
            self.as_salesperson.partner_invoice_id = self.other
        self.assertEqual(self._pending().partner_id, self.other)
        self._limit(150.0, self.other)
        self.as_salesperson.partner_id = self.other
        self.assertEqual(self.order.partner_invoice_id, self.other)
        self.assertExposure(self.other, ordered=150.0)

    def test_what_is_invoiced_stays_with_the_old_customer(self):
        self.order.order_line.product_id = self.service_delivered
        self.order.order_line.write({"price_unit": 150.0, "qty_delivered": 0.5})
        self._invoice_order(self.order)
        self._limit(75.0, self.other)
        self.as_salesperson.partner_invoice_id = self.other
        self.assertExposure(self.other, ordered=75.0)

    def test_a_contact_of_the_same_customer_is_no_new_customer(self):
        self._limit(10.0)
        contact = self._customer("Purchases", parent_id=self.customer.id, is_company=False)
        self.as_salesperson.partner_invoice_id = contact
        self.assertFalse(self._pending())

    # === RELEASE === #

    def _refused_growth(self, price=250.0):
        with self.assertRefused():
            self.as_salesperson.order_line.price_unit = price
        return self._pending()

    def test_the_refusal_requests_a_release_of_the_new_total(self):
        hold = self._refused_growth()
        self.assertRecordValues(
            hold,
            [
                {
                    "name": self.order.name,
                    "amount": 250.0,
                    "exposure": 0.0,
                    "excess": 50.0,
                    "credit_limit": 200.0,
                    "requested_by": self.salesperson.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertEqual(hold.reason_ids.mapped("kind"), ["over_limit"])
        self.assertEqual(hold.activity_ids.user_id, self.analyst)
        self.assertIn("release is requested", self.order.message_ids[0].body)

    def test_a_second_refusal_updates_the_request(self):
        hold = self._refused_growth()
        self.assertEqual(self._refused_growth(260.0), hold)
        self.assertEqual(hold.amount, 260.0)

    def test_a_request_leaves_the_confirmed_order_as_it_is(self):
        self._refused_growth()
        self.assertEqual((self.order.state, self.order.credit_state), ("sale", "warning"))
        self.assertIn("250.00", self.order.credit_verdict)

    def test_the_growth_released_passes_and_no_more(self):
        self._refused_growth().with_user(self.manager).action_release("Good customer")
        self.assertEqual(self.order.amount_total, 150.0)
        self.as_salesperson.order_line.price_unit = 250.0
        self.assertEqual((self.order.amount_total, self.order.credit_state), (250.0, "released"))
        with self.assertRefused():
            self.as_salesperson.order_line.price_unit = 250.01

    def test_nobody_releases_the_growth_they_asked_for(self):
        self.manager.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        with self.assertRefused():
            self.order.with_user(self.manager).order_line.price_unit = 250.0
        refusal = self._pending().with_user(self.manager)._get_refusal_of_decision()
        self.assertIn("their own order", refusal)

    def test_a_release_over_its_day_lets_nothing_grow(self):
        hold = self._refused_growth()
        hold.with_user(self.manager).action_release("Today", until=self.today)
        hold.sudo().released_until = self.today - timedelta(1)
        self._refused_growth()

    def test_the_first_release_covers_growth_within_it(self):
        order = self._order(60.0)
        order.action_confirm()
        self.assertHeld(order).with_user(self.manager).action_release("Up to 90", amount=90.0)
        order.with_user(self.salesperson).order_line.price_unit = 90.0
        self.assertEqual(order.amount_total, 90.0)
        with self.assertRefused():
            order.with_user(self.salesperson).order_line.price_unit = 91.0

    def test_growth_that_passes_by_itself_later_closes_its_request(self):
        hold = self._refused_growth()
        self._limit(300.0)
        self.as_salesperson.order_line.price_unit = 250.0
        self.assertEqual(hold.state, "cancelled")

    def test_a_cancelled_order_closes_its_request(self):
        hold = self._refused_growth()
        self.order._action_cancel()
        self.assertEqual(hold.state, "cancelled")

    def test_who_swallows_the_refusal_keeps_nothing_of_the_change(self):
        for change in ({"price_unit": 250.0}, {"product_uom_qty": 9.0}):
            try:
                self.as_salesperson.order_line.write(change)
            except UserError:
                self.assertEqual(self.order.amount_total, 150.0)
        self.assertTrue(self.env.cr.postcommit, "committed, the request is filed as well")

    # === WHAT ALWAYS PASSES === #

    def test_shrinking_passes_without_a_question(self):
        self._policy(status={})
        self._profile(status="blocked", status_reason="Court case")
        gate = self.registry["credit.gate"]

        def nobody_asks(*_args, **_kwargs):
            raise AssertionError("the gate was asked")

        self.patch(gate, "_judge", nobody_asks)
        self.patch(gate, "_lock", nobody_asks)
        line = self.as_salesperson.order_line
        line.price_unit = 100.0
        line.product_uom_qty = 0.5
        self.as_salesperson.write({"note": "Thank you", "client_order_ref": "4711"})
        invoice = self._invoice_order(self.order)
        self._pay(invoice)
        invoice._reverse_moves(cancel=True)
        self._order(9999.0).order_line.price_unit = 1e6

    def test_a_blocked_customers_order_does_not_grow(self):
        self._policy(status={})
        self._profile(status="blocked", status_reason="Court case")
        with self.assertRefused("cannot become", "Blocked"):
            self.as_salesperson.order_line.price_unit = 151.0

    def test_rules_about_the_size_of_an_order_judge_the_whole_of_it(self):
        self._policy(
            order_amount={"threshold": 180.0}, order_below={"threshold": 160.0, "action": "exempt"}
        )
        self._limit(10.0)
        self.as_salesperson.order_line.price_unit = 160.0
        self.as_salesperson.order_line.price_unit = 180.0
        with self.assertRefused("cannot become", "180.01"):
            self.as_salesperson.order_line.price_unit = 180.01
        self.assertEqual(self._pending().reason_ids.figure, 180.01)

    def test_a_customer_without_limit_grows_freely(self):
        order = self._order(100.0, customer=self.other)
        order.action_confirm()
        order.with_user(self.salesperson).order_line.price_unit = 1e6
        self.assertEqual(order.amount_total, 1e6)

    def test_growth_that_is_paid_online_is_not_asked(self):
        self._limit(150.0)
        order = self._order(80.0)
        self._transaction(order, 100.0)
        order.action_confirm()
        self.assertPassed(order)
        order.with_user(self.salesperson).order_line.price_unit = 100.0
        with self.assertRefused():
            order.with_user(self.salesperson).order_line.price_unit = 101.0

    # === WHAT NOBODY TYPED === #

    def _alerts(self):
        profile = self._profile()
        return profile.activity_ids.filtered(lambda activity: self.order.name in activity.summary)

    def test_what_the_system_books_passes_and_is_told(self):
        self.as_salesperson.sudo().order_line = [Command.create(self._line(60.0))]
        self.assertEqual(self.order.amount_total, 210.0)
        self.env.flush_all()
        self.env.cr.flush()
        self.assertEqual(self._alerts().user_id, self.analyst)
        message = self.order.message_ids[0]
        self.assertIn("60.00", message.body)
        self.assertTrue(message.subtype_id.internal)
        self.as_salesperson.sudo().order_line[0].price_unit = 170.0
        self.env.cr.flush()
        self.assertEqual(len(self._alerts()), 1, "told once, as long as nobody has looked")

    def test_what_the_system_books_within_the_limit_is_not_told(self):
        self.as_salesperson.sudo().order_line = [Command.create(self._line(50.0))]
        self.env.cr.flush()
        self.assertFalse(self._alerts())

    def test_a_cost_booked_on_the_order_passes_and_is_told(self):
        product = self._service("order")
        product.expense_policy = "cost"
        order = self.order

        def of_this_order(lines):
            return {line.id: order for line in lines}

        self.patch(self.registry["account.move.line"], "_sale_determine_order", of_this_order)
        analytic = self.env["account.analytic.account"].create(
            {
                "name": "Job",
                "plan_id": self.env["account.analytic.plan"].create({"name": "Jobs"}).id,
            }
        )
        line = self._prepare_invoice_line(
            product_id=product,
            price_unit=90.0,
            tax_ids=[],
            analytic_distribution={analytic.id: 100},
        )
        self._create_invoice(
            move_type="in_invoice", invoice_line_ids=[line], post=True, partner_id=self.other.id
        )
        self.env.cr.flush()
        self.assertEqual(self.order.amount_total, 240.0)
        self.assertTrue(self._alerts())

    def test_time_delivered_beyond_the_order_is_told(self):
        line = self.order.order_line
        line.product_id = self.service_delivered
        line.price_unit = 150.0
        self.assertExposure(ordered=150.0)
        line.sudo().qty_delivered = 2.0
        self.env.cr.flush()
        self.assertExposure(delivered=300.0)
        self.assertTrue(self._alerts())
