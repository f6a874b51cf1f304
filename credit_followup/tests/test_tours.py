from odoo.tests import HttpCase, tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestTours(FollowupCommon, HttpCase):
    def test_a_collector_prepares_rejects_reads_and_approves(self):
        self.template.body_html = "<p>Please pay <t t-out='object._get_items_table()'/></p>"
        self._procedure([(8, "reminder", "email")])
        customers = {
            name: self._customer(f"Tour {name}", email=f"{name}@example.com", lang="en_US")
            for name in ("Late", "Spared", "Paused")
        }
        for customer in customers.values():
            self._invoice(150.0, days_late=20, customer=customer)
        self._pause(until=30, customer=customers["Paused"])
        self.env.flush_all()
        self.start_tour(
            "/odoo/action-credit_followup.action_credit_followup_run",
            "credit_followup_collector",
            login=self.collector.login,
            timeout=180,
        )
        notices = self.env["credit.followup.notice"].sudo().search([])
        states = {notice.partner_id.name: notice.state for notice in notices}
        self.assertEqual(states, {"Tour Late": "approved", "Tour Spared": "cancelled"})
        notices.filtered(lambda notice: notice.state == "approved")._send(self.today)
        mail = notices.mail_id
        self.assertEqual(len(mail), 1)
        self.assertIn("150.00", mail.body_html)
        self.assertEqual(mail.state, "outgoing")
