from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestSetup(CreditCommon):
    """The first hour: what empty screens say, and the question before a policy is used."""

    def _steps(self, user=None):
        """Of this add-on; others add theirs."""
        setup = self.env["credit.setup"].with_user(user or self.manager)
        return [
            done
            for done, _sentence, action in setup._get_steps(self.company)
            if action.startswith("credit_management.")
        ]

    def _help(self, model, user=None):
        return str(
            self.env[model].with_user(user or self.manager).get_empty_list_help("<p>Help</p>")
        )

    def test_without_a_policy_an_empty_list_of_holds_says_so(self):
        self.assertIn("<p>Help</p>", self._help("credit.hold"))
        self.company.sudo().credit_management_policy_id = False
        self.env["credit.risk.class"].sudo().search([]).policy_id = False
        text = self._help("credit.hold")
        self.assertIn("No policy is in use yet", text)
        self.assertNotIn("<p>Help</p>", text)
        self.assertIn("credit_management.action_credit_policy_simulation", text)

    def test_an_analyst_reads_the_steps_without_links_and_a_salesperson_none(self):
        self.company.sudo().credit_management_policy_id = False
        self.assertIn("Simulate a policy", self._help("credit.hold", self.analyst))
        self.assertNotIn('type="action"', self._help("credit.hold", self.analyst))
        self.assertEqual(self._help("credit.hold", self.salesperson), "<p>Help</p>")

    def test_each_step_is_done_when_it_is(self):
        self.env["credit.authority"].sudo().search([]).action_archive()
        self.env["credit.profile"].sudo().search([]).mode_date = self.today
        self.company.sudo().credit_management_policy_id = False
        self._profile(self._customer("Undecided"))
        self.assertEqual(self._steps(), [False, False, False, False])
        self.env["credit.authority"].sudo().create(
            {"user_id": self.manager.id, "is_unlimited": True}
        )
        self.company.sudo().credit_management_policy_id = self.policy
        self.env["credit.profile"].sudo().search([]).mode_date = self.today
        simulation = self.env["credit.policy.simulation"].with_user(self.manager)
        simulation.create({"policy_id": self.policy.id, "company_id": self.company.id}).action_run()
        self.assertEqual(self._steps(), [True, True, True, True])

    def test_the_list_of_steps_goes_once_all_are_done(self):
        setup = self.env["credit.setup"].with_user(self.manager)
        self.patch(type(setup), "_get_steps", lambda self, company: [(True, "Done", "action")])
        self.assertFalse(setup._get_checklist())
        self.assertEqual(self._help("credit.profile"), "<p>Help</p>")

    # === FILES OF DEBTORS === #

    def test_everybody_who_owes_something_gets_a_file_at_night(self):
        debtor, creditor, nobody = (self._customer(n) for n in ("Owes", "Is owed", "Neither"))
        self._invoice(50.0, customer=debtor)
        self._pay_on_account(50.0, customer=creditor)
        profiles = self.env["credit.profile"].sudo()
        profiles._open_files_of_debtors()
        found = profiles.search([("partner_id", "in", (debtor | creditor | nobody).ids)])
        self.assertRecordValues(
            found,
            [
                {
                    "partner_id": debtor.id,
                    "company_id": self.company.id,
                    "credit_mode": self.company.credit_management_default_mode,
                    "mode_date": False,
                }
            ],
        )
        self.assertFalse(profiles._open_files_of_debtors(), "a second run makes none")

    # === USING A POLICY === #

    def test_a_policy_is_used_after_the_question_and_a_simulation_is_proposed_first(self):
        self.company.sudo().credit_management_policy_id = False
        policy = self.policy.with_user(self.manager)
        action = policy.action_ask_use()
        self.assertFalse(self.company.sudo().credit_management_policy_id)
        question = Form(
            self.env["credit.policy.use"].with_user(self.manager).with_context(**action["context"])
        )
        self.assertFalse(question.simulation_id)
        question = question.save()
        self.assertEqual(question.action_simulate()["res_model"], "credit.policy.simulation")
        question.action_use()
        self.assertEqual(self.company.sudo().credit_management_policy_id, self.policy)

    def test_the_question_shows_the_last_simulation(self):
        simulations = self.env["credit.policy.simulation"].with_user(self.manager)
        values = {"policy_id": self.policy.id, "company_id": self.company.id}
        first, last = simulations.create([values, values])
        for simulation in (first, last):
            simulation.action_run()
        question = self.env["credit.policy.use"].with_user(self.manager)
        self.assertEqual(question.create({"policy_id": self.policy.id}).simulation_id, last)

    def test_only_a_manager_is_asked(self):
        with self.assertRaises(AccessError):
            self.policy.with_user(self.analyst).action_ask_use()
        with self.assertRaises(AccessError):
            self.env["credit.policy.use"].with_user(self.analyst).create(
                {"policy_id": self.policy.id}
            )

    # === COMPARING === #

    def test_two_simulations_are_compared_with_the_orders_of_one_alone(self):
        self._limit(1000.0, date_from="2020-01-01")
        small, large = self._sale(150.0), self._sale(450.0)
        stricter = self.policy.copy({"name": "Stricter"})
        stricter.rule_ids[1:].unlink()
        stricter.rule_ids.write({"kind": "order_amount", "threshold": 100.0})
        looser = self.policy.copy({"name": "Looser"})
        looser.rule_ids.write({"kind": "order_amount", "threshold": 400.0})
        simulations = self.env["credit.policy.simulation"].with_user(self.manager)
        first, second = simulations.create(
            [
                {"policy_id": policy.id, "company_id": self.company.id}
                for policy in (stricter, looser)
            ]
        )
        with self.assertRaisesRegex(UserError, "that are done"):
            (first | second).action_compare()
        for simulation in (first, second):
            simulation.action_run()
        action = (first | second).with_user(self.analyst).action_compare()
        comparison = (
            self.env["credit.policy.simulation.comparison"]
            .with_user(self.analyst)
            .with_context(**action["context"])
            .create({})
        )
        self.assertIn('Would Have Been Held</td><td class="text-end">2<', comparison.table)
        self.assertIn("$\xa0450.00", comparison.table.replace("$ ", "$\xa0"))
        self.assertEqual((comparison.first_only_count, comparison.second_only_count), (1, 0))
        only = (
            self.env["credit.policy.simulation.line"]
            .with_user(self.analyst)
            .search(comparison.action_view_first_only()["domain"])
        )
        self.assertEqual(only.order_id, small)
        self.assertNotEqual(only.order_id, large)

    def test_one_or_three_simulations_are_not_compared(self):
        simulation = (
            self.env["credit.policy.simulation"]
            .with_user(self.manager)
            .create({"policy_id": self.policy.id, "company_id": self.company.id})
        )
        with self.assertRaisesRegex(UserError, "Choose two"):
            simulation.action_compare()
        with self.assertRaisesRegex(UserError, "Choose two"):
            simulation.browse().action_compare()
