from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestInvoiceHold(CreditCommon):
    """An invoice that no order stands behind waits as a draft; that of an order goes out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(over_limit={"checkpoint": "invoice"})
        cls.accountant = cls._user("accountant", "account.group_account_invoice")

    def _typed(self, amount, **values):
        return self._invoice(amount, post=False, **values)

    def assertWaits(self, invoice):
        self.assertEqual((invoice.state, invoice.credit_state), ("draft", "held"))
        hold = invoice.sudo().credit_hold_ids._get_pending()
        self.assertEqual((len(hold), hold.checkpoint), (1, "invoice"))
        return hold

    def test_an_invoice_typed_over_the_limit_waits_and_the_others_are_posted(self):
        self._limit(100.0)
        fits, exceeds = self._typed(60.0), self._typed(70.0)
        self.policy.count_draft_invoice = False
        notice = (fits | exceeds).with_user(self.accountant).action_post()
        self.assertEqual(notice["tag"], "display_notification")
        self.assertEqual(fits.state, "posted")
        hold = self.assertWaits(exceeds)
        self.assertRecordValues(
            hold,
            [
                {
                    "amount": 70.0,
                    "exposure": 60.0,
                    "excess": 30.0,
                    "requested_by": self.accountant.id,
                    "partner_id": self.customer.id,
                    "order_id": False,
                }
            ],
        )

    def test_a_draft_that_is_counted_already_counts_once(self):
        self._limit(100.0)
        invoice = self._typed(100.0)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_the_release_posts_it_and_nobody_decides_their_own(self):
        self._limit(50.0)
        invoice = self._typed(70.0)
        invoice.with_user(self.accountant).action_post()
        hold = self.assertWaits(invoice)
        with self.assertRaises(AccessError):
            hold.with_user(self.accountant).action_release("Mine")
        hold.with_user(self.manager).action_release("Fine")
        self.assertEqual((invoice.state, hold.state), ("posted", "released"))

    def test_more_than_was_released_waits_again(self):
        self._limit(50.0)
        invoice = self._typed(70.0)
        invoice.action_post()
        hold = self.assertWaits(invoice)
        hold.with_user(self.manager).action_refuse("Too much")
        self.assertEqual(invoice.credit_state, "refused")
        invoice.invoice_line_ids.price_unit = 50.0
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_the_invoice_of_an_order_goes_out(self):
        self._limit(10.0)
        order = self._sale(100.0)
        invoice = self._invoice_order(order)
        self.assertEqual(invoice.state, "posted")
        down = self._sale(100.0)
        self.assertEqual(self._down_payment(down, 40.0).state, "posted")

    def test_credit_notes_bills_and_entries_are_not_asked(self):
        self._limit(0.0)
        self.company.sudo().credit_management_policy_id = False
        invoice = self._invoice(50.0)
        self.company.sudo().credit_management_policy_id = self.policy
        self.assertEqual(invoice._reverse_moves(cancel=True).state, "posted")
        bill = self._create_invoice(
            move_type="in_invoice", partner_id=self.customer.id, post=True, invoice_date=self.today
        )
        self.assertEqual(bill.state, "posted")

    def test_without_a_rule_for_invoices_nothing_is_asked(self):
        self._policy(over_limit={})
        self._limit(1.0)
        self.assertEqual(self._invoice(50.0).state, "posted")

    def test_a_job_that_posts_again_and_again_keeps_one_hold(self):
        self._limit(10.0)
        invoice = self._typed(50.0, auto_post="at_date")
        for _run in range(3):
            invoice._post()  # as Odoo's job does
        hold = self.assertWaits(invoice)
        self._limit(100.0)
        invoice._post()
        self.assertEqual((invoice.state, hold.state), ("posted", "cancelled"))

    def test_what_is_posted_on_a_later_day_is_asked_then(self):
        self._limit(10.0)
        later = self.today + timedelta(5)
        invoice = self._typed(50.0, auto_post="at_date")
        invoice.invoice_date = invoice.date = later
        invoice._post(soft=True)
        self.assertFalse(invoice.sudo().credit_hold_ids)

    def test_an_invoice_that_is_gone_waits_for_nothing(self):
        self._limit(10.0)
        for leave in ("button_cancel", "unlink"):
            invoice = self._typed(50.0)
            invoice.action_post()
            hold = self.assertWaits(invoice)
            getattr(invoice, leave)()
            self.assertEqual(hold.state, "cancelled")

    # === ODOO'S OWN WARNING === #

    def test_without_a_policy_odoos_warning_is_as_it_was(self):
        self.company.sudo().credit_management_policy_id = False
        self.company.sudo().account_use_credit_limit = True
        self.customer.credit_limit = 40.0
        self.assertEqual(self.customer.credit_limit, 40.0)
        order = self._order(50.0)
        self.assertIn("has reached its credit limit", order.partner_credit_warning)
        self.assertIn("has reached its credit limit", self._typed(50.0).partner_credit_warning)

    def test_with_a_policy_an_order_has_its_own_verdict(self):
        self.company.sudo().account_use_credit_limit = True
        self._policy(over_limit={})
        self._limit(40.0)
        order = self._order(50.0)
        self.assertFalse(order.partner_credit_warning)
        self.assertEqual(order.credit_state, "warning")
        self.assertEqual(
            self.env["sale.order"].new({"partner_id": self.customer.id}).partner_credit_warning, ""
        )
