from datetime import date, timedelta

from odoo.tests import tagged

from .common import FollowupCommon

LEVELS = (
    (-5, "courtesy", "email"),
    (8, "reminder", "email"),
    (15, "reminder", "letter"),
    (30, "formal_notice", "registered"),
)


@tagged("post_install", "-at_install")
class TestSteps(FollowupCommon):
    """Which items a run lists, at which level and on which day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.procedure = cls._procedure(LEVELS)

    def _play(self, first, last, only=()):
        """``[(day, invoice, days of the level)]`` of daily runs, each checked against the forecast."""
        story = []
        for day in only or range(first, last + 1):
            foreseen = self._foresee(day)
            named = self._get_named(self._run_sent(day))
            self.assertEqual(foreseen, {item.id: days for item, days in named.items()}, day)
            story += [
                (day, item.move_id, days)
                for item, days in sorted(named.items(), key=lambda pair: pair[0].id)
            ]
        return story

    def _foresee(self, day):
        """``{item id: days of the level}`` that the lists forecast for a day."""
        items = self.env["credit.followup.item"].with_user(self.collector)
        items = items.search([("partner_id", "=", self.customer.id)])
        today = self.today + timedelta(day)
        steps = items._read_next(items.ids, today)
        return {item: step.level.days for item, step in steps.items() if step.date == today}

    def test_each_level_comes_once_on_its_day(self):
        invoice = self._invoice(100, days_late=-10)
        expected = [(day, invoice, days) for day, days in ((5, -5), (18, 8), (25, 15), (40, 30))]
        self.assertEqual(self._play(0, 45), expected)

    def test_a_procedure_begins_late_at_its_first_level_and_keeps_its_spacing(self):
        invoice = self._invoice(100, days_late=50)
        expected = [(day, invoice, days) for day, days in ((0, 8), (7, 15), (22, 30))]
        self.assertEqual(self._play(0, 30), expected)

    def test_a_procedure_may_begin_at_the_level_of_the_age(self):
        self.procedure.start = "reached"
        old, young = self._invoice(100, days_late=50), self._invoice(100, days_late=9)
        self.assertEqual(self._play(0, 0), [(0, old, 30), (0, young, 8)])

    def test_a_level_before_the_due_date_is_skipped_once_it_is_over(self):
        invoice = self._invoice(100, days_late=1)
        self.assertEqual(self._play(0, 10), [(7, invoice, 8)])

    def test_days_may_count_from_the_end_of_the_month(self):
        self.procedure.count_from = "month_end"
        due = date(self.today.year, self.today.month, 1)
        invoice = self._invoice(100, days_late=(self.today - due).days)
        month_end = fields_end_of(due)
        day = (month_end - self.today).days + 8
        self.assertEqual(self._play(0, day + 1), [(day, invoice, 8)])

    def test_nobody_is_contacted_again_before_the_gap_is_over(self):
        self.procedure.gap_days = 10
        first, second = self._invoice(100, days_late=8), self._invoice(100, days_late=5)
        run = self._run_sent(0)
        self.assertEqual(self._get_named(run), {self._item(first): 8})
        self.assertExcluded(self._run(3), "too_recent", "not_yet")
        self.assertEqual(self._play(4, 11), [(10, first, 15), (10, second, 8)])

    def test_items_of_several_due_dates_have_their_own_levels_and_the_highest_sets_the_tone(self):
        first = self._invoice(100, days_late=8)
        self._run_sent(0)
        second = self._invoice(50, days_late=1)
        run = self._run_sent(7)
        self.assertEqual(self._get_named(run), {self._item(first): 15, self._item(second): 8})
        self.assertRecordValues(
            run.notice_ids,
            [
                {
                    "channel": "letter",
                    "stage": "reminder",
                    "level_id": self.procedure.level_ids[2].id,
                    "amount": 150.0,
                }
            ],
        )

    def test_levels_entered_in_any_order_follow_one_another_by_their_days(self):
        procedure = self._procedure([(30, "firm", "email"), (5, "reminder", "email")])
        procedure.level_ids[0].days, procedure.level_ids[1].days = 40, 10
        invoice = self._invoice(100, days_late=12)
        self.assertEqual(self._play(0, 30), [(0, invoice, 10), (30, invoice, 40)])

    def test_the_residue_of_a_partly_paid_invoice_is_chased(self):
        invoice = self._invoice(100, days_late=8)
        self._pay(invoice, 60)
        run = self._run(0)
        self.assertRecordValues(
            run.notice_ids.line_ids,
            [{"item_id": self._item(invoice).id, "amount": 40.0, "level_days": 8, "occurrence": 1}],
        )

    def test_a_foreign_invoice_shows_both_amounts(self):
        currency = self.setup_other_currency("GBP", rates=[("2000-01-01", 2.0)])
        invoice = self._invoice(100, days_late=8, currency_id=currency.id)
        run = self._run(0)
        self.assertRecordValues(
            run.notice_ids.line_ids,
            [
                {
                    "item_id": self._item(invoice).id,
                    "amount": 50.0,
                    "amount_currency": 100.0,
                    "currency_id": currency.id,
                }
            ],
        )

    def test_a_paid_invoice_is_not_named(self):
        invoice = self._invoice(100, days_late=8)
        self._pay(invoice)
        self.assertFalse(self._run(0).notice_ids)

    # === CREDITS === #

    def test_credits_are_deducted_and_shown(self):
        invoice = self._invoice(100, days_late=8)
        self._pay_on_account(30)
        run = self._run(0)
        self.assertEqual(run.notice_ids.amount, 70.0)
        self.assertRecordValues(
            run.notice_ids.line_ids.sorted("amount"),
            [
                {"amount": -30.0, "level_id": False, "occurrence": 0},
                {"amount": 100.0, "level_id": self.procedure.level_ids[1].id, "occurrence": 1},
            ],
        )
        self.assertEqual(self._get_named(run), {self._item(invoice): 8})

    def test_credits_that_cover_what_is_due_wait_for_their_allocation(self):
        self._invoice(100, days_late=8)
        self._pay_on_account(100)
        self.assertExcluded(self._run(0), "unmatched")

    def test_a_procedure_may_wait_for_any_credit(self):
        self.procedure.credits = "wait"
        self._invoice(100, days_late=8)
        self._pay_on_account(1)
        self.assertExcluded(self._run(0), "unmatched")

    def test_a_credit_that_is_paid_back_does_not_count(self):
        self._invoice(100, days_late=8)
        refund = self._invoice(40, days_late=0, move_type="out_refund")
        self.assertEqual(self._run(0).notice_ids.amount, 60.0)
        refund.sudo().payment_state = "in_payment"
        self.assertEqual(self._run(1).notice_ids.amount, 100.0)

    # === AMOUNTS === #

    def test_small_items_are_ignored_and_small_customers_left_out(self):
        self.procedure.tolerance = 5
        small, big = self._invoice(5, days_late=8), self._invoice(5.01, days_late=8)
        run = self._run(0)
        self.assertEqual(self._get_named(run), {self._item(big): 8})
        self.assertExcluded(run, "below_minimum")
        self.procedure.min_total = 10.02
        self.assertFalse(self._run(1).notice_ids)
        self.procedure.min_total = 10.01
        self.assertTrue(self._run(2).notice_ids)
        self.assertFalse(self._get_named(self._run(3)).get(self._item(small)))

    def test_a_level_below_its_amount_waits(self):
        self.procedure.level_ids[2].min_amount = 150
        first = self._invoice(100, days_late=8)
        self._run_sent(0)
        self.assertExcluded(self._run(7), "below_minimum")
        second = self._invoice(100, days_late=8)
        self.assertEqual(self._get_named(self._run_sent(8)), {self._item(second): 8})
        both = {self._item(first): 15, self._item(second): 15}
        self.assertEqual(self._get_named(self._run_sent(15)), both)

    def test_a_level_below_its_amount_leaves_the_lower_one(self):
        self.procedure.start = "reached"
        self.procedure.level_ids[3].min_amount = 150
        invoice = self._invoice(100, days_late=50)
        run = self._run(0)
        self.assertEqual(self._get_named(run), {self._item(invoice): 15})

    # === REPETITION, ANOTHER PROCEDURE, ANEW === #

    def test_a_level_repeats_until_the_next_one(self):
        self.procedure.level_ids[1].write({"repeat_days": 3, "repeat_max": 2})
        invoice = self._invoice(100, days_late=8)
        self.assertEqual(self._play(0, 8), [(0, invoice, 8), (3, invoice, 8), (7, invoice, 15)])
        lines = self.env["credit.followup.notice.line"].sudo().search([], order="id")
        self.assertEqual(lines.mapped("occurrence"), [1, 2, 1])

    def test_another_procedure_goes_on_where_the_first_one_was(self):
        invoice = self._invoice(100, days_late=15)
        self.procedure.start = "reached"
        self._run_sent(0)
        gentle = self._procedure(
            [(10, "reminder", "email"), (20, "reminder", "email")], use=False, gap_days=0
        )
        self._profile().sudo().followup_procedure_id = gentle
        self.assertEqual(self._play(1, 20), [(5, invoice, 20)])

    def test_a_level_that_is_moved_to_a_later_day_is_not_sent_again(self):
        invoice = self._invoice(100, days_late=8)
        self._run_sent(0)
        self.procedure.level_ids[1].days = 9
        self.assertEqual(self._play(1, 7), [(7, invoice, 15)])

    def test_a_payment_that_comes_back_begins_anew(self):
        invoice = self._invoice(100, days_late=8)
        self._play(0, 7)
        self._pay(invoice)
        self.assertFalse(self._play(8, 30))
        self._undo_payments(invoice)
        restart = self.env["credit.followup.restart"].sudo().search([])
        self.assertRecordValues(
            restart, [{"item_id": self._item(invoice).id, "reason": "payment_undone"}]
        )
        self.assertEqual(self._play(31, 38), [(31, invoice, 8), (38, invoice, 15)])
        lines = self.env["credit.followup.notice.line"].sudo().search([], order="id")
        self.assertEqual(lines.mapped("occurrence"), [1, 1, 2, 2])

    def test_only_an_item_that_was_paid_and_named_begins_anew(self):
        invoice, other = self._invoice(100, days_late=8), self._invoice(100, days_late=-60)
        self._run_sent(0)
        self._pay(invoice, 60)
        self._undo_payments(invoice)
        self._pay(other)
        self._undo_payments(other)
        self.assertFalse(self.env["credit.followup.restart"].sudo().search([]))

    def test_undoing_twice_is_logged_once(self):
        invoice = self._invoice(100, days_late=8)
        self._run_sent(0)
        for _time in range(2):
            self._pay(invoice)
            self._undo_payments(invoice)
        self.assertEqual(len(self.env["credit.followup.restart"].sudo().search([])), 1)

    def _undo_payments(self, invoice):
        self._item(invoice).remove_move_reconcile()
        credits_ = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.customer.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("amount_residual", "<", 0),
            ]
        )
        credits_.move_id.button_draft()
        credits_.move_id.button_cancel()

    # === WHICH PROCEDURE === #

    def test_the_file_goes_before_the_class_and_the_class_before_the_company(self):
        invoice = self._invoice(100, days_late=100)
        profile = self._profile().sudo()

        def get_level(day):
            return self._get_named(self._run(day)).get(self._item(invoice))

        self.assertEqual(get_level(0), 8)
        profile.risk_class_id = self.env["credit.risk.class"].sudo().create({"name": "Class"})
        profile.risk_class_id.followup_procedure_id = self._procedure(
            [(3, "reminder", "email")], use=False
        )
        self.assertEqual(get_level(1), 3)
        self.assertEqual(
            profile.effective_followup_procedure_id, profile.risk_class_id.followup_procedure_id
        )
        profile.followup_procedure_id = self._procedure([(4, "reminder", "email")], use=False)
        self.assertEqual(get_level(2), 4)
        profile.followup_procedure_id.active = False
        self.assertEqual(get_level(3), 3)
        profile.invalidate_recordset()
        self.assertEqual(
            profile.effective_followup_procedure_id, profile.risk_class_id.followup_procedure_id
        )

    def test_without_a_procedure_nothing_is_sent(self):
        self.company.sudo().credit_followup_procedure_id = False
        self._invoice(100, days_late=100)
        run = self._run(0)
        self.assertFalse(run.notice_ids)
        self.assertExcluded(run, "no_procedure")
        self.assertIn("names a procedure", run.exclusion_ids.detail)

    def test_a_procedure_without_levels_sends_nothing_and_says_so(self):
        self._profile().sudo().followup_procedure_id = self._procedure([], use=False, name="Empty")
        self._invoice(100, days_late=100)
        run = self._run(0)
        self.assertExcluded(run, "no_procedure")
        self.assertEqual(run.exclusion_ids.detail, "The procedure Empty has no level")

    def test_after_the_last_level_an_item_is_listed_as_finished(self):
        self.procedure.start = "reached"
        self._invoice(100, days_late=30)
        self._run_sent(0)
        self.assertExcluded(self._run(50), "finished")


def fields_end_of(day):
    """The last day of the month of a day."""
    return (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)
