from odoo.exceptions import AccessError, ValidationError

from .common_worklist import WorklistCommon


class TestTarget(WorklistCommon):
    def _target(self, user=None, **values):
        return (
            self.env["credit.collection.target"]
            .with_user(user or self.manager)
            .create({"user_id": self.collector.id, "amount": 1000.0, **values})
        )

    def test_what_came_in_stands_beside_the_target(self):
        self._profile(analyst_id=self.collector.id)
        invoice = self._invoice(300.0, days_late=12)
        self._register_payment(invoice, payment_date=self.today)
        self._contact("answered")
        self._contact("no_answer")
        self._target()
        row = (
            self.env["credit.collection.performance"]
            .with_user(self.collector)
            .search(
                [("user_id", "=", self.collector.id), ("month", "=", self.today.replace(day=1))]
            )
        )
        self.assertEqual((row.target, row.collected, row.delay), (1000.0, 300.0, 12.0))
        self.assertEqual((row.contacts, row.conversations), (2, 1))

    def test_there_is_one_target_a_month(self):
        self._target()
        with self.assertRaisesRegex(ValidationError, "Change that target"):
            self._target()

    def test_a_collector_sets_no_target(self):
        with self.assertRaises(AccessError):
            self._target(user=self.collector)

    def test_the_agenda_shows_call_backs_and_promises(self):
        self._invoice(100.0, days_late=5)
        self._contact("promise", days=6, amount=60.0)
        self._contact("callback", days=3)
        days = self.env["credit.agenda"].with_user(self.collector).search([])
        self.assertEqual(days.mapped("kind"), ["callback", "promise"])
        self.assertEqual(days[1].amount, 60.0)
