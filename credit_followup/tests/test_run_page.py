from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestRunPage(NoticeCommon):
    """The page of a run after preparation and approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._procedure(
            [(5, "reminder", "email"), (20, "firm", "letter"), (40, "firm", "call")],
            start="reached",
            **cls.always,
        )
        cls.others = [
            cls._customer(
                f"Other {n}", email=f"o{n}@example.com", street="1 Street", zip="1", city="X"
            )
            for n in range(4)
        ]
        cls.late = dict(zip(cls.others, (9, 9, 30, 50), strict=True))

    def _prepared(self):
        for customer, days in self.late.items():
            self._invoice(100 + days, days_late=days, customer=customer)
        return self._run()

    def test_the_approval_says_how_many_and_how_much_before_anything_leaves(self):
        run = self._prepared()
        approval = (
            self.env["credit.followup.approval"]
            .with_user(self.collector)
            .browse(run.action_ask_approval()["res_id"])
        )
        text = str(approval.summary).replace("&nbsp;", " ")
        for words in ("E-mail: 2, $ 218.00", "Letter: 1, $ 130.00", "Total: 4, $ 498.00"):
            with self.subTest(words):
                self.assertIn(words, text)
        self.assertEqual(run.proposed_count, 4)
        approval.action_approve()
        run.invalidate_recordset()
        self.assertEqual(run.approved_count, 4)

    def test_who_may_not_approve_is_not_asked(self):
        run = self._prepared()
        with self.assertRaises(AccessError):
            run.with_user(self.salesperson).action_ask_approval()

    def test_after_the_approval_it_says_what_is_left_to_do(self):
        run = self._prepared()
        run.action_approve()
        self.assertRecordValues(
            run,
            [{"to_write_count": 1, "to_post_count": 0, "call_count": 1, "email_waiting_count": 2}],
        )
        run.sudo().notice_ids._send(self.today)
        run.invalidate_recordset()
        self.assertRecordValues(run, [{"email_waiting_count": 0, "email_sent_count": 2}])

    def test_only_letters_that_are_written_count_as_ready_to_print(self):
        run = self._prepared()
        run.action_approve()
        self.assertRecordValues(run, [{"to_write_count": 1, "to_print_count": 0}])
        run.sudo().notice_ids._send(self.today)
        run.invalidate_recordset()
        self.assertRecordValues(run, [{"to_write_count": 0, "to_print_count": 1}])

    def test_a_pause_after_the_approval_calls_the_letter_off_and_says_why(self):
        run = self._prepared()
        run.action_approve()
        paused = self.others[2]
        self._pause(customer=paused)
        letter = run.notice_ids.filtered(lambda notice: notice.partner_id == paused)
        told = run.action_print_letters()["params"]
        self.assertIn("Paused", told["message"])
        run.invalidate_recordset()
        self.assertEqual(letter.state, "cancelled")
        self.assertIn("Paused", letter.cancel_reason)
        self.assertTrue(any("Paused" in body for body in letter.sudo().message_ids.mapped("body")))
        self.assertEqual(run.called_off_count, 1)
        view = run.action_view_called_off()
        self.assertEqual(letter.search(view["domain"]), letter)

    def test_letters_are_printed_and_posted_from_the_run(self):
        run = self._prepared()
        run.action_approve()
        run.action_print_letters()
        run.invalidate_recordset()
        self.assertRecordValues(run, [{"to_print_count": 0, "to_post_count": 1}])
        with self.assertRaisesRegex(UserError, "No letter of this run"):
            run.action_print_letters()
        run.action_post_letters()
        run.invalidate_recordset()
        self.assertEqual(run.to_post_count, 0)
        with self.assertRaises(AccessError):
            run.with_user(self.salesperson).action_post_letters()

    def test_the_preview_goes_from_notice_to_notice(self):
        run = self._prepared()
        emails = run.notice_ids.filtered(lambda notice: notice.channel != "call")
        first, *others = emails.sorted(lambda notice: (notice.amount, notice.id), reverse=True)
        previews = self.env["credit.followup.preview"].with_user(self.collector)
        preview = previews.browse(first.with_user(self.collector).action_preview()["res_id"])
        for expected in (*others, first):
            preview.action_next()
            self.assertEqual(preview.notice_id, expected)
        preview.action_previous()
        self.assertEqual(preview.notice_id, others[-1])
        self.assertFalse(run.approved_count)

    def test_an_empty_run_says_that_there_is_nobody_to_remind(self):
        run = self._run()
        view = Form(run)._view["tree"]
        [message] = view.xpath("//div[contains(., 'Nobody to remind')]")
        self.assertIn("notice_count", message.get("invisible"))
        self.assertEqual((run.notice_count, run.state), (0, "done"))
