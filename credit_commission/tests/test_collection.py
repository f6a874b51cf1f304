from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestCollection(CommissionCommon):
    """What counts as a payment, what only looks like one, and reversals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.waiting = cls._passing_account("Cheques", "511990")
        cls.doubtful = cls._passing_account("Doubtful", "416990")
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.waiting
        cls.plan = cls._plan(5.0)

    def _clear(self, payment, day=None):
        """Clear the cheque with a bank statement line."""
        entry = self._bank(payment.amount, day=day, account=self.waiting)
        self._match(payment.move_id, entry, account=self.waiting)
        return entry

    def test_a_payment_is_logged_once(self):
        self._pay(self._sell(1000))
        self.assertEqual(self._log(), [("registered", 1000)])
        self.assertEqual(self._log(), [("registered", 1000)])

    def test_the_log_says_when_and_how_late(self):
        invoice = self._sell(1000)
        day = self.first_day + timedelta(12)
        payment = self._pay(invoice, day=day)
        self._log()
        row = self.env["credit.commission.collection"].search([])
        self.assertEqual((row.date, row.date_due, row.days_late), (day, self.first_day, 12))
        self.assertEqual((row.move_id, row.payment_move_id), (invoice, payment.move_id))
        self.assertEqual((row.company_id, row.partner_id), (self.company, self.customer))

    def test_nobody_edits_the_log(self):
        self._pay(self._sell(1000))
        self._log()
        row = self.env["credit.commission.collection"].search([]).sudo()
        with self.assertRaisesRegex(UserError, "cannot be edited"):
            row.amount = 5
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            row.unlink()

    def test_what_is_undone_before_it_was_logged_leaves_no_trace(self):
        payment = self._pay(self._sell(1000))
        payment.action_draft()
        payment.action_cancel()
        self.assertEqual(self._log(), [])

    def test_a_payment_reset_to_draft_and_posted_again(self):
        payment = self._pay(self._sell(1000))
        self.assertEarned(50)
        payment.action_draft()
        self.assertEarned(50, -50)
        payment.action_post()
        self.assertEarned(50, -50, 50)
        payment.action_draft()
        payment.action_cancel()
        self.assertEarned(50, -50, 50, -50)

    def test_what_was_read_long_ago_is_logged_again_when_it_is_posted_again(self):
        payment = self._pay(self._sell(1000))
        self._log()
        payment.action_draft()
        cursor = self.env["credit.commission.cursor"].sudo().search([])
        [(last,)] = self.env.execute_query(SQL("SELECT MAX(id) FROM account_partial_reconcile"))
        cursor.partial_id = last
        payment.action_post()
        rows = self.env["credit.commission.collection"].search([], order="id")
        self.assertEqual(rows.mapped("event"), ["registered", "undone", "registered"])
        self.assertEqual(rows.mapped("undo_count"), [0, 0, 1])

    def test_a_payment_that_is_deleted_after_settlement_is_taken_back(self):
        payment = self._pay(self._sell(1000))
        self.assertEarned(50)
        self._statement(self.salesperson.partner_id)
        payment.action_draft()
        payment.unlink()
        self.assertEarned(50, -50)
        self.assertFalse(self._entries()[-1].statement_id)

    def test_an_invoice_reset_to_draft_is_no_sale(self):
        invoice = self._sell(1000)
        self._pay(invoice)
        self.assertEarned(50)
        invoice.button_draft()
        self.assertEarned(50, -50)
        invoice.action_post()
        self.assertEarned(50, -50, 50)

    def test_money_that_came_before_the_invoice(self):
        entry = self._bank(1000)
        invoice = self._sell(1000, day=self.first_day + timedelta(5))
        self._match(entry, invoice)
        self.assertEarned(50)
        self.assertEqual(self._entries().date, self.first_day + timedelta(5))
        self.assertEqual(self._entries().collection_id.days_late, -5)

    def test_instalments_earn_as_they_are_paid(self):
        halves = [
            Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
            for days in (10, 45)
        ]
        term = self.env["account.payment.term"].create({"name": "Halves", "line_ids": halves})
        invoice = self._sell(1000, tax=self.tax, invoice_payment_term_id=term.id)
        self._pay(invoice, 600)
        self._pay(invoice, 600)
        self.assertEarned(25, 25)

    def test_money_after_a_transfer_to_another_customer_counts(self):
        invoice = self._sell(1000)
        moved = self._entry((self.receivable, 1000), (self.receivable, -1000))
        lines = moved.line_ids
        (
            invoice.line_ids.filtered(lambda line: line.account_id == self.receivable) + lines[1]
        ).reconcile()
        self.assertEarned()
        money = self._bank(400)
        (
            money.line_ids.filtered(lambda line: line.account_id == self.receivable) + lines[0]
        ).reconcile()
        self.assertEarned(20)
        lines[1].remove_move_reconcile()
        self.assertEarned(20, -20)

    def test_a_doubtful_debt_is_no_money_until_it_is_paid(self):
        invoice = self._sell(1000)
        moved = self._entry((self.doubtful, 1000), (self.receivable, -1000))
        self._match(invoice, moved)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertEarned()
        money = self._bank(300, account=self.doubtful)
        self._match(moved, money, account=self.doubtful)
        self.assertEarned(15)
        money.line_ids.remove_move_reconcile()
        self.assertEarned(15, -15)

    def test_money_received_on_an_advance_account_counts(self):
        advances = self.env["account.account"].create(
            {
                "name": "Advances",
                "code": "419990",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        invoice = self._sell(1000)
        money = self._bank(1000, account=advances)
        moved = self._entry((advances, 1000), (self.receivable, -1000))
        self._match(money, moved, account=advances)
        self._match(invoice, moved)
        self.assertEarned(50)

    def test_netting_with_a_supplier_is_no_money(self):
        payable = self.company_data["default_account_payable"]
        invoice = self._sell(1000)
        self._match(invoice, self._entry((payable, 400), (self.receivable, -400)))
        self.assertEarned()
        self._pay(invoice)
        self.assertEarned(30)

    def test_money_and_netting_in_one_entry(self):
        payable = self.company_data["default_account_payable"]
        bank = self.bank.default_account_id
        entry = self._entry((bank, 600), (payable, 400), (self.receivable, -1000))
        self._match(self._sell(1000), entry)
        self.assertEarned(30)

    def test_a_refund_paid_back_is_negative_money(self):
        invoice = self._sell(1000, tax=self.tax)
        self._pay(invoice)
        refund = self._refund(invoice)
        self._pay(refund)
        self.assertEqual(self._log(), [("registered", 1200), ("registered", -1200)])
        self.assertEarned(50, -50)

    def test_a_credit_note_used_for_another_invoice(self):
        first, second = self._sell(1000), self._sell(500)
        self._pay(first)
        refund = self._refund(first, lines=[200])
        self._match(second, refund)
        self._pay(second, 300)
        self.assertEqual(round(sum(self._earned()), 2), 50 - 10 + 25)
        self.assertEqual({row.nature for row in self._entries().collection_id}, {"money", "credit"})

    def test_an_open_credit_note_used_later_counts_once(self):
        first = self._sell(1000)
        self._pay(first)
        refund = self._refund(first, lines=[200])
        self.assertEarned(50, -10)
        second = self._sell(500)
        self._match(second, refund)
        self.assertEarned(50, -10, 10)
        self._pay(second, 300)
        self.assertEarned(50, -10, 10, 15)

    def test_cash_basis_taxes_are_no_money(self):
        transition = self.env["account.account"].create(
            {
                "name": "Tax waiting",
                "code": "445990",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        self.company.tax_exigibility = True
        tax = self._tax(
            20.0, tax_exigibility="on_payment", cash_basis_transition_account_id=transition.id
        )
        invoice = self._sell(1000, tax=tax)
        self._pay(invoice, 600)
        self._pay(invoice, 600)
        self.assertEarned(25, 25)

    def test_sections_and_lines_of_zero_earn_nothing(self):
        section = Command.create({"display_type": "line_section", "name": "Section"})
        note = Command.create({"display_type": "line_note", "name": "Note"})
        self._pay(self._sell(section, 1000, note, 0))
        self.assertEarned(50)

    def test_taxes_included_in_the_price_are_no_base(self):
        tax = self._tax(20.0, price_include_override="tax_included")
        self._pay(self._sell(1200, tax=tax))
        self.assertEarned(50)
        self.assertEqual(self._entries().base, 1000)

    def test_a_line_without_product_is_caught_by_a_rule_for_all(self):
        plain = Command.create(
            {"name": "Work", "price_unit": 100, "tax_ids": False, "product_id": False}
        )
        self._pay(self._sell(plain))
        self.assertEarned(5)
        self.assertFalse(self._entries().product_id)

    def test_an_invoice_without_salesperson_earns_nobody_anything(self):
        self._pay(self._sell(1000, invoice_user_id=False))
        self._compute()
        self.assertFalse(self._entries())

    # === CLEARED AT THE BANK === #

    def _wait_for_the_bank(self, **values):
        self.plan.write({"trigger": "cleared", **values})

    def test_a_cheque_earns_when_the_bank_has_it(self):
        self._wait_for_the_bank()
        payment = self._pay(self._sell(1000))
        self.assertEarned()
        day = self.first_day + timedelta(9)
        entry = self._clear(payment, day)
        self.assertEarned(50)
        self.assertEqual(self._entries().date, day)
        self._match(entry)
        self.waiting_lines(payment).remove_move_reconcile()
        self.assertEarned(50, -50)
        self._clear(payment)
        self.assertEarned(50, -50, 50)

    def waiting_lines(self, payment):
        return payment.move_id.line_ids.filtered(lambda line: line.account_id == self.waiting)

    def test_a_payment_cleared_before_it_was_allocated(self):
        self._wait_for_the_bank()
        invoice, other = self._sell(1000), self._sell(1000)
        payment = self._pay(invoice)
        payment.move_id.line_ids.remove_move_reconcile()
        self._clear(payment)
        self._log()
        self._match(payment.move_id, other)
        self.assertEarned(50)
        self.assertEqual(self._entries().move_id, other)

    def test_money_straight_to_the_bank_is_cleared(self):
        self._wait_for_the_bank()
        self._match(self._sell(1000), self._bank(1000))
        self.assertEarned(50)

    def test_undoing_the_payment_undoes_the_clearing(self):
        self._wait_for_the_bank()
        payment = self._pay(self._sell(1000))
        self._clear(payment)
        self.assertEarned(50)
        payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.receivable
        ).remove_move_reconcile()
        self.assertEarned(50, -50)

    def test_safety_days_wait(self):
        self.plan.safety_days = 10
        self._pay(self._sell(1000))
        self.assertEarned(until=self.first_day + timedelta(9))
        self.assertEarned(50, until=self.first_day + timedelta(10))
        self.assertEqual(self._entries().date, self.first_day + timedelta(10))

    def test_a_cheque_that_bounces_within_the_safety_days_never_earned(self):
        self.plan.safety_days = 10
        payment = self._pay(self._sell(1000, day=self.today), day=self.today)
        self._log()
        payment.action_draft()
        self.assertEarned(until=self.today + timedelta(30))

    # === DOWN PAYMENTS === #

    def test_a_down_payment_earns_by_the_lines_of_its_order(self):
        licence = self._create_product(
            name="Licence", type="service", invoice_policy="order", taxes_id=False
        )
        self.product.invoice_policy = "order"
        rules = [
            {"name": "Licences", "product_ids": licence.ids, "percent": 10.0},
            {"percent": 5.0},
        ]
        self.plan.action_stop()
        self._plan(rules=rules, name="By product", in_addition=True)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "price_unit": price, "tax_ids": False}
                    )
                    for product, price in ((licence, 3000), (self.product, 7000))
                ],
            }
        )
        order.action_confirm()
        down = self._create_down_payment_invoice(order, "percentage", 30, post=True)
        self._pay(down)
        self.assertEqual(sorted(self._earned()), [90, 105])
        self.assertEqual(
            self._entries().order_line_id,
            order.order_line.filtered(lambda line: not line.is_downpayment),
        )
        final = order._create_invoices(final=True)
        final.action_post()
        self.assertEqual(final.amount_total, 7000)
        self._pay(final)
        self.assertEqual(round(sum(self._earned()), 2), 300 + 350)

    def test_an_order_is_deleted_though_its_down_payment_earned(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "price_unit": price, "tax_ids": False}
                    )
                    for price in (3000, 7000)
                ],
            }
        )
        order.action_confirm()
        payment = self._pay(self._create_down_payment_invoice(order, "percentage", 30, post=True))
        self.assertEqual(sorted(self._earned()), [45, 105])
        order._action_cancel()
        order.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self._entries().order_line_id)
        payment.action_draft()
        self.assertEqual(sorted(self._earned()), [-105, -45, 45, 105])
