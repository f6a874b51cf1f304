from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestMyCommissions(CommissionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user("accountant", "account.group_account_invoice")

    def _mine(self, user=None):
        outlook = self.env["credit.commission.outlook"].with_user(user or self.salesperson)
        return outlook.browse(outlook.action_open_mine()["res_id"])

    def _collect(self, *sales):
        """Invoices of today, paid at once: (net, user)."""
        for net, user in sales:
            self._pay(self._sell(net, day=self.today, user=user))
        self.env["credit.commission.plan"]._compute_entries(self.today)

    def test_earned_this_period_and_expected_of_open_invoices(self):
        self._plan(5.0)
        self._collect((1000.0, self.salesperson), (400.0, self.second))
        open_one = self._sell(600.0, day=self.today, tax=self.tax)
        self._pay(open_one, 360.0)
        self.env["credit.commission.plan"]._compute_entries(self.today)
        mine = self._mine()
        self.assertEqual((mine.earned, mine.unsettled, mine.expected), (65.0, 65.0, 15.0))
        self.assertEqual(mine.line_ids.move_id, open_one)
        self.assertEqual(mine.line_ids.base, 300.0)
        self.assertEqual(mine.display_name, "My Commissions")

    def test_what_is_expected_is_what_is_earned_later_to_the_cent(self):
        self._plan(3.0, speeds=[(11, "share", 50.0)])
        late = self.today - timedelta(days=20)
        odd = self._sell(333.33, day=late, tax=self.tax)
        self._pay(odd, 133.33, day=late)
        self._sell(100.0, day=self.today)
        self.env["credit.commission.plan"]._compute_entries(self.today)
        before = self._mine().unsettled
        expected = self._mine().expected
        for invoice in self.env["account.move"].search(
            [("invoice_user_id", "=", self.salesperson.id), ("payment_state", "!=", "paid")]
        ):
            self._pay(invoice, day=self.today)
        self.env["credit.commission.plan"]._compute_entries(self.today)
        self.assertAlmostEqual(self._mine().unsettled - before, expected, 2)

    def test_looking_ahead_writes_nothing(self):
        self._plan(5.0)
        self._sell(600.0, day=self.today)
        models = ("credit.commission.collection", "credit.commission.entry")
        before = [self.env[name].sudo().search([]).ids for name in models]
        self.assertEqual(self._mine().expected, 30.0)
        self.assertEqual([self.env[name].sudo().search([]).ids for name in models], before)

    def test_money_that_waits_for_the_bank_or_for_safety_days_is_expected(self):
        self._plan(5.0, safety_days=10)
        self._pay(self._sell(600.0, day=self.today))
        self.env["credit.commission.plan"]._compute_entries(self.today)
        mine = self._mine()
        self.assertEqual((mine.earned, mine.expected), (0.0, 30.0))

    def test_a_credit_note_that_no_longer_counts_as_a_whole_stops_nobody(self):
        self._plan(5.0)
        invoice = self._sell(1000.0, day=self.today)
        self._pay(invoice)
        refund = self._refund(invoice)
        self.env["credit.commission.plan"]._compute_entries(self.today)
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual((invoice.amount_residual, refund.amount_residual), (1000.0, 1000.0))
        self.assertEqual(self._mine().expected, 0.0)

    def test_a_share_of_others_sales_is_expected_too(self):
        agent = self._customer("South Agency")
        self._plan(
            5.0,
            shares=[
                {"share": 80.0},
                {"person_kind": "named", "person_id": agent.id, "share": 20.0},
            ],
        )
        self._sell(1000.0, day=self.today)
        self.assertEqual(self._mine().expected, 40.0)
        outlook = self.env["credit.commission.outlook"].with_user(self.manager)
        outlook = outlook.create({"person_id": agent.id})
        outlook.action_show()
        self.assertEqual(outlook.expected, 10.0)

    def test_what_is_missing_for_the_next_tier(self):
        self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 3.0), (1000, 5.0)])
        self._collect((812.5, self.salesperson))
        tier = self._mine().tier_ids
        self.assertRecordValues(
            tier,
            [
                {
                    "collected": 812.5,
                    "percent": 3.0,
                    "missing": 187.5,
                    "next_percent": 5.0,
                    "is_last": False,
                }
            ],
        )
        self.assertIn("187.50", tier.sentence)
        self.assertIn("5 %", tier.sentence)
        self._collect((500.0, self.salesperson))
        self.assertIn("highest tier", self._mine().tier_ids.sentence)

    def test_who_has_earned_nothing_yet_sees_the_next_tier(self):
        self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 3.0), (1000, 7.5)])
        self.env["res.lang"]._activate_lang("fr_FR")
        self.salesperson.lang = "fr_FR"
        tier = self._mine().tier_ids
        self.assertEqual((tier.collected, tier.missing), (0.0, 1000.0))
        self.assertIn("7,5", tier.with_context(lang="fr_FR").sentence)

    def test_a_target_is_a_tier_too(self):
        self._plan(
            rules=[{"earning": "tiers"}],
            tiers=[(0, 3.0), (100, 5.0)],
            tier_on="target",
            shares=[{"target_amount": 2000.0}],
        )
        self._collect((500.0, self.salesperson))
        self.assertEqual(self._mine().tier_ids.missing, 1500.0)

    def test_without_a_plan_nothing_is_earned_or_expected(self):
        self._sell(600.0, day=self.today)
        mine = self._mine()
        self.assertEqual((mine.earned, mine.expected), (0.0, 0.0))
        self.assertFalse(mine.tier_ids)

    # === DOWN TO THE ORIGIN === #

    def test_from_a_figure_to_payment_invoice_and_rule(self):
        plan = self._plan(5.0)
        invoice = self._sell(1000.0, day=self.today)
        self._pay(invoice)
        self.env["credit.commission.plan"]._compute_entries(self.today)
        action = self._mine(self.manager)
        action.person_id = self.salesperson.partner_id
        action.action_show()
        entry = self.env["credit.commission.entry"].search(action.action_view_earned()["domain"])
        self.assertEqual(entry.amount, 50.0)
        for button, record in (
            ("action_view_invoice", invoice),
            ("action_view_rule", plan),
        ):
            opened = getattr(entry.with_user(self.manager), button)()
            self.assertEqual((opened["res_model"], opened["res_id"]), (record._name, record.id))
        opened = entry.with_user(self.manager).action_view_payment()
        self.assertIn(opened["res_model"], ("account.payment", "account.move"))
        with self.assertRaises(AccessError):
            entry.with_user(self.second).action_view_invoice()

    # === RIGHTS === #

    def test_nobody_sees_the_commissions_of_a_colleague(self):
        self._plan(5.0)
        self._collect((1000.0, self.salesperson))
        outlook = self.env["credit.commission.outlook"].with_user(self.second)
        outlook = outlook.create({"person_id": self.salesperson.partner_id.id})
        with self.assertRaises(AccessError):
            outlook.action_show()
        self.assertFalse(outlook.earned)
        for action in ("action_view_earned", "action_view_unsettled"):
            domain = getattr(outlook, action)()["domain"]
            self.assertFalse(
                self.env["credit.commission.entry"].with_user(self.second).search(domain)
            )

    def test_nobody_reads_the_window_of_a_colleague(self):
        self._plan(5.0)
        self._sell(1000.0, day=self.today)
        outlook = self._mine()
        self.assertEqual(outlook.expected, 50.0)
        for user in (self.second, self.accountant):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    outlook.with_user(user).read(["expected"])
                for part in ("line", "tier"):
                    rows = self.env[f"credit.commission.outlook.{part}"].with_user(user)
                    self.assertFalse(rows.search([]))

    def test_managers_and_accountants_see_those_of_others(self):
        self._plan(5.0)
        self._collect((1000.0, self.salesperson))
        for user in (self.manager, self.accountant):
            with self.subTest(user.login):
                outlook = self._mine(user)
                outlook.person_id = self.salesperson.partner_id
                outlook.action_show()
                self.assertEqual(outlook.earned, 50.0)

    def test_a_manager_of_another_company_sees_nothing(self):
        self._plan(5.0)
        self._collect((1000.0, self.salesperson))
        other = self.setup_other_company(name="Other")["company"]
        self.manager.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        outlook = self.env["credit.commission.outlook"].with_user(self.manager)
        outlook = outlook.create(
            {"person_id": self.salesperson.partner_id.id, "company_id": self.company.id}
        )
        with self.assertRaises(AccessError):
            outlook.action_show()

    def test_a_user_without_sales_has_no_commissions(self):
        outsider = self._user("outsider", "base.group_user")
        with self.assertRaises(AccessError):
            self._mine(outsider)
