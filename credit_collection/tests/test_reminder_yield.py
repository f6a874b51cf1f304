from odoo.exceptions import AccessError

from .common_worklist import WorklistCommon


class TestReminderYield(WorklistCommon):
    def test_cost_and_days_gained_stand_beside_what_came_in(self):
        """The customer used to pay 40 days late; after the reminder it paid at 20."""
        before = self._invoice(100.0, days_late=80)
        self._register_payment(before, payment_date=self.today.replace(day=1))
        habit = (self.today.replace(day=1) - before.invoice_date_due).days
        self.env["credit.channel.cost"].with_user(self.manager).create(
            {"channel": "email", "amount": 0.5}
        )
        self._procedure([(8, "reminder", "email")])
        invoice = self._invoice(500.0, days_late=20)
        run = self._run_sent()
        self._register_payment(invoice, payment_date=self.today)
        self.env.flush_all()
        row = (
            self.env["credit.followup.analysis"]
            .with_user(self.collector)
            .search([("notice_id", "in", run.sudo().notice_ids.ids)])
        )
        self.assertEqual((row.cost, row.collected_30, row.unattended_share), (0.5, 500.0, 0.0))
        if self.today.day > 1:  # the payment of the first of the month is before the notice
            self.assertEqual(row.days_gained, habit - 20)

    def test_a_collector_sets_no_cost(self):
        with self.assertRaises(AccessError):
            self.env["credit.channel.cost"].with_user(self.collector).create(
                {"channel": "email", "amount": 0.5}
            )
