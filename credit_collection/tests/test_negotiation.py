from datetime import timedelta

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

    def test_a_default_of_the_context_grants_nothing(self):
        requests = self.env["credit.negotiation.request"].with_user(self.collector)
        values = {"profile_id": self._profile().id, "kind": "days", "asked": 3, "reason": "Test"}
        with self.assertRaises(AccessError):
            requests.with_context(default_state="granted").create(values)
        for name in ("requested_by", "decided_by"):
            request = requests.with_context(**{f"default_{name}": self.manager.id}).create(values)
            self.assertNotEqual(request[name], self.manager)
        log = self.env["credit.contact.log"].with_user(self.collector)
        log = log.with_context(default_user_id=self.manager.id).create(
            {
                "profile_id": self._profile().id,
                "outcome_id": self.env.ref("credit_collection.outcome_answered").id,
            }
        )
        self.assertEqual(log.user_id, self.collector)

    def test_nobody_lengthens_an_own_concession(self):
        request = self.env["credit.negotiation.request"].with_user(self.manager)
        request = request.create(
            {"profile_id": self._profile().id, "kind": "days", "asked": 3, "reason": "Test"}
        )
        with self.assertRaisesRegex(AccessError, "your own request"):
            request.valid_until = "2099-01-01"

    def test_a_promise_that_no_contact_made_is_within_the_margin_too(self):
        self._invoice(100.0, days_late=5)
        promises = self.env["credit.promise"].with_user(self.collector)
        values = {"partner_id": self.customer.id, "amount": 100.0}
        with self.assertRaises(RedirectWarning), self.env.cr.savepoint():
            promises.create({**values, "date": self.today + timedelta(30)})
        self.assertTrue(promises.create({**values, "date": self.today + timedelta(10)}))

    def test_the_day_of_a_proposed_plan_stays(self):
        invoice = self._invoice(100.0, days_late=5)
        plans = self.env["credit.payment.plan"].with_user(self.collector)
        late = self.today + timedelta(90)
        line = {"item_id": self._item(invoice).id, "amount": 100.0}
        plan = plans.create(
            {
                "partner_id": self.customer.id,
                "date_first": late,
                "number": 1,
                "line_ids": [(0, 0, line)],
            }
        )
        plan.action_propose()
        with self.assertRaisesRegex(UserError, "Ask a credit manager"):
            plan.action_agree()
        with self.assertRaisesRegex(UserError, "no longer be changed"):
            plan.date = self.today - timedelta(5)

    def test_an_action_takes_amounts_and_notes_only(self):
        invoice = self._invoice(100.0, days_late=5)
        dispute = self.env["credit.dispute"].with_user(self.collector)
        dispute = dispute.create(
            {
                "partner_id": self.customer.id,
                "category_id": self.env["credit.dispute.category"].search([], limit=1).id,
                "line_ids": [(0, 0, {"item_id": self._item(invoice).id, "amount": 50.0})],
            }
        )
        for amount in ("x", [], float("nan"), float("inf"), True):
            with self.subTest(amount=amount), self.assertRaises(UserError):
                dispute.action_accept(amount)
        with self.assertRaises(UserError):
            dispute.action_accept(1.0, "refusal")
        dispute.action_refuse({"not": "a text"})
        self.assertFalse(dispute.reason)
