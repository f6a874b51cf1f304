from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestMyCustomers(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._user("colleague", "sales_team.group_sale_salesman")
        cls.outsider = cls._user("outsider", "base.group_user")
        cls.customer.user_id = cls.salesperson
        cls.partners = cls.env["res.partner"].with_user(cls.salesperson)

    def _mine(self, *domain, user=None):
        return self.partners.with_user(user or self.salesperson).search(
            [("credit_is_my_customer", "=", True), *domain]
        )

    def _read(self, customer=None):
        self.env.flush_all()
        self.env.invalidate_all()
        [values] = self.partners.browse((customer or self.customer).id).read(
            ["credit_may_buy", "credit_has_ceiling", "credit_to_order", "credit_summary"]
        )
        return values

    def test_mine_are_those_i_follow_or_have_an_order_of(self):
        ordering = self._customer("Ordering")
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": ordering.id})
        self._order(10.0, contact)
        stranger = self._customer("Stranger")
        self.assertEqual(
            self._mine() & (self.customer | ordering | contact | stranger), self.customer | ordering
        )
        self.assertFalse(self._mine(user=self.colleague) & (self.customer | ordering))
        self.assertTrue(self.partners.browse(ordering.id).credit_is_my_customer)
        self.assertFalse(self.partners.browse(stranger.id).credit_is_my_customer)

    def test_who_may_buy_for_how_much(self):
        self.assertEqual(self._read()["credit_may_buy"], "yes")
        self.assertFalse(self._read()["credit_has_ceiling"])
        self._limit(500.0)
        self._invoice(200.0)
        values = self._read()
        self.assertEqual((values["credit_may_buy"], values["credit_to_order"]), ("yes", 300.0))

    def test_who_is_blocked_and_why(self):
        self._limit(100.0)
        self._invoice(150.0)
        values = self._read()
        self.assertEqual((values["credit_may_buy"], values["credit_to_order"]), ("blocked", 0.0))
        self.assertIn("used up", values["credit_summary"])
        self.assertEqual(
            self.customer.with_user(self.salesperson).credit_may_buy_text, "Limit reached"
        )
        self._profile(status="blocked", status_reason="Bounced")
        self.assertEqual(self._read()["credit_may_buy"], "blocked")
        self.assertEqual(self.customer.with_user(self.salesperson).credit_may_buy_text, "Blocked")

    def test_a_limit_is_used_up_or_nearly_not_both(self):
        self._policy(over_limit={}, limit_used={"threshold": 80, "action": "warn"})
        self._limit(100.0)
        self._invoice(90.0)
        self.assertIn("nearly used up", self._read()["credit_summary"])
        self._invoice(60.0)
        self.assertNotIn("nearly", self._read()["credit_summary"])
        self._profile(credit_mode="prepaid")
        self.assertNotIn("used up", self._read()["credit_summary"])

    def test_no_exposure_and_nothing_overdue_is_told(self):
        self._policy(overdue_amount={"threshold": 5, "action": "warn"})
        self._limit(1000.0)
        self._invoice(137.0, days_late=20)
        values = self._read()
        self.assertEqual(values["credit_may_buy"], "warning")
        self.assertIn("overdue", values["credit_summary"])
        self.assertNotIn("137", str(values))

    def test_the_limit_of_the_group_leaves_less(self):
        head = self._customer("Head")
        self._limit(100.0, head)
        self._limit(1000.0)
        self._profile(parent_id=self._profile(head).id)
        self._invoice(30.0)
        self.assertEqual(self._read()["credit_to_order"], 70.0)

    def test_a_prepaid_customer_buys_with_care(self):
        self._profile(credit_mode="prepaid")
        values = self._read()
        self.assertEqual((values["credit_may_buy"], values["credit_to_order"]), ("warning", 0.0))

    def test_the_blocked_are_found(self):
        blocked, free = self._customer("Blocked", user_id=self.salesperson.id), self.customer
        self._limit(10.0, blocked)
        self._invoice(20.0, customer=blocked)
        self._limit(100.0)
        both = blocked | free
        self.assertEqual(self._mine(("credit_may_buy", "=", "blocked")) & both, blocked)
        self.assertEqual(self._mine(("credit_may_buy", "!=", "blocked")) & both, free)
        self.assertEqual(self._mine(("credit_may_buy", "=", "yes")) & both, free)

    def test_a_colleagues_customer_shows_nothing(self):
        self._order(10.0)
        self.customer.user_id = self.colleague
        self.assertIn(self.customer, self._mine(), "an order of mine")
        values = self._read()
        self.assertFalse(values["credit_may_buy"] or values["credit_summary"])
        self._limit(1.0)
        self._invoice(5.0)
        self.assertNotIn(self.customer, self._mine(("credit_may_buy", "=", "blocked")))

    def test_an_outsider_finds_and_sees_nothing(self):
        self._limit(1.0)
        self._invoice(5.0)
        partners = self.partners.with_user(self.outsider)
        self.assertFalse(partners.search([("credit_may_buy", "=", "blocked")]))
        customer = partners.browse(self.customer.id)
        self.assertFalse(customer.credit_may_buy or customer.credit_pending_hold_count)
        with self.assertRaises(AccessError):
            customer.action_view_credit_holds()

    def test_the_holds_waiting_open_and_are_own(self):
        self._limit(10.0)
        for user in (self.salesperson, self.salesperson, self.colleague):
            order = self._order(50.0, user=user)
            order.action_confirm()
            self.assertHeld(order)
        customer = self.partners.browse(self.customer.id)
        self.assertEqual(customer.credit_pending_hold_count, 2)
        action = customer.action_view_credit_holds()
        found = self.env["credit.hold"].with_user(self.salesperson).search(action["domain"])
        self.assertEqual(len(found), 2)

    def test_the_number_of_queries_depends_on_nothing(self):
        counts = []
        for size in (3, 12):
            customers = self.env["res.partner"].create(
                [
                    {"name": f"Customer {n}", "user_id": self.salesperson.id, "is_company": True}
                    for n in range(size)
                ]
            )
            for customer in customers[::2]:
                self._limit(10.0, customer)
            self._queries(customers)
            counts.append(self._queries(customers))
        self.assertEqual(*counts)

    def _queries(self, customers):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.partners.browse(customers.ids).read(
            ["credit_may_buy", "credit_to_order", "credit_summary", "credit_pending_hold_count"]
        )
        return self.cr.sql_log_count - before
