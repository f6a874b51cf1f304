import random
from datetime import timedelta

from odoo.addons.credit_collection.rules.worklist_score import urgency, weigh
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from .common_worklist import WorklistCommon


class TestWorklist(WorklistCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._customer("Other")
        cls.strategy = cls.env.ref("credit_collection.strategy_standard").sudo()

    def _portfolio(self, **values):
        return (
            self.env["credit.portfolio"]
            .with_user(self.manager)
            .create({"name": "All", "user_id": self.collector.id, **values})
        )

    # === WHO IS CALLED TODAY === #

    def test_who_owes_nothing_late_is_not_called(self):
        self._invoice(100.0)
        self._profile()
        self.assertNotToday()

    def test_what_is_late_is_asked_for(self):
        self._invoice(100.0, days_late=5)
        self._profile()
        self.assertToday()
        row = self._row()
        self.assertEqual((row.to_chase, row.days_late, row.overdue_amount), (100.0, 5, 100.0))

    def test_a_customer_without_a_credit_file_gets_one_every_night(self):
        self._invoice(100.0, days_late=5)
        self.env["credit.profile"].sudo()._open_files_of_debtors()
        self.assertToday()

    def test_credits_are_taken_off_what_is_asked_for(self):
        self._invoice(100.0, days_late=5)
        self._invoice(70.0, days_late=1, move_type="out_refund")
        self._profile()
        self.assertEqual(self._row().to_chase, 30.0)

    def test_what_is_paused_is_not_asked_for(self):
        invoice = self._invoice(100.0, days_late=5)
        self._invoice(40.0, days_late=5)
        self._profile()
        self._pause(until=10, items=self._item(invoice))
        row = self._row()
        self.assertEqual((row.to_chase, row.overdue_amount), (40.0, 140.0))

    def test_what_is_promised_is_not_asked_for_until_its_day(self):
        self._invoice(100.0, days_late=5)
        log = self._contact("promise", days=6, amount=100.0)
        self.assertEqual(log.promise_id.amount, 100.0)
        row = self._row()
        self.assertEqual((row.to_chase, row.promised), (0.0, 100.0))
        self.assertEqual(row.promise_date, self.today + timedelta(6))
        self.assertNotToday()

    def test_a_promise_that_is_broken_comes_back_first(self):
        self._invoice(100.0, days_late=50)
        log = self._contact("promise", days=0, amount=100.0).sudo()
        log.write({"date": log.date - timedelta(10), "next_date": self.today - timedelta(9)})
        log.promise_id.write({"state": "broken", "date_judged": self.today})
        row = self._row()
        self.assertEqual((row.urgency, row.broken_promises), ("broken", 1))

    def test_a_call_back_is_on_its_day_and_not_before(self):
        self._invoice(100.0, days_late=5)
        log = self._contact("callback", days=3)
        self.assertNotToday()
        log.sudo().next_date = self.today
        self.assertToday()
        self.assertEqual(self._row().urgency, "callback")

    def test_a_call_back_is_kept_even_where_nothing_is_late(self):
        self._contact("callback", days=0)
        self.assertToday()

    def test_a_customer_is_left_in_peace_for_the_days_of_rest(self):
        self._invoice(100.0, days_late=50)
        self._contacted(self.strategy.rest_days - 1)
        self.assertNotToday()
        self._contacted(self.strategy.rest_days).sudo()
        self.env["credit.contact.log"].sudo().search([], limit=1)  # the newest decides
        self.assertNotToday()

    def test_after_the_days_of_rest_the_customer_comes_back(self):
        self._invoice(100.0, days_late=50)
        self._contacted(self.strategy.rest_days)
        self.assertToday()

    def test_who_owes_less_than_the_minimum_is_not_called(self):
        self.strategy.minimum_amount = 100.0
        self._invoice(100.0, days_late=5)
        self._profile()
        self.assertNotToday()

    # === ORDER === #

    def test_the_larger_and_older_debt_comes_first_and_says_why(self):
        self._invoice(60000.0, days_late=95)
        self._invoice(600.0, days_late=3, customer=self.other)
        files = self._profile() | self._profile(self.other)
        found = (
            self.env["credit.profile"]
            .with_user(self.collector)
            .search([("id", "in", files.ids)], order="score desc, id")
        )
        self.assertEqual(found.partner_id, self.customer | self.other)
        self.assertEqual(found[0].partner_id, self.customer)
        self.assertIn("95 days late", found[0].why)
        self.assertIn("never contacted", found[0].why)

    def test_the_list_and_the_rule_score_alike(self):
        """Random debts and strategies: what the database orders by is what the rule says of the same facts."""
        chance = random.Random(13)
        classes = self.env["credit.risk.class"].sudo().search([])
        for number in range(8):
            customer = self._customer(f"Chance {number}")
            if number % 4:
                self._invoice(
                    chance.choice([3.0, 700.0, 12000.0]), chance.randint(1, 130), customer
                )
            self._profile(customer).sudo().risk_class_id = classes and chance.choice(classes)
            if number % 3 == 1:
                self._contacted(chance.randint(1, 40), customer)
        worklist = self.env["credit.worklist"]
        files = worklist.sudo().search([("company_id", "=", self.company.id)]).profile_id
        for _turn in range(4):
            self._draw_strategy(chance, classes)
            rows = worklist._read_rows(files, self.today)
            for row in rows.values():
                facts = {name: row.get(f"fact_{name}") for name in worklist._get_facts()}
                score, _parts = weigh(self.strategy._to_rule(), facts)
                self.assertAlmostEqual(float(row["score"]), score, delta=0.011)
                thresholds = (self.strategy.high_score, self.strategy.medium_score)
                if row["is_today"]:
                    self.assertEqual(
                        row["urgency"],
                        urgency(float(row["score"]), thresholds, row["has_callback"]),
                    )

    def _draw_strategy(self, chance, classes):
        kinds = chance.sample(sorted(self.env["credit.worklist"]._get_facts()), 4)
        self.strategy.criterion_ids.unlink()
        self.strategy.criterion_ids = [
            Command.create(
                {
                    "kind": kind,
                    "weight": chance.randint(1, 5),
                    "bracket_ids": [
                        Command.create(
                            {
                                "minimum": 10 * n,
                                "points": 10 * chance.randint(0, 10),
                                "risk_class_id": classes[n].id if kind == "risk_class" else False,
                            }
                        )
                        for n in range(min(3, len(classes)) if kind == "risk_class" else 3)
                    ],
                }
            )
            for kind in kinds
        ]

    def test_two_lines_from_the_same_figure_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "Remove one of them"):
            self.strategy.criterion_ids[0].bracket_ids = [
                Command.create({"minimum": 0.01, "points": 5})
            ]

    # === WHOSE CUSTOMERS === #

    def test_the_first_portfolio_that_fits_has_the_customer(self):
        self._invoice(5000.0, days_late=5)
        self._profile()
        self._profile(self.other)
        large = self._portfolio(name="Large", domain="[('overdue', '>', 1000)]", sequence=1)
        rest = self._portfolio(user_id=self.manager.id, sequence=2)
        self.assertEqual(self._row().portfolio_id, large)
        self.assertEqual(self._row(self.other).portfolio_id, rest)
        self.assertEqual(self._row(self.other).collector_id, self.manager)

    def test_without_a_portfolio_the_analyst_has_the_customer(self):
        self._profile(analyst_id=self.collector.id)
        self.assertEqual(self._row().collector_id, self.collector)

    def test_a_stand_in_has_the_customers_during_the_absence_only(self):
        self._profile()
        portfolio = self._portfolio(
            deputy_id=self.manager.id, absent_from=self.today, absent_to=self.today
        )
        self.assertEqual(self._row().collector_id, self.manager)
        mine = [("collector_id", "=", self.manager.id)]
        files = self.env["credit.profile"].with_user(self.collector)
        self.assertIn(self.customer, files.search(mine).partner_id)
        portfolio.write(
            {
                "absent_from": self.today - timedelta(9),
                "absent_to": self.today - timedelta(1),
            }
        )
        self.assertEqual(self._row().collector_id, self.collector)

    def test_an_absence_is_complete_or_none(self):
        with self.assertRaisesRegex(ValidationError, "Fill in all three"):
            self._portfolio(absent_from=self.today)

    def test_a_filter_that_cannot_be_read_is_refused(self):
        for domain in ("[('nothing', '=', 1)]", "[(", "[('score', '>', 3)]"):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self._portfolio(domain=domain)

    def test_a_portfolio_is_of_somebody_who_works_with_credit(self):
        with self.assertRaisesRegex(ValidationError, "has no credit access"):
            self._portfolio(user_id=self.salesperson.id)

    def test_a_collector_makes_no_portfolio(self):
        with self.assertRaises(AccessError):
            self.env["credit.portfolio"].with_user(self.collector).create(
                {"name": "Mine", "user_id": self.collector.id}
            )

    def test_a_salesperson_sees_no_worklist(self):
        for model in ("credit.worklist", "credit.contact.log", "credit.timeline"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.salesperson).search([])

    def test_companies_are_apart(self):
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        theirs = self.env["credit.profile"].sudo()._ensure(self.other, company)
        rows = self.env["credit.worklist"].with_user(self.collector)
        self.assertFalse(rows.search([("id", "=", theirs.id)]))
        with self.assertRaises(AccessError):
            theirs.with_user(self.collector).read(["score", "why"])

    # === THE PAGE === #

    def test_the_page_tells_what_happened_in_twelve_months(self):
        invoice = self._invoice(100.0, days_late=50)
        self._contact("message_left", note="With the switchboard")
        self._register_payment(invoice, payment_date=self.today)
        self.env.flush_all()
        events = self._profile().with_user(self.collector).timeline_ids
        self.assertEqual(set(events.mapped("kind")), {"contact", "payment"})
        texts = " ".join(events.mapped("text"))
        self.assertIn("Message left – With the switchboard", texts)

    def test_every_search_of_the_list_works(self):
        self._invoice(100.0, days_late=50)
        file = self._profile(analyst_id=self.collector.id)
        files = self.env["credit.profile"].with_user(self.collector)
        for domain in (
            [("is_today", "=", True)],
            [("is_today", "!=", False)],
            [("urgency", "in", ["medium", "low", "high"])],
            [("collector_id", "=", self.collector.id)],
            [("collector_id", "ilike", self.collector.name)],
            [("portfolio_id", "=", False)],
            [("to_chase", ">=", 100)],
            [("last_contact_date", "=", False)],
        ):
            with self.subTest(domain):
                self.assertIn(file, files.search(domain))
        self.assertFalse(files.search([("id", "=", file.id), ("is_today", "=", False)]))
        groups = files._read_group([("id", "=", file.id)], ["urgency"], ["to_chase:sum"])
        self.assertEqual([amount for _urgency, amount in groups], [100.0])
