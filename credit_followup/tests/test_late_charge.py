from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .late_common import LateCommon


@tagged("post_install", "-at_install")
class TestLateMeasure(LateCommon):
    """Claimable charges, read from the ledger."""

    def test_a_debt_paid_late_keeps_its_charges(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        self.assertEqual(self._measured(item), (437.28, 40.0))
        self.assertEqual(self._measured(item, "2025-06-30"), (129.70, 40.0))

    def test_a_partial_payment_bears_interest_until_its_day(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-06-20": 5000.0, "2025-09-15": 7000.0})
        self.assertEqual(self._measured(item), (291.11, 40.0))

    def test_a_debt_that_is_open_bears_interest_until_today(self):
        item = self._debt(12000.0, "2025-05-31")
        self.assertEqual(self._measured(item, "2025-09-15"), (437.28, 40.0))

    def test_nothing_before_it_is_late(self):
        item = self._debt(12000.0, "2025-05-31")
        self.assertEqual(self._measured(item, "2025-05-31"), (0.0, 0.0))

    def test_nothing_for_who_pays_in_time(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-05-31": 12000.0})
        self.assertEqual(self._measured(item), (0.0, 0.0))

    def test_who_pays_within_the_days_of_grace_pays_in_time(self):
        self.late_policy.grace_days = 5
        item = self._debt(12000.0, "2025-05-31", {"2025-06-05": 12000.0})
        self.assertEqual(self._measured(item), (0.0, 0.0))
        late = self._debt(12000.0, "2025-05-31", {"2025-06-06": 12000.0})
        self.assertEqual(self._measured(late), (25.94, 40.0))

    def test_what_a_credit_note_took_off_was_never_due(self):
        item = self._debt(12000.0, "2025-05-31")
        refund = item.move_id._reverse_moves([{"invoice_date": "2025-08-01", "date": "2025-08-01"}])
        refund.invoice_line_ids.price_unit = 5000.0
        refund.action_post()
        (self._item(refund) | item).reconcile()
        self.assertEqual(self._measured(item, "2025-06-30"), (75.66, 40.0))

    def test_a_debt_that_a_credit_note_takes_off_bears_nothing(self):
        item = self._debt(12000.0, "2025-05-31")
        item.move_id._reverse_moves([{"date": "2025-08-01"}], cancel=True)
        self.assertTrue(item.reconciled)
        self.assertEqual(self._measured(item), (0.0, 0.0))

    def test_an_exchange_difference_is_not_late(self):
        """Paid before the due date at another exchange rate; the difference is posted later."""
        item = self._debt(12000.0, "2025-05-31", currency_id=self._currency_that_fell().id)
        self._pay(item.move_id, 12000.0, payment_date=self._day("2025-05-30"))
        partials = item.matched_credit_ids
        exchange = partials.exchange_move_id
        self.assertTrue(exchange)
        booked = partials.filtered(lambda partial: partial.credit_move_id.move_id == exchange)
        booked.max_date = self._day("2025-09-15")
        self.env.flush_all()
        self.assertEqual(self._measured(item), (0.0, 0.0))
        rows = self.env["credit.late.item"].with_user(self.collector)
        self.assertFalse(rows.search([("item_id", "=", item.id)]))

    def _currency_that_fell(self):
        """A currency that has fallen between the invoice and the payment."""
        return self.setup_other_currency(
            "CHF", rates=[("2025-01-01", 2.0), ("2025-05-30", 2.5), ("2025-05-31", 2.0)]
        )

    def test_the_disputed_part_bears_nothing(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        self.patch(
            self.registry["credit.late.measure"],
            "_get_disputed",
            lambda self, items: dict.fromkeys(items.ids, 4000.0),
        )
        self.assertEqual(self._measured(item), (291.52, 40.0))

    def test_no_interest_where_the_policy_has_none(self):
        self.late_policy.rate_basis = "none"
        item = self._debt(12000.0, "2025-05-31")
        self.assertEqual(self._measured(item), (0.0, 40.0))

    def test_a_partial_payment_may_settle_the_interest_first(self):
        self.late_policy.write({"rate_basis": "own", "own_rate": 12.0, "allocation": "interest"})
        item = self._debt(1000.0, "2025-05-31", {"2025-06-30": 500.0})
        self.assertEqual(self._measured(item, "2025-07-30"), (14.89, 40.0))
        self.late_policy.allocation = "principal"
        self.assertEqual(self._measured(item, "2025-07-30"), (14.79, 40.0))

    def test_the_fixed_sum_depends_on_the_debt_where_the_law_says_so(self):
        self.late_policy.fee_ids = [
            Command.create({"amount_from": 1000, "fee": 70}),
            Command.create({"amount_from": 10000, "fee": 100}),
        ]
        for amount, fee in ((999.99, 40.0), (1000.0, 70.0), (12000.0, 100.0)):
            with self.subTest(amount):
                item = self._debt(amount, "2025-05-31")
                self.assertEqual(self._measured(item)[1], fee)

    # === WHO OWES === #

    def test_a_consumer_never_owes_what_is_law_between_businesses(self):
        person = self._customer("Person", is_company=False)
        item = self._debt(12000.0, "2025-05-31", customer=person)
        self.assertEqual(self._measured(item), (0.0, 0.0))
        profile = self._profile(person)
        self.assertEqual(profile.effective_debtor_type, "consumer")
        self.assertFalse(profile.effective_late_policy_id)
        with self.assertRaisesRegex(
            ValidationError, "does not apply to Person, who is treated as: Consumer"
        ):
            profile.late_policy_id = self.late_policy

    def test_a_sole_trader_is_a_business(self):
        trader = self._customer("Trader", is_company=False, company_registry="552100554")
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0}, customer=trader)
        self.assertEqual(self._measured(item), (437.28, 40.0))
        self.assertEqual(self._profile(trader).effective_debtor_type, "business")

    def test_a_branch_of_the_customer_owes_as_the_customer(self):
        shop = self._customer("Shop", is_company=False, parent_id=self.customer.id)
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0}, customer=shop)
        self.assertEqual(self._measured(item), (437.28, 40.0))
        self.assertEqual(self._claim(item).partner_id, self.customer)

    def test_a_public_buyer_owes_at_its_own_rate(self):
        self._late_policy(
            name="Public",
            margin=8.0,
            mode="fixed",
            for_business=False,
            for_public=True,
            country_id=self.company.account_fiscal_country_id.id,
        )
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        self._profile(debtor_type="public")
        self.assertEqual(self._measured(item), (392.24, 40.0))

    def test_file_before_class_before_company_before_country(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        own = {"rate_basis": "own", "fees": ()}
        policies = {rate: self._late_policy(own_rate=rate, **own) for rate in (1.0, 2.0, 3.0)}
        policies[3.0].country_id = self.company.account_fiscal_country_id
        self.company.sudo().credit_late_policy_id = False
        self.assertEqual(self._measured(item), (105.53, 0.0))
        self.company.sudo().credit_late_policy_id = self.late_policy
        self.assertEqual(self._measured(item), (437.28, 40.0))
        risk_class = self.env["credit.risk.class"].sudo().create({"name": "Class"})
        risk_class.late_policy_id = policies[2.0]
        profile = self._profile(risk_class_id=risk_class.id)
        self.assertEqual(self._measured(item), (70.36, 0.0))
        profile.with_user(self.manager).late_policy_id = policies[1.0]
        self.assertEqual(self._measured(item), (35.18, 0.0))
        policies[1.0].active = False
        self.assertEqual(self._measured(item), (70.36, 0.0))

    def test_a_policy_of_another_company_does_not_count(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        risk_class = self.env["credit.risk.class"].sudo().create({"name": "Class"})
        risk_class.late_policy_id = self._late_policy(margin=1.0, company_id=elsewhere.id)
        profile = self._profile(risk_class_id=risk_class.id)
        self.assertEqual(self._measured(item), (437.28, 40.0))
        self.assertEqual(profile.effective_late_policy_id, self.late_policy)

    def test_without_a_policy_nothing_is_due(self):
        self.company.sudo().credit_late_policy_id = False
        item = self._debt(12000.0, "2025-05-31")
        self.assertEqual(self._measured(item), (0.0, 0.0))
        self.assertFalse(self._claim(item))

    def test_insolvency_stops_the_interest_and_the_fixed_sum(self):
        item = self._debt(12000.0, "2025-05-31")
        self._profile(late_charges_barred_from="2025-07-01")
        self.assertEqual(self._measured(item, "2025-06-30"), (129.70, 40.0))
        self.assertEqual(self._measured(item, "2025-07-01"), (129.70, 0.0))
        self.assertEqual(self._measured(item), (129.70, 0.0))

    def test_a_merged_customer_stays_barred(self):
        double = self._customer("Double")
        policy = self._late_policy(margin=8.0)
        merged = self._profile(
            double, late_charges_barred_from="2025-07-01", late_policy_id=policy.id
        )
        kept = self._profile(late_charges_barred_from="2025-08-01")
        kept._absorb(merged)
        self.assertEqual(kept.late_charges_barred_from, self._day("2025-07-01"))
        self.assertEqual(kept.effective_late_policy_id, policy)

    def test_interest_from_the_formal_notice(self):
        self.late_policy.write({"runs_from": "formal_notice", "fee_ids": [Command.clear()]})
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        self.assertEqual(self._measured(item), (0.0, 0.0))
        notice = self._formal_notice(item, "2025-06-30")
        self.assertEqual(self._measured(item, "2025-06-30"), (0.0, 0.0))
        self.assertEqual(self._measured(item), (307.58, 0.0))
        notice.received_date = "2025-07-02"
        self.assertEqual(self._measured(item), (299.59, 0.0))
        notice.state = "cancelled"
        self.assertEqual(self._measured(item), (0.0, 0.0))

    def _formal_notice(self, item, day):
        level = self._procedure([(30, "formal_notice", "registered")]).level_ids
        return (
            self.env["credit.followup.notice"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "level_id": level.id,
                    "stage": "formal_notice",
                    "channel": "registered",
                    "date": day,
                    "state": "sent",
                    "line_ids": [
                        Command.create(
                            {
                                "item_id": item.id,
                                "level_id": level.id,
                                "occurrence": 1,
                                "date": day,
                            }
                        )
                    ],
                }
            )
        )

    # === SPEED === #

    def test_as_many_queries_for_fifty_items_as_for_one(self):
        items = self._item(
            self.env["account.move"].union(
                *(
                    self._debt(100.0, "2025-05-31", {"2025-06-30": 50.0}).move_id
                    for _number in range(50)
                )
            )
        )
        counts = []
        for some in (items, items[:1], items):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.charges._measure(some, self._day("2025-09-15"))), len(some))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(counts[1]):
            self.charges._measure(items, self._day("2025-09-15"))


@tagged("post_install", "-at_install")
class TestLateCharge(LateCommon):
    """Claims, debit notes and waivers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls._user(
            "biller", "credit_management.group_credit_user,account.group_account_invoice"
        )

    def _claimed(self, **values):
        """The interest and the indemnity claimed on a debt paid late."""
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0}, **values)
        return self._claim(item)

    def test_nobody_gives_themselves_a_larger_waiver(self):
        authorities = self.env["credit.authority"].sudo()
        authorities.search([]).action_archive()
        mine = authorities.create({"user_id": self.manager.id, "max_limit": 9, "max_waiver": 50})
        mine = mine.with_user(self.manager).sudo(False)
        with self.assertRaises(AccessError):
            mine.max_waiver = 51
        with self.assertRaises(AccessError):
            mine.create({"user_id": self.manager.id, "max_waiver": 51})
        mine.max_waiver = 49

    # === CLAIMS === #

    def test_a_claim_can_be_explained_in_court(self):
        charges = self._claimed()
        interest = self._kind(charges, "interest")
        self.assertRecordValues(
            charges.sorted("kind"),
            [
                {"kind": "indemnity", "amount": 40.0, "state": "claimed"},
                {"kind": "interest", "amount": 437.28, "state": "claimed"},
            ],
        )
        self.assertEqual(
            (interest.date_from, interest.date_to),
            (self._day("2025-06-01"), self._day("2025-09-15")),
        )
        self.assertEqual(
            interest.explanation.replace("\xa0", " ").splitlines(),
            [
                "30 days from 06/01/2025 to 06/30/2025 at 13.15 % on $ 12,000.00",
                "77 days from 07/01/2025 to 09/15/2025 at 12.15 % on $ 12,000.00",
            ],
        )
        self.assertEqual([part["days"] for part in interest.segments], [30, 77])

    def test_a_second_claim_extends_the_first(self):
        item = self._debt(12000.0, "2025-05-31")
        first = self._claim(item, "2025-06-30")
        self.assertEqual(self._kind(first, "interest").amount, 129.70)
        second = self._claim(item, "2025-09-15")
        self.assertEqual(second, first)
        self.assertEqual(self._kind(second, "interest").amount, 437.28)
        self.assertEqual(len(self._charges([("item_id", "=", item.id)])), 2)

    def test_what_is_invoiced_is_not_claimed_again(self):
        item = self._debt(12000.0, "2025-05-31")
        first = self._claim(item, "2025-06-30")
        first.with_user(self.biller)._invoice(self.today)
        self.assertEqual(self._measured(item, "2025-06-30"), (0.0, 0.0))
        second = self._claim(item, "2025-09-15")
        self.assertRecordValues(
            second,
            [{"kind": "interest", "amount": 307.58, "date_from": self._day("2025-07-01")}],
        )

    def test_what_is_waived_is_not_claimed_again(self):
        item = self._debt(12000.0, "2025-05-31")
        self._claim(item, "2025-06-30").with_user(self.manager).action_waive("Good customer")
        self.assertEqual(self._measured(item, "2025-06-30"), (0.0, 0.0))
        self.assertEqual(self._measured(item, "2025-09-15"), (307.58, 0.0))

    def test_the_notice_that_claims_is_kept(self):
        item = self._debt(12000.0, "2025-05-31")
        notice = (
            self.env["credit.followup.notice"]
            .sudo()
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "channel": "email",
                    "date": "2025-09-15",
                }
            )
        )
        charges = self.charges._claim(notice, item, self._day("2025-09-15"))
        self.assertEqual(charges.notice_id, notice)

    def test_a_payment_entered_late_takes_the_claim_back(self):
        item = self._debt(12000.0, "2025-05-31")
        charges = self._claim(item, "2025-06-30")
        self._pay(item.move_id, payment_date=self._day("2025-05-20"))
        self._claim(item, "2025-07-15")
        self.assertEqual(set(charges.mapped("state")), {"cancelled"})

    def test_a_draft_or_a_credit_note_bears_nothing(self):
        draft = self._invoice(100.0, post=False, invoice_date_due="2025-05-31")
        refund = self._invoice(100.0, move_type="out_refund", invoice_date_due="2025-05-31")
        items = self._item(draft) | self._item(refund)
        self.assertFalse(self._claim(items))

    # === DEBIT NOTES === #

    def test_a_debit_note_has_no_tax_and_names_its_invoices(self):
        charges = self._claimed().with_user(self.biller)
        move = charges._invoice(self._day("2025-12-01"))
        self.assertRecordValues(
            move,
            [
                {
                    "move_type": "out_invoice",
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "amount_total": 477.28,
                    "amount_tax": 0.0,
                    "ref": charges.invoice_id.name,
                    "invoice_date_due": self._day("2025-12-01"),
                }
            ],
        )
        self.assertFalse(move.invoice_line_ids.tax_ids)
        self.assertIn(
            "77 days", move.invoice_line_ids.filtered(lambda li: li.price_unit > 400).name
        )
        self.assertEqual(set(charges.mapped("state")), {"invoiced"})
        self.assertEqual(charges.move_id, move)

    def test_a_debit_note_bears_no_late_charges_itself(self):
        move = self._claimed().with_user(self.biller)._invoice(self._day("2025-06-01"))
        move.action_post()
        self.assertEqual(self._measured(self._item(move.sudo())), (0.0, 0.0))

    def test_one_debit_note_for_each_customer(self):
        other = self._customer("Other")
        charges = self._claimed() | self._claimed(customer=other) | self._claimed()
        wizard = Form(
            self.env["credit.late.invoice"]
            .with_user(self.biller)
            .with_context(default_charge_ids=charges.ids)
        )
        wizard.post = True
        record = wizard.save()
        self.assertEqual((record.customer_count, record.amount), (2, 3 * 477.28))
        moves = self.env["account.move"].search(record.action_invoice()["domain"])
        self.assertEqual(
            {(move.partner_id, move.amount_total, move.state) for move in moves},
            {(self.customer, 954.56, "posted"), (other, 477.28, "posted")},
        )

    def test_a_debit_note_is_no_sale_up_to_its_late_charges(self):
        charges = self._claimed().with_user(self.biller)
        self._policy(over_limit={"checkpoint": "invoice"})
        self._limit(0.0)
        note = charges._invoice(self.today)
        typed = self._invoice(50.0, post=False).with_user(self.biller)
        typed.late_charge_is_note = True
        typed.action_post()
        self.assertEqual((typed.state, typed.credit_state), ("draft", "held"))
        note.action_post()
        self.assertEqual(note.state, "posted")

    def test_without_accounts_a_sentence_says_where_to_choose_them(self):
        self.company.sudo().credit_late_interest_account_id = False
        charges = self._claimed().with_user(self.biller)
        with self.assertRaisesRegex(UserError, "in Settings > Credit"):
            charges._invoice(self.today)

    def test_a_deleted_or_cancelled_debit_note_gives_its_charges_back(self):
        charges = self._claimed().with_user(self.biller)
        charges._invoice(self.today).unlink()
        self.assertEqual(set(charges.mapped("state")), {"claimed"})
        move = charges._invoice(self.today)
        move.button_cancel()
        self.assertEqual(set(charges.mapped("state")), {"claimed"})
        self.assertFalse(charges.move_id)
        with self.assertRaisesRegex(UserError, "Create a new debit note"):
            move.button_draft()

    def test_a_charge_given_back_after_a_younger_debit_note_takes_the_days_after_that_one(self):
        item = self._debt(12000.0, "2025-05-31")
        first = self._kind(self._claim(item, "2025-06-30"), "interest").with_user(self.biller)
        move = first._invoice(self.today)
        younger = self._kind(self._claim(item, "2025-07-31"), "interest").with_user(self.biller)
        younger._invoice(self.today)
        move.unlink()
        self._claim(item, "2025-09-15")
        self.assertEqual(first.state, "claimed")
        self.assertEqual([part["days"] for part in first.segments], [30, 46])
        self.assertAlmostEqual(first.amount + younger.amount, 437.28, delta=0.011)
        first._invoice(self.today)
        self.assertEqual(self._measured(item, "2025-09-15"), (0.0, 40.0))

    def test_charges_given_back_join_a_younger_claim(self):
        item = self._debt(12000.0, "2025-05-31")
        first = self._kind(self._claim(item, "2025-06-30"), "interest").with_user(self.biller)
        move = first._invoice(self.today)
        second = self._kind(self._claim(item, "2025-09-15"), "interest")
        move.unlink()
        self.assertEqual((first.state, second.state), ("cancelled", "claimed"))
        self.assertEqual((second.amount, second.date_from), (437.28, self._day("2025-06-01")))
        self.assertEqual(self._measured(item, "2025-09-15")[0], 437.28)

    def test_an_invoiced_charge_is_not_invoiced_twice(self):
        charges = self._claimed().with_user(self.biller)
        charges._invoice(self.today)
        with self.assertRaisesRegex(UserError, "Choose claimed charges only"):
            charges._invoice(self.today)

    def test_charges_of_several_companies_are_not_mixed(self):
        charge = self._claimed()[:1].sudo()
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        other = charge.copy(
            {
                "kind": "interest",
                "company_id": elsewhere.id,
                "state": "claimed",
                "item_id": self._debt(1.0, "2025-01-01").id,
            }
        )
        with self.assertRaisesRegex(UserError, "one company at a time"):
            (charge | other).action_open_invoicing()

    # === WAIVERS === #

    def test_a_waiver_has_an_author_and_a_reason(self):
        charges = self._claimed().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            charges.action_waive(" ")
        for what in ([], {"a": 1}, 7):
            with self.subTest(what), self.assertRaisesRegex(UserError, "Enter the reason"):
                charges.action_waive(what)
        for amount in ("x", [], float("nan"), float("inf")):
            with self.subTest(amount=amount), self.assertRaisesRegex(UserError, "Enter an amount"):
                charges[0].action_waive("First time", amount)
        charges.action_waive("First time")
        self.assertRecordValues(
            charges,
            2
            * [
                {
                    "state": "waived",
                    "amount_due": 0.0,
                    "waive_reason": "First time",
                    "waived_by": self.manager.id,
                }
            ],
        )
        charges.action_reinstate()
        self.assertEqual(set(charges.mapped("state")), {"claimed"})
        self.assertEqual(sum(charges.mapped("amount_due")), 477.28)

    def test_a_part_can_be_waived(self):
        charges = self._claimed()
        interest = self._kind(charges, "interest").with_user(self.manager)
        wizard = Form(
            self.env["credit.late.waiver"]
            .with_user(self.manager)
            .with_context(default_charge_ids=interest.ids)
        )
        wizard.reason = "Agreed on the phone"
        wizard.amount = 37.28
        wizard.save().action_waive()
        self.assertEqual((interest.state, interest.amount_due), ("claimed", 400.0))
        self.assertEqual(self._measured(interest.item_id), (400.0, 40.0))
        self._claim(interest.item_id)
        self.assertEqual((interest.amount, interest.amount_due), (437.28, 400.0))
        move = charges.with_user(self.biller)._invoice(self.today)
        self.assertEqual(move.amount_total, 440.0)

    def test_no_more_than_the_charge_is_waived(self):
        interest = self._kind(self._claimed(), "interest").with_user(self.manager)
        for amount in (0.0, -1.0, 437.29):
            with self.subTest(amount), self.assertRaisesRegex(UserError, r"up to \$\s?437.28"):
                interest.action_waive("Test", amount)

    def test_a_manager_takes_back_a_claim(self):
        charges = self._claimed()
        with self.assertRaises(AccessError):
            charges.action_cancel()
        charges.with_user(self.manager).action_cancel()
        self.assertEqual(self._measured(charges.item_id), (437.28, 40.0))
        self.assertEqual(len(self._claim(charges.item_id)), 2)

    # === PEOPLE === #

    def test_who_may_not_make_a_debit_note_reads_who_can(self):
        self.accounting = self._user("accounting", "account.group_account_invoice", name="Ada")
        charges = self._claimed()
        with self.assertRaisesRegex(UserError, "access right Invoicing.*Ada"):
            charges.with_user(self.collector).action_open_invoicing()
        opened = charges.with_user(self.accounting).action_open_invoicing()
        self.assertEqual(opened["res_model"], "credit.late.invoice")

    def test_waiving_needs_a_manager_or_an_authority(self):
        charges = self._claimed()
        with self.assertRaises(AccessError):
            charges.action_waive("I try")
        charges.with_user(self.manager).action_waive("Done")
        with self.assertRaises(AccessError):
            charges.action_reinstate()
        charges.with_user(self.manager).action_reinstate()
        self.env["credit.authority"].sudo().create(
            {"user_id": self.collector.id, "max_waiver": 100.0}
        )
        self._kind(charges, "indemnity").action_waive("Small")
        with self.assertRaisesRegex(AccessError, "needs a credit manager"):
            self._kind(charges, "interest").action_waive("Large")

    def test_who_writes_no_invoices_makes_no_debit_note(self):
        charges = self._claimed()
        for user in (self.collector, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                charges.with_user(user)._invoice(self.today)
        self.assertEqual(set(charges.mapped("state")), {"claimed"})

    def test_charges_are_written_by_decisions_alone(self):
        charges = self._claimed()
        for user in (self.collector, self.manager, self.biller):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    charges.with_user(user).write({"amount": 1.0})
                with self.assertRaises(AccessError):
                    charges.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    charges.with_user(user).copy()

    def test_others_see_and_decide_nothing(self):
        charges = self._claimed()
        items = self.env["credit.late.item"]
        portal = new_test_user(self.env(su=True), "late_portal", "base.group_portal")
        for user in (self.salesperson, portal):
            theirs = charges.with_user(user)
            with self.subTest(user.login):
                for action in (
                    lambda theirs=theirs: theirs.read(["amount"]),
                    lambda theirs=theirs: theirs.action_waive("I try"),
                    lambda theirs=theirs: theirs.action_reinstate(),
                    lambda theirs=theirs: theirs.action_cancel(),
                    lambda theirs=theirs: theirs._invoice(self.today),
                    lambda user=user: items.with_user(user).search([]),
                    lambda user=user: (
                        items.browse(charges.item_id.id).with_user(user).action_claim()
                    ),
                    lambda user=user: (
                        items.browse(charges.item_id.id).with_user(user).action_waive()
                    ),
                ):
                    with self.assertRaises(AccessError):
                        action()

    def test_an_accountant_claims_and_invoices_from_the_menu_of_invoicing(self):
        accountant = self._user("accountant", "account.group_account_invoice")
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        self.env.flush_all()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_followup.action_credit_late_item"
        )
        menu = self.env.ref("credit_followup.menu_account_late_items").with_user(accountant)
        self.assertEqual(menu.sudo().action.id, action["id"])
        self.assertIn(menu.id, self.env["ir.ui.menu"].with_user(accountant)._visible_menu_ids())
        rows = self.env["credit.late.item"].with_user(accountant)
        [row] = rows.web_search_read([("item_id", "=", item.id)], self._spec(rows))["records"]
        self.assertEqual((row["interest"], row["indemnity"]), (437.28, 40.0))
        found = rows.browse(row["id"]).action_claim()
        charges = self.charges.with_user(accountant).search(found["domain"])
        self.assertTrue(charges.web_read(self._spec(charges)))
        for opened in (rows.browse(row["id"]), charges[:1], item.move_id.with_user(accountant)):
            self.assertTrue(Form(opened))
        self.assertEqual(item.move_id.with_user(accountant).late_charge_amount, 477.28)
        context = charges.action_open_invoicing()["context"]
        wizards = self.env["credit.late.invoice"].with_user(accountant).with_context(**context)
        wizard = Form(wizards).save()
        note = self.env["account.move"].browse(wizard.action_invoice()["res_id"])
        note.with_user(accountant).action_post()
        self.assertEqual((note.amount_total, note.state), (477.28, "posted"))

    def _spec(self, records):
        """The fields of a model's list view."""
        arch = records.get_view(view_type="list")["models"][records._name]
        return {
            name: {"fields": {"display_name": {}}} if records._fields[name].relational else {}
            for name in arch
        }

    def test_an_accountant_waives_with_an_authority_alone_and_takes_nothing_back(self):
        accountant = self._user("accountant", "account.group_account_invoice")
        charges = self._claimed().with_user(accountant)
        with self.assertRaisesRegex(AccessError, "needs a credit manager"):
            charges.action_waive("I try")
        with self.assertRaises(AccessError):
            charges.action_cancel()
        self.env["credit.authority"].sudo().create({"user_id": accountant.id, "max_waiver": 500.0})
        charges.action_waive("Small")
        self.assertEqual(set(charges.mapped("state")), {"waived"})

    def test_who_only_reads_the_accounts_claims_and_invoices_nothing(self):
        reader = self._user("reader", "account.group_account_readonly")
        charges = self._claimed().with_user(reader)
        self.assertEqual(sum(charges.mapped("amount")), 477.28)
        row = self.env["credit.late.item"].browse(charges.item_id.id).with_user(reader)
        self.assertEqual(row.late_days, 107)
        for action in (
            row.action_claim,
            row.action_waive,
            lambda: charges._invoice(self.today),
            lambda: charges.action_waive("I try"),
            charges.action_reinstate,
            charges.action_cancel,
            lambda: self.env["credit.late.invoice"].with_user(reader).create({}),
        ):
            with self.assertRaises(AccessError):
                action()

    def test_companies_are_apart(self):
        charges = self._claimed()
        elsewhere = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env(su=True),
            "late_stranger",
            "credit_management.group_credit_manager,account.group_account_invoice",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        self.assertFalse(self.charges.with_user(stranger).search([("id", "in", charges.ids)]))
        self.assertFalse(self.env["credit.late.item"].with_user(stranger).search([]))
        row = self.env["credit.late.item"].browse(charges.item_id.id).with_user(stranger)
        for action in (
            lambda: charges.with_user(stranger).action_waive("I try"),
            lambda: charges.with_user(stranger)._invoice(self.today),
            row.action_claim,
        ):
            with self.assertRaises(AccessError):
                action()

    # === SCREENS === #

    def test_items_paid_late_are_listed_until_they_are_settled(self):
        rows = self.env["credit.late.item"].with_user(self.collector)
        paid = [("date_paid", "!=", False), ("is_settled", "=", False)]
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        in_time = self._debt(12000.0, "2025-05-31", {"2025-05-30": 12000.0})
        open_ = self._debt(12000.0, "2025-05-31", {"2025-09-15": 11000.0})
        self.env.flush_all()
        found = rows.search([("item_id", "in", (item | in_time | open_).ids)])
        self.assertEqual(found.item_id, item | open_)
        row = rows.search([("item_id", "=", item.id), *paid])
        self.assertEqual(
            (row.interest, row.indemnity, row.late_days, row.date_paid),
            (437.28, 40.0, 107, self._day("2025-09-15")),
        )
        self.assertIn("77 days", row.explanation)
        charges = self._charges(row.action_claim()["domain"])
        self.assertEqual(sum(charges.mapped("amount")), 477.28)
        self.env.flush_all()
        self.assertFalse(rows.search([("item_id", "=", item.id), *paid]))

    def test_items_paid_before_the_start_are_not_listed(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        rows = self.env["credit.late.item"].with_user(self.collector)
        for start, listed in (("2025-09-15", 1), ("2025-09-16", 0), (False, 0)):
            self.company.sudo().credit_late_date_start = start
            self.env.flush_all()
            with self.subTest(start):
                self.assertEqual(rows.search_count([("item_id", "=", item.id)]), listed)

    def test_a_new_company_starts_today(self):
        company = self.env["res.company"].sudo().create({"name": "New"})
        self.assertEqual(company.credit_late_date_start, fields.Date.context_today(company))

    def test_what_is_not_claimed_is_waived_from_the_list(self):
        item = self._debt(12000.0, "2025-05-31", {"2025-09-15": 12000.0})
        self.env.flush_all()
        row = self.env["credit.late.item"].with_user(self.manager).browse(item.id)
        context = row.action_waive()["context"]
        wizard = Form(
            self.env["credit.late.waiver"].with_user(self.manager).with_context(**context)
        )
        wizard.reason = "Not worth it"
        wizard.save().action_waive()
        charges = self._charges([("item_id", "=", item.id)])
        self.assertEqual(set(charges.mapped("state")), {"waived"})

    def test_invoice_and_credit_file_show_the_charges(self):
        charges = self._claimed()
        invoice = charges.invoice_id.with_user(self.collector)
        self.assertEqual(invoice.late_charge_amount, 477.28)
        self.assertFalse(invoice.late_charge_missing)
        rows = self.env["credit.late.item"].with_user(self.collector)
        rows = rows.search(invoice.action_view_late_charges()["domain"])
        self.assertEqual(rows.charge_ids, charges)
        profile = self._profile().with_user(self.collector)
        self.assertEqual(profile.late_charge_due, 477.28)
        self.assertEqual(self._charges(profile.action_view_late_charges()["domain"]), charges)
        open_ = self._debt(100.0, "2025-05-31").move_id.with_user(self.collector)
        self.assertIn("is not known from", open_.late_charge_missing)
