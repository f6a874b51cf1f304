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
        self._limit(200.0)
        self.order = self._order(150.0)
        self.order.action_confirm()
        self.assertPassed(self.order)
        self.as_salesperson = self.order.with_user(self.salesperson)
        self.company.sudo().credit_management_analyst_id = self.analyst

    @contextmanager
    def assertGrowthHeld(self, order=None, total=None):
        """The change is kept and waits for a decision; with it the order is set back for the next."""
        order = order or self.order
        yield
        hold = self._pending(order)
        self.assertEqual(len(hold), 1)
        self.assertEqual((order.state, order.credit_state), ("sale", "held"))
        if total is not None:
            self.assertAlmostEqual(hold.amount, total)
        order.with_user(self.salesperson).action_credit_back()
        self.assertFalse(self._pending(order))

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

    def test_what_may_never_be_invoiced_makes_no_room(self):
        uncertain = self._line(-4999.0, product_id=self.service_delivered.id)
        order = self._order(5000.0)
        order.write({"order_line": [Command.create(uncertain)]})
        order.action_confirm()
        self.assertEqual(self.assertHeld(order).amount, 5000.0)
        with self.assertGrowthHeld(total=5150.0):
            self.as_salesperson.write(
                {"order_line": [Command.create(self._line(5000.0)), Command.create(uncertain)]}
            )

    def test_a_discount_that_is_invoiced_with_the_order_makes_its_room(self):
        order = self._order(500.0)
        order.write({"order_line": [Command.create(self._line(-460.0))]})
        order.action_confirm()
        self.assertPassed(order)

    def test_only_the_growth_is_asked(self):
        self._limit(140.0)
        with self.assertGrowthHeld(total=151.0):
            self.as_salesperson.order_line.price_unit = 151.0
        self._limit(151.0)
        self.as_salesperson.order_line.price_unit = 151.0
        self.assertEqual(self.order.amount_total, 151.0)
        self.assertFalse(self._pending())

    def test_a_price_a_quantity_a_discount_or_a_tax_past_the_limit_is_kept_and_held(self):
        self.order.order_line.write({"discount": 50.0, "price_unit": 300.0})
        tax = self.env["account.tax"].sudo().create({"name": "60 %", "amount": 60.0})
        changes = [
            ({"price_unit": 500.0}, 250.0),
            ({"product_uom_qty": 2.0, "price_unit": 300.0}, 300.0),
            ({"discount": 0.0}, 300.0),
            ({"tax_ids": [Command.set(tax.ids)]}, 240.0),
        ]
        for values, total in changes:
            with self.subTest(values):
                with self.assertGrowthHeld(total=total):
                    self.as_salesperson.order_line.write(values)
                    self.assertAlmostEqual(self.order.amount_total, total)
                self.assertEqual(self.order.amount_total, 150.0)

    def test_delivered_beyond_the_order_by_hand_is_held(self):
        self.order.order_line.product_id = self.service_delivered
        self.order.order_line.price_unit = 150.0
        self.as_salesperson.order_line.qty_delivered = 5.0
        self.assertEqual(self._pending().amount, 750.0)

    def test_a_line_added_in_the_order_or_by_itself_is_held(self):
        lines = self.as_salesperson.order_line
        for add in (
            lambda: self.as_salesperson.write({"order_line": [Command.create(self._line(60.0))]}),
            lambda: lines.create(self._line(60.0, order_id=self.order.id)),
            lambda: lines.with_context(default_order_id=self.order.id).create(self._line(60.0)),
        ):
            with self.assertGrowthHeld(total=210.0):
                add()
            self.assertEqual(self.order.order_line[-1].product_uom_qty, 0.0)

    def test_a_line_moved_in_from_a_quotation_is_held(self):
        for move in (
            lambda line: line.write({"order_id": self.order.id}),
            lambda line: self.as_salesperson.write({"order_line": [Command.link(line.id)]}),
        ):
            quotation = self._order(60.0, user=self.salesperson)
            with self.assertGrowthHeld(total=210.0):
                move(quotation.order_line.with_user(self.salesperson))

    def test_a_discount_line_taken_out_is_growth(self):
        self.order.order_line = [
            Command.create(self._line(-60.0)),
            Command.create(self._line(60.0)),
        ]
        discount = self.order.order_line.filtered(lambda line: line.price_unit < 0)
        with self.assertGrowthHeld(total=210.0):
            discount.with_user(self.salesperson).product_uom_qty = 0.0
        self.assertEqual(discount.product_uom_qty, 1.0)

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
        self.assertFalse(self._pending(order))
        cheap.list_price = 71.0
        order.with_user(self.salesperson).action_update_prices()
        self.assertEqual(self._pending(order).amount, 81.0)

    def test_who_may_not_write_the_order_makes_no_hold_either(self):
        stranger = self._user("stranger", "sales_team.group_sale_salesman")
        for change in (
            lambda order: order.order_line.write({"price_unit": 500.0}),
            lambda order: order.order_line.create(self._line(500.0, order_id=order.id)),
            lambda order: order.write({"partner_invoice_id": self.other.id}),
            lambda order: order.action_credit_back(),
        ):
            with self.assertRaises(AccessError):
                change(self.order.with_user(stranger))
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
        order.with_user(self.salesperson).date_order = "2021-01-01"
        self.assertEqual(len(self._pending(order)), 1)

    def test_a_line_below_what_is_invoiced_makes_no_room(self):
        self._invoice_order(self.order)
        line = self.as_salesperson.order_line
        line.product_uom_qty = 0.0
        self.assertFalse(self._pending())
        self.as_salesperson.order_line = [Command.create(self._line(150.0))]
        self.assertEqual(self._pending().added, 150.0)

    def test_an_invoiced_line_made_free_for_a_new_one_of_the_same_price_is_growth(self):
        self._invoice_order(self.order)
        for separately in (True, False):
            change = [Command.update(self.order.order_line[0].id, {"discount": 100.0})]
            if separately:
                self.as_salesperson.order_line = change
                self.assertFalse(self._pending())
                change = []
            self.as_salesperson.order_line = [*change, Command.create(self._line(150.0))]
            self.assertEqual(self.order.amount_total, 150.0)
            self.assertEqual(self._pending().added, 150.0)
            self.as_salesperson.action_credit_back()
            self.order.order_line[0].discount = 0.0

    # === THE CUSTOMER AND THE TERMS === #

    def test_for_a_new_customer_all_that_is_open_is_asked(self):
        self._limit(149.0, self.other)
        with self.assertGrowthHeld(total=150.0):
            self.as_salesperson.partner_invoice_id = self.other
            self.assertEqual(self._pending().partner_id, self.other)
        self.assertEqual(self.order.partner_invoice_id, self.customer)
        self._limit(150.0, self.other)
        self.as_salesperson.partner_id = self.other
        self.assertEqual(self.order.partner_invoice_id, self.other)
        self.assertFalse(self._pending())
        self.assertExposure(self.other, ordered=150.0)

    def test_what_is_invoiced_stays_with_the_old_customer(self):
        self.order.order_line.product_id = self.service_delivered
        self.order.order_line.write({"price_unit": 150.0, "qty_delivered": 0.5})
        self._invoice_order(self.order)
        self._limit(75.0, self.other)
        self.as_salesperson.partner_invoice_id = self.other
        self.assertFalse(self._pending())
        self.assertExposure(self.other, ordered=75.0)

    def test_a_contact_of_the_same_customer_is_no_new_customer(self):
        self._limit(10.0)
        contact = self._customer("Purchases", parent_id=self.customer.id, is_company=False)
        self.as_salesperson.partner_invoice_id = contact
        self.assertFalse(self._pending())

    def _terms(self, *instalments):
        return (
            self.env["account.payment.term"]
            .sudo()
            .create(
                {
                    "name": "Terms",
                    "line_ids": [
                        Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                        for days, share in instalments
                    ],
                }
            )
        )

    def test_longer_terms_of_a_confirmed_order_are_judged(self):
        self._policy(payment_term={"threshold": 45.0})
        short, long = self._terms((30, 100)), self._terms((60, 100))
        self.as_salesperson.payment_term_id = short
        self.assertFalse(self._pending())
        with self.assertGrowthHeld():
            self.as_salesperson.payment_term_id = long
            self.assertEqual(self._pending().reason_ids.mapped("kind"), ["payment_term"])
        self.assertEqual(self.order.payment_term_id, short)

    def test_another_instalment_that_pays_later_is_judged_and_one_that_pays_sooner_is_not(self):
        half, later = self._terms((0, 50), (60, 50)), self._terms((0, 30), (60, 70))
        sooner = self._terms((0, 70), (60, 30))
        order = self._order(20.0, payment_term_id=half.id)
        order.action_confirm()
        self._limit(10.0)
        as_salesperson = order.with_user(self.salesperson)
        as_salesperson.payment_term_id = sooner
        self.assertFalse(self._pending(order))
        with self.assertGrowthHeld(order):
            as_salesperson.payment_term_id = later
        self.assertEqual(order.payment_term_id, sooner)

    def test_a_release_of_an_amount_does_not_cover_later_money(self):
        self._limit(100.0)
        order = self._order(200.0, payment_term_id=self._terms((0, 100)).id)
        order.action_confirm()
        self.assertHeld(order).with_user(self.manager).action_release("Good")
        self.assertPassed(order)
        order.with_user(self.salesperson).payment_term_id = self._terms((120, 100))
        hold = self._pending(order)
        self.assertEqual(len(hold), 1)
        hold.with_user(self.manager).action_release("Well, yes")
        self.assertEqual(order.credit_state, "released")

    # === WHAT WAITS === #

    def _grown(self, price=250.0):
        self.as_salesperson.order_line.price_unit = price
        return self._pending()

    def test_the_growth_is_held_with_the_figures_of_the_whole_order(self):
        hold = self._grown()
        self.assertRecordValues(
            hold,
            [
                {
                    "name": self.order.name,
                    "amount": 250.0,
                    "added": 100.0,
                    "exposure": 0.0,
                    "excess": 50.0,
                    "deposit": 20,
                    "credit_limit": 200.0,
                    "requested_by": self.salesperson.id,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertEqual(hold.reason_ids.mapped("kind"), ["over_limit"])
        self.assertEqual(hold.activity_ids.user_id, self.analyst)
        self.assertIn("Held by credit control", self.order.message_ids[0].body)
        self.assertIn("250.00", self.order.credit_verdict)

    def test_growing_again_updates_the_hold(self):
        hold = self._grown()
        self.assertEqual(self._grown(260.0), hold)
        self.assertEqual((hold.amount, hold.added), (260.0, 110.0))

    def test_only_what_was_allowed_is_invoiced_until_the_release(self):
        self.as_salesperson.order_line.write({"product_uom_qty": 3.0, "price_unit": 150.0})
        hold = self._pending()
        invoice = self.order._create_invoices()
        self.assertEqual(invoice.amount_total, 150.0)
        with self.assertRaisesRegex(UserError, "increased"):
            self.order._create_invoices()
        hold.with_user(self.manager).action_release("Good customer")
        self.assertEqual(self.order._create_invoices().amount_total, 300.0)

    def test_a_new_line_is_not_invoiced_until_the_release(self):
        self.as_salesperson.order_line = [Command.create(self._line(60.0))]
        self.assertEqual(self.order._create_invoices().amount_total, 150.0)

    def test_what_was_delivered_goes_out_on_an_invoice(self):
        self.as_salesperson.order_line = [
            Command.create(self._line(60.0, product_id=self.service_delivered.id))
        ]
        self.assertTrue(self._pending())
        self.order.order_line[1].sudo().qty_delivered = 1.0
        self.assertEqual(self.order._create_invoices().amount_total, 210.0)

    def test_refused_it_goes_back_by_one_click(self):
        self.as_salesperson.order_line = [
            Command.update(self.order.order_line.id, {"product_uom_qty": 2.0, "price_unit": 140.0}),
            Command.create(self._line(60.0)),
        ]
        hold = self._pending()
        hold.with_user(self.manager).action_refuse("Too much")
        self.assertEqual(self.order.credit_state, "held")
        self.assertIn("refused", self.order.credit_verdict)
        with self.assertRaisesRegex(UserError, "increased"):
            self.order._create_invoices()
            self.order._create_invoices()
        self.as_salesperson.action_credit_back()
        self.assertEqual(self.order.order_line.mapped("product_uom_qty"), [1.0, 0.0])
        self.assertEqual(self.order.order_line[0].price_unit, 150.0)
        self.assertEqual(self.order.amount_total, 150.0)
        self.assertEqual((hold.state, self.order.credit_state), ("refused", "clear"))

    def test_set_back_by_hand_it_waits_for_nothing(self):
        hold = self._grown()
        self.as_salesperson.order_line.price_unit = 150.0
        self.assertEqual(hold.state, "cancelled")
        with self.assertRaisesRegex(UserError, "nothing to revert"):
            self.as_salesperson.action_credit_back()

    def test_made_smaller_within_the_limit_it_waits_for_nothing(self):
        hold = self._grown()
        self.as_salesperson.order_line.price_unit = 200.0
        self.assertEqual(hold.state, "cancelled")

    def test_refused_it_may_ask_again_for_more_than_was_allowed(self):
        self._grown().with_user(self.manager).action_refuse("No")
        again = self._grown(260.0)
        self.assertEqual((again.state, again.added), ("pending", 110.0))

    def test_a_cancelled_order_that_is_confirmed_again_is_judged_whole(self):
        self._grown().with_user(self.manager).action_refuse("No")
        self.order._action_cancel()
        self.order.action_draft()
        self.order.action_confirm()
        self.assertHeld(self.order).with_user(self.manager).action_release("Now yes")
        self.assertEqual(self.order._create_invoices().amount_total, 250.0)

    # === RELEASE === #

    def test_the_growth_released_passes_and_no_more(self):
        self._grown().with_user(self.manager).action_release("Good customer")
        self.assertEqual((self.order.amount_total, self.order.credit_state), (250.0, "released"))
        self.as_salesperson.order_line.price_unit = 240.0
        self.as_salesperson.order_line.price_unit = 250.0
        self.assertFalse(self._pending())
        with self.assertGrowthHeld(total=250.01):
            self.as_salesperson.order_line.price_unit = 250.01

    def test_nobody_releases_the_growth_they_typed(self):
        self.manager.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.order.with_user(self.manager).order_line.price_unit = 250.0
        refusal = self._pending().with_user(self.manager)._get_refusal_of_decision()
        self.assertIn("your own order", refusal)

    def test_a_release_over_its_day_lets_nothing_grow(self):
        hold = self._grown()
        hold.with_user(self.manager).action_release("Today", until=self.today)
        hold.sudo().released_until = self.today - timedelta(1)
        self.assertTrue(self._grown(251.0))

    def test_the_first_release_covers_growth_within_it(self):
        order = self._order(60.0)
        order.action_confirm()
        self.assertHeld(order).with_user(self.manager).action_release("Up to 90", amount=90.0)
        order.with_user(self.salesperson).order_line.price_unit = 90.0
        self.assertEqual(order.amount_total, 90.0)
        self.assertFalse(self._pending(order))
        with self.assertGrowthHeld(order, total=91.0):
            order.with_user(self.salesperson).order_line.price_unit = 91.0

    def test_growth_that_would_pass_becomes_ready(self):
        hold = self._grown()
        hold._reassess()
        self.assertFalse(hold.ready)
        self._limit(250.0)
        hold._reassess()
        self.assertTrue(hold.ready)

    def test_growth_that_would_pass_is_released_by_the_policy(self):
        hold = self._grown()
        self.policy.auto_release = True
        self._limit(250.0)
        hold.sudo()._reassess()._release_ready()
        self.assertEqual((hold.state, hold.released_amount), ("released", 250.0))

    def test_a_cancelled_order_closes_its_hold(self):
        hold = self._grown()
        self.order._action_cancel()
        self.assertEqual(hold.state, "cancelled")

    # === WHAT ALWAYS PASSES === #

    def test_shrinking_passes_without_a_question(self):
        self._policy(status={})
        self._profile(status="blocked", status_reason="Court case")
        gate = self.registry["credit.gate"]

        def nobody_asks(*_args, **_kwargs):
            raise AssertionError("the gate was asked")

        self.patch(gate, "_judge_locked", nobody_asks)
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
        with self.assertGrowthHeld():
            self.as_salesperson.order_line.price_unit = 151.0
            self.assertEqual(self._pending().reason_ids.mapped("kind"), ["status"])

    def test_rules_about_the_size_of_an_order_judge_the_whole_of_it(self):
        self._policy(
            order_amount={"threshold": 180.0}, order_below={"threshold": 160.0, "action": "exempt"}
        )
        self._limit(10.0)
        self.as_salesperson.order_line.price_unit = 160.0
        self.as_salesperson.order_line.price_unit = 180.0
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
        order.with_user(self.salesperson).order_line.price_unit = 101.0
        self.assertEqual(self._pending(order).amount, 1.0)

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
