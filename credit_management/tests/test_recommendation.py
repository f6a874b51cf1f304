from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestRecommendation(CreditCommon):
    def _bill(self, amount, days_ago, terms=30, customer=None, **values):
        """A posted invoice of so many days ago, due after so many days."""
        day = self.today - timedelta(days_ago)
        return self._invoice(
            amount,
            customer=customer,
            invoice_date=day,
            date=day,
            invoice_date_due=day + timedelta(terms),
            **values,
        )

    def _pay_after(self, invoice, days_late):
        day = invoice.invoice_date_due + timedelta(days_late)
        return self._pay(invoice, payment_date=day)

    def _trade(self, customer=None):
        profile = self._profile(customer)
        return (
            self.env["credit.recommendation.facts"].sudo()._read_facts(profile, self.today)[profile]
        )

    def _recommend(self, customer=None):
        profile = self._profile(customer)
        profile.with_user(self.analyst).action_recommend()
        profile.invalidate_recordset()
        return profile

    # === FIGURES === #

    def test_sales_and_terms_are_weighted(self):
        self._bill(1000.0, 300, 30)
        self._bill(3000.0, 100, 50)
        self._bill(9000.0, 400)
        self._bill(500.0, 90, 0, move_type="out_refund")
        trade = self._trade()
        self.assertEqual((trade.sales, trade.days), (3500.0, 365))
        self.assertEqual(trade.term_days, 45.0)

    def test_a_young_customer_is_extrapolated(self):
        self._bill(1000.0, 73)
        trade = self._trade()
        self.assertEqual((trade.days, trade.yearly_sales), (73, 5000.0))

    def test_an_exchange_difference_pays_nothing(self):
        day = self.today - timedelta(200)
        currency = self.setup_other_currency(
            "GBP", rates=[("2000-01-01", 2.0), (day + timedelta(40), 1.6)]
        )
        bill = self._bill(1000.0, 200, currency_id=currency.id)
        self._pay_after(bill, 16)
        self.assertEqual(bill.payment_state, "paid")
        self.assertTrue(bill.line_ids.matched_credit_ids.exchange_move_id)
        self.assertAlmostEqual(self._trade().delay_days, 16.0)

    def test_delays_are_weighted_and_count_what_is_unpaid(self):
        self._pay_after(self._bill(1000.0, 200), 0)
        self._pay_after(self._bill(4000.0, 200), 20)
        self._pay_after(self._bill(5000.0, 200), 35)
        self.assertAlmostEqual(self._trade().delay_days, 25.5)
        self._bill(10000.0, 40, 30)
        self.assertAlmostEqual(self._trade().delay_days, (10 * 10000 + 25.5 * 10000) / 20000)

    def test_a_credit_note_is_no_payment(self):
        invoice = self._bill(100.0, 200)
        refund = self._bill(100.0, 10, 0, move_type="out_refund")
        lines = (invoice | refund).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.assertEqual(self._trade().delay_days, 0.0)

    def test_the_peak_is_the_most_owed_on_one_day(self):
        self._pay_after(self._bill(500.0, 500), 190)
        self._pay_after(self._bill(1000.0, 300), 0)
        self._pay_after(self._bill(700.0, 290), 0)
        self._bill(600.0, 20)
        self.assertEqual(self._trade().peak, 1700.0 + 500.0)

    def test_what_is_open_by_what_it_is(self):
        self._bill(600.0, 20)
        self._sale(250.0, product=self.service_delivered)
        trade = self._trade()
        self.assertEqual((trade.open_items, trade.ordered, trade.to_invoice), (600.0, 250.0, 0.0))

    def test_contacts_and_branches_count_and_other_companies_do_not(self):
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": self.customer.id})
        self._bill(600.0, 20, customer=contact)
        other = self.setup_other_company()["company"]
        profile = self.env["credit.profile"].sudo()._ensure(self.customer, other)
        trades = self.env["credit.recommendation.facts"].sudo()._read_facts(profile, self.today)
        self.assertEqual((self._trade().sales, trades[profile].sales), (600.0, 0.0))

    def test_the_number_of_queries_depends_on_nothing(self):
        customers = [self._customer(f"Customer {n}") for n in range(6)]
        for customer in customers:
            self._bill(100.0, 50, customer=customer)
        profiles = self.env["credit.profile"].sudo()
        for customer in customers:
            profiles |= self._profile(customer).sudo()
        counts = [self._queries(some) for some in (profiles[:2], profiles[:2], profiles)]
        self.assertEqual(*counts[1:])

    def _queries(self, profiles):
        self.env.flush_all()
        profiles.mapped("risk_class_id.limit_share")
        before = self.cr.sql_log_count
        self.env["credit.recommendation.facts"].sudo()._read_facts(profiles, self.today)
        return self.cr.sql_log_count - before

    # === THE SNAPSHOT === #

    def test_methods_stand_side_by_side(self):
        self._pay_after(self._bill(1200.0, 350, 30), 0)
        self._bill(2400.0, 60, 30)
        profile = self._recommend()
        amounts = {line.method: line.amount for line in profile.recommendation_ids}
        self.assertEqual(set(amounts), {"need", "peak", "work_in_hand", "own_risk"})
        self.assertEqual(amounts["peak"], 2640.0)
        self.assertEqual((profile.has_recommendation, profile.recommended_date), (True, self.today))
        explanation = profile.recommendation_ids.filtered(
            lambda line: line.method == "peak"
        ).explanation
        self.assertIn("2,400.00", explanation)
        self.assertLessEqual(profile.recommended_limit, amounts["own_risk"] + 10)

    def test_the_company_chooses_the_method_and_the_class_the_share(self):
        self._bill(2400.0, 60, 30)
        self._bill(1e6, 60, 30, customer=self._customer("Big"))
        self.company.sudo().credit_management_limit_method = "peak"
        self.assertEqual(self._recommend().recommended_limit, 2700.0)
        half = self.env["credit.risk.class"].sudo().create({"name": "Half", "limit_share": 50})
        self._profile(risk_class_id=half.id)
        profile = self._recommend()
        self.assertEqual(profile.recommended_limit, 1400.0)
        told = profile.recommendation_ids.filtered(lambda line: "allows 50 %" in line.explanation)
        self.assertEqual(told.method, "peak")

    def test_nothing_sold_nothing_recommended(self):
        profile = self._recommend()
        self.assertFalse(profile.has_recommendation or profile.recommendation_ids)
        self.assertEqual(profile.recommended_date, self.today)

    def test_calculated_again_it_is_replaced(self):
        self._bill(100.0, 60)
        lines = self._recommend().recommendation_ids
        self.assertNotEqual(self._recommend().recommendation_ids, lines)
        self.assertFalse(lines.exists())

    def test_the_job_does_all_in_batches(self):
        self.classPatch(self.registry["credit.profile"], "_recommend_batch", 2)
        customers = [self._customer(f"Customer {n}") for n in range(3)]
        for customer in customers:
            self._bill(100.0, 60, customer=customer)
            self._profile(customer)
        with self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_recommend").sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(all(self._profile(customer).has_recommendation for customer in customers))

    # === THE REQUEST === #

    def test_the_recommended_limit_is_requested(self):
        self._bill(2400.0, 60, 30)
        profile = self._recommend().with_user(self.analyst)
        action = profile.action_request_recommended()
        limit = (
            self.env["credit.limit"]
            .with_user(self.analyst)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(
            (limit.amount, limit.partner_id), (profile.recommended_limit, self.customer)
        )
        self.assertIn("2,400.00", limit.reason)
        with Form(
            self.env["credit.limit"].with_user(self.analyst).with_context(**action["context"])
        ) as form:
            self.assertEqual(form.amount, profile.recommended_limit)
        self.assertEqual(limit.recommendation_ids, profile.recommendation_ids)
        line = profile.recommendation_ids[0]
        self.assertEqual(line.action_request()["context"]["default_amount"], line.amount)

    def test_many_limits_to_what_is_recommended(self):
        self._bill(2400.0, 60, 30)
        nobody = self._customer("Nobody")
        profiles = self._recommend() | self._profile(nobody)
        batch = (
            self.env["credit.limit.batch"]
            .with_user(self.manager)
            .with_context(active_model="credit.profile", active_ids=profiles.ids)
            .create({"method": "recommended", "reason": "Review"})
        )
        batch.action_preview()
        mine, other = batch.line_ids
        self.assertEqual(mine.amount, profiles[0].recommended_limit)
        self.assertIn("no recommended limit", other.problem)
        with self.assertRaises(UserError):
            batch.action_confirm()

    def test_recommendations_are_for_credit_people(self):
        profile = self._recommend()
        for action in ("action_recommend", "action_request_recommended"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(profile.with_user(self.salesperson), action)()
        with self.assertRaises(AccessError):
            self.env["credit.recommendation"].with_user(self.salesperson).search([])
        with self.assertRaises(AccessError):
            self.env["credit.recommendation"].with_user(self.manager).create(
                {"profile_id": profile.id, "method": "need"}
            )
