from odoo.exceptions import AccessError, RedirectWarning, UserError

from .common_worklist import WorklistCommon


class TestNegotiation(WorklistCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.margin = (
            cls.env["credit.negotiation.margin"]
            .with_user(cls.manager)
            .create({"max_days": 10, "max_discount": 5.0, "max_waiver": 20.0})
        )

    def _ask(self, asked=30, kind="days"):
        action = self._profile().with_user(self.collector)._action_ask(kind, asked)
        requests = self.env["credit.negotiation.request"].with_user(self.collector)
        return requests.with_context(**action["context"]).create({"reason": "A good customer"})

    def test_a_promise_within_the_margin_needs_nobody(self):
        self._invoice(100.0, days_late=5)
        self.assertTrue(self._contact("promise", days=10, amount=100.0).promise_id)

    def test_a_promise_beyond_the_margin_asks_the_manager_and_is_made_once_granted(self):
        self._invoice(100.0, days_late=5)
        with (
            self.assertRaisesRegex(RedirectWarning, "at most 10 days to pay yourself"),
            self.env.cr.savepoint(),
        ):
            self._contact("promise", days=30, amount=100.0)
        request = self._ask(30)
        self.assertEqual((request.margin, request.state), (10.0, "asked"))
        self.assertTrue(request.sudo().activity_ids)
        request.with_user(self.manager).action_grant()
        self.assertFalse(request.sudo().activity_ids)
        self.assertEqual(request.sudo().decided_by, self.manager)
        self.assertTrue(self._contact("promise", days=30, amount=100.0).promise_id)

    def test_what_is_refused_or_over_grants_nothing(self):
        self._invoice(100.0, days_late=5)
        refused, late = self._ask(), self._ask()
        refused.with_user(self.manager).action_refuse()
        late.with_user(self.manager).valid_until = "2020-01-01"
        late.with_user(self.manager).action_grant()
        with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
            self._contact("promise", days=30, amount=100.0)

    def test_managers_grant_what_they_see_fit(self):
        self._invoice(100.0, days_late=5)
        log = self._contact("promise", days=90, amount=100.0, user=self.manager)
        self.assertTrue(log.promise_id)

    def test_nobody_decides_an_own_request_nor_a_collector_any(self):
        request = self._ask()
        with self.assertRaises(AccessError):
            request.action_grant()
        own = (
            self.env["credit.negotiation.request"]
            .with_user(self.manager)
            .create(
                {"profile_id": self._profile().id, "kind": "days", "asked": 3, "reason": "Test"}
            )
        )
        with self.assertRaisesRegex(AccessError, "your own request"):
            own.action_grant()
        with self.assertRaises(AccessError):
            self.env["credit.negotiation.request"].with_user(self.collector).create(
                {
                    "profile_id": self._profile().id,
                    "kind": "days",
                    "asked": 3,
                    "reason": "Test",
                    "state": "granted",
                }
            )

    def test_a_decision_is_made_once(self):
        request = self._ask()
        request.with_user(self.manager).action_refuse()
        with self.assertRaisesRegex(UserError, "already decided"):
            request.with_user(self.manager).action_grant()

    def test_the_margin_of_the_class_comes_before_that_of_everybody(self):
        risky = self.env["credit.risk.class"].sudo().create({"name": "Risky"})
        self.env["credit.negotiation.margin"].with_user(self.manager).create(
            {"risk_class_id": risky.id, "max_days": 2}
        )
        file = self._profile(risk_class_id=risky.id).with_user(self.collector)
        self.assertEqual(file._get_margin("days"), 2)
        self.assertIn("2 days", file.margin_text)

    def test_a_discount_beyond_the_margin_asks_the_manager(self):
        invoice = self._invoice(100.0, days_late=5)
        dispute = (
            self.env["credit.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "category_id": self.env["credit.dispute.category"].search([], limit=1).id,
                    "line_ids": [(0, 0, {"item_id": self._item(invoice).id, "amount": 50.0})],
                }
            )
        )
        with self.assertRaises(RedirectWarning):
            dispute.action_accept(50.0, "discount", "A gesture")

    def test_a_collector_sets_no_margin(self):
        with self.assertRaises(AccessError):
            self.margin.with_user(self.collector).max_days = 100
