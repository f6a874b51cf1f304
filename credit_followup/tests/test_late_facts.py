"""Ledger events of a debt: transfers, instalments, backdated payments; and rates not known yet."""

from ast import literal_eval

from lxml import etree
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .late_common import LateCommon


@tagged("post_install", "-at_install")
class TestUnknownRates(LateCommon):
    """An item is claimed for the days with a known rate, and states the last one."""

    def test_days_without_a_rate_do_not_take_away_the_interest_of_the_days_before(self):
        item = self._debt(12000.0, "2025-12-01")
        figures = self.charges._measure(item, self._day("2026-01-10"))[item.id]
        self.assertEqual((figures.interest, figures.date_to), (119.84, self._day("2025-12-31")))
        self.assertIn("calculated to 12/31/2025", figures.missing)
        self.assertIn("from 01/01/2026 to 01/10/2026", figures.missing)

    def test_the_days_that_follow_are_claimed_once_their_rate_is_known(self):
        item = self._debt(12000.0, "2025-12-01", {"2026-01-10": 12000.0})
        charges = self._claim(item, "2026-01-15")
        interest = self._kind(charges, "interest")
        self.assertEqual((interest.amount, interest.is_partial), (119.84, True))
        self.assertFalse(self._get_row(item).is_settled)
        self.series.rate_ids = [Command.create({"date_from": "2026-01-01", "rate": 2.15})]
        self._claim(item, "2026-01-15")
        self.assertEqual((interest.amount, interest.is_partial), (159.78, False))
        self.assertTrue(self._get_row(item).is_settled)

    def test_a_debit_note_of_some_days_leaves_the_others_to_be_claimed(self):
        item = self._debt(12000.0, "2025-05-31")
        self.series.rate_ids.filtered(lambda rate: rate.rate == 3.15).date_from = "2025-06-11"
        biller = self._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )
        first = self._kind(self._claim(item, "2025-07-31"), "interest")
        self.assertEqual([part["days"] for part in first.segments], [20, 31])
        first.with_user(biller)._invoice(self.today)
        self.series.rate_ids.filtered(lambda rate: rate.rate == 3.15).date_from = "2025-01-01"
        second = self._kind(self._claim(item, "2025-07-31"), "interest")
        self.assertEqual([part["days"] for part in second.segments], [10])
        self.assertAlmostEqual(
            first.amount + second.amount, self._measure_alone(12000.0, "2025-07-31"), delta=0.011
        )

    def _measure_alone(self, amount, day):
        return self._measured(self._debt(amount, "2025-05-31"), day)[0]

    def test_what_was_claimed_stays_when_its_rate_is_not_known_any_more(self):
        item = self._debt(12000.0, "2025-05-31")
        charges = self._claim(item, "2025-09-15")
        self.series.rate_ids.filtered(lambda rate: rate.rate == 2.15).unlink()
        self._claim(item, "2025-09-20")
        self.assertEqual(self._kind(charges, "interest").amount, 437.28)
        self.assertEqual(self._measured(item, "2025-09-20"), (437.28, 40.0))

    def test_the_list_and_the_invoice_say_up_to_when(self):
        item = self._debt(1000.0, "2025-12-01")
        row = self._get_row(item)
        self.assertEqual(row.interest, 9.99)
        self.assertIn("30 days from 12/02/2025 to 12/31/2025", row.explanation)
        self.assertIn("calculated to 12/31/2025", row.missing)
        invoice = item.move_id.with_user(self.collector)
        self.assertEqual(invoice.late_charge_amount, 49.99)
        self.assertIn("calculated to 12/31/2025", invoice.late_charge_missing)

    def _get_row(self, item):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["credit.late.item"].with_user(self.collector).browse(item.id)


@tagged("post_install", "-at_install")
class TestMovedDebts(LateCommon):
    """A debt transferred between accounts of the customer bears interest once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        receivable = cls.company_data["default_account_receivable"]
        cls.doubtful = receivable.copy(
            {"doubtful_customers": True, "account_type": "asset_current"}
        )
        cls.bills = receivable.copy({"name": "Bills"})

    def _move(self, item, account, day, due=None, match=True, amount=None):
        """The item on its new account after a transfer on a day."""
        amount = amount or item.amount_residual
        entry = self.env["account.move"].create(
            {
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": target.id,
                            "partner_id": self.customer.id,
                            "balance": balance,
                            "date_maturity": maturity,
                        }
                    )
                    for target, balance, maturity in (
                        (account, amount, due and self._day(due)),
                        (item.account_id, -amount, False),
                    )
                ],
            }
        )
        entry.action_post()
        moved, credit = entry.line_ids.sorted("balance", reverse=True)
        if match:
            (credit | item).reconcile()
        return moved

    def _sum(self, items, day):
        return round(sum(self._measured(item, day)[0] for item in items), 2)

    def _fees(self, items, day):
        return [self._measured(item, day)[1] for item in items]

    def test_a_debt_moved_to_doubtful_customers_with_its_due_date_bears_interest_once(self):
        item = self._debt(1000.0, "2025-05-31")
        moved = self._move(item, self.doubtful, "2025-06-30", due="2025-05-31")
        self.assertEqual(self._measured(item, "2025-12-27"), (10.81, 40.0))
        self.assertEqual(self._measured(moved, "2025-12-27"), (59.92, 0.0))

    def test_a_debt_moved_without_its_due_date_bears_interest_once(self):
        item = self._debt(1000.0, "2025-05-31")
        moved = self._move(item, self.doubtful, "2025-06-30")
        self.assertEqual(self._sum([item, moved], "2025-12-27"), 70.73)
        self.assertEqual(self._fees([item, moved], "2025-12-27"), [40.0, 0.0])

    def test_a_debt_moved_to_bills_receivable_bears_interest_once(self):
        item = self._debt(1000.0, "2025-05-31")
        moved = self._move(item, self.bills, "2025-06-30", due="2025-05-31")
        self.assertEqual(self._sum([item, moved], "2025-12-27"), 70.73)
        self.assertEqual(self._fees([item, moved], "2025-12-27"), [40.0, 0.0])

    def test_a_debt_moved_there_and_back_bears_interest_once(self):
        item = self._debt(1000.0, "2025-05-31")
        there = self._move(item, self.doubtful, "2025-06-30", due="2025-05-31")
        back = self._move(there, item.account_id, "2025-09-30", due="2025-05-31")
        self.assertAlmostEqual(self._sum([item, there, back], "2025-12-27"), 70.73, delta=0.011)
        self.assertEqual(self._fees([item, there, back], "2025-12-27"), [40.0, 0.0, 0.0])

    def test_a_debt_moved_before_it_is_due_owes_its_fixed_sum_where_it_is_late(self):
        item = self._debt(1000.0, "2025-05-31")
        moved = self._move(item, self.bills, "2025-05-10", due="2025-05-31")
        self.assertEqual(self._measured(item, "2025-12-27"), (0.0, 0.0))
        self.assertEqual(self._measured(moved, "2025-12-27"), (70.73, 40.0))

    def test_what_an_entry_has_not_taken_off_the_other_account_yet_bears_interest_there(self):
        item = self._debt(1000.0, "2025-05-31")
        moved = self._move(item, self.doubtful, "2025-06-30", due="2025-05-31", match=False)
        self.assertEqual(self._measured(item, "2025-12-27"), (70.73, 40.0))
        self.assertEqual(self._measured(moved, "2025-12-27"), (0.0, 0.0))

    def test_a_part_moved_bears_interest_once(self):
        item = self._debt(1000.0, "2025-05-31")
        moved = self._move(item, self.doubtful, "2025-06-30", due="2025-05-31", amount=400.0)
        self.assertAlmostEqual(self._sum([item, moved], "2025-12-27"), 70.73, delta=0.011)

    def test_an_opening_balance_of_a_doubtful_customer_bears_interest_from_its_due_date(self):
        entry = self.env["account.move"].create(
            {
                "date": "2025-06-30",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": self.doubtful.id,
                            "partner_id": self.customer.id,
                            "balance": 1000.0,
                            "date_maturity": "2025-05-31",
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data["default_account_revenue"].id,
                            "balance": -1000.0,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        item = entry.line_ids.filtered(lambda line: line.balance > 0)
        self.assertEqual(self._measured(item, "2025-12-27"), (70.73, 0.0))


@tagged("post_install", "-at_install")
class TestInstalments(LateCommon):
    """The fixed sum of an invoice with several instalments, by policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        terms = cls.env["account.payment.term"].create(
            {
                "name": "Thirds",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in ((30, 0), (30, 30), (40, 60))
                ],
            }
        )
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "invoice_date": "2025-05-31",
                "invoice_payment_term_id": terms.id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Thing", "price_unit": 1000.0, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        cls.invoice.action_post()
        cls.items = cls.invoice.line_ids.filtered("date_maturity").sorted("date_maturity")

    def _fees(self, day="2025-12-01"):
        measured = self.charges._measure(self.items, self._day(day))
        return [measured[item.id].indemnity for item in self.items]

    def test_an_invoice_owes_its_fixed_sum_once(self):
        self.assertEqual(self._fees(), [40.0, 0.0, 0.0])
        self.assertEqual(self._measured(self.items[1])[1], 0.0)
        charges = self._claim(self.items)
        self.assertEqual(self._kind(charges, "indemnity").mapped("amount"), [40.0])

    def test_each_instalment_owes_it_where_the_policy_says_so(self):
        self.late_policy.fee_per = "instalment"
        self.assertEqual(self._fees(), [40.0, 40.0, 40.0])
        self.assertEqual(self._fees("2025-07-05"), [40.0, 40.0, 0.0])

    def test_the_first_instalment_that_is_late_bears_it(self):
        self._pay(self.invoice, 300.0, payment_date=self._day("2025-05-31"))
        self.assertEqual(self._fees(), [0.0, 40.0, 0.0])

    def test_what_was_claimed_of_one_instalment_is_not_claimed_of_another_one(self):
        charges = self._claim(self.items[1], "2025-07-05")
        self.assertFalse(self._kind(charges, "indemnity"))
        fee = self._kind(self._claim(self.items[0], "2025-07-05"), "indemnity")
        fee.with_user(self.manager).action_waive("Good customer")
        self.assertEqual(self._fees(), [0.0, 0.0, 0.0])

    def test_the_sum_of_a_large_debt_is_that_of_all_that_is_late(self):
        self.late_policy.fee_ids = [Command.create({"amount_from": 500, "fee": 70})]
        self.assertEqual(self._fees("2025-06-15"), [40.0, 0.0, 0.0])
        self.assertEqual(self._fees(), [70.0, 0.0, 0.0])


@tagged("post_install", "-at_install")
class TestTooMuch(LateCommon):
    """A backdated payment is entered after the debit note: the next claim deducts the overcharge and says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )

    def _noted(self, day="2025-09-15"):
        """An open invoice of 12 000 with a posted debit note of 437.28 and 40."""
        item = self._debt(12000.0, "2025-05-31")
        charges = self._claim(item, day).with_user(self.biller)
        charges._invoice(self.today).action_post()
        return item, self._kind(charges, "interest")

    def _pay_early(self, item, amount=5000.0, day="2025-06-20"):
        return self._pay(item.move_id, amount, payment_date=self._day(day))

    def test_the_next_claim_deducts_what_was_asked_for_too_much(self):
        item, first = self._noted()
        self._pay_early(item)
        second = self._kind(self._claim(item), "interest")
        right = self._debt(12000.0, "2025-05-31", {"2025-06-20": 5000.0})
        self.assertEqual(first.amount, 437.28)
        self.assertAlmostEqual(first.amount + second.amount, self._measured(right)[0], delta=0.011)
        self.assertEqual(second.correction_amount, 146.17)
        self.assertIn("146.17", second.explanation)

    def test_it_is_deducted_once(self):
        item, _first = self._noted()
        self._pay_early(item)
        self._claim(item, "2025-12-01").with_user(self.biller)._invoice(self.today)
        figures = self.charges._measure(item, self._day("2025-12-15"))[item.id]
        self.assertEqual((figures.correction, figures.excess), (0.0, 0.0))

    def test_as_long_as_no_claim_deducts_it_the_charge_and_the_debit_note_say_so(self):
        item, first = self._noted()
        self.assertFalse(first.excess)
        self._pay_early(item)
        self._pay_early(item, 7000.0, "2025-09-15")
        first.invalidate_recordset()
        self.assertIn("146.17", first.excess)
        self.assertFalse(self._claim(item))
        row = self.env["credit.late.item"].with_user(self.collector).browse(item.id)
        self.assertIn("146.17", row.excess)
        messages = " ".join(first.move_id.sudo().message_ids.mapped("body"))
        self.assertIn("146.17", messages)

    def test_a_credit_note_of_the_debit_note_settles_it(self):
        item, first = self._noted()
        self._pay_early(item)
        refund = first.move_id._reverse_moves([{"date": self.today, "invoice_date": self.today}])
        lines = refund.invoice_line_ids
        interest = lines.filtered(lambda line: line.sudo().late_charge_id == first.sudo())
        (lines - interest).price_unit = 0.0
        interest.price_unit = 146.17
        refund.action_post()
        first.invalidate_recordset()
        self.assertFalse(first.excess)
        self.assertEqual(first.amount_due, 291.11)

    def test_a_payment_of_its_own_day_says_nothing(self):
        item, first = self._noted()
        before = first.move_id.sudo().message_ids
        self._pay(item.move_id, 12000.0, payment_date=self._day("2025-09-15"))
        self.assertEqual(first.move_id.sudo().message_ids, before)
        self.assertFalse(first.excess)

    def test_a_new_rate_or_policy_changes_nothing_that_was_invoiced(self):
        item, first = self._noted()
        self.late_policy.margin = 1.0
        self.series.rate_ids.rate = 1.0
        first.invalidate_recordset()
        self.assertFalse(first.excess)
        self.assertFalse(self.charges._measure(item, self._day("2025-12-01"))[item.id].correction)


@tagged("post_install", "-at_install")
class TestHeldCharges(LateCommon):
    """Litigation and insolvency: charges no longer claimed, with the reason."""

    def _row(self, item):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["credit.late.item"].with_user(self.collector).browse(item.id)

    def test_nothing_is_claimed_while_a_court_decides(self):
        item = self._debt(12000.0, "2025-05-31")
        self._profile().sudo().write({"status": "legal", "status_reason": "Before the court"})
        self.assertFalse(self._claim(item))
        row = self._row(item)
        self.assertIn("in litigation", row.not_claimed)
        with self.assertRaisesRegex(UserError, "in litigation"):
            row.action_claim()
        invoice = item.move_id.with_user(self.collector)
        self.assertEqual(invoice.late_charge_amount, 0.0)
        self.assertIn("in litigation", invoice.late_charge_missing)

    def test_what_is_held_is_not_proposed(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        rows = self.env["credit.late.item"].with_user(self.collector)
        search = self.env.ref("credit_followup.view_credit_late_item_search")
        [paid] = etree.fromstring(search.arch).xpath("//filter[@name='paid']/@domain")
        proposed = [*literal_eval(paid), ("item_id", "=", item.id)]
        self.env.flush_all()
        self.assertTrue(rows.search(proposed))
        self._profile().sudo().write({"status": "legal", "status_reason": "Before the court"})
        self.env.flush_all()
        self.assertFalse(rows.search(proposed))
        self.assertTrue(rows.search([("is_held", "=", True), ("item_id", "=", item.id)]))

    def test_what_was_claimed_before_the_litigation_stays(self):
        item = self._debt(12000.0, "2025-05-31")
        charges = self._claim(item, "2025-06-30")
        self._profile().sudo().write({"status": "legal", "status_reason": "Before the court"})
        self._claim(item)
        self.assertEqual(set(charges.mapped("state")), {"claimed"})
        self.assertEqual(sum(charges.mapped("amount")), 169.70)

    def test_the_claims_come_back_with_the_end_of_the_litigation(self):
        item = self._debt(12000.0, "2025-05-31")
        file = self._profile().sudo()
        file.write({"status": "legal", "status_reason": "Before the court"})
        file.write({"status": "normal", "status_reason": False})
        self.assertEqual(len(self._claim(item)), 2)

    def _judge(self, day="2025-07-01", kind="receivership"):
        self._profile().sudo().write({"insolvency_date": day, "insolvency_kind": kind})

    def test_interest_of_earlier_debts_stops_on_the_day_of_the_judgment(self):
        item = self._debt(12000.0, "2025-05-31")
        self._judge()
        self.assertEqual(self._measured(item), (129.70, 0.0))
        row = self._row(item)
        self.assertIn("Declare them in the proceedings", row.not_claimed)
        self.assertTrue(row.is_held)
        self.assertFalse(self._claim(item))
        with self.assertRaisesRegex(UserError, "Declare them in the proceedings"):
            row.action_claim()

    def test_a_debt_moved_to_doubtful_customers_after_the_judgment_is_an_earlier_debt(self):
        item = self._debt(12000.0, "2025-05-31")
        doubtful = self.company_data["default_account_receivable"].copy(
            {"doubtful_customers": True, "account_type": "asset_current"}
        )
        self._judge()
        entry = self.env["account.move"].create(
            {
                "date": "2025-07-15",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customer.id,
                            "balance": balance,
                            "date_maturity": "2025-05-31",
                        }
                    )
                    for account, balance in ((doubtful, 12000.0), (item.account_id, -12000.0))
                ],
            }
        )
        entry.action_post()
        moved, credit = entry.line_ids.sorted("balance", reverse=True)
        (credit | item).reconcile()
        self.assertEqual(self._measured(item), (129.70, 0.0))
        self.assertEqual(self._measured(moved), (0.0, 0.0))

    def test_what_is_bought_in_receivership_bears_interest(self):
        self._judge("2025-05-01")
        item = self._debt(12000.0, "2025-05-31")
        self.assertEqual(self._measured(item, "2025-09-15"), (437.28, 40.0))

    def test_what_a_debit_note_asks_for_after_the_judgment_is_too_much(self):
        item = self._debt(12000.0, "2025-05-31")
        biller = self._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )
        charges = self._claim(item, "2025-09-15").with_user(biller)
        charges._invoice(self.today)
        self._judge()
        self.assertIn("307.58", self._kind(charges, "interest").excess)
