from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError

from .common import ReportingCommon

JUNE = date(2013, 6, 30)


class TestFigure(ReportingCommon):
    """Figures on a day long ago, when nobody else sold anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._customer("Other")
        cls.colleague = cls._user("colleague", "sales_team.group_sale_salesman")

    def _year(self):
        """1800 sold in the quarter, 1200 open at its end, 400 of it overdue."""
        paid = self._sold(600.0, date(2013, 4, 2), date(2013, 5, 2))
        self._paid(paid, date(2013, 5, 22))
        self._sold(400.0, date(2013, 5, 5), date(2013, 6, 10))
        self._sold(800.0, date(2013, 6, 20), date(2013, 7, 20), self.other, self.colleague)

    def test_the_figures_are_those_of_the_worked_example(self):
        self._year()
        names = (
            "receivable",
            "overdue",
            "not_due",
            "sales",
            "dso",
            "best_dso",
            "days_delinquent",
            "overdue_share",
        )
        found = self._measure(JUNE, *names, "delay_paid", "days_to_pay", "dso_count_back")
        values = {name: round(figure.value, 2) for name, figure in found.items()}
        self.assertEqual(
            values,
            {
                "receivable": 1200.0,
                "overdue": 400.0,
                "not_due": 800.0,
                "sales": 1800.0,
                "dso": 60.67,
                "best_dso": 40.44,
                "days_delinquent": 20.22,
                "overdue_share": 33.33,
                "delay_paid": 20.0,
                "days_to_pay": 50.0,
                "dso_count_back": 61.0,  # 800 of June, 400 of May
            },
        )

    def test_collection_effectiveness_starts_with_what_was_open_before_the_period(self):
        self._sold(600.0, date(2013, 2, 1), date(2013, 3, 1))
        self._year()
        # (600 + 1800 - 1800) / (600 + 1800 - 800)
        self.assertAlmostEqual(self._measure(JUNE, "cei")["cei"].value, 37.5)

    def test_a_figure_comes_by_any_dimension_in_one_query(self):
        self._year()
        found = self._measure(JUNE, "receivable", "dso", groupby=["salesperson_id"])
        amounts = {user.login: figures["receivable"].value for (user,), figures in found.items()}
        self.assertEqual(amounts, {self.salesperson.login: 400.0, self.colleague.login: 800.0})
        for name in (
            "partner_id",
            "team_id",
            "risk_class_id",
            "country_id",
            "industry_id",
            "group_id",
            "company_id",
        ):
            with self.subTest(name):
                self.assertTrue(self._measure(JUNE, "receivable", groupby=[name]))
        with self.assertQueryCount(1):
            self._measure(JUNE, "receivable", "dso", "cei", "delay", groupby=["partner_id"])

    def test_a_pivot_gets_the_figures_by_group_sorted(self):
        self._year()
        figures = self._figures(JUNE)
        rows = figures.formatted_read_group(
            [("company_id", "=", self.company.id)],
            ["partner_id"],
            ["overdue_share:avg"],
            order="overdue_share:avg desc",
        )
        self.assertEqual([row["overdue_share:avg"] for row in rows], [100.0, 0.0])
        sets = figures.formatted_read_grouping_sets(
            [("company_id", "=", self.company.id)], [[], ["partner_id"]], ["dso:avg"]
        )
        self.assertAlmostEqual(sets[0][0]["dso:avg"], 60.67, places=2)

    def test_where_nothing_was_sold_there_is_no_figure_and_why(self):
        day = date(2001, 1, 31)
        found = self._measure(
            day, "dso", "overdue_share", "cei", "delay", "year_cost", "dso_count_back"
        )
        self.assertEqual(
            {name: figure.why for name, figure in found.items()},
            {
                "dso": "no_sales",
                "overdue_share": "no_receivables",
                "cei": "nothing_collectable",
                "delay": "no_payments",
                "year_cost": "no_rate",
                "dso_count_back": "no_sales",
            },
        )
        for figure in found.values():
            self.assertIn("No figure", self.env["credit.figure"]._explain(figure.why))

    def test_a_customer_with_credits_alone_has_a_negative_balance_and_no_share(self):
        self._receipt(50.0, date(2013, 6, 1))
        found = self._measure(JUNE, "receivable", "overdue_share")
        self.assertEqual(
            (found["receivable"].value, found["overdue_share"].why), (-50.0, "no_receivables")
        )

    def test_several_days_make_no_figure_but_by_day(self):
        self._year()
        may = date(2013, 5, 31)
        figures = self._figures(may, JUNE)
        domain = [("company_id", "=", self.company.id)]
        [(both,)] = figures._read_group(domain, [], ["dso:array_agg"])
        self.assertEqual(both.why, "several_days")
        rows = figures._read_group(domain, ["day:day"], ["receivable:sum", "dso:avg"])
        self.assertEqual([row[1] for row in rows], [400.0, 1200.0])
        self.assertAlmostEqual(rows[1][2], 60.67, places=2)

    def test_the_cost_of_capital_prices_what_is_owed(self):
        self._year()
        self.company.sudo().credit_reporting_capital_cost = 5.0
        self.assertAlmostEqual(self._measure(JUNE, "year_cost")["year_cost"].value, 60.0)

    def test_today_is_what_the_exposure_says(self):
        self._invoice(300.0, days_late=10)
        draft = self._invoice(200.0, days_late=-5)
        self._pay_on_account(40.0)
        self._paid(draft, self.today, 50.0)
        draft.sudo().button_draft()  # still matched
        self.env.flush_all()
        domain = [("partner_id", "=", self.customer.id), ("company_id", "=", self.company.id)]
        [(amount,)] = (
            self.env["credit.exposure"]
            .sudo()
            ._read_group([*domain, ("source", "=", "receivable")], [], ["amount:sum"])
        )
        self.assertEqual(self._measure(self.today, "receivable")["receivable"].value, amount)

    def test_rows_behind_a_figure_open_their_documents(self):
        self._year()
        rows = self._figures(JUNE).search(
            [("company_id", "=", self.company.id), ("fact", "=", "open")]
        )
        self.assertEqual(sum(rows.mapped("receivable")), 1200.0)
        for row in rows:
            action = row.action_open_document()
            self.assertEqual(self.env["account.move"].browse(action["res_id"]), row.move_id)

    def test_a_row_read_for_one_day_is_not_that_of_another(self):
        invoice = self._sold(100.0, date(2013, 6, 1))
        self._paid(invoice, date(2013, 6, 20), 60.0)
        rows = self.env["credit.ageing"].with_user(self.analyst)
        domain = [("company_id", "=", self.company.id)]
        self.env.flush_all()
        before = rows._on(date(2013, 6, 10)).search(domain)
        after = rows._on(JUNE).search(domain)
        self.assertEqual((before.amount, after.amount), (100.0, 40.0))

    # === BAD INPUT === #

    def test_a_day_to_come_and_no_day_get_a_sentence(self):
        for days in ([self.today + timedelta(1)], ["yesterday"], [3], [self.today] * 37):
            figures = self.env["credit.figure"].with_context(credit_days=days)
            with self.subTest(days=str(days)[:30]), self.assertRaises(UserError):
                figures.search([], limit=1)
        wizard = self.env["credit.figure.day"].with_user(self.analyst)
        with self.assertRaises(UserError):
            wizard.create({"day": self.today + timedelta(1)})
        with self.assertRaisesRegex(UserError, "first entry"):
            wizard.create({"day": date(1990, 1, 1)}).action_open()

    def test_the_window_opens_the_figures_of_its_day(self):
        self._year()
        wizard = self.env["credit.figure.day"].with_user(self.analyst)
        for what in ("ageing", "figure"):
            action = wizard.create({"day": JUNE, "what": what}).action_open()
            self.assertEqual(action["context"]["credit_days"], ["2013-06-30"])
            self.assertEqual(action["res_model"], f"credit.{what}")

    def test_settings_out_of_range_get_a_sentence(self):
        for values in ({"credit_reporting_months": 0}, {"credit_reporting_capital_cost": -1}):
            with self.assertRaises(ValidationError):
                self.company.sudo().write(values)

    # === WHO === #

    def test_a_salesperson_sees_own_sales_and_a_leader_those_of_the_team(self):
        self._year()
        self.assertEqual(
            self._measure(JUNE, "receivable", user=self.salesperson)["receivable"].value, 400.0
        )
        team = self.env["crm.team"].sudo().create({"name": "Team", "user_id": self.salesperson.id})
        self.env["account.move"].search(
            [("invoice_user_id", "=", self.colleague.id)]
        ).sudo().team_id = team
        self.assertEqual(
            self._measure(JUNE, "receivable", user=self.salesperson)["receivable"].value, 1200.0
        )
        self.assertEqual(
            self._measure(JUNE, "receivable", user=self.manager)["receivable"].value, 1200.0
        )

    def test_who_has_no_right_reads_no_figure(self):
        clerk = self._user("clerk", "base.group_user")
        for name in ("credit.figure", "credit.ageing", "credit.home"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(clerk).search([])

    def test_figures_of_another_company_are_not_read(self):
        self._year()
        company = self.setup_other_company()["company"]
        stranger = self._user("stranger", "credit_management.group_credit_user")
        stranger.sudo().write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        self.assertFalse(self._figures(JUNE, user=stranger).search([]))
