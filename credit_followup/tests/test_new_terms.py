from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_notice import NoticeCommon
from .late_common import LateCommon


@tagged("post_install", "-at_install")
class TestNewTerms(NoticeCommon, LateCommon):
    """A reminded invoice gets new due dates: past notices stay, reminders restart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("accountant", "account.group_account_invoice")
        cls.env.company.sudo().credit_followup_procedure_id = cls.procedure
        cls.instalments = cls.env["account.payment.term"].create(
            {
                "name": "Three instalments",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in ((30.0, 0), (30.0, 30), (40.0, 60))
                ],
            }
        )
        cls.at_once = cls.env["account.payment.term"].create(
            {
                "name": "At once",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100.0})],
            }
        )

    def _change(self, invoice, terms, date=None):
        """As an accountant does: reset to draft, change the terms, post again."""
        invoice = invoice.with_user(self.accountant)
        invoice.button_draft()
        invoice.invoice_date = date or invoice.invoice_date
        invoice.invoice_payment_term_id = terms
        invoice.action_post()
        return self._item(invoice.sudo())

    def _in_instalments(self, **values):
        """An invoice in three instalments, the last one due twenty days ago."""
        return self._invoice(
            1000.0,
            invoice_date=self.today - timedelta(80),
            invoice_payment_term_id=self.instalments.id,
            **values,
        )

    def _named(self, days=0):
        return set(self._get_named(self._run(days)))

    # === NOTICES === #

    def test_one_amount_in_instalments_begins_anew(self):
        invoice = self._invoice(1000.0, days_late=20)
        item, number = self._item(invoice), invoice.name
        notice = self._sent(invoice)
        self.assertFalse(self._named())
        items = self._change(invoice, self.instalments, self.today)
        self.assertEqual(len(items), 3)
        line = notice.line_ids
        self.assertEqual((line.amount, line.date_due), (1000.0, self.today - timedelta(20)))
        self.assertEqual(line.move_id, invoice)
        self.assertIn(number, notice._get_items_table())
        self.assertFalse(self._named())
        self.assertEqual(len(self._named(8)), 1)
        self.assertEqual(self._named(68), set(items))
        self.assertTrue(item.exists() in items, "Odoo keeps one of them: its reminders begin anew")

    def test_instalments_in_one_amount_keep_what_was_said(self):
        invoice = self._in_instalments()
        items = self._item(invoice)
        notice = self._notice_of(items)
        notice._send(self.today)
        table = notice._get_items_table()
        dues = notice.line_ids.mapped("date_due")
        [item] = self._change(invoice, self.at_once, self.today)
        lines = notice.line_ids
        self.assertEqual(len(lines.filtered(lambda line: not line.item_id)), 2)
        self.assertEqual(lines.move_id, invoice)
        self.assertEqual(set(lines.mapped("date_due")), set(dues))
        self.assertEqual(notice._get_items_table().count(invoice.name), table.count(invoice.name))
        self.assertEqual(invoice.with_user(self.collector).followup_line_ids, lines)
        self.assertFalse(self._named(7))
        self.assertEqual(self._named(8), {item})

    def _notice_of(self, items, state="approved"):
        notice = self._notice(customer=self.customer, state=state)
        notice.line_ids = [Command.create(self._line(item, self.level)) for item in items]
        return notice

    def test_a_level_names_the_item_again_under_another_number(self):
        invoice = self._invoice(1000.0, days_late=20)
        self._sent(invoice)
        item = self._item(invoice)
        item.date_maturity = self.today - timedelta(10)
        run = self._run()
        line = run.sudo().notice_ids.line_ids
        self.assertEqual((line.item_id, line.occurrence), (item, 2))

    def test_the_same_terms_change_nothing(self):
        invoice = self._invoice(1000.0, days_late=20)
        self._sent(invoice)
        invoice.with_user(self.accountant).button_draft()
        invoice.with_user(self.accountant).action_post()
        self.assertFalse(self._named())

    def test_what_waits_is_not_said_of_terms_that_are_over(self):
        invoice = self._in_instalments()
        for number, state in enumerate(("proposed", "approved", "failed")):
            with self.subTest(state):
                notice = self._notice_of(self._item(invoice), state)
                terms = self.at_once if len(self._item(invoice)) > 1 else self.instalments
                self._change(invoice, terms, self.today + timedelta(number))
                self.assertTrue(all(notice.line_ids.mapped("cancelled")))

    def test_a_deleted_invoice_leaves_its_number(self):
        invoice = self._invoice(1000.0, days_late=20)
        notice, number = self._sent(invoice), invoice.name
        invoice.button_draft()
        invoice.name = False
        invoice.with_context(force_delete=True).unlink()
        line = notice.line_ids
        self.assertFalse(line.move_id or line.item_id)
        self.assertEqual(line.amount, 1000.0)
        self.assertTrue(number)
        self.assertTrue(notice._get_items_table())

    # === PAUSES === #

    def test_a_pause_of_items_that_cease_to_be_is_for_nothing_else(self):
        invoice, other = self._in_instalments(), self._invoice(50.0, days_late=20)
        items = self._item(invoice)
        pauses = [self._pause(items=item) for item in items]
        [item] = self._change(invoice, self.at_once, self.today - timedelta(80))
        kept = [pause for pause in pauses if pause.active]
        self.assertEqual([pause.item_ids for pause in kept], [item])
        self.assertEqual(self._named(), {self._item(other)})

    # === LATE CHARGES === #

    def test_what_was_claimed_of_former_items_is_taken_back(self):
        invoice = self._in_instalments()
        self.series.rate_ids = [
            Command.clear(),
            Command.create({"date_from": "2020-01-01", "rate": 2.0}),
        ]
        charges = self.charges._claim(None, self._item(invoice), self.today)
        self.assertEqual(len(charges.item_id), 3)
        self._change(invoice, self.at_once, self.today)
        gone = charges.filtered(lambda charge: not charge.item_id)
        self.assertEqual(set(gone.mapped("state")), {"cancelled"})
        self.assertIn("due dates of the invoice were changed", gone[0].cancel_reason)
        self.assertEqual(gone.invoice_id, invoice)

    def test_terms_of_what_was_invoiced_are_refused_in_a_sentence(self):
        invoice = self._in_instalments()
        biller = self._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )
        self.late_policy.fee_per = "instalment"
        charges = self.charges._claim(None, self._item(invoice), self.today)
        note = charges.with_user(biller)._invoice(self.today)
        with self.assertRaisesRegex(UserError, "Credit or cancel that debit note first"):
            self._change(invoice, self.at_once, self.today)
        self.assertEqual(note.state, "draft")
