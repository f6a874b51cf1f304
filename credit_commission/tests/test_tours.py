from datetime import timedelta

from odoo.tests import HttpCase, tagged

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestTours(CommissionCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson.sudo().name = "Tour Salesperson"
        cls.customer.name = "Tour Customer"

    def _prepare(self, day):
        wizard = self.env["credit.commission.period"].with_user(self.manager)
        wizard = wizard.create({"company_id": self.company.id, "period": "month", "day": day})
        return self.env["credit.commission.statement"].search(wizard.action_prepare()["domain"])

    def test_a_salesperson_contests_and_a_manager_answers_and_closes(self):
        self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 3.0), (1000, 5.0)])
        last_month = self.today.replace(day=1) - timedelta(days=10)
        self._pay(self._sell(600.0, day=last_month))
        statement = self._prepare(last_month)
        statement.with_user(self.manager).action_mark_sent()
        self._pay(self._sell(812.5, day=self.today))
        self._sell(600.0, day=self.today)
        self.env["credit.commission.plan"]._compute_entries(self.today)
        self.env.flush_all()
        self.start_tour(
            "/odoo/my-commissions", "commission_salesperson", login=self.salesperson.login
        )
        self.assertEqual(statement.state, "contested")
        self.start_tour(
            "/odoo/commission-statements", "commission_manager", login=self.manager.login
        )
        self.assertEqual((statement.state, statement.total), ("closed", 20.0))
        self.assertEqual(statement.payment_state, "open")
