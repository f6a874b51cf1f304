from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged

from .common import CreditCommon

ON_ACCOUNT = "account.group_account_invoice"


@tagged("post_install", "-at_install")
class TestQuotationForm(CreditCommon):
    """What Odoo's own form sends is saved, for a salesperson too."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["sale.order"].with_user(cls.salesperson)
        cls.lines = cls.env["sale.order.line"].with_user(cls.salesperson)

    def _line_vals(self, **values):
        """A new line as the web client sends it."""
        return {
            "product_id": self.service.id,
            "product_template_id": self.service.product_tmpl_id.id,
            "product_uom_qty": 1,
            "price_unit": 5.0,
            "technical_price_unit": 5.0,
            "discount": 0,
            "tax_ids": [],
            "invoice_lines": [],
            "analytic_distribution": False,
            "display_type": False,
            "product_custom_attribute_value_ids": [],
            "product_no_variant_attribute_value_ids": [],
            "sequence": 10,
            "name": "Service",
            **values,
        }

    def test_a_quotation_with_a_line_is_typed_in_the_form(self):
        self._limit(1.0)
        for policy in (self.policy, self.policy.browse()):
            self.company.sudo().credit_management_policy_id = policy
            with Form(self.orders) as form:
                form.partner_id = self.customer
                with form.order_line.new() as line:
                    line.product_id = self.service
                    line.price_unit = 70.0
            order = form.record
            self.assertEqual(order.amount_total, 70.0)
            with Form(order) as form, form.order_line.new() as line:
                line.product_id = self.service
                line.price_unit = 30.0
            self.assertEqual(order.amount_total, 100.0)

    def test_the_web_client_saves_a_quotation_and_a_further_line(self):
        self._limit(1.0)
        for policy in (self.policy, self.policy.browse()):
            self.company.sudo().credit_management_policy_id = policy
            vals = {
                "partner_id": self.customer.id,
                "order_line": [Command.create(self._line_vals())],
            }
            [data] = self.orders.web_save(vals, {"id": {}, "amount_total": {}})
            self.assertEqual(data["amount_total"], 5.0)
            order = self.orders.browse(data["id"])
            further = {"order_line": [Command.create(self._line_vals())]}
            [data] = order.web_save(further, {"amount_total": {}})
            self.assertEqual(data["amount_total"], 10.0)

    def test_empty_values_change_nothing_and_pass(self):
        for empty in ([], False, [Command.set([])], [Command.clear()]):
            with self.subTest(empty=empty):
                order = self.orders.create(
                    {
                        "partner_id": self.customer.id,
                        "amount_total": 0.0,
                        "invoice_status": False,
                        "order_line": [
                            Command.create(
                                self._line_vals(invoice_lines=empty, qty_invoiced=0, price_total=0)
                            )
                        ],
                    }
                )
                order.order_line.write({"invoice_lines": empty, "is_downpayment": False})
                # computed all the same, though a value was given
                self.assertEqual((order.amount_total, order.order_line.price_total), (5.0, 5.0))
                self.assertTrue(order.invoice_status)

    def test_values_as_they_are_pass_and_freeze_nothing(self):
        invoiced = self._order(80.0)
        invoiced.action_confirm()
        invoice = self._invoice_order(invoiced)
        order = invoiced.with_user(self.salesperson)
        line = order.order_line
        links = invoice.invoice_line_ids.ids
        line.write({"invoice_lines": [Command.set(links)], "qty_invoiced": 1.0})
        line.write({"invoice_lines": [Command.link(links[0])]})
        order.write(
            {
                "amount_total": 80.0,
                "currency_rate": order.currency_rate,
                "order_line": [Command.create(self._line_vals())],
            }
        )
        self.assertEqual(order.amount_total, 85.0)

    def test_a_salesperson_changes_no_derived_value(self):
        order = self._order(80.0)
        order.action_confirm()
        links = self._invoice_order(order).invoice_line_ids.ids
        for change in (
            {"invoice_lines": [Command.clear()]},
            {"invoice_lines": [Command.set([])]},
            {"invoice_lines": [Command.unlink(links[0])]},
            {"invoice_lines": [Command.create({})]},
            {"invoice_lines": [Command.update(links[0], {"quantity": 9})]},
            {"qty_invoiced": 0},
            {"price_total": 0},
            {"is_downpayment": True},
        ):
            with self.subTest(change=change), self.assertRaises(AccessError):
                order.order_line.with_user(self.salesperson).write(change)
        for change in ({"amount_total": 0}, {"currency_rate": 2.0}, {"invoice_status": "no"}):
            with self.subTest(change=change), self.assertRaises(AccessError):
                order.with_user(self.salesperson).write(change)
        self.assertEqual(order.order_line.invoice_lines.ids, links)

    def test_an_empty_default_of_the_context_freezes_nothing(self):
        orders = self.orders.with_context(default_amount_total=0.0, default_invoice_status=False)
        order = orders.create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create(self._line_vals())],
            }
        )
        self.assertEqual(order.amount_total, 5.0)

    def test_who_writes_invoice_lines_may_link_them_from_the_order(self):
        first = self._order(80.0)
        first.action_confirm()
        links = self._invoice_order(first, post=False).invoice_line_ids.ids
        values = {
            "partner_id": self.customer.id,
            "order_line": [Command.create(self._line_vals(invoice_lines=[Command.set(links)]))],
        }
        with self.assertRaises(AccessError):
            self.orders.create(values)
        accountant = self._user("accountant", f"{ON_ACCOUNT},sales_team.group_sale_salesman")
        order = self.env["sale.order"].with_user(accountant).create(values)
        self.assertEqual(order.order_line.invoice_lines.ids, links)


@tagged("post_install", "-at_install")
class TestQuotationTour(CreditCommon, HttpCase):
    def test_a_salesperson_types_a_quotation_and_adds_a_line(self):
        self._limit(1.0)
        self.customer.name = "Tour Customer"
        self.service.write({"name": "Tour Product", "list_price": 7.0})
        for policy in (self.policy, self.policy.browse()):
            self.company.sudo().credit_management_policy_id = policy
            known = self.env["sale.order"].search([])
            self.start_tour("/odoo/sales", "credit_quotation_new", login=self.salesperson.login)
            order = self.env["sale.order"].search([]) - known
            self.assertEqual(order.partner_id, self.customer)
            self.assertEqual(order.order_line.product_id, self.service)
            url = f"/odoo/sales/{order.id}"
            self.start_tour(url, "credit_quotation_line", login=self.salesperson.login)
            self.assertEqual(len(order.order_line), 2)
