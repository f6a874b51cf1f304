from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SALES, CommissionCommon

MODELS = ("credit.commission.entry", "credit.commission.collection", "credit.commission.statement")
PLAN_MODELS = ("plan", "rule", "tier", "speed", "agent")


@tagged("post_install", "-at_install")
class TestAccess(CommissionCommon):
    """Users see their own commissions; managers and accountants see all; other companies see nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._plan()

    def setUp(self):
        super().setUp()
        self._pay(self._sell(1000))
        self._pay(self._sell(500, user=self.second))
        self._compute()
        for user in (self.salesperson, self.second):
            self._statement(user.partner_id)

    def _count(self, model, user):
        return self.env[model].with_user(user).search_count([])

    def test_a_salesperson_sees_what_is_own(self):
        for model in MODELS:
            with self.subTest(model):
                self.assertEqual(self._count(model, self.salesperson), 1)
                self.assertEqual(self._count(model, self.manager), 2)
        entries = self.env["credit.commission.entry"].with_user(self.salesperson).search([])
        self.assertEqual(entries.amount, 50)
        with self.assertRaises(AccessError):
            self._entries(self.second.partner_id).with_user(self.salesperson).read(["amount"])

    def test_a_sales_manager_sees_no_commission_of_others(self):
        lead = self._user("lead", "sales_team.group_sale_manager")
        for model in MODELS:
            self.assertEqual(self._count(model, lead), 0, model)

    def test_an_accountant_sees_all_and_changes_no_plan(self):
        accountant = self._user("accountant", "account.group_account_invoice")
        for model in MODELS:
            self.assertEqual(self._count(model, accountant), 2, model)
        self.assertEqual(self.plan.with_user(accountant).name, "Plan")
        for action in (
            "action_activate",
            "action_stop",
            "action_draft",
            "action_new_version",
            "action_compute",
        ):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(self.plan.with_user(accountant), action)()

    def test_a_salesperson_reads_and_changes_no_plan(self):
        for name in PLAN_MODELS:
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[f"credit.commission.{name}"].with_user(self.salesperson).search([])

    def test_nobody_writes_entries_or_the_log_by_hand(self):
        for model in MODELS[:2]:
            record = self.env[model].search([], limit=1).with_user(self.manager)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(record.has_access(operation), (model, operation))

    def test_an_outsider_sees_nothing(self):
        for groups in ("base.group_user", "base.group_portal", "base.group_public"):
            user = self._user(groups.split(".")[1], groups)
            for model in MODELS:
                with self.subTest(model, groups=groups):
                    self.assertFalse(self._may_count(model, user))

    def _may_count(self, model, user):
        """Number of records the user sees; 0 if reading is refused, as for all but agents in the portal."""
        try:
            return self._count(model, user)
        except AccessError:
            return 0

    def test_another_company_sees_nothing(self):
        other = self.setup_other_company()["company"]
        user = self._user("elsewhere", "credit_commission.group_commission_manager")
        user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for model in (*MODELS, *(f"credit.commission.{name}" for name in PLAN_MODELS)):
            self.assertEqual(self._count(model, user), 0, model)
        with self.assertRaises(AccessError):
            self.plan.with_user(user).action_stop()

    def test_a_person_of_two_companies_is_paid_by_each(self):
        other = self.setup_other_company()
        self.env.user.company_ids |= other["company"]
        self.salesperson.company_ids |= other["company"]
        self.assertEqual(self._count(MODELS[0], self.salesperson), 1)

    def test_a_manager_runs_a_plan(self):
        plan = self.plan.with_user(self.manager)
        plan.action_compute()
        plan.action_stop()
        self.assertEqual(plan.state, "stopped")

    def test_a_payment_is_undone_by_whoever_may(self):
        accountant = self._user("cashier", f"account.group_account_user,{SALES}")
        payment = self.env["account.payment"].search(
            [("partner_id", "=", self.customer.id)], limit=1
        )
        payment.with_user(accountant).action_draft()
        undone = self.env["credit.commission.collection"].search([("event", "=", "undone")])
        self.assertEqual(len(undone), 1)

    def test_to_read_accounting_is_no_right_on_commissions(self):
        """Credit users and auditors read accounting; seeing commissions is a separate group."""
        users = {"auditor": "base.group_user,account.group_account_readonly"}
        if self.env.ref("credit_management.group_credit_manager", raise_if_not_found=False):
            users["credit"] = "credit_management.group_credit_manager"
        models = [
            model
            for model in sorted(self.env.registry)
            if model.startswith("credit.commission.") and not self.env[model]._abstract
        ]
        for login, groups in users.items():
            user = self._user(login, groups)
            for model in models:
                with self.subTest(login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            statement = self.env["credit.commission.statement"].sudo().search([], limit=1)
            with self.subTest(login), self.assertRaises(AccessError):
                statement.with_user(user).message_post(body="I was here")

    def test_a_reader_sees_all_commissions_and_changes_none(self):
        reader = self._user("reader", "credit_commission.group_commission_reader")
        for model in MODELS:
            self.assertEqual(self._count(model, reader), 2, model)
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(reader).has_access("write"))
        with self.assertRaises(AccessError):
            self.plan.with_user(reader).write({"name": "Mine"})
