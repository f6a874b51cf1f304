"""The test kit: customers with debts, orders at the gate and users with and without rights, in one line each.

Amounts are without taxes and in the company's currency unless a currency is named.
"""

from datetime import timedelta

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user

ORDER_GROUPS = "sales_team.group_sale_salesman"


class CreditCommon(AccountTestInvoicingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("en_US")
        cls.env.user.sudo().lang = "en_US"
        cls.env = cls.env(context={**cls.env.context, "lang": "en_US"})
        if not issubclass(
            cls, HttpCase
        ):  # in HTTP tests, all of Odoo's cursors share the test's own view
            cls.gate_reads_own_figures()
        cls.company = cls.company_data["company"]
        cls.today = cls.company._get_credit_today()
        cls.customer = cls._customer("Customer")
        cls.service = cls._service("order")
        cls.service_delivered = cls._service("delivery")
        cls.salesperson = cls._user("salesperson", ORDER_GROUPS)
        cls.analyst = cls._user("analyst", "credit_management.group_credit_user")
        cls.manager = cls._user("manager", "credit_management.group_credit_manager")
        cls.policy = cls._policy(over_limit={})

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        return (
            groups
            | cls.quick_ref("sales_team.group_sale_manager")
            | cls.quick_ref("base.group_partner_manager")
        )

    @classmethod
    def gate_reads_own_figures(cls):
        """Give the gate the test's own view, as its second connection does not see uncommitted data."""
        cls.classPatch(cls.registry["credit.gate"], "_reads_own_view", lambda self: True)

    # === RECORDS === #

    @classmethod
    def _user(cls, login, groups, **values):
        return new_test_user(
            cls.env(su=True),
            f"credit_{login}",
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
    def _service(cls, invoice_policy):
        return cls._create_product(
            name=f"Service invoiced on {invoice_policy}",
            type="service",
            invoice_policy=invoice_policy,
            list_price=1.0,
            taxes_id=False,
        )

    @classmethod
    def _policy(cls, **rules):
        """A policy with the rules given by kind, used by the company: ``_policy(overdue_days={"threshold": 30})``."""
        policy = cls.env(su=True)["credit.policy"].create(
            {
                "name": "Policy",
                "rule_ids": [
                    Command.create({"kind": kind, **values}) for kind, values in rules.items()
                ],
            }
        )
        cls.env.company.sudo().credit_management_policy_id = policy
        return policy

    def _profile(self, customer=None, **values):
        """The credit file of a customer, with values written by the manager."""
        profile = self.env["credit.profile"].sudo()._ensure(customer or self.customer, self.company)
        if values:
            profile.with_user(self.manager).write(values)
        profile.invalidate_recordset()
        return profile

    def _limit(self, amount, customer=None, **values):
        """A limit requested by the analyst and approved by the manager."""
        profile = self._profile(customer)
        limit = (
            self.env["credit.limit"]
            .with_user(self.analyst)
            .create({"profile_id": profile.id, "amount": amount, "reason": "Test", **values})
        )
        limit.action_request()
        limit.with_user(self.manager).action_approve()
        return limit.sudo()

    def _open_tile(self, name, user):
        """The documents of a tile of the home page, as a user reads them in the window that it opens."""
        tile = self.env["credit.tile"].with_user(user)._get_tiles(self.today)[name]
        self.assertTrue(user.has_groups(tile.groups))
        action = self.env["ir.actions.actions"].with_user(user)._for_xml_id(tile.action)
        self.assertEqual(action["res_model"], tile.model)
        documents = self.env[tile.model].with_user(user).search(list(tile.domain))
        if tile.amount:
            [[total]] = documents._read_group(list(tile.domain), [], [f"{tile.amount}:sum"])
            self.assertEqual(total or 0.0, sum(documents.mapped(tile.amount)))
        return documents

    def _order(self, amount, customer=None, product=None, user=None, quantity=1.0, **values):
        """A quotation of one line of ``quantity``, priced so that the total is ``amount``."""
        customer = customer or self.customer
        return self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": (user or self.salesperson).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": (product or self.service).id,
                            "product_uom_qty": quantity,
                            "price_unit": amount / quantity,
                            "tax_ids": False,
                        }
                    )
                ],
                **values,
            }
        )

    def _sale(self, amount, **values):
        """An order confirmed without a policy."""
        order = self._order(amount, **values)
        self.company.sudo().credit_management_policy_id, policy = (
            False,
            self.company.sudo().credit_management_policy_id,
        )
        order.action_confirm()
        self.company.sudo().credit_management_policy_id = policy
        self.assertEqual(order.state, "sale")
        return order

    def _invoice(self, amount, days_late=None, customer=None, post=True, **values):
        """A posted invoice, due ``days_late`` days before today."""
        due = (
            self.today - timedelta(days_late)
            if days_late is not None
            else self.today + timedelta(30)
        )
        defaults = {
            "partner_id": (customer or self.customer).id,
            "invoice_date": min(due, self.today),
            "invoice_date_due": due,
            "invoice_payment_term_id": None,
            "invoice_line_ids": [
                self._prepare_invoice_line(price_unit=amount, product_id=self.service, tax_ids=[])
            ],
        }
        return self._create_invoice(post=post, **defaults | values)

    def _pay(self, invoice, amount=None, **values):
        """Pay an invoice through the wizard, in full or ``amount``."""
        if amount is not None:
            values["amount"] = amount
        return self._register_payment(invoice, **values)

    def _pay_on_account(self, amount, customer=None):
        """A payment not allocated to any invoice."""
        journal = self.company_data["default_journal_bank"]
        receivable = (customer or self.customer).property_account_receivable_id
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "line_ids": [
                    Command.create({"account_id": journal.default_account_id.id, "debit": amount}),
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": (customer or self.customer).id,
                            "credit": amount,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        return entry

    def _invoice_order(self, order, post=True):
        invoice = order._create_invoices(final=True)
        if post:
            invoice.action_post()
        return invoice

    def _down_payment(self, order, amount, post=True):
        return self._create_down_payment_invoice(order, "fixed", amount, post=post)

    def _tracked(self, records, user=None):
        """The records as a user (the manager by default), with tracking, which Odoo's test classes switch off."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        context = {"tracking_disable": False, "mail_notrack": False}
        return records.with_user(user or self.manager).with_context(**context)

    def _get_tracked(self, records):
        """The tracking values written on the records so far."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        records.invalidate_recordset(["message_ids"])
        return records.sudo().message_ids.tracking_value_ids

    def _transaction(self, order, amount, **values):
        """A payment made online for the order."""
        provider = (
            self.env["payment.provider"]
            .sudo()
            .create({"name": "Test", "company_id": self.company.id})
        )
        methods = self.env["payment.method"].sudo().with_context(active_test=False)
        return (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": methods.search([], limit=1).id,
                    "reference": "paid",
                    "amount": amount,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.link(order.id)],
                    "state": "done",
                    **values,
                }
            )
        )

    # === ASSERTIONS === #

    def _exposure(self, customer=None):
        """``{source: amount}`` of the current exposure rows."""
        self.env.flush_all()
        rows = (
            self.env["credit.exposure"]
            .sudo()
            ._read_group(
                [("partner_id", "=", (customer or self.customer).id)], ["source"], ["amount:sum"]
            )
        )
        return {source: round(amount, 2) for source, amount in rows if round(amount, 2)}

    def assertExposure(self, customer=None, **sources):
        self.assertEqual(self._exposure(customer), sources)

    def assertHeld(self, order, *kinds):
        """Assert that the order is held as a quotation by the given rules."""
        self.assertEqual((order.state, order.credit_state), ("sent", "held"))
        hold = order.sudo().credit_hold_ids.filtered(lambda hold: hold.state == "pending")
        self.assertEqual(len(hold), 1)
        if kinds:
            self.assertEqual(set(hold.reason_ids.mapped("kind")), set(kinds))
        return hold

    def assertPassed(self, order):
        self.assertEqual(order.state, "sale")
        self.assertFalse(
            order.sudo().credit_hold_ids.filtered(lambda hold: hold.state == "pending")
        )
