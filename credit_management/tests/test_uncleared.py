from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestUncleared(CreditCommon):
    """A cheque counts until the bank has it, whatever entries it passes through, and once when it comes back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.sudo().count_uncleared = True
        accounts = cls.env["account.account"]
        values = {"account_type": "asset_current", "reconcile": True}
        cls.in_hand = accounts.create({"name": "Cheques in hand", "code": "511201", **values})
        cls.on_way = accounts.create({"name": "Cheques remitted", "code": "511202", **values})
        cls.bank = cls.company_data["default_journal_bank"]
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.in_hand
        other = cls.bank.copy({"name": "Remittances"})
        other.inbound_payment_method_line_ids.payment_account_id = cls.on_way

    def _cheque(self, amount, customer=None):
        """An invoice that a cheque has paid."""
        invoice = self._invoice(amount, customer=customer)
        return self._pay(invoice)

    def _entry(self, *lines):
        """``(account, debit or credit, partner)``"""
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "debit": max(amount, 0.0),
                            "credit": max(-amount, 0.0),
                            "partner_id": partner and partner.id,
                        }
                    )
                    for account, amount, partner in lines
                ]
            }
        )
        entry.action_post()
        return entry

    def _match(self, account, *moves):
        lines = self.env["account.move.line"].union(*(move.line_ids for move in moves))
        lines.filtered(lambda line: line.account_id == account and not line.reconciled).reconcile()

    def test_a_remittance_of_several_customers_counts_for_each_until_the_bank_has_it(self):
        second = self._customer("Second")
        cheques = self._cheque(300.0) | self._cheque(200.0, second)
        self.assertExposure(uncleared=300.0)
        remittance = self._entry((self.in_hand, -500.0, None), (self.on_way, 500.0, None))
        self._match(self.in_hand, remittance, *cheques.move_id)
        self.assertTrue(all(cheques.mapped("is_matched")))
        self.assertExposure(uncleared=300.0)
        self.assertExposure(second, uncleared=200.0)
        self.assertEqual(self._profile().exposure, 300.0)
        self.assertEqual(cheques.mapped("credit_is_uncleared"), [True, True])
        account = self.bank.default_account_id
        statement = self._entry((self.on_way, -500.0, None), (account, 500.0, None))
        self._match(self.on_way, remittance, statement)
        self.assertExposure()
        self.assertExposure(second)
        cheques.invalidate_recordset(["credit_is_uncleared"])
        self.assertEqual(cheques.mapped("credit_is_uncleared"), [False, False])

    def test_a_remittance_under_the_name_of_its_customer_counts_once(self):
        cheque = self._cheque(300.0)
        remittance = self._entry(
            (self.in_hand, -300.0, self.customer), (self.on_way, 300.0, self.customer)
        )
        self._match(self.in_hand, remittance, cheque.move_id)
        self.assertExposure(uncleared=300.0)

    def test_a_remitted_cheque_can_be_marked_as_cleared(self):
        cheque = self._cheque(300.0)
        remittance = self._entry((self.in_hand, -300.0, None), (self.on_way, 300.0, None))
        self._match(self.in_hand, remittance, cheque.move_id)
        cheque.action_mark_cleared()
        self.assertExposure()
        cheque.action_mark_uncleared()
        self.assertExposure(uncleared=300.0)

    def test_a_payment_that_is_returned_before_its_settlement_counts_once(self):
        invoice = self._invoice(1000.0)
        cheque = self._pay(invoice)
        self.assertExposure(uncleared=1000.0)
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).account_id
        cheque.move_id.line_ids.remove_move_reconcile()
        returned = self._entry(
            (receivable, 1000.0, self.customer), (self.in_hand, -1000.0, self.customer)
        )
        self._match(receivable, returned, cheque.move_id)
        self.assertEqual(invoice.amount_residual, 1000.0)
        self.assertExposure(receivable=1000.0)
        self.assertEqual(self._profile().exposure, 1000.0)
