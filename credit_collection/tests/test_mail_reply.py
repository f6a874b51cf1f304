from odoo.tests import tagged

from .common_portal import PortalCommon

_REPLY = """\
From: {sender}
To: {to}
Subject: Re: Reminder
Message-Id: <{number}@customer.example.com>
In-Reply-To: {reference}
References: {references}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"

{text}

On Monday, Accounts wrote:
> Please pay
"""


@tagged("post_install", "-at_install")
class TestMailReply(PortalCommon):
    """A reply by e-mail to a reminder is on the customer's timeline and on top of the worklist."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(100, days_late=40)
        self.notice = self._sent(self.invoice, contact_ids=[(6, 0, self.customer.ids)])

    def _reply(self, text, sender="customer@example.com", *others, number=1):
        references = [self._get_mails(notice).message_id for notice in (self.notice, *others)]
        self.env["mail.thread"].sudo().message_process(
            False,
            _REPLY.format(
                sender=sender,
                to="accounts@example.com",
                number=number,
                reference=references[0],
                references=" ".join(references),
                text=text,
            ),
        )
        return self._logs()

    def test_a_reply_is_read_first(self):
        self._invoice(9000, days_late=90, customer=self._customer("Much worse"))
        log = self._reply("We paid yesterday.")
        self.assertEqual(
            (log.direction, log.channel, log.contact_id, log.notice_id, log.to_read),
            ("in", "email", self.customer, self.notice, True),
        )
        self.assertIn("We paid yesterday", log.note)
        self.assertNotIn("Please pay", log.note)
        self.assertEqual(self._top().partner_id, self.customer)
        events = (
            self.env["credit.timeline"]
            .with_user(self.collector)
            .search([("profile_id", "=", log.profile_id.id)])
        )
        self.assertIn("contact", events.mapped("kind"))

    def test_a_reply_of_an_unknown_sender_names_it(self):
        log = self._reply("Wrong address", "Somebody <else@example.com>")
        self.assertFalse(log.contact_id)
        self.assertIn("else@example.com", log.note)

    def test_what_a_colleague_writes_is_no_answer(self):
        self.collector.email = "collector@company.example.com"
        self.assertFalse(self._reply("I called them", "collector@company.example.com"))
        self.notice.with_user(self.collector).message_post(body="Note")
        self.assertFalse(self._logs())

    def test_an_email_that_answers_two_reminders_is_noted_once(self):
        other = self._sent(self._invoice(50, days_late=40), contact_ids=[(6, 0, self.customer.ids)])
        self.assertEqual(len(self._reply("Both are paid", "customer@example.com", other)), 1)
