from odoo.addons.credit_management.tests.screens import Screens
from odoo.fields import Command
from odoo.tests import tagged

from .common_notice import NoticeCommon

MANAGER = "credit_management.group_credit_manager"
ACCOUNTANT = "account.group_account_user"
SALES_MANAGER = "sales_team.group_sale_manager"
ROLES = {
    "analyst": "credit_management.group_credit_user",
    "manager": MANAGER,
    "accountant": ACCOUNTANT,
    "director": f"{MANAGER},{ACCOUNTANT},{SALES_MANAGER}",
    "seller": "sales_team.group_sale_salesman",
    "sales_manager": SALES_MANAGER,
}


@tagged("post_install", "-at_install")
class TestScreens(NoticeCommon):
    """Every screen opens for each role in the root company, whatever branches and other companies sold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._procedure(**cls.always)
        cls.branch = cls._create_company(name="Branch", parent_id=cls.company.id)
        cls.other = cls.setup_other_company()["company"]
        cls.local = cls._customer(
            "Customer of the branch", email="local@example.com", company_id=cls.branch.id
        )
        for company in (cls.company, cls.branch, cls.other):
            cls._bill(company)
            cls._bill(company, paid=True)
        cls._bill(cls.branch, customer=cls.local)
        cls._bill(cls.branch, customer=cls.local, paid=True)
        cls._order_of_branch()

    @classmethod
    def _bill(cls, company, customer=None, paid=False):
        """An invoice due a year ago, paid today or not at all."""
        due = cls.today.replace(year=cls.today.year - 1)
        invoice = (
            cls.env(su=True)["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (customer or cls.customer).id,
                    "company_id": company.id,
                    "invoice_date": due,
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Work", "price_unit": 100, "tax_ids": False})
                    ],
                }
            )
        )
        invoice.action_post()
        if paid:
            payment = cls.env(su=True)["account.payment.register"].with_company(company)
            payment.with_context(active_model="account.move", active_ids=invoice.ids).create(
                {"payment_date": cls.today}
            )._create_payments()
        return invoice

    @classmethod
    def _order_of_branch(cls):
        order = (
            cls.env(su=True)["sale.order"]
            .with_company(cls.branch)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "company_id": cls.branch.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.service.id,
                                "product_uom_qty": 1,
                                "price_unit": 50,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
        )
        cls.env["credit.hold"].sudo().create(
            {
                "name": order.name,
                "order_id": order.id,
                "profile_id": cls.env["credit.profile"]
                .sudo()
                ._ensure(cls.customer, cls.company)
                .id,
            }
        )

    def _leave_traces(self):
        """Credit files, limits, notices, charges and pauses on branch sales."""
        for customer in (self.customer, self.local):
            self._limit(100, customer=customer)
        notices = self._run().notice_ids.sudo()
        self.assertEqual(len(notices), 2)
        notices.action_approve()
        notices._send(self.today)
        late = self.env["credit.late.item"].sudo()
        found = late.search([("partner_id", "in", (self.customer | self.local).ids)])
        self.env["credit.late.charge"]._claim(None, found.item_id[:3], self.today)
        pauses = self.env["credit.followup.pause"].sudo()
        for customer, items in found.item_id.grouped("partner_id").items():
            pauses.create(
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "item_ids": [
                        Command.set(
                            items.filtered(lambda i: i.company_id.root_id == self.company).ids
                        )
                    ],
                    "reason": "Test",
                    "user_id": self.collector.id,
                }
            )

    def test_every_screen_opens_for_each_role(self):
        self._leave_traces()
        for role, groups in ROLES.items():
            user = self._user(f"screens_{role}", groups)
            env = self.env(
                user=user, context={**self.env.context, "allowed_company_ids": self.company.ids}
            )
            troubles, opened = Screens(env).get_troubles()
            self.assertGreater(opened, 5, role)
            for screen, sentence in troubles.items():
                with self.subTest(role=role, screen=screen):
                    self.fail(sentence)
