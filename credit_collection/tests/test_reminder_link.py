from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.tests import tagged

from .common_portal import PDF, PortalCommon


@tagged("post_install", "-at_install")
class TestReminderLink(PortalCommon):
    """The recipient of a reminder answers it once by its links, without a login; nobody else does."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(100, days_late=40)
        self.other = self._invoice(70, days_late=40)
        self.notice = self._sent(self.invoice, contact_ids=[(6, 0, self.customer.ids)])

    def _links(self, notice=None):
        """``{answer: path}`` of the links in the e-mail of a reminder."""
        notice = notice or self.notice
        body = self._get_mails(notice).body_html
        found = [
            part.split('"')[0]
            for part in body.split('href="')
            if "/credit/answer/" in part.split('"')[0]
        ]
        return {link.rsplit("/", 1)[1]: link[link.index("/credit/") :] for link in found}

    def test_each_email_has_four_links_and_a_letter_none(self):
        self.assertEqual(set(self._links()), {"paid", "promise", "dispute", "contact"})
        self.notice.channel = "letter"
        self.assertFalse(self.notice._get_answer_links())
        self.notice.channel = "email"
        self.company.sudo().root_id.credit_collection_link_days = 0
        self.assertFalse(self.notice._get_answer_links())

    def test_opening_a_link_changes_nothing(self):
        """Mail scanners open every link, some several times."""
        for link in self._links().values():
            self.assertIn('method="POST"', self.url_open(link).text)
        self.url_open(link, method="HEAD")
        self.assertFalse(self._logs())

    def test_a_promise_by_link_is_the_collectors_record(self):
        answer = self._send(self._links()["promise"], item=[self.invoice], day=self._day(6))
        self.assertIn("your answer has reached us", answer)
        log = self._logs()
        self.assertEqual(
            (log.channel, log.direction, log.contact_id, log.notice_id, log.to_read),
            ("link", "in", self.customer, self.notice, True),
        )
        self.assertEqual((log.promise_id.source, log.promise_id.amount), ("link", 100))
        self.assertEqual(self._top().partner_id, self.customer)

    def test_the_three_other_answers(self):
        for kind, values, outcome in (
            ("paid", {"reference": "VIR 7"}, "paid"),
            ("contact", {"name": "Ana"}, "wrong_person"),
        ):
            notice = self._sent(self.other, contact_ids=[(6, 0, self.customer.ids)])
            notice.line_ids.cancelled = False
            self._send(self._links(notice)[kind], **values)
            log = self._logs().filtered(lambda log, notice=notice: log.notice_id == notice)
            self.assertEqual(log.outcome_id, self.env.ref(f"credit_collection.outcome_{outcome}"))
            notice.line_ids.unlink()
        self.assertTrue(self.customer.sudo().credit_wrong_person_date)
        item = self._item(self.invoice)
        self._send(
            self._links()["dispute"],
            item=[self.invoice],
            note="Short",
            category=self.env.ref("credit_collection.dispute_category_quantity").id,
            files=[("note.pdf", PDF)],
            **{f"amount_{item.id}": "30"},
        )
        dispute = self._logs().dispute_id
        self.assertEqual((dispute.source, dispute.amount), ("link", 30))
        self.assertEqual(dispute.message_ids.attachment_ids.mapped("name"), ["note.pdf"])

    def test_a_link_answers_once(self):
        links = self._links()
        self._send(links["paid"], note="Yesterday")
        for kind in ("paid", "promise"):
            answer = self._send(links[kind], item=[self.invoice], day=self._day(6))
            self.assertIn("already answered", answer)
        self.assertEqual(len(self._logs()), 1)

    def test_a_link_sent_twice_at_the_same_moment_answers_once(self):
        link = self._links()["paid"]
        page = self.url_open(link).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"csrf_token": token, "note": "x"}
        self.url_open(link, data=data)
        notices = self.env.registry["credit.followup.notice"]
        empty = self.env["credit.contact.log"].browse
        with (
            patch.object(notices, "_get_answer_of", lambda _self, _contact: empty()),
            self.assertLogs("odoo.sql_db", "ERROR"),
        ):
            self.assertIn("already reached us", self.url_open(link, data=data).text)
        self.assertEqual(len(self._logs()), 1)

    def test_a_link_expires(self):
        link = self._links()["paid"]
        with freeze_time(fields.Datetime.now() + timedelta(31)):
            self.assertFalse(
                self.env["credit.followup.notice"]._find_answered(link.split("/")[3])[0]
            )

    def test_a_link_that_was_changed_or_guessed_is_not_valid(self):
        token = self._links()["paid"].split("/")[3]
        swapped = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
        for wrong in (token[:-4], swapped, "x", "AQ", token + "AAAA", "%00", "é", "a" * 3000):
            with self.subTest(wrong[:20]):
                answer = self._send(f"/credit/answer/{wrong}/paid", note="x")
                self.assertNotIn('method="POST"', answer)
        self.assertFalse(self._logs())

    def test_a_link_belongs_to_its_recipient_and_notice(self):
        self._enter()
        answer = self._send(self._links()["paid"], note="x")
        self.assertIn("belongs to another person", answer)
        self.authenticate(self.collector.login, self.collector.login)
        self.assertIn("belongs to another person", self._send(self._links()["paid"], note="x"))
        self.logout()
        answer = self._send(self._links()["promise"], item=[self.other], day=self._day(5))
        self.assertIn("has been paid or changed", answer)
        self.notice.contact_ids = self.buyer.partner_id
        self.assertIn("not valid any more", self._send(self._links()["paid"], note="x"))
        self.assertFalse(self._logs())

    def test_what_was_paid_meanwhile_needs_no_answer(self):
        links = self._links()
        self._pay(self.invoice)
        for kind in links:
            self.assertIn("has been settled", self._send(links[kind], note="x"))
        self.assertFalse(self._logs())

    def test_more_than_is_owed_is_refused_and_the_link_may_be_used_again(self):
        link = self._links()["promise"]
        answer = self._send(link, item=[self.invoice], day=self._day(5), amount="101")
        self.assertIn("up to the", answer)
        self.assertIn("reached us", self._send(link, item=[self.invoice], day=self._day(5)))

    def test_a_notice_that_was_called_off_takes_no_answer(self):
        link = self._links()["paid"]
        self.notice.state = "cancelled"
        self.assertIn("not valid any more", self._send(link, note="x"))

    def test_each_recipient_has_its_own_links(self):
        buyer = self.buyer.partner_id
        notice = self._sent(self.other)
        notice.contact_ids = self.customer | buyer
        links = dict(notice._get_answer_links())
        self.assertEqual(set(links), {self.customer, buyer})
        path = links[buyer]["paid"]
        self._send(path[path.index("/credit/") :], note="x")
        self.assertEqual(self._logs().contact_id, buyer)
