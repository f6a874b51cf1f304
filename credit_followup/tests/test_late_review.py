from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_notice import NoticeCommon
from .late_common import LateCommon


@tagged("post_install", "-at_install")
class TestLateReview(LateCommon):
    """Claims are measured again before invoicing; amounts no longer owed are withdrawn, with the reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )

    def _claimed_open(self, day="2025-09-15"):
        """The charges claimed on an open invoice: 437.28 and 40."""
        item = self._debt(12000.0, "2025-05-31")
        return item, self._claim(item, day).with_user(self.biller)

    def _credit(self, item, amount):
        """A partial credit note, reconciled with the invoice."""
        refund = item.move_id._reverse_moves([{"invoice_date": "2025-08-01", "date": "2025-08-01"}])
        refund.invoice_line_ids.price_unit = amount
        refund.action_post()
        (self._item(refund) | item).filtered(lambda line: not line.reconciled).reconcile()

    def _get_messages(self, record):
        return " ".join(record.sudo().message_ids.mapped("body"))

    # === LESS === #

    def test_a_payment_of_an_earlier_date_lowers_the_debit_note(self):
        item, charges = self._claimed_open()
        self._pay(item.move_id, 5000.0, payment_date=self._day("2025-06-20"))
        self._pay(item.move_id, 7000.0, payment_date=self._day("2025-09-15"))
        move = charges._invoice(self._day("2025-12-01"))
        self.assertEqual(move.amount_total, 331.11)
        interest = self._kind(charges, "interest")
        self.assertEqual((interest.state, interest.amount), ("invoiced", 291.11))
        self.assertIn("437.28", self._get_messages(interest))
        self.assertIn("20 days", self._kind(charges, "interest").explanation)
        self.assertIn("20 days", " ".join(move.invoice_line_ids.mapped("name")))

    def test_a_credit_note_lowers_the_debit_note(self):
        item, charges = self._claimed_open("2025-06-30")
        self._credit(item, 5000.0)
        self.assertEqual(charges._invoice(self.today).amount_total, 115.66)

    def test_what_was_paid_after_the_claim_changes_nothing(self):
        item, charges = self._claimed_open()
        self._pay(item.move_id, 12000.0, payment_date=self._day("2025-11-30"))
        self.assertEqual(charges._invoice(self.today).amount_total, 477.28)

    def test_a_claim_is_never_invoiced_higher_than_it_was_made(self):
        _item, charges = self._claimed_open()
        self.late_policy.write(
            {"margin": 15.0, "fee_ids": [(1, self.late_policy.fee_ids.id, {"fee": 80})]}
        )
        self.assertEqual(charges._invoice(self.today).amount_total, 477.28)

    def test_what_is_disputed_since_is_not_invoiced(self):
        _item, charges = self._claimed_open()
        self._dispute(4000.0)
        self.assertEqual(charges._invoice(self.today).amount_total, 331.52)

    def _dispute(self, amount):
        self.patch(
            self.registry["credit.late.measure"],
            "_get_disputed",
            lambda self, items: dict.fromkeys(items.ids, amount),
        )

    def test_what_was_waived_stays_waived(self):
        item, charges = self._claimed_open()
        interest = self._kind(charges, "interest")
        interest.with_user(self.manager).action_waive("Agreed", 91.11)
        self._pay(item.move_id, 5000.0, payment_date=self._day("2025-06-20"))
        self._pay(item.move_id, 7000.0, payment_date=self._day("2025-09-15"))
        self.assertEqual(charges._invoice(self.today).amount_total, 240.0)
        self.assertEqual((interest.amount, interest.waived_amount), (291.11, 91.11))

    def test_what_is_left_may_be_waived_already(self):
        _item, charges = self._claimed_open()
        interest = self._kind(charges, "interest")
        interest.with_user(self.manager).action_waive("Agreed", 300.0)
        self._dispute(4000.0)
        self.assertEqual(charges._invoice(self.today).amount_total, 40.0)
        self.assertEqual((interest.state, interest.amount_due), ("waived", 0.0))

    def test_a_rate_that_is_not_known_any_more_leaves_the_claim(self):
        item, charges = self._claimed_open()
        self._pay(item.move_id, 5000.0, payment_date=self._day("2025-06-20"))
        self.series.rate_ids.unlink()
        self.assertEqual(charges._invoice(self.today).amount_total, 477.28)

    def test_the_days_of_a_claim_alone_are_measured_again(self):
        item = self._debt(12000.0, "2025-05-31")
        first = self._kind(self._claim(item, "2025-06-30"), "interest").with_user(self.biller)
        move = first._invoice(self.today)
        self._kind(self._claim(item, "2025-07-31"), "interest").with_user(self.biller)._invoice(
            self.today
        )
        move.unlink()
        self._credit(item, 6000.0)
        self.assertEqual(
            first._invoice(self.today).amount_total, 2.93, "61.92 too much in July is deducted"
        )

    # === NOTHING === #

    def test_nothing_left_makes_no_debit_note(self):
        item, charges = self._claimed_open()
        self._pay(item.move_id, 12000.0, payment_date=self._day("2025-05-20"))
        wizard = self._open_wizard(charges)
        self.assertEqual((wizard.amount, wizard.lowered_amount), (0.0, 477.28))
        self.assertEqual(wizard.action_invoice()["tag"], "display_notification")
        self.assertTaken(charges, "paid or credited in time")
        self.assertFalse(charges.move_id)

    def test_the_window_shows_what_is_left(self):
        item, charges = self._claimed_open()
        self._pay(item.move_id, 5000.0, payment_date=self._day("2025-06-20"))
        self._pay(item.move_id, 7000.0, payment_date=self._day("2025-09-15"))
        wizard = self._open_wizard(charges)
        self.assertEqual((wizard.amount, wizard.lowered_amount), (331.11, 146.17))
        self.assertEqual(sum(charges.mapped("amount")), 477.28, "nothing is written yet")

    def _open_wizard(self, charges):
        context = {"default_charge_ids": charges.ids}
        wizards = self.env["credit.late.invoice"].with_user(self.biller).with_context(**context)
        return Form(wizards).save()

    def test_a_claim_of_an_invoice_in_draft_is_taken_back(self):
        item, charges = self._claimed_open()
        item.move_id.button_draft()
        self.assertFalse(charges._invoice(self.today))
        self.assertTaken(charges, "not posted any more")

    def test_without_a_policy_a_claim_is_taken_back_and_says_so(self):
        item, charges = self._claimed_open()
        self.company.sudo().credit_late_policy_id = False
        self._claim(item, "2025-10-01")
        self.assertTaken(charges, "No late charge policy applies")

    def test_an_insolvent_customer_is_said_to_be_one(self):
        item, charges = self._claimed_open()
        self._profile(late_charges_barred_from="2025-05-01")
        self._claim(item, "2025-10-01")
        self.assertTaken(charges, "The law bars late charges")

    def test_a_claim_that_a_manager_takes_back_names_the_manager(self):
        _item, charges = self._claimed_open()
        charges.with_user(self.manager).action_cancel()
        self.assertTaken(charges, f"Withdrawn by {self.manager.name}")

    def assertTaken(self, charges, words):
        """The charges are cancelled, with the reason on them and on the credit file."""
        self.assertEqual(set(charges.mapped("state")), {"cancelled"})
        for charge in charges:
            self.assertIn(words, charge.cancel_reason)
            self.assertIn(words, self._get_messages(charge))
        told = self._get_messages(self._profile())
        self.assertIn(words, told)
        self.assertIn("437.28", told)

    # === SPEED === #

    def test_as_many_queries_for_twenty_claims_as_for_two(self):
        items = self._item(
            self.env["account.move"].union(
                *(self._debt(100.0, "2025-05-31").move_id for _number in range(20))
            )
        )
        charges = self._claim(items, "2025-09-15")
        measure, counts = self.env["credit.late.measure"], []
        for some in (charges, charges[:2], charges):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(measure._measure_again(some)), len(some))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestBatchClaims(NoticeCommon, LateCommon):
    """Claims of several notices; receipt of a registered letter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.series.rate_ids = [(5,), (0, 0, {"date_from": "2020-01-01", "rate": 2.0})]
        cls.formal = cls._procedure(
            [(30, "formal_notice", "registered", {"with_charges": True})], use=False, **cls.always
        )
        cls.grave = cls.formal.level_ids

    def _letters(self, number):
        customers = [self._customer(f"Late {index}") for index in range(number)]
        return (
            self.env["credit.followup.notice"]
            .sudo()
            .union(
                *(
                    self._notice(
                        self._invoice(1000.0, days_late=100, customer=customer),
                        level=self.grave,
                        state="approved",
                    )
                    for customer in customers
                )
            )
        )

    def test_notices_of_a_batch_are_measured_once(self):
        notices = self._letters(4)
        measure = self.registry["credit.late.charge"]._measure
        with patch.object(
            self.registry["credit.late.charge"], "_measure", autospec=True, side_effect=measure
        ) as measured:
            notices._after_sending()
        self.assertEqual(measured.call_count, 1)
        self.assertEqual(set(notices.mapped("state")), {"sent"})
        for notice in notices:
            claims = self.charges.sudo().search([("notice_id", "=", notice.id)])
            self.assertEqual(claims.item_id, notice.line_ids.item_id)
            self.assertEqual(len(claims), 2)

    def test_as_many_queries_for_twelve_notices_as_for_three(self):
        warm, few, many = self._letters(3), self._letters(3), self._letters(12)
        for notices in (warm, few):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            notices._claim_charges()
            self.env.flush_all()
            count = self.env.cr.sql_log_count - before
        self.env.invalidate_all()
        with self.assertQueryCount(count):
            many._claim_charges()
            self.env.flush_all()

    def test_a_letter_is_not_received_before_it_is_sent(self):
        letter = self._letters(1).with_user(self.collector)
        with self.assertRaisesRegex(ValidationError, "cannot have been received on"):
            letter.received_date = "2020-01-01"
        letter.received_date = letter.date


@tagged("post_install", "-at_install")
class TestLateCredit(LateCommon):
    """Credit notes of debit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )

    def _noted(self, **values):
        """A posted debit note of 437.28 and 40."""
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0}, **values)
        charges = self._claim(item).with_user(self.biller)
        note = charges._invoice(self.today)
        note.action_post()
        return charges, note

    def _refund(self, note, prices=None, post=True):
        """A credit note of a debit note, from Odoo's wizard; ``prices``: ``{kind: price}``."""
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.biller)
            .with_context(active_model="account.move", active_ids=note.ids)
            .create({"date": self.today, "journal_id": note.journal_id.id})
        )
        refund = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        for line in refund.invoice_line_ids:
            kind = line.sudo().late_charge_id.kind
            if prices is not None:
                line.price_unit = prices.get(kind, 0.0)
        if post:
            refund.action_post()
        return refund

    def _kinds(self, charges):
        return {charge.kind: (charge.state, charge.amount_due) for charge in charges}

    def test_a_debit_note_credited_in_full_gives_its_charges_back(self):
        charges, note = self._noted()
        refund = self._refund(note, post=False)
        self.assertEqual(set(charges.mapped("state")), {"invoiced"})
        accountant = self._user("accountant", "account.group_account_invoice")
        refund.with_user(accountant).action_post()
        self.assertEqual(
            self._kinds(charges), {"interest": ("claimed", 437.28), "indemnity": ("claimed", 40.0)}
        )
        self.assertFalse(charges.move_id)
        self.assertEqual(note.payment_state, "reversed")
        self.assertIn(refund.name, " ".join(charges.sudo().message_ids.mapped("body")))
        self.assertEqual(charges._invoice(self.today).amount_total, 477.28)

    def test_what_is_given_back_can_be_waived(self):
        charges, note = self._noted()
        self._refund(note)
        charges.with_user(self.manager).action_waive("Settled with the customer")
        self.assertEqual(set(charges.mapped("state")), {"waived"})
        self.assertEqual(self._measured(charges.item_id), (0.0, 0.0))

    def test_one_line_credited_in_full_gives_one_charge_back(self):
        charges, note = self._noted()
        self._refund(note, {"indemnity": 40.0})
        self.assertEqual(
            self._kinds(charges), {"interest": ("invoiced", 437.28), "indemnity": ("claimed", 40.0)}
        )

    def test_a_part_credited_reduces_the_charge(self):
        charges, note = self._noted()
        self._refund(note, {"interest": 137.28})
        interest = self._kind(charges, "interest")
        self.assertEqual((interest.state, interest.amount_due), ("invoiced", 300.0))
        self.assertEqual((interest.credited_amount, interest.payment_state), (137.28, "partial"))
        self.assertEqual(self._measured(charges.item_id), (0.0, 0.0))
        self._refund(note, {"interest": 300.0})
        self.assertEqual((interest.state, interest.amount_due), ("claimed", 437.28))

    def test_lines_of_ones_own_reduce_one_charge_after_the_other(self):
        charges, note = self._noted()
        refund = self._refund(note, post=False)
        refund.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Goodwill", "price_unit": 50.0, "tax_ids": [Command.clear()]}),
        ]
        refund.action_post()
        self.assertEqual(sum(charges.mapped("amount_due")), 427.28)

    def test_a_paid_debit_note_is_seen_on_its_charges(self):
        charges, note = self._noted()
        self.assertEqual(set(charges.mapped("payment_state")), {"not_paid"})
        self._pay(note.sudo())
        self.assertEqual(set(charges.mapped("payment_state")), {note.payment_state})
        self.assertNotEqual(note.payment_state, "not_paid")

    def test_what_was_credited_is_not_undone(self):
        _charges, note = self._noted()
        refund = self._refund(note, {"interest": 137.28})
        for move in (refund, note):
            with (
                self.subTest(move.name),
                self.assertRaisesRegex(UserError, "then create a new one"),
            ):
                move.button_draft()

    def test_a_debit_note_is_not_replaced_by_a_copy(self):
        _charges, note = self._noted()
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.biller)
            .with_context(active_model="account.move", active_ids=note.ids)
            .create({"date": self.today, "journal_id": note.journal_id.id})
        )
        with self.assertRaisesRegex(UserError, "Create only the credit note"):
            wizard.modify_moves()

    def test_credit_notes_of_other_invoices_change_nothing(self):
        charges, _note = self._noted()
        invoice = self._invoice(100.0)
        invoice._reverse_moves([{}], cancel=True)
        self.assertEqual(set(charges.mapped("state")), {"invoiced"})
