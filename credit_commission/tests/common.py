"""Test kit: plans, salespeople, invoices, payments and their commission, in one line each.

Amounts are in the company's currency unless a currency is named. ``_user`` and ``_customer`` repeat those of
credit_management's test kit, because this add-on does not depend on it.
"""

from datetime import date

from odoo import fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command
from odoo.tests import new_test_user

SALES = "sales_team.group_sale_salesman"


class CommissionCommon(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("en_US")
        cls.env.user.sudo().lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        cls.company = cls.company_data["company"]
        cls.today = fields.Date.context_today(cls.env.user)
        cls.first_day = date(cls.today.year - 1, 1, 1)
        cls.salesperson = cls._user("salesperson", SALES)
        cls.second = cls._user("second", SALES)
        cls.manager = cls._user("manager", "credit_commission.group_commission_manager")
        cls.customer = cls._customer("Customer")
        cls.product = cls._create_product(name="Consulting", type="service", taxes_id=False)
        cls.tax = cls._tax(20.0)
        cls.bank = cls.company_data["default_journal_bank"]
        cls.receivable = cls.company_data["default_account_receivable"]

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        return (
            groups
            | cls.quick_ref("sales_team.group_sale_manager")
            | cls.quick_ref("base.group_partner_manager")
            | cls.quick_ref("credit_commission.group_commission_manager")
        )

    # === RECORDS === #

    @classmethod
    def _user(cls, login, groups, **values):
        return new_test_user(
            cls.env(su=True),
            f"commission_{login}",
            groups,
            company_id=cls.env.company.id,
            email=f"{login}@example.com",
            lang="en_US",
            **values,
        )

    @classmethod
    def _customer(cls, name, **values):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **values})

    @classmethod
    def _passing_account(cls, name, code):
        """A reconcilable current asset account for waiting or transferred debts."""
        return cls.env["account.account"].create(
            {"name": name, "code": code, "account_type": "asset_current", "reconcile": True}
        )

    @classmethod
    def _tax(cls, amount, **values):
        return cls.env["account.tax"].create(
            {
                "name": f"{amount} % of tests {sorted(values)}",
                "amount": amount,
                "type_tax_use": "sale",
                **values,
            }
        )

    @classmethod
    def _plan(
        cls, percent=5.0, rules=None, shares=None, tiers=(), speeds=(), activate=True, **values
    ):
        """An active plan: by default ``percent`` of everything to the salesperson of the sale."""
        plan = cls.env["credit.commission.plan"].create(
            {
                "name": "Plan",
                "company_id": cls.company.id,
                "date_from": cls.first_day,
                "rule_ids": [
                    Command.create({"name": "All sales", "percent": percent, **rule})
                    for rule in rules or [{}]
                ],
                "agent_ids": [Command.create(share) for share in shares or [{}]],
                "tier_ids": [
                    Command.create({"threshold": threshold, "percent": rate})
                    for threshold, rate in tiers
                ],
                "speed_ids": [
                    Command.create({"days_late": days, "kind": kind, "percent": rate})
                    for days, kind, rate in speeds
                ],
                **values,
            }
        )
        if activate:
            plan.action_activate()
        return plan

    def _line(self, amount, tax=None, product=None, **values):
        return Command.create(
            {
                "name": "Line",
                "product_id": (self.product if product is None else product).id,
                "price_unit": amount,
                "quantity": 1.0,
                "tax_ids": [Command.set(tax.ids if tax else [])],
                **values,
            }
        )

    def _sell(self, *lines, day=None, user=None, customer=None, tax=None, post=True, **values):
        """A posted invoice with lines of these net amounts, or prepared lines."""
        day = day or self.first_day
        company = self.env["res.company"].browse(values.get("company_id")) or self.env.company
        move = (
            self.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (customer or self.customer).id,
                    "invoice_date": day,
                    "invoice_date_due": day,
                    "invoice_payment_term_id": False,
                    "invoice_user_id": (user or self.salesperson).id,
                    "invoice_line_ids": [
                        line if isinstance(line, (tuple, list)) else self._line(line, tax)
                        for line in lines
                    ],
                    **values,
                }
            )
        )
        if post:
            move.action_post()
        return move

    def _pay(self, invoice, amount=None, day=None, **values):
        """A payment through the wizard, in full or of ``amount``."""
        if amount is not None:
            values["amount"] = amount
        return self._register_payment(invoice, payment_date=day or invoice.invoice_date, **values)

    def _entry(self, *lines, day=None, journal=None, partner=None, post=True):
        """A posted journal entry of ``(account, balance)`` lines."""
        move = self.env["account.move"].create(
            {
                "date": day or self.first_day,
                **({"journal_id": journal.id} if journal else {}),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": (partner or self.customer).id,
                            "balance": balance,
                        }
                    )
                    for account, balance in lines
                ],
            }
        )
        move.action_post()
        return move

    def _match(self, *moves, account=None):
        """Reconcile the open items of moves on an account, the receivable one by default."""
        lines = self.env["account.move"].union(*moves).line_ids
        lines.filtered(
            lambda line: line.account_id == (account or self.receivable) and not line.reconciled
        ).reconcile()

    def _bank(self, amount, day=None, account=None, **values):
        """A bank entry: money on the bank account, against an account."""
        bank = self.bank.default_account_id
        return self._entry(
            (bank, amount),
            (account or self.receivable, -amount),
            day=day,
            journal=self.bank,
            **values,
        )

    def _refund(self, invoice, day=None, lines=None, post=True):
        """A posted credit note of an invoice, in full or with lines of these net amounts."""
        refund = invoice._reverse_moves([{"invoice_date": day or invoice.invoice_date}])
        refund.invoice_user_id = invoice.invoice_user_id
        if lines is not None:
            taxes = invoice.invoice_line_ids[:1].tax_ids
            refund.invoice_line_ids = [
                Command.clear(),
                *(self._line(amount, taxes) for amount in lines),
            ]
        if post:
            refund.action_post()
        return refund

    def _statement(self, person, entries=None, **values):
        """A statement that settles entries."""
        entries = self._entries(person) if entries is None else entries
        statement = (
            self.env["credit.commission.statement"]
            .sudo()
            .create(
                {
                    "person_id": person.id,
                    "company_id": self.company.id,
                    "date_from": self.first_day,
                    "date_to": self.today,
                    **values,
                }
            )
        )
        entries.sudo().statement_id = statement
        return statement

    # === FIGURES === #

    def _compute(self, until=None, plan=None):
        self.env.flush_all()
        plans = plan or self.env["credit.commission.plan"]
        plans._compute_entries(until or self.today)

    def _entries(self, person=None, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        if person:
            domain.append(("person_id", "=", person.id))
        return self.env["credit.commission.entry"].search(domain, order="id")

    def _earned(self, until=None, user=None, **values):
        """Amounts entered for a salesperson in order, after computing."""
        self._compute(until)
        person = (user or self.salesperson).partner_id
        return [round(entry.amount, 2) for entry in self._entries(person, **values)]

    def _log(self):
        """The log as ``(event, amount)``."""
        self.env["credit.commission.collection"].sudo()._log_new()
        rows = self.env["credit.commission.collection"].search([], order="id")
        return [(row.event, round(row.amount, 2)) for row in rows]

    def assertEarned(self, *amounts, **options):
        self.assertEqual(self._earned(**options), [round(amount, 2) for amount in amounts])
