from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CreditCommon

#: of each model, what the exposure reads and somebody types: each with its reason
TYPED = {
    "account.move": {
        "currency_id": "entered on an invoice",
        "invoice_currency_rate": "entered on an invoice",
        "invoice_date_due": "entered on an invoice",
        "move_type": "chosen once, by the action that makes it",
        "payment_state": "the button Block Payment writes it as its user",
        "state": "written by the buttons of an invoice; accountants alone write invoices",
    },
    "account.move.line": {
        "account_id": "entered",
        "balance": "entered on an entry",
        "matching_number": "imported with an opening balance; accountants alone write entries",
        "product_uom_id": "entered",
        "quantity": "entered",
        "date_maturity": "entered on an entry",
        "partner_id": "entered on an entry",
    },
    "account.partial.reconcile": {
        "amount": "written by Odoo as an accountant reconciles",
        "credit_move_id": "written by Odoo as an accountant reconciles",
        "debit_move_id": "written by Odoo as an accountant reconciles",
    },
    "account.payment": {
        "credit_cleared_date": "a decision of an accountant, by its button",
        "move_id": "written by Odoo when the payment is posted",
        "partner_type": "entered",
        "payment_type": "entered",
        "state": "written by the buttons of a payment; accountants alone write payments",
    },
    "credit.dispute.line": {
        "item_id": "named when the dispute is recorded, and kept",
        "withheld": "written by the decisions on its dispute, never by a client",
    },
    "credit.payment.plan": {"state": "written by the buttons of a plan, never by a client"},
    "credit.payment.plan.instalment": {
        "cumulative": "written when the plan is agreed, never by a client",
        "date": "entered on a draft, and kept once it is proposed",
        "plan_id": "the plan in which it is made, and kept",
    },
    "credit.payment.plan.line": {
        "item_id": "entered on a draft, and kept once it is proposed",
        "plan_id": "the plan in which it is made, and kept",
    },
    "product.template": {"invoice_policy": "entered on a product"},
    "res.currency.rate": {
        "company_id": "accountants",
        "currency_id": "accountants",
        "name": "accountants",
        "rate": "accountants",
    },
    "sale.order": {
        "commitment_date": "entered; a date brought forward is growth",
        "date_order": "entered on a quotation, written by Odoo at its confirmation",
        "partner_invoice_id": "entered; another customer is growth",
        "state": "an order that becomes a sale passes the gate, or the second line behind it",
    },
    "sale.order.line": {
        "customer_lead": "entered; an earlier delivery is growth",
        "is_downpayment": "the wizard of down payments makes their lines; a line that orders something is none",
        "product_uom_id": "entered; more is growth",
        "product_uom_qty": "entered; more is growth",
        "qty_delivered": "entered where nothing else delivers",
    },
    "stock.move": {
        "sale_line_id": "written by Odoo with the delivery; what is held does not change it",
        "state": "a move that is done passes the gate, or the second line behind it",
    },
    "stock.picking": {"state": "the state of its moves, which pass the gate"},
}


@tagged("post_install", "-at_install")
class TestDerived(CreditCommon):
    """What Odoo computes and the exposure reads is typed by nobody; what people type stays theirs to type."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._user(
            "accountant",
            "account.group_account_invoice,sales_team.group_sale_salesman_all_leads,"
            "base.group_partner_manager",
        )

    def setUp(self):
        super().setUp()
        self.sold = self._order(80.0)
        self.sold.action_confirm()
        self.invoice = self.sold._create_invoices(final=True)
        self.invoice.action_post()
        self.payment = self.env["account.payment"].create(
            {"partner_id": self.customer.id, "amount": 10.0, "payment_type": "inbound"}
        )
        self.samples = {
            "account.move": self.invoice,
            "account.move.line": self.invoice.line_ids.filtered(lambda line: line.debit),
            "account.payment": self.payment,
            "res.partner": self.customer,
            "sale.order": self.sold,
            "sale.order.line": self.sold.order_line,
        }

    def _guarded(self):
        """``{model: names}`` of all derived fields that the exposure depends on."""
        mixin = self.env["credit.derived.mixin"]
        guarded = {}
        for field in mixin._find_fields_read():
            model = self.env[field.model_name]
            if getattr(model, "_is_derived", mixin._is_derived)(field):
                guarded.setdefault(field.model_name, set()).add(field.name)
        return guarded

    def _another(self, record, name):
        """A value that the field has not."""
        field, value = record._fields[name], record[name]
        if field.type == "many2one":
            others = self.env[field.comodel_name].sudo().with_context(active_test=False)
            return others.search([("id", "!=", value.id)], limit=1).id
        if field.type == "selection":
            options = field._description_selection(self.env)
            return next(key for key, _label in options if key != value)
        if field.type == "boolean":
            return not value
        if field.type in ("date", "datetime"):
            return "2001-01-01"
        return value + 1 if field.type in ("float", "monetary", "integer") else "another"

    def test_every_derived_field_that_the_exposure_reads_is_guarded(self):
        guarded = self._guarded()
        self.assertLessEqual(
            {"qty_to_invoice", "state", "price_subtotal"}, guarded["sale.order.line"]
        )
        self.assertLessEqual({"amount_total", "currency_id"}, guarded["sale.order"])
        self.assertIn("commercial_partner_id", guarded["res.partner"])
        for model, names in guarded.items():
            with self.subTest(model):
                guard = getattr(self.env[model], "_get_derived_fields", None)
                left = names - (guard(creating=True) if guard else frozenset())
                self.assertEqual(left, names & set(TYPED.get(model, ())))

    def test_what_the_exposure_reads_is_derived_or_typed_for_a_reason(self):
        for model, names in self.env["credit.exposure"]._depends.items():
            guarded = self._guarded().get(model, set())
            with self.subTest(model):
                self.assertEqual(set(names) - guarded, set(names) & set(TYPED.get(model, ())))

    def test_no_client_changes_a_derived_field(self):
        for model, record in self.samples.items():
            as_user = record.with_user(self.accountant)
            for name in sorted(record._get_derived_fields(creating=False)):
                if record._fields[name].type in ("one2many", "many2many"):
                    continue
                if name not in as_user.fields_get([name]):
                    continue
                value = self._another(record, name)
                if not value and value is not False and value != 0:
                    continue
                with self.subTest(model, field=name), self.assertRaises(AccessError):
                    as_user.write({name: value})

    def test_what_changes_nothing_passes(self):
        for model, record in self.samples.items():
            as_user = record.with_user(self.accountant)
            for name in sorted(record._get_derived_fields(creating=False)):
                if name not in as_user.fields_get([name]):
                    continue
                same = record._fields[name].convert_to_write(record[name], record)
                with self.subTest(model, field=name):
                    as_user.write({name: same})

    def test_a_new_record_gives_no_derived_value(self):
        lines = self.env["sale.order.line"].with_user(self.salesperson)
        order = self._order(80.0, user=self.salesperson)
        values = {"order_id": order.id, "product_id": self.service.id, "price_unit": 5.0}
        for name, value in (
            ("state", "sale"),
            ("qty_to_invoice", 9.0),
            ("qty_invoiced", 9.0),
            ("price_total", 1.0),
            ("invoice_status", "invoiced"),
        ):
            with self.subTest(name):
                with self.assertRaises(AccessError):
                    lines.create({**values, name: value})
                with self.assertRaises(AccessError):
                    order.with_user(self.salesperson).write(
                        {"order_line": [Command.create({**values, name: value})]}
                    )
                with_default = lines.with_context(**{f"default_{name}": value})
                try:
                    line = with_default.create(values)
                except AccessError:
                    continue
                self.assertNotEqual(line.sudo()[name], value, "a default is no better")
        made = lines.create({**values, "state": "draft", "price_total": 5.0, "qty_invoiced": 0.0})
        self.assertEqual(made.price_total, 5.0, "computed, though it was given")

    def test_a_line_is_no_down_payment_of_a_clients_making(self):
        order = self._order(80.0, user=self.salesperson).with_user(self.salesperson)
        values = {"product_id": self.service.id, "is_downpayment": True}
        with self.assertRaisesRegex(UserError, "Create Invoice"):
            order.write({"order_line": [Command.create({**values, "product_uom_qty": 9})]})
        with self.assertRaisesRegex(UserError, "Create Invoice"):
            order.write({"order_line": [Command.create(values)]})
        order.write({"order_line": [Command.create({**values, "product_uom_qty": 0})]})
        with self.assertRaisesRegex(UserError, "Create Invoice"):
            order.order_line[-1].product_uom_qty = 9

    def test_a_down_payment_without_product_and_price_passes_and_gets_neither(self):
        """As imports make them: the quantity of 1 is Odoo's default."""
        order = self._order(80.0, user=self.salesperson).with_user(self.salesperson)
        order.write({"order_line": [Command.create({"name": "Paid", "is_downpayment": True})]})
        line = order.order_line.filtered("is_downpayment")
        self.assertEqual(line.product_uom_qty * line.price_unit, 0)
        with self.assertRaisesRegex(UserError, "Create Invoice"):
            line.price_unit = 50.0
        with self.assertRaises(UserError):
            line.product_id = self.service

    def test_the_down_payment_of_the_wizard_passes(self):
        order = self._order(80.0)
        order.action_confirm()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.salesperson)
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": 20.0})
        )
        wizard.create_invoices()
        lines = order.order_line.filtered("is_downpayment")
        self.assertTrue(lines)
        self.assertFalse(any(lines.mapped("product_uom_qty")))

    def test_what_people_type_stays_typable(self):
        term = self.env.ref("account.account_payment_term_30days")
        order = self._order(80.0, user=self.salesperson).with_user(self.salesperson)
        order.write(
            {
                "payment_term_id": term.id,
                "commitment_date": "2030-01-01 10:00:00",
                "client_order_ref": "X",
                "order_line": [
                    Command.update(
                        order.order_line.id,
                        {
                            "price_unit": 70.0,
                            "discount": 5.0,
                            "product_uom_qty": 2.0,
                            "name": "Typed",
                            "tax_ids": False,
                        },
                    )
                ],
            }
        )
        self.assertEqual(order.amount_total, 133.0)
        invoice = self._invoice(50.0, post=False).with_user(self.accountant)
        invoice.invoice_date_due = "2030-01-01"
        invoice.invoice_line_ids.price_unit = 60.0
        self.assertEqual(invoice.amount_total, 60.0)
        posted = self.invoice.with_user(self.accountant)
        posted.action_toggle_block_payment()
        self.assertEqual(posted.payment_state, "blocked")

    def test_odoos_own_forms_and_imports_pass(self):
        with Form(self.env["sale.order"].with_user(self.salesperson)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as line:
                line.product_id = self.service
        order = form.record
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_uom_qty = 3.0
        loaded = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .load(
                [
                    "partner_id/.id",
                    "order_line/product_id/.id",
                    "order_line/product_uom_qty",
                    "order_line/price_unit",
                ],
                [[str(self.customer.id), str(self.service.id), "3", "1.0"]],
            )
        )
        self.assertTrue(loaded["ids"], loaded["messages"])
        self.assertEqual(
            self.env["sale.order"].browse(loaded["ids"]).amount_total, order.amount_total
        )
        with Form(
            self.env["account.move"]
            .with_user(self.accountant)
            .with_context(default_move_type="out_invoice")
        ) as form:
            form.partner_id = self.customer
            with form.invoice_line_ids.new() as line:
                line.product_id = self.service
        form.record.action_post()
        with Form(self.env["res.partner"].with_user(self.accountant)) as form:
            form.name = "Typed"
        self.assertEqual(form.record.commercial_partner_id, form.record)

    def test_an_import_of_what_odoo_computes_says_so(self):
        names = ["partner_id/.id", "currency_id/.id", "amount_total"]
        rows = [[str(self.customer.id), str(self.company.currency_id.id), "5"]]
        result = self.env["sale.order"].with_user(self.salesperson).load(names, rows)
        self.assertFalse(result["ids"])
        self.assertIn("computed by Odoo", result["messages"][0]["message"])

    def test_the_system_writes_what_it_computes(self):
        self.sold.order_line.sudo().write({"qty_invoiced": 1.0})
        self.customer.sudo().write({"commercial_partner_id": self.customer.id})
