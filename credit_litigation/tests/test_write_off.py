from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import LitigationCommon


@tagged("post_install", "-at_install")
class TestWriteOff(LitigationCommon):
    """A loss: approved by somebody else, posted with its tax apart, matched with its items."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("accountant", "account.group_account_user")
        cls.lost, cls.lost_before = (
            cls.env(su=True)["account.account"].create(
                {"name": name, "code": code, "account_type": "expense"}
            )
            for name, code in (("Lost", "654199"), ("Lost before", "654499"))
        )
        cls.company.sudo().write(
            {
                "credit_write_off_account_id": cls.lost.id,
                "credit_write_off_earlier_account_id": cls.lost_before.id,
            }
        )

    def _loss(self, *items, **values):
        pairs = [item if isinstance(item, tuple) else (item, None) for item in items]
        return (
            self.env["credit.write.off"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.customer.id,
                    "reason": "Liquidation closed for lack of assets",
                    "line_ids": [
                        Command.create(
                            {
                                "item_id": self._item(invoice).id,
                                **({"amount": amount} if amount else {}),
                            }
                        )
                        for invoice, amount in pairs
                    ],
                    **values,
                }
            )
        )

    def _posted(self, loss):
        loss.action_request()
        loss.with_user(self.manager).action_approve()
        loss.with_user(self.accountant).action_post()
        return loss.sudo().move_id

    def test_the_worked_example_of_a_definitive_loss(self):
        """8 400 left of 12 000: 7 000 lost, 1 400 of tax recovered, the item closed (D 4.7)."""
        invoice = self._taxed(10000, 60)
        self._pay(invoice, 3600)
        move = self._posted(self._loss(invoice))
        tax = invoice.line_ids.filtered("tax_line_id").account_id
        item = self._item(invoice)
        account = self.lost if item.date.year == self.today.year else self.lost_before
        self.assertEqual(
            {line.account_id: line.balance for line in move.line_ids},
            {account: 7000.0, tax: 1400.0, item.account_id: -8400.0},
        )
        self.assertTrue(item.reconciled)
        self.assertEqual(self._profile().exposure, 0.0)

    def test_debts_of_earlier_years_have_an_account_of_their_own(self):
        move = self._posted(self._loss(self._invoice(100, days_late=400)))
        self.assertIn(self.lost_before, move.line_ids.account_id)

    def test_a_part_may_be_lost_and_the_tax_kept(self):
        invoice = self._taxed(1000, 10)
        move = self._posted(self._loss((invoice, 200.0), recover_tax=False))
        self.assertEqual(sorted(move.line_ids.mapped("balance")), [-200.0, 200.0])
        self.assertEqual(self._item(invoice).amount_residual, 1000.0)

    def test_no_more_than_what_is_owed_and_only_by_this_customer(self):
        invoice = self._invoice(100, days_late=10)
        with self.assertRaisesRegex(ValidationError, "still owed"):
            self._loss((invoice, 100.01))
        with self.assertRaisesRegex(ValidationError, "not owed by"):
            self._loss(invoice, partner_id=self._customer("Other").id)
        loss = self._loss(invoice)
        loss.action_request()
        loss.with_user(self.manager).action_approve()
        self._pay(invoice, 50)
        with self.assertRaisesRegex(ValidationError, "still owed"):
            loss.with_user(self.accountant).action_post()

    def test_somebody_else_with_the_authority_approves_and_an_accountant_posts(self):
        loss = self._loss(self._invoice(100, days_late=10))
        with self.assertRaises(AccessError):
            loss.write({"state": "approved"})
        loss.with_user(self.manager).action_request()
        with self.assertRaisesRegex(AccessError, "somebody else"):
            loss.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(AccessError, "more than you may"):
            loss.with_user(self.collector).action_approve()
        small = {"user_id": self.collector.id, "max_write_off": 99.0}
        authority = self.env(su=True)["credit.authority"].create(small)
        with self.assertRaisesRegex(AccessError, "more than you may"):
            loss.with_user(self.collector).action_approve()
        authority.max_write_off = 100.0
        loss.with_user(self.collector).action_approve()
        with self.assertRaisesRegex(AccessError, "posted by an accountant"):
            loss.action_post()
        with self.assertRaises(AccessError):
            loss.with_user(self.salesperson).read(["amount"])
        with self.assertRaisesRegex(UserError, "Make a new one"):
            loss.write({"date": self.today - timedelta(1)})

    def test_nobody_gives_themselves_a_larger_loss(self):
        authorities = self.env(su=True)["credit.authority"]
        authorities.search([]).action_archive()
        mine = authorities.create({"user_id": self.manager.id, "max_write_off": 50})
        mine = mine.with_user(self.manager)
        with self.assertRaises(AccessError):
            mine.max_write_off = 51
        mine.max_write_off = 49

    def test_a_missing_account_gets_a_sentence(self):
        self.company.sudo().credit_write_off_account_id = False
        loss = self._loss(self._invoice(100, invoice_date=self.today))
        loss.action_request()
        loss.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "Bad Debt Account"):
            loss.with_user(self.accountant).action_post()
