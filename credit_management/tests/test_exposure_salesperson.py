from datetime import timedelta

from lxml import etree
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestExposureSalesperson(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._user("colleague", "sales_team.group_sale_salesman")
        cls.head = cls._user("head", "sales_team.group_sale_salesman")
        cls.sales_manager = cls._user("sales_manager", "sales_team.group_sale_manager")
        cls.team = (
            cls.env["crm.team"]
            .sudo()
            .create({"name": "Team", "user_id": cls.head.id, "company_id": False})
        )
        cls.other_team = cls.env["crm.team"].sudo().create({"name": "Other", "company_id": False})

    def _sell(self):
        """An invoice of each of two salespeople of two teams, both late, and an order of the first."""
        mine = self._invoice(100.0, days_late=10, invoice_user_id=self.salesperson.id)
        mine.team_id = self.team
        theirs = self._invoice(
            300.0,
            days_late=30,
            customer=self._customer("Theirs"),
            invoice_user_id=self.colleague.id,
        )
        theirs.team_id = self.other_team
        order = self._sale(40.0)
        order.sudo().team_id = self.team
        self.env.flush_all()
        return mine, theirs, order

    def _figures(self, user):
        rows = (
            self.env["credit.exposure.salesperson"]
            .with_user(user)
            ._read_group(
                [("partner_id.company_id", "=", False)],
                ["salesperson_id"],
                ["amount:sum", "overdue:sum", "days_late:avg"],
            )
        )
        return {salesperson: tuple(figures) for salesperson, *figures in rows}

    def test_exposure_overdue_and_delay_by_salesperson(self):
        self._sell()
        figures = self._figures(self.analyst)
        self.assertEqual(figures[self.salesperson], (140.0, 100.0, 10.0))
        self.assertEqual(figures[self.colleague], (300.0, 300.0, 30.0))

    def test_a_delay_is_weighted_by_the_amount(self):
        self._invoice(100.0, days_late=10, invoice_user_id=self.salesperson.id)
        self._invoice(300.0, days_late=50, invoice_user_id=self.salesperson.id)
        self.env.flush_all()
        self.assertEqual(self._figures(self.analyst)[self.salesperson][2], 40.0)

    def test_who_follows_the_customer_answers_for_documents_without_a_salesperson(self):
        self.customer.user_id = self.colleague
        self._pay_on_account(60.0)
        self.env.flush_all()
        self.assertEqual(self._figures(self.analyst)[self.colleague][0], -60.0)

    def test_a_salesperson_reads_own_rows_and_the_head_of_a_team_those_of_the_team(self):
        self._sell()
        self.assertEqual(set(self._figures(self.salesperson)), {self.salesperson})
        self.assertEqual(set(self._figures(self.head)), {self.salesperson})
        for user in (self.sales_manager, self.analyst, self.manager):
            self.assertLessEqual({self.salesperson, self.colleague}, set(self._figures(user)))

    def test_others_read_nothing(self):
        self._sell()
        for login, group in (("warehouse", "base.group_user"), ("portal", "base.group_portal")):
            with self.assertRaises(AccessError):
                self._figures(self._user(login, group))

    def test_another_company_is_not_read(self):
        self._sell()
        other = self.setup_other_company()["company"]
        stranger = self._user("stranger", "credit_management.group_credit_user")
        stranger.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self._figures(stranger))

    def test_a_row_opens_its_document_for_who_may_read_it(self):
        _mine, theirs, order = self._sell()
        rows = self.env["credit.exposure.salesperson"].sudo().search([])
        row = rows.filtered(lambda row: (row.res_model, row.res_id) == ("sale.order", order.id))
        action = row.with_user(self.salesperson).action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", order.id))
        row = rows.filtered(lambda row: row.res_id == theirs.id)
        with self.assertRaises(AccessError):
            row.with_user(self.salesperson).action_open_document()

    def test_the_form_of_an_invoice_opens_for_its_salesperson(self):
        mine, *_others = self._sell()
        mine.flush_recordset()
        mine.invalidate_recordset()
        invoice = mine.with_user(self.salesperson)
        form = invoice.get_view(view_type="form")["arch"]
        names = etree.fromstring(form).xpath("//field[not(ancestor::field)]/@name")
        [values] = invoice.web_read({name: {} for name in names})
        self.assertEqual(values["payment_count"], 0)

    def test_the_sums_are_those_of_the_exposure(self):
        self._sell()
        self._invoice(70.0, post=False)
        self.env.flush_all()
        exposure = self.env["credit.exposure"].sudo()._read_group([], [], ["amount:sum"])
        by_salesperson = (
            self.env["credit.exposure.salesperson"].sudo()._read_group([], [], ["amount:sum"])
        )
        self.assertEqual(exposure, by_salesperson)

    def test_one_query_whatever_the_number(self):
        for _number in range(3):
            self._invoice(10.0, days_late=1, invoice_user_id=self.salesperson.id)
        self.env.flush_all()
        self._figures(self.analyst)
        with self.assertQueryCount(2):
            self._figures(self.analyst)

    def test_the_due_date_is_late_from_the_next_day_on(self):
        invoice = self._invoice(10.0, days_late=0, invoice_user_id=self.salesperson.id)
        self.env.flush_all()
        self.assertEqual(self._figures(self.analyst)[self.salesperson][1], 0.0)
        self.assertEqual(invoice.invoice_date_due, self.today - timedelta(0))
