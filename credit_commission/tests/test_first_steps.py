from odoo.tests import Form, tagged

from .common_statement import StatementCommon


@tagged("post_install", "-at_install")
class TestFirstSteps(StatementCommon):
    """Initial data, and the home screen of each role."""

    def _home(self, user):
        return self.env["credit.commission.outlook"].with_user(user).action_open_home()

    def test_a_new_plan_has_a_rule_for_all_sales_and_the_share_of_the_salesperson(self):
        plan = self.env["credit.commission.plan"].with_user(self.manager)
        form = Form(plan)
        form.name = "Field sales"
        saved = form.save()
        self.assertEqual(saved.rule_ids.mapped("name"), ["All sales"])
        self.assertEqual(
            [(share.person_kind, share.share) for share in saved.agent_ids], [("salesperson", 100)]
        )
        self.assertEqual(saved.state, "draft")

    def test_installing_earns_nobody_anything(self):
        self.plan.sudo().action_draft()
        self._pay(self._sell(1000))
        self._compute()
        self.assertFalse(self._entries())

    def test_an_agent_is_billed_without_a_product_in_the_settings(self):
        self.company.sudo().write(
            {
                "credit_commission_product_id": False,
                "credit_commission_agent_expense_id": self.company_data[
                    "default_account_expense"
                ].id,
            }
        )
        statement = self._statement(100.0, person=self.agent, state="closed")
        statement.with_user(self.accountant).action_bill()
        line = statement.bill_id.invoice_line_ids
        self.assertEqual(line.product_id, self.env.ref("credit_commission.product_commission"))
        self.assertEqual(statement.bill_id.amount_untaxed, 100)

    def test_each_role_lands_where_there_is_something(self):
        self._statement(50.0, state="sent")
        self.assertEqual(self._home(self.salesperson)["res_model"], "credit.commission.outlook")
        for user in (self.manager, self.accountant):
            with self.subTest(user.name):
                self.assertNotEqual(self._home(user)["res_model"], "credit.commission.outlook")
        self.assertEqual(self._home(self.manager)["res_model"], "credit.commission.plan")
        self.plan.sudo().action_activate()
        self.assertEqual(self._home(self.manager)["res_model"], "credit.commission.statement")
        self.assertEqual(self._home(self.accountant)["res_model"], "credit.commission.statement")

    def test_closing_says_who_has_not_agreed(self):
        self._statement(50.0, state="sent")
        agreed = self._statement(70.0, person=self.colleague.partner_id, state="sent")
        agreed.with_user(self.colleague).action_agree()
        window = self.env["credit.commission.period"].with_user(self.manager)
        wizard = window.create({"company_id": self.company.id, "day": agreed.date_from})
        self.assertEqual(wizard.warning, "1 statement is not agreed: Anna Sales.")
        wizard.statement_ids.filtered(lambda one: one.state == "sent").sudo().state = "agreed"
        wizard.invalidate_recordset()
        self.assertFalse(wizard.warning)

    def test_a_long_statement_has_its_headings_on_each_page(self):
        statement = self._statement(*[10.0] * 60)
        pages = statement._get_pages()
        self.assertGreater(len(pages), 2)
        self.assertEqual([line for page in pages for line in page], list(statement._get_lines()))
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("credit_commission.report_statement", statement.ids)[0]
            .decode()
        )
        self.assertEqual(html.count("<thead"), len(pages))
        self.assertEqual(html.count("page-break-before: always"), len(pages) - 1)
