"""Test kit of statements: persons, entries, statements at each stage, in one line each.

Amounts are without taxes, in the company's currency. Entries are created by hand: earning them is tested elsewhere.
"""

from datetime import date

from odoo.fields import Command

from .common import SALES, CommissionCommon

MANAGER = "credit_commission.group_commission_manager"
ACCOUNTANT = "account.group_account_invoice"
OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)


class StatementCommon(CommissionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesperson = cls._user("anna", SALES, name="Anna Sales")
        cls.colleague = cls._user("bruno", SALES, name="Bruno Sales")
        cls.manager = cls._user("mona", f"{MANAGER},{SALES}", name="Mona Manager")
        cls.accountant = cls._user("accountant", ACCOUNTANT, name="Axel Accountant")
        cls.agent = cls.env["res.partner"].create(
            {
                "name": "South Agency",
                "email": "south@example.com",
                "is_company": True,
                "lang": "en_US",
            }
        )
        cls.plan = cls.env(su=True)["credit.commission.plan"].create(
            {
                "name": "Plan",
                "company_id": cls.company.id,
                "date_from": date(2026, 1, 1),
                "rule_ids": [Command.create({"name": "All sales", "percent": 5.0})],
            }
        )
        cls.invoice = cls._create_invoice_one_line(
            price_unit=1000.0, product_id=cls.product_a, partner_id=cls.partner_a, post=True
        )

    @classmethod
    def _entry(cls, amount, person=None, day=date(2026, 10, 15), **values):
        """An entry of the salesperson, of 5 % unless told otherwise."""
        return cls.env(su=True)["credit.commission.entry"].create(
            {
                "company_id": cls.company.id,
                "person_id": (person or cls.salesperson.partner_id).id,
                "plan_id": cls.plan.id,
                "rule_id": cls.plan.rule_ids.id,
                "kind": "collection",
                "date": day,
                "base": amount * 20,
                "percent": 5.0,
                "share": 100.0,
                "amount": amount,
                "move_id": cls.invoice.id,
                "line_id": cls.invoice.invoice_line_ids.id,
                "partner_id": cls.partner_a.id,
                **values,
            }
        )

    @classmethod
    def _prepare(cls, period=OCTOBER, user=None):
        """The statements of a period, prepared by the manager through the screen."""
        wizard = (
            cls.env["credit.commission.period"]
            .with_user(user or cls.manager)
            .create({"company_id": cls.company.id, "period": "month", "day": period[0]})
        )
        action = wizard.action_prepare()
        return cls.env["credit.commission.statement"].search(action["domain"])

    def _statement(self, *amounts, person=None, state="draft", period=OCTOBER):
        """A statement with entries of these amounts, taken to a state by users with the rights."""
        for amount in amounts:
            self._entry(amount, person, period[0])
        person = person or self.salesperson.partner_id
        statement = self._prepare(period).filtered(lambda one: one.person_id == person)
        if state != "draft":
            statement.with_user(self.manager).action_mark_sent()
        if state == "closed":
            statement.with_user(self.manager).action_close()
        return statement.sudo()
