from datetime import timedelta

from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestFigures(CreditCommon):
    def test_overdue_is_net_of_credits_and_due_today_is_not_late(self):
        self._invoice(100.0, days_late=0)
        profile = self._profile()
        self.assertEqual((profile.overdue, profile.oldest_due_days), (0.0, 0))
        self._invoice(300.0, days_late=12)
        self._invoice(50.0, days_late=3)
        profile.invalidate_recordset()
        self.assertEqual((profile.overdue, profile.oldest_due_days), (350.0, 12))
        self._pay_on_account(330.0)
        profile.invalidate_recordset()
        self.assertEqual((profile.overdue, profile.oldest_due_days), (20.0, 12))
        self._pay_on_account(500.0)
        profile.invalidate_recordset()
        self.assertEqual((profile.overdue, profile.oldest_due_days), (0.0, 0))

    def test_available_and_share_used_follow_the_limit(self):
        self._limit(1000.0)
        self._invoice(250.0)
        profile = self._profile()
        self.assertEqual(
            (profile.credit_limit, profile.available, profile.limit_used), (1000.0, 750.0, 25.0)
        )

    def test_searching_and_sorting_say_what_reading_says(self):
        customers = [self._customer(f"C{n}") for n in range(6)]
        for number, customer in enumerate(customers):
            self._invoice(100.0 * (number + 1), days_late=number - 1, customer=customer)
            if number % 3:
                self._limit(250.0 * number, customer)
        self._profile(customers[0], credit_mode="prepaid")
        self._profile(customers[3])
        self.env.flush_all()
        profiles = (
            self.env["credit.profile"]
            .sudo()
            .search([("partner_id", "in", [c.id for c in customers])])
        )
        self.assertEqual(len(profiles), 6)
        limited = profiles.filtered(lambda profile: profile.credit_mode != "unlimited")
        for name in (
            "credit_limit",
            "exposure",
            "overdue",
            "oldest_due_days",
            "available",
            "limit_used",
        ):
            judged = profiles if name in ("exposure", "overdue", "oldest_due_days") else limited
            for operator, value, compare in [
                ("<", 300.0, lambda a, b: a < b),
                (">=", 300.0, lambda a, b: a >= b),
                ("=", 0.0, lambda a, b: a == b),
                ("!=", 0.0, lambda a, b: a != b),
            ]:
                with self.subTest(name, operator=operator):
                    found = judged.search([("id", "in", judged.ids), (name, operator, value)])
                    if name == "limit_used":  # no share of a limit of nothing
                        found, judged = (
                            found.filtered("credit_limit"),
                            judged.filtered("credit_limit"),
                        )
                    self.assertEqual(found, judged.filtered(lambda p: compare(p[name], value)))  # noqa: B023
            with self.subTest(name, sorted=True):
                ordered = judged.search([("id", "in", judged.ids)], order=f"{name} desc, id")
                self.assertEqual(ordered.mapped(name), sorted(judged.mapped(name), reverse=True))

    def test_unlimited_is_no_number(self):
        profile = self._profile()
        self.assertEqual(profile.credit_mode, "unlimited")
        self.assertFalse(profile.search([("id", "=", profile.id), ("available", "<", 10**12)]))

    def test_reading_many_files_costs_as_many_queries_as_reading_two(self):
        customers = self.env["res.partner"].browse([self._customer(f"C{n}").id for n in range(30)])
        for customer in customers:
            self._invoice(10.0, customer=customer)
        profiles = self.env["credit.profile"].sudo()._ensure(customers, self.company)
        self.env.flush_all()
        counts = []
        for batch in (profiles[:1], profiles[:2], profiles):  # the first warms the caches
            self.env.invalidate_all()
            batch.fetch(["partner_id", "company_id", "status", "credit_mode"])
            before = self.env.cr.sql_log_count
            batch.mapped("exposure")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_the_temporary_limit_runs_and_falls_back(self):
        self._limit(1000.0)
        self._limit(5000.0, kind="temporary", date_to=self.today + timedelta(5))
        profile = self._profile()
        self.assertEqual((profile.credit_limit, profile.limit_expiry), (5000.0, False))
        for days, expected in ((5, 5000.0), (6, 1000.0)):
            [position] = profile._read_positions(
                {profile._get_customer()}, self.today + timedelta(days)
            ).values()
            self.assertEqual(position.credit_limit, expected)

    def test_the_limit_comes_from_the_nearest_decision(self):
        self.company.sudo().write(
            {"credit_management_default_mode": "limited", "credit_management_default_limit": 100.0}
        )
        self.assertEqual(self._profile().credit_limit, 100.0)
        self.policy.sudo().write({"has_default_limit": True, "default_limit": 200.0})
        self.assertEqual(self._profile().credit_limit, 200.0)
        risk_class = (
            self.env["credit.risk.class"]
            .sudo()
            .create({"name": "Class", "has_default_limit": True, "default_limit": 0.0})
        )
        self.assertEqual(self._profile(risk_class_id=risk_class.id).credit_limit, 0.0)
        self._limit(400.0)
        self.assertEqual(self._profile().credit_limit, 400.0)
