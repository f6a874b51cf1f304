from contextlib import contextmanager

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon

ACCOUNTANT = "account.group_account_invoice,sales_team.group_sale_salesman_all_leads"


class InvoiceCommon(CreditCommon):
    """The limit is 1 000, and invoices that no order stands behind are judged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write(
            {"rule_ids": [Command.create({"kind": "over_limit", "checkpoint": "invoice"})]}
        )
        cls.accountant = cls._user("accountant", ACCOUNTANT)
        cls.other = cls._customer("Other")

    def setUp(self):
        super().setUp()
        self._limit(1000.0)
        self._limit(1000.0, customer=self.other)

    def _typed(self, amount, **values):
        return self._invoice(amount, post=False, **values).with_user(self.accountant)

    def _sold(self, amount, **values):
        order = self._order(amount, **values)
        order.action_confirm()
        self.assertPassed(order)
        return order

    def _draft(self, order):
        return self._invoice_order(order, post=False).with_user(self.accountant)

    @contextmanager
    def refused(self, words):
        """Refused with these words, and nothing of it is kept."""
        with self.assertRaises(UserError) as found:
            yield
        self.assertIn(words, str(found.exception))

    def assertWaits(self, invoice):
        self.assertEqual((invoice.state, invoice.credit_state), ("draft", "held"))
        return invoice.sudo().credit_hold_ids._get_pending()


@tagged("post_install", "-at_install")
class TestInvoiceClaims(InvoiceCommon):
    """What no order stands behind is judged, however the invoice is made; what was ordered goes out."""

    # === BY ANOTHER WAY THAN THE BUTTON === #

    def test_an_invoice_is_not_posted_by_its_state(self):
        invoice = self._typed(5000.0)
        for state in ("draft", "cancel"):
            with self.subTest(state):
                if state == "cancel":
                    invoice.button_cancel()
                with self.refused("held by credit control"):
                    invoice.write({"state": "posted"})
                self.assertEqual(invoice.state, state)

    def test_an_import_posts_nothing_that_would_be_held(self):
        invoice = self._typed(5000.0)
        result = invoice.load([".id", "state"], [[str(invoice.id), "posted"]])
        self.assertFalse(result["ids"])
        self.assertEqual(invoice.state, "draft")

    def test_what_fits_is_posted_by_its_state_as_before(self):
        invoice = self._typed(500.0)
        invoice.write({"state": "posted"})
        self.assertEqual(invoice.state, "posted")

    # === OF EVERY KIND === #

    def test_a_receipt_counts_as_an_invoice_does(self):
        receipt = self._typed(700.0, move_type="out_receipt")
        self.assertExposure(draft_invoice=700.0)
        receipt.action_post()
        self.assertEqual(receipt.state, "posted")
        second = self._typed(700.0, move_type="out_receipt")
        second.action_post()
        self.assertWaits(second)

    def test_the_type_of_an_invoice_is_chosen_once(self):
        invoice = self._typed(5000.0)
        with self.refused("chosen once"):
            invoice.move_type = "entry"
        invoice.action_switch_move_type()
        self.assertEqual(invoice.move_type, "out_refund")
        invoice.action_switch_move_type()
        invoice.action_post()
        self.assertWaits(invoice)

    def test_an_entry_becomes_no_invoice(self):
        entry = self._pay_on_account(10.0)
        entry.button_draft()
        with self.refused("chosen once"):
            entry.with_user(self.accountant).move_type = "out_invoice"

    # === BEYOND THE ORDER === #

    def test_a_line_linked_to_a_small_order_is_judged_for_the_rest(self):
        order = self._sold(10.0)
        invoice = self._typed(5000.0)
        invoice.invoice_line_ids.sale_line_ids = order.order_line
        invoice.action_post()
        self.assertEqual(self.assertWaits(invoice).amount, 4990.0)

    def test_what_is_added_to_the_invoice_of_an_order_is_judged(self):
        for change in ("price", "quantity", "line"):
            with self.subTest(change):
                invoice = self._draft(self._sold(100.0))
                line = invoice.invoice_line_ids
                if change == "price":
                    line.price_unit = 5000.0
                elif change == "quantity":
                    line.quantity = 50.0
                else:
                    extra = self._prepare_invoice_line(
                        price_unit=4900.0, product_id=self.service, tax_ids=[]
                    )
                    invoice.write({"invoice_line_ids": [extra]})
                invoice.action_post()
                self.assertEqual(self.assertWaits(invoice).amount, 4900.0)
                invoice.button_cancel()

    def test_what_fits_is_added_to_the_invoice_of_an_order(self):
        invoice = self._draft(self._sold(100.0))
        invoice.invoice_line_ids.price_unit = 150.0
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_an_order_stands_behind_one_invoice_not_two(self):
        order = self._sold(900.0)
        first = self._draft(order)
        second = first.with_context(include_business_fields=True).copy()
        (first | second).action_post()
        self.assertEqual(first.state, "posted")
        self.assertEqual(self.assertWaits(second).amount, 900.0)

    def test_one_line_is_not_invoiced_for_another(self):
        order = self._order(300.0)
        order.order_line.copy({"order_id": order.id})
        order.action_confirm()
        invoice = self._draft(order)
        first, second = invoice.invoice_line_ids
        first.price_unit, second.price_unit = 600.0, 0.0
        self._limit(650.0)
        invoice.action_post()
        self.assertEqual(self.assertWaits(invoice).amount, 300.0)

    def test_an_order_of_which_nothing_more_will_be_invoiced_stands_behind_nothing(self):
        self._invoice(700.0)
        order = self._sold(300.0)
        invoice = self._draft(order)
        closures = self.env["credit.order.closure"].with_user(self.analyst)
        closures.create({"order_id": order.id, "reason": "Nobody wants it"})
        self._invoice(300.0)
        invoice.action_post()
        self.assertWaits(invoice)

    def test_growth_that_waits_is_not_invoiced(self):
        order = self._sold(900.0)
        invoice = self._draft(order)
        order.with_user(self.salesperson).order_line.product_uom_qty = 3.0
        order.order_line.price_unit = 900.0
        self.assertTrue(order._get_growth_hold())
        invoice.invoice_line_ids.quantity = 3.0
        invoice.action_post()
        self.assertWaits(invoice)

    # === WHOSE DEBT === #

    def test_the_customer_of_what_is_posted_stays(self):
        invoice = self._typed(500.0)
        invoice.action_post()
        keys = {"skip_readonly_check": True}
        debt = invoice.line_ids.filtered("debit")
        with self.assertRaises(UserError):
            invoice.with_context(**keys).partner_id = self.other
        with self.assertRaises(UserError):
            invoice.with_context(**keys).write({"partner_id": self.other.id})
        with self.assertRaises(UserError):
            debt.with_context(**keys).partner_id = self.other

    def test_what_is_posted_is_owed_as_it_was_posted(self):
        invoice = self._typed(500.0)
        invoice.action_post()
        debt = invoice.line_ids.filtered("debit")
        with self.refused("is posted"):
            invoice.line_ids.write({"balance": 0.0})
        with self.refused("is posted"):
            debt.with_context(check_move_validity=False).write({"debit": 9.0})
        with self.refused("is posted"):
            invoice.with_context(skip_readonly_check=True).invoice_currency_rate = 0.5
        with self.refused("chosen once"):
            invoice.move_type = "out_refund"
        debt.write({"date_maturity": self.today, "name": "Typed"})
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 400.0
        invoice.action_post()
        self.assertExposure(receivable=400.0)

    def test_the_debt_of_a_draft_is_its_customers(self):
        invoice = self._typed(500.0)
        with self.assertRaises(UserError):
            invoice.line_ids.filtered("debit").partner_id = self.other
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        invoice.partner_id = contact
        invoice.partner_id = self.other
        invoice.action_post()
        self.assertExposure(customer=self.other, receivable=500.0)

    def test_what_one_customer_ordered_is_not_invoiced_to_another(self):
        order = self._sold(900.0)
        invoice = self._draft(order)
        with self.refused("invoice address of the order"):
            invoice.partner_id = self.other
        order.with_user(self.salesperson).partner_invoice_id = self.other
        invoice.invalidate_recordset()
        invoice.partner_id = self.other
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertExposure()

    # === LINKS BETWEEN INVOICES AND ORDERS === #

    def test_no_other_invoice_passes_as_the_invoice_of_an_order(self):
        order = self._sold(900.0)
        foreign = self._typed(900.0, customer=self.other)
        posted = self._typed(100.0)
        posted.action_post()
        sold = order.order_line.with_user(self.accountant)
        for line in (foreign.invoice_line_ids, posted.invoice_line_ids):
            with self.subTest(line.move_id.state):
                with self.refused("no invoice of"):
                    line.sale_line_ids = sold
                with self.refused("no invoice of"):
                    sold.invoice_lines = line
                with self.refused("no invoice of"):
                    sold.order_id.write(
                        {
                            "order_line": [
                                Command.update(sold.id, {"invoice_lines": [Command.link(line.id)]})
                            ]
                        }
                    )
        values = self._prepare_invoice_line(price_unit=9.0, product_id=self.service, tax_ids=[])
        values[2]["sale_line_ids"] = [Command.link(sold.id)]
        with self.refused("no invoice of"):
            foreign.write({"invoice_line_ids": [values]})
        self.assertEqual(self._exposure()["ordered"], 900.0)

    def test_a_payment_pays_the_orders_of_its_provider_alone(self):
        paid, order = self._order(10.0), self._sold(900.0)
        transaction = self._transaction(paid, 900.0, state="pending").with_user(self.accountant)
        for values in (
            {"sale_order_ids": [Command.link(order.id)]},
            {"state": "done"},
            {"amount": 5000.0},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                transaction.write(values)
        transaction.write({"partner_name": "Typed", "amount": 900.0})

    # === WHAT AN ACCOUNTANT DOES EVERY DAY === #

    def test_what_was_ordered_goes_out_whatever_the_limit_is_by_then(self):
        order = self._sold(900.0, quantity=9.0)
        self._limit(0.0)
        order.order_line.qty_delivered = 9.0
        down = self._down_payment(order, 90.0, post=False).with_user(self.accountant)
        down.action_post()
        self.assertEqual(down.state, "posted")
        invoice = self._draft(order)
        invoice.action_post()
        self.assertEqual((invoice.state, invoice.amount_total), ("posted", 810.0))
        # set back and posted again
        invoice.button_draft()
        invoice.button_cancel()
        invoice.button_draft()
        invoice.invoice_line_ids[0].name = "Another text"
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_reversed_and_invoiced_anew(self):
        order = self._sold(900.0)
        invoice = self._draft(order)
        invoice.action_post()
        self._limit(0.0)
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        action = wizard.modify_moves()
        anew = self.env["account.move"].browse(action["res_id"]).with_user(self.accountant)
        self.assertEqual(anew.invoice_line_ids.sale_line_ids, order.order_line)
        anew.action_post()
        self.assertEqual((invoice.payment_state, anew.state), ("reversed", "posted"))
        credit = anew._reverse_moves(cancel=True)
        self.assertEqual(credit.state, "posted")
        self.assertExposure(ordered=900.0)

    def test_rounding_and_foreign_currencies_make_no_claim(self):
        tax = self.env["account.tax"].create({"name": "T", "amount": 19.6})
        currency = self.setup_other_currency("EUR", rates=[("1900-01-01", 0.9)])
        prices = self.env["product.pricelist"].create({"name": "E", "currency_id": currency.id})
        order = self._order(99.99, quantity=3.0, pricelist_id=prices.id)
        order.order_line.tax_ids = tax
        order.action_confirm()
        self._limit(0.0)
        self.env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": self.today, "rate": 0.5}
        )
        for quantity in (1.0, 2.0):
            order.order_line.qty_to_invoice = quantity
            invoice = order._create_invoices()
            invoice.invoice_line_ids.quantity = quantity
            invoice.action_post()
            self.assertEqual(invoice.state, "posted")

    def test_opening_balances_are_typed_as_before(self):
        receivable = self.customer.property_account_receivable_id
        entry = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": receivable.id,
                                "partner_id": self.customer.id,
                                "debit": 5000.0,
                            }
                        ),
                        Command.create(
                            {
                                "account_id": self.company_data["default_account_revenue"].id,
                                "credit": 5000.0,
                            }
                        ),
                    ]
                }
            )
        )
        entry.action_post()
        entry.line_ids.filtered("debit").partner_id = self.other
        self.assertExposure(customer=self.other, receivable=5000.0)

    def test_without_a_policy_links_and_types_are_as_in_odoo(self):
        self.company.sudo().credit_management_policy_id = False
        order = self._sold(900.0)
        invoice = self._typed(900.0)
        invoice.action_post()
        invoice.invoice_line_ids.sale_line_ids = order.order_line
        self.assertEqual(order.order_line.qty_invoiced, 1.0)
