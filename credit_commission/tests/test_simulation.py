from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestSimulation(CommissionCommon):
    """A plan simulated on past sales: the same amounts as if active, and nothing entered."""

    def _simulate(self, plan, user=None, **values):
        simulation = self.env["credit.commission.simulation"].create(
            {"plan_id": plan.id, "date_from": self.first_day, "date_to": self.today, **values}
        )
        simulation.with_user(user or self.manager).action_simulate()
        return simulation

    def _results(self, simulation):
        return sorted(
            (line.person_id.id, line.date, line.rule, line.base, line.amount)
            for line in simulation.line_ids
        )

    def test_it_says_who_would_have_earned_what(self):
        plan = self._plan(
            rules=[{"earning": "tiers", "name": "By tiers"}],
            tiers=[(0, 3), (1000, 5)],
            activate=False,
        )
        plan.date_from = self.today
        self._pay(self._sell(600))
        self._pay(self._sell(900, day=self.first_day + timedelta(31)))
        self._pay(self._sell(600, user=self.second))
        self._pay(self._sell(600, user=self.second))
        simulation = self._simulate(plan)
        first, second = self.salesperson.partner_id.id, self.second.partner_id.id
        february = (self.first_day + timedelta(31)).replace(day=1)
        self.assertEqual(
            self._results(simulation),
            sorted(
                [
                    (first, self.first_day, "By tiers", 600, 18),
                    (first, february, "By tiers", 900, 27),
                    (second, self.first_day, "By tiers", 1200, 36),
                    (second, self.first_day, "Tiers of the period", 0, 24),
                ]
            ),
        )
        self.assertEqual(simulation.amount, 105)

    def test_nothing_is_entered(self):
        plan = self._plan(activate=False)
        self._pay(self._sell(600))
        plans = self.env["credit.commission.plan"].search_count([])
        self._simulate(plan)
        self.assertFalse(self._entries())
        self.assertEqual(plan.state, "draft")
        self.assertEqual(self.env["credit.commission.plan"].search_count([]), plans)

    def test_an_active_plan_keeps_its_entries(self):
        plan = self._plan()
        self._pay(self._sell(600))
        self.assertEarned(30)
        simulation = self._simulate(plan)
        self.assertEqual(simulation.amount, 30)
        self.assertEarned(30)

    def test_simulating_again_replaces_the_result(self):
        plan = self._plan(activate=False)
        self._pay(self._sell(600))
        simulation = self._simulate(plan)
        plan.rule_ids.percent = 10
        simulation.action_simulate()
        self.assertEqual(simulation.line_ids.mapped("amount"), [60])

    def test_an_empty_plan_cannot_be_simulated(self):
        plan = self._plan(activate=False)
        plan.rule_ids.unlink()
        with self.assertRaisesRegex(UserError, "a rule and a share"):
            self._simulate(plan)

    def test_only_managers_simulate(self):
        plan = self._plan(activate=False)
        with self.assertRaises(AccessError):
            self._simulate(plan, self.salesperson)
