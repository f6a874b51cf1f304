from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestFieldCases(NoticeCommon):
    """Cases reported by users of other systems, each with its correct outcome."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steps = cls._procedure([(8, "reminder", "email"), (60, "firm", "email")], **cls.always)

    def _entry(self, *lines):
        """A posted miscellaneous entry of ``(account, partner, balance, values)``; its first line."""
        entry = (
            self.env["account.move"]
            .sudo()
            .create(
                {
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "date": self.today - timedelta(30),
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": partner and partner.id,
                                "balance": balance,
                                **(values[0] if values else {}),
                            }
                        )
                        for account, partner, balance, *values in lines
                    ],
                }
            )
        )
        entry.action_post()
        return entry.line_ids

    def test_a_rest_that_was_written_off_by_an_entry_is_not_reminded_of(self):
        bill = self._invoice(100.0, days_late=9)
        self._pay(bill, 97.0)
        receivable = self._item(bill).account_id
        lines = self._entry(
            (receivable, self.customer, -3.0),
            (self.company_data["default_account_expense"], False, 3.0),
        )
        (self._item(bill) | lines[0]).reconcile()
        self.assertFalse(self._run().notice_ids)

    def test_an_opening_entry_of_several_customers_is_a_debt_of_each_with_its_own_age(self):
        other = self._customer("Other", email="other@example.com")
        receivable = self.company_data["default_account_receivable"]
        due = {"date_maturity": self.today - timedelta(9)}
        later = {"date_maturity": self.today - timedelta(3)}
        lines = self._entry(
            (receivable, self.customer, 100.0, due),
            (receivable, other, 50.0, due),
            (receivable, other, 70.0, later),
            (self.company_data["default_account_revenue"], False, -220.0),
        )
        run = self._run()
        self.assertEqual(self._get_named(run), {lines[0]: 8, lines[1]: 8})
        self.assertEqual(
            {notice.partner_id: notice.amount for notice in run.notice_ids},
            {self.customer: 100.0, other: 50.0},
        )

    def test_only_the_instalment_that_is_late_is_reminded_of(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Three instalments",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in ((30.0, 0), (30.0, 30), (40.0, 60))
                ],
            }
        )
        bill = self._invoice(
            1000.0, invoice_date=self.today - timedelta(20), invoice_payment_term_id=terms.id
        )
        [item] = self._get_named(self._run())
        self.assertEqual((item.move_id, item.amount_residual), (bill, 300.0))

    def test_a_level_is_repeated_every_seven_days_three_times(self):
        self.steps.level_ids[0].write({"repeat_days": 7, "repeat_max": 3})
        self._invoice(100.0, days_late=8)
        days = [day for day in range(40) if self._get_named(self._run_sent(day))]
        self.assertEqual(days, [0, 7, 14])

    def test_one_item_that_is_paused_silences_no_other_and_not_for_ever(self):
        paused = self._invoice(100.0, days_late=9)
        free = self._invoice(50.0, days_late=9)
        self._pause(3, items=self._item(paused))
        self.assertEqual(set(self._get_named(self._run_sent())), {self._item(free)})
        self.assertEqual(set(self._get_named(self._run(4))), {self._item(paused)})

    def test_a_credit_note_in_another_currency_is_deducted_and_shown(self):
        currency = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        bill = self._invoice(100.0, days_late=9)
        credit = self._invoice(60.0, days_late=9, move_type="out_refund", currency_id=currency.id)
        notice = self._run().notice_ids
        self.assertEqual(notice.amount, 70.0)
        self.assertEqual(
            {line.item_id.move_id: line.amount_currency for line in notice.sudo().line_ids},
            {bill: 100.0, credit: -60.0},
        )

    def test_money_overpaid_and_adjusted_leaves_nothing_to_remind_of(self):
        bill = self._invoice(100.0, days_late=9)
        payment = self._pay_on_account(100.1)
        money = payment.line_ids.filtered("credit")
        (self._item(bill) | money).reconcile()
        lines = self._entry(
            (money.account_id, self.customer, 0.1),
            (self.company_data["default_account_revenue"], False, -0.1),
        )
        (money | lines[0]).reconcile()
        run = self._run()
        self.assertFalse(run.notice_ids or run.exclusion_ids)

    def test_a_cancelled_invoice_is_on_no_notice(self):
        kept, gone = self._invoice(100.0, days_late=9), self._invoice(70.0, days_late=9)
        notice = self._approved(kept, gone, level=self.steps.level_ids[0])
        gone.sudo().button_draft()
        gone.sudo().button_cancel()
        notice._send(self.today)
        self.assertEqual([row.document for row in notice._get_item_rows()], [kept.name])
        self.assertNotIn(gone.name, notice.mail_id.body_html)
