"""Every way a quotation becomes a sale passes the gate."""

from odoo.addons.account_payment.tests.common import AccountPaymentCommon
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import SQL, mute_logger

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestWays(CreditCommon):
    def setUp(self):
        super().setUp()
        self._limit(100.0)

    def test_the_button(self):
        order = self._order(150.0)
        order.with_user(self.salesperson).action_confirm()
        self.assertHeld(order)

    def test_a_batch_from_the_list_holds_what_fails_and_confirms_the_rest(self):
        orders = self._order(60.0) | self._order(150.0) | self._order(40.0)
        action = self.env.ref("sale.model_sale_order_action_quotation_sent", False)
        self.assertTrue(action is None or action)
        orders.with_user(self.salesperson).action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "sent", "sale"])

    def test_the_form_with_its_onchanges(self):
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.service
                line.price_unit = 150.0
        order = form.record
        order.action_confirm()
        self.assertHeld(order.with_env(self.env))

    def _import(self, fields, *rows):
        result = self.env["sale.order"].with_user(self.salesperson).load(fields, list(rows))
        return self.env["sale.order"].browse(result["ids"] or []), result["messages"]

    def test_an_import_of_sales_is_judged_row_by_row(self):
        fields = [
            "partner_id/.id",
            "state",
            "order_line/product_id/.id",
            "order_line/name",
            "order_line/product_uom_qty",
            "order_line/price_unit",
            "order_line/tax_ids/.id",
        ]
        row = [str(self.customer.id), "sale", str(self.service.id), "x", "1"]
        orders, _messages = self._import(fields, [*row, "90", ""])
        self.assertPassed(orders)
        with mute_logger("odoo.sql_db"):
            orders, messages = self._import(fields, [*row, "11", ""])
        self.assertFalse(orders)
        self.assertIn("held by credit control", messages[0]["message"])

    def test_an_import_that_writes_the_state(self):
        order = self._order(150.0)
        self.env["ir.model.data"].create(
            {"module": "test", "name": "order", "model": "sale.order", "res_id": order.id}
        )
        _orders, messages = self._import(["id", "state"], ["test.order", "sale"])
        self.assertIn("held by credit control", messages[0]["message"])
        self.assertEqual(order.state, "draft")

    def _server_action(self, **values):
        return (
            self.env["ir.actions.server"]
            .sudo()
            .create(
                {"name": "Automation", "model_id": self.env.ref("sale.model_sale_order").id}
                | values
            )
        )

    def test_an_automation_that_confirms_is_held_like_a_person(self):
        order = self._order(150.0)
        self._server_action(state="code", code="records.action_confirm()").with_context(
            active_model="sale.order", active_ids=order.ids
        ).run()
        self.assertHeld(order)

    def test_an_automation_that_writes_the_state_is_refused(self):
        order = self._order(150.0)
        codes = ("records.write({'state': 'sale'})", "records.sudo().write({'state': 'sale'})")
        actions = [self._server_action(state="code", code=code) for code in codes]
        actions.append(
            self._server_action(
                state="object_write",
                update_path="state",
                selection_value=self.env.ref("sale.selection__sale_order__state__sale").id,
            )
        )
        for action in actions:
            with self.subTest(action.code), self.assertRaisesRegex(UserError, "held by credit"):
                action.with_context(
                    active_model="sale.order", active_id=order.id, active_ids=order.ids
                ).run()
            self.assertEqual(order.state, "draft")

    def test_a_copy_is_a_quotation_and_asks_again(self):
        order = self._order(60.0)
        order.action_confirm()
        copy = order.copy()
        self.assertEqual((copy.state, copy.credit_hold_ids.ids), ("draft", []))
        copy.action_confirm()
        self.assertHeld(copy)
        with self.assertRaisesRegex(UserError, "held by credit control"):
            order.copy({"state": "sale"})

    def test_a_copy_of_a_released_order_has_no_release(self):
        order = self._order(150.0)
        order.action_confirm()
        self.assertHeld(order).with_user(self.manager).action_release("Once")
        copy = order.copy()
        copy.action_confirm()
        self.assertHeld(copy)

    def test_a_cancelled_order_confirmed_again_is_judged_again(self):
        order = self._order(100.0)
        order.action_confirm()
        order._action_cancel()
        order.action_draft()
        self._invoice(50.0)
        order.action_confirm()
        self.assertHeld(order)

    def test_a_held_order_of_another_customer_asks_that_one(self):
        other = self._customer("Other")
        self._limit(1000.0, other)
        order = self._order(150.0)
        order.action_confirm()
        hold = self.assertHeld(order)
        order.partner_id = other
        order.action_confirm()
        self.assertPassed(order)
        self.assertEqual(hold.state, "cancelled")

    def test_who_pays_is_judged_not_who_orders(self):
        payer = self._customer("Payer")
        self._limit(1000.0, payer)
        order = self._order(150.0, partner_invoice_id=payer.id)
        order.action_confirm()
        self.assertPassed(order)
        self.assertExposure(payer, ordered=150.0)

    def test_an_order_without_invoice_address_gets_a_sentence(self):
        order = self._order(150.0)
        self.env.flush_all()
        self.env.cr.execute(
            SQL("ALTER TABLE sale_order ALTER COLUMN partner_invoice_id DROP NOT NULL")
        )
        self.env.cr.execute(
            SQL("UPDATE sale_order SET partner_invoice_id = NULL WHERE id = %s", order.id)
        )
        order.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "no invoice address"):
            order.action_confirm()
        self.assertEqual((order.state, order.credit_state), ("draft", "clear"))

    def test_the_owed_mail_is_forgotten_with_the_order(self):
        order = self._order(150.0)
        order._validate_order()
        hold = self.assertHeld(order)
        order._action_cancel()
        self.assertFalse(hold.send_email)


@tagged("post_install", "-at_install")
class TestPaidOnline(CreditCommon, AccountPaymentCommon, HttpCase):
    """What is paid is never held nor lost, what is not paid is judged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "buyer@example.com"
        cls.customer.lang = "en_US"

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("base.group_system")

    def setUp(self):
        super().setUp()
        self._limit(100.0)

    def _quotation(self, amount, prepaid=1.0):
        return self._order(
            amount, require_payment=True, require_signature=False, prepayment_percent=prepaid
        )

    def _pays(self, order, amount, **values):
        """The customer pays online, and Odoo processes it."""
        transaction = self._create_transaction(
            flow="direct",
            reference=f"{order.name}-{len(order.transaction_ids)}",
            amount=amount,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[Command.set(order.ids)],
            state="done",
            **values,
        )
        transaction._post_process()
        return transaction

    def test_what_is_paid_is_off_the_order_until_the_ledger_has_it(self):
        order = self._sale(500.0)
        transaction = self._create_transaction(
            flow="direct",
            reference="Online",
            amount=200.0,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[Command.set(order.ids)],
            state="pending",
        )
        self.assertExposure(ordered=500.0)
        transaction.state = "done"
        self.assertExposure(ordered=300.0)
        self.assertEqual(self._profile().exposure, 300.0)
        transaction.payment_id = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 200.0, "payment_type": "inbound"}
        )
        self.assertExposure(ordered=300.0)
        transaction.payment_id.action_post()
        self.assertExposure(ordered=500.0, receivable=-200.0)

    def _mails(self, order):
        """Subjects and bodies of what the customer got, the first one first."""
        comments = order.message_ids.filtered(
            lambda message: message.subtype_id == self.env.ref("mail.mt_comment")
        )
        return [str(message.body) for message in comments.sorted("id")]

    def test_paid_in_full_is_a_sale_even_of_a_blocked_customer(self):
        self._policy(status={}, over_limit={}, prepaid_only={})
        self._profile(status="blocked", status_reason="Court case", credit_mode="prepaid")
        order = self._quotation(150.0)
        self._pays(order, 150.0)
        self.assertPassed(order)
        self.assertExposure(ordered=150.0, receivable=-150.0)

    def test_what_is_not_paid_is_judged(self):
        order = self._quotation(190.0, prepaid=0.5)
        self._pays(order, 95.0)
        self.assertPassed(order)

    def test_held_for_its_rest_the_customer_is_told_and_the_payment_kept(self):
        order = self._quotation(300.0, prepaid=0.5)
        transaction = self._pays(order, 150.0)
        hold = self.assertHeld(order, "over_limit")
        self.assertEqual(hold.amount, 150.0)
        self.assertEqual(transaction.payment_id.state, "in_process")
        [mail] = self._mails(order)
        self.assertIn("and your payment", mail)
        self.assertIn("being checked", mail)
        for figure in ("300", "150", "100.00"):
            self.assertNotIn(figure, mail)

    def test_the_release_sends_the_confirmation_once(self):
        order = self._quotation(300.0, prepaid=0.5)
        self._pays(order, 150.0)
        self.assertHeld(order).with_user(self.manager).action_release("Go")
        self.assertPassed(order)
        self.assertEqual(len(self._mails(order)), 2)
        self.assertFalse(order.sudo().credit_hold_ids.send_email)

    def test_confirmed_again_without_release_the_mail_is_sent_as_well(self):
        order = self._quotation(300.0, prepaid=0.5)
        self._pays(order, 150.0)
        order.with_user(self.salesperson).action_confirm()
        self.assertTrue(self.assertHeld(order).send_email)
        self._limit(1000.0)
        order.with_user(self.salesperson).action_confirm()
        self.assertPassed(order)
        self.assertEqual(len(self._mails(order)), 2)

    def test_the_rest_paid_frees_the_order(self):
        order = self._quotation(300.0, prepaid=0.5)
        self._pays(order, 150.0)
        hold = self.assertHeld(order)
        self._pays(order, 150.0)
        self.assertPassed(order)
        self.assertEqual(hold.state, "cancelled")
        self.assertEqual(len(self._mails(order)), 2)

    def test_a_held_order_paid_in_full_is_a_sale(self):
        order = self._quotation(150.0)
        order.action_confirm()
        self.assertHeld(order)
        self._pays(order, 150.0)
        self.assertPassed(order)
        self.assertEqual(len(self._mails(order)), 1)

    def test_a_refused_order_keeps_its_payment_to_refund(self):
        order = self._quotation(300.0, prepaid=0.5)
        payment = self._pays(order, 150.0).payment_id
        self.assertHeld(order).with_user(self.manager).action_refuse("No")
        self.assertEqual((order.state, payment.state), ("sent", "in_process"))
        self.assertExposure(receivable=-150.0)

    # === THE AUTOMATIC INVOICE === #

    def _invoice_automatically(self):
        self.env["ir.config_parameter"].sudo().set_param("sale.automatic_invoice", "True")

    def test_the_release_invoices_what_was_paid_once(self):
        self._invoice_automatically()
        order = self._quotation(300.0, prepaid=0.5)
        transaction = self._pays(order, 150.0)
        self.assertHeld(order)
        self.assertFalse(order.invoice_ids)
        self.assertHeld(order).with_user(self.manager).action_release("Go")
        self.assertPassed(order)
        [invoice] = order.invoice_ids
        self.assertRecordValues(
            invoice, [{"state": "posted", "amount_total": 150.0, "amount_residual": 0.0}]
        )
        self.assertEqual(transaction.invoice_ids, invoice)
        self.assertExposure(ordered=150.0)
        self.assertTrue(invoice.is_move_sent)
        order._action_cancel()
        order.action_draft()
        self._limit(1000.0)
        order.action_confirm()
        self.assertEqual(order.invoice_ids, invoice)

    def test_without_a_hold_odoo_invoices_alone(self):
        self._invoice_automatically()
        order = self._quotation(150.0, prepaid=0.5)
        self._pays(order, 75.0)
        self.assertPassed(order)
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [75.0])

    # === PAGES === #

    def test_the_page_of_a_paid_order_that_waits_is_polite(self):
        order = self._quotation(300.0, prepaid=0.4)
        self._pays(order, 133.0)
        order.action_confirm()
        self.env.flush_all()
        page = self.url_open(order.get_portal_url()).text
        self.assertIn("is being checked", page)
        for figure in ("100.00", "67.00", "167.00"):
            self.assertNotIn(figure, page)
