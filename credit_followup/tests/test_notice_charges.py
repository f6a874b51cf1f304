from datetime import timedelta

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import format_date, mute_logger

from .common_notice import NoticeCommon
from .late_common import LateCommon


@tagged("post_install", "-at_install")
class TestNoticeCharges(NoticeCommon, LateCommon):
    """Late charges and statements of account on a notice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.series.rate_ids = [
            Command.clear(),
            Command.create({"date_from": "2020-01-01", "rate": 2.0}),
        ]
        cls.formal = cls._procedure(
            [(8, "reminder", "email"), (30, "formal_notice", "email", {"with_charges": True})],
            use=False,
            **cls.always,
        )
        cls.mild, cls.grave = cls.formal.level_ids
        cls.grave.mail_template_id = cls.env.ref("credit_followup.mail_template_formal_notice")

    def test_late_charges_are_shown_and_claimed_on_all_that_is_late(self):
        invoices = self._invoice(1000.0, days_late=100) + self._invoice(500.0, days_late=10)
        soon = self._item(self._invoice(250.0))
        notice = self._approved(invoices[0], level=self.grave)
        young = self._item(invoices[1])
        notice.line_ids = [Command.create(self._line(item, self.mild)) for item in (young, soon)]
        notice._send(self.today)
        items = self._item(invoices)
        interest = sum(each.interest for each in self.charges._measure(items, self.today).values())
        self.assertTrue(interest)
        self.assertEqual((notice.interest, notice.indemnity), (interest, 80.0))
        claimed = self.charges.sudo().search([("notice_id", "=", notice.id)])
        self.assertEqual(claimed.item_id, items)
        self.assertAlmostEqual(sum(claimed.mapped("amount")), interest + 80.0)
        self.assertIn("Late payment interest", notice.mail_id.body_html)
        self.assertAlmostEqual(notice._get_grand_total(), 1830.0 + interest)

    def test_other_levels_claim_nothing(self):
        notice = self._sent(self._invoice(1000.0, days_late=100), level=self.mild)
        self.assertEqual((notice.interest, notice.indemnity), (0.0, 0.0))
        self.assertFalse(self.charges.sudo().search([("notice_id", "=", notice.id)]))

    def test_a_letter_claims_once_it_is_posted(self):
        self.grave.channel = "registered"
        letter = self._approved(self._invoice(1000.0, days_late=100), level=self.grave)
        letter._send(self.today)
        self.assertEqual(letter.indemnity, 40.0)
        claims = [("notice_id", "=", letter.id)]
        self.assertFalse(self.charges.sudo().search(claims))
        letter.with_user(self.collector).action_print()
        letter.with_user(self.collector).action_post()
        self.assertEqual(len(self.charges.sudo().search(claims)), 2)

    def test_a_rate_that_is_missing_holds_no_notice_back(self):
        self.series.rate_ids = [Command.clear()]
        notice = self._sent(self._invoice(1000.0, days_late=100), level=self.grave)
        self.assertEqual((notice.interest, notice.indemnity), (0.0, 40.0))

    def test_a_notice_says_up_to_when_it_asks_for_interest(self):
        known = self.today - timedelta(10)
        self.series.rate_ids.date_to = known
        notice = self._sent(self._invoice(1000.0, days_late=100), level=self.grave)
        self.assertEqual((notice.interest, notice.interest_to), (29.59, known))
        self.assertIn(
            f"Late payment interest to {format_date(self.env, known)}", notice.mail_id.body_html
        )

    @mute_logger("odoo.addons.base.models.ir_actions_report")
    def test_the_statement_is_attached(self):
        self.mild.with_statement = True
        invoice = self._invoice(1000.0, days_late=100)
        notice = self._approved(invoice, level=self.mild).with_context(force_report_rendering=True)
        notice._send(self.today)
        [file] = notice.mail_id.attachment_ids
        self.assertEqual((file.mimetype, file.res_id), ("application/pdf", notice.id))
