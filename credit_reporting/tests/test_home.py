from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import ReportingCommon


class TestHome(ReportingCommon):
    def _home(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["credit.home"].with_user(user).search([])
        return {row.name: row for row in rows}

    def test_what_waits_is_counted_and_opened(self):
        self.company.sudo().credit_management_policy_id = self.policy
        self._limit(100.0)
        self._order(500.0).action_confirm()
        self._invoice(300.0, days_late=12)
        for user in (self.analyst, self.manager):
            home = self._home(user)
            with self.subTest(user.login):
                self.assertEqual(home["holds_pending"].value, "1")
                self.assertEqual(home["over_limit"].value, "1")
                self.assertTrue(home["over_limit"].is_urgent)
                self.assertEqual(home["overdue"].value, "1")
                self.assertIn("300", home["overdue"].detail)
                for row in home.values():
                    action = row.action_open()
                    if row.section in ("decide", "late", "due"):
                        found = (
                            self.env[action["res_model"]]
                            .with_user(user)
                            .search_count(action["domain"])
                        )
                        self.assertEqual(str(found), row.value, row.name)

    def test_a_quiet_tile_says_so(self):
        self.assertTrue(self._home(self.analyst)["reviews_due"].is_quiet)
        self._profile(review_date=self.today - timedelta(1))
        self.assertFalse(self._home(self.analyst)["reviews_due"].is_quiet)

    def test_figures_of_today_stand_beside_what_explains_them(self):
        self._invoice(300.0, days_late=12)
        self._invoice(100.0, days_late=-10)
        home = self._home(self.manager)
        self.assertIn("75", home["overdue_share"].value)
        self.assertIn("300", home["overdue_share"].detail)
        self.assertIn("400", home["receivable"].value)
        self.assertIn("best possible", home["dso"].detail)
        self.assertEqual(home["dso"].action_open()["res_model"], "credit.figure")

    def test_without_sales_there_is_no_figure_and_why(self):
        home = self._home(self.manager)
        self.assertEqual(home["dso"].value, "–")
        self.assertIn("nothing was sold", home["dso"].detail)

    def test_an_empty_company_is_shown_its_first_steps(self):
        self.assertIn("setup", [row.section for row in self._home(self.manager).values()])
        steps = [row for row in self._home(self.manager).values() if row.section == "setup"]
        self.assertTrue(steps[0].action_open()["res_model"])
        self.assertNotIn("setup", [row.section for row in self._home(self.analyst).values()])

    def test_a_salesperson_sees_own_documents_and_figures(self):
        colleague = self._user("colleague", "sales_team.group_sale_salesman")
        self._invoice(300.0, days_late=12, invoice_user_id=self.salesperson.id)
        self._invoice(900.0, days_late=12, invoice_user_id=colleague.id)
        home = self._home(self.salesperson)
        self.assertEqual(home["my_overdue"].value, "1")
        self.assertIn("300", home["receivable"].value)
        self.assertNotIn("overdue", home)
        self.assertNotIn("setup", [row.section for row in home.values()])

    def test_a_step_done_meanwhile_gets_a_sentence(self):
        step = next(row for row in self._home(self.manager).values() if row.section == "setup")
        with self.assertRaisesRegex(UserError, "Reload"):
            step.with_user(self.analyst).action_open()

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_every_tile_opens_for_every_role(self):
        for groups in (
            "credit_management.group_credit_manager,sales_team.group_sale_manager,account.group_account_user",
            "credit_management.group_credit_user",
            "sales_team.group_sale_salesman_all_leads",
        ):
            user = self._user(f"role_{groups[-9:]}", groups)
            for row in self._home(user).values():
                with self.subTest(user.login, tile=row.name):
                    action = row.action_open()
                    if action.get("res_model"):
                        self.env[action["res_model"]].with_user(user).search(
                            action.get("domain") or [], limit=1
                        )
