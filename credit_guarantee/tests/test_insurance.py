from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError

from .common import GuaranteeCommon


class TestInsurance(GuaranteeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(cls)

    def _cover(self, amount=1_000.0, **values):
        """A named cover that began long ago."""
        values = {"insurance_policy_id": self.contract.id, "date_from": "2000-01-01"} | values
        return self._guarantee(amount, "insurance", **values)

    def _item(self):
        items = self.env["credit.insurance.item"].with_user(self.analyst)
        items.invalidate_model()
        return items.search([("partner_id", "=", self.customer.id)])

    def _hold(self):
        order = self._order(5.0)
        order.action_confirm()
        return order

    def test_an_item_not_declared_in_time_stops_the_cover_until_it_is(self):
        self._policy(cover_stopped={})
        self._limit(100.0)
        self._cover(quota=50.0, effect="limit")
        self._invoice(10.0, days_late=30)
        self.assertEqual(self._limit_now(), 600.0, "its last day")
        self.assertPassed(self._hold())
        self._invoice(10.0, days_late=31)
        self.assertEqual(self._limit_now(), 100.0)
        hold = self.assertHeld(self._hold(), "cover_stopped")
        self.assertIn("1 day", hold.reason_summary)
        self._item().action_declare()
        self.assertEqual(self._limit_now(), 600.0)
        self.assertPassed(self._hold())

    def test_the_extension_period_stops_it_even_when_declared_until_it_is_paid(self):
        self._policy(cover_stopped={})
        self._cover()
        invoice = self._invoice(10.0, days_late=61)
        self._item().action_declare()
        self.assertHeld(self._hold(), "cover_stopped")
        self._pay(invoice)
        self.assertPassed(self._hold())

    def test_a_customer_without_insurance_is_not_concerned(self):
        self._policy(cover_stopped={})
        self._invoice(10.0, days_late=200)
        self.assertPassed(self._hold())
        self.assertFalse(self._item())

    def test_each_unpaid_item_says_what_is_due_next_and_until_when_cover_lasts(self):
        self.contract.handover_days = 90
        self._cover()
        due = self.today - timedelta(10)
        self._invoice(10.0, days_late=10)
        self._invoice(10.0)
        item = self._item()
        self.assertEqual(len(item), 1, "what is not due is not listed")
        self.assertEqual(
            (item.next_step, item.next_date, item.last_cover_date),
            ("declare", due + timedelta(30), due + timedelta(30)),
        )
        item.action_declare()
        item = self._item()
        self.assertEqual(
            (item.next_step, item.next_date, item.last_cover_date, item.declared_date),
            ("hand_over", due + timedelta(90), due + timedelta(60), self.today),
        )
        item.action_hand_over()
        self.assertFalse(self._item().next_step)
        declared = (
            self.env["credit.insurance.declaration"]
            .sudo()
            .search([("item_id", "=", item.item_id.id)])
        )
        self.assertEqual(declared.user_id, self.analyst)
        self.assertEqual(set(declared.mapped("step")), {"declare", "hand_over"})

    def test_a_named_person_is_warned_once_before_the_deadline(self):
        cover = self._cover()
        items = self.env["credit.insurance.item"].sudo()
        self._invoice(10.0, days_late=22)
        self.assertFalse(items._search_near(self.today))
        self._invoice(10.0, days_late=24)
        near = items._search_near(self.today)
        self.assertEqual(len(near), 1)
        near._warn(cover, self.today)
        near._warn(cover, self.today)
        self.assertEqual(cover.activity_ids.user_id, self.analyst)
        self.assertEqual(len(cover.activity_ids), 1)

    def test_the_end_of_the_contract_ends_its_covers(self):
        self._limit(100.0)
        cover = self._cover(effect="limit", quota=100.0)
        self.assertEqual(self._limit_now(), 1_100.0)
        self.contract.date_to = self.today - timedelta(1)
        self.assertEqual(self._limit_now(), 100.0)
        self.assertTrue(cover.is_expired)

    def test_unnamed_cover_stays_within_the_contract(self):
        self.contract.unnamed_limit = 50.0
        values = {"insurance_policy_id": self.contract.id}
        with self.assertRaisesRegex(ValidationError, "unnamed cover up to"), self.cr.savepoint():
            self._guarantee(51.0, "unnamed", **values)
        self._guarantee(50.0, "unnamed", **values)

    def test_who_may_not_see_the_items_may_not_declare_them(self):
        self._cover()
        self._invoice(10.0, days_late=10)
        item = self._item()
        with self.assertRaises(AccessError):
            item.with_user(self.salesperson).action_declare()
        declarations = self.env["credit.insurance.declaration"].with_user(self.manager)
        with self.assertRaises(AccessError):
            declarations.create({"item_id": item.item_id.id, "step": "declare"})
        with self.assertRaises(AccessError):
            self.contract.with_user(self.analyst).write({"extension_days": 900})
