from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestExposure(CreditCommon):
    def test_an_order_moves_from_ordered_to_delivered_to_receivable(self):
        order = self._sale(900.0, product=self.service_delivered, quantity=9)
        self.assertExposure(ordered=900.0)
        order.order_line.qty_delivered = 4
        self.assertExposure(ordered=500.0, delivered=400.0)
        invoice = self._invoice_order(order, post=False)
        self.assertExposure(ordered=500.0, delivered=400.0)
        invoice.action_post()
        self.assertExposure(ordered=500.0, receivable=400.0)
        self._pay(invoice, 150.0)
        self.assertExposure(ordered=500.0, receivable=250.0)

    def test_a_product_invoiced_on_order_counts_once_at_every_step(self):
        order = self._sale(300.0, quantity=3)
        self.assertExposure(ordered=300.0)
        order.order_line.qty_delivered = 1
        self.assertExposure(ordered=200.0, delivered=100.0)
        invoice = self._invoice_order(order)
        self.assertExposure(receivable=300.0)
        self._pay(invoice)
        self.assertExposure()

    def test_over_delivery_counts_where_it_will_be_invoiced(self):
        on_order = self._sale(300.0, quantity=3)
        on_order.order_line.qty_delivered = 5
        self.assertExposure(delivered=300.0)
        on_delivery = self._sale(300.0, product=self.service_delivered, quantity=3)
        on_delivery.order_line.qty_delivered = 5
        self.assertExposure(delivered=800.0)

    def test_what_is_delivered_beyond_an_order_of_nothing_counts(self):
        order = self._sale(100.0)
        line = {"product_id": self.service_delivered.id, "product_uom_qty": 0, "price_unit": 30.0}
        order.order_line = [Command.create({**line, "qty_delivered": 2, "tax_ids": False})]
        self.assertExposure(ordered=100.0, delivered=60.0)

    def test_a_line_closed_short_has_nothing_open(self):
        if "picking_ids" not in self.env["sale.order"]._fields:
            self.skipTest("needs sale_stock")
        good = self._create_product(
            name="Sold by weight", type="consu", invoice_policy="delivery", taxes_id=False
        )
        order = self._order(100.0, product=good, quantity=10)
        order.order_line = [
            Command.create({"product_id": self.service.id, "price_unit": 7.0, "tax_ids": False})
        ]
        order.action_confirm()
        move = order.picking_ids.move_ids
        move.write({"quantity": 9.0, "picked": True})
        order.picking_ids.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=order.picking_ids.ids
        ).button_validate()
        invoice = self._invoice_order(order, post=False)
        invoice.invoice_line_ids.filtered(lambda line: line.product_id == self.service).unlink()
        self.assertExposure(delivered=90.0, ordered=7.0)

    def test_a_down_payment_counts_once_draft_posted_paid_and_deducted(self):
        order = self._sale(1000.0)
        down_payment = self._down_payment(order, 300.0, post=False)
        self.assertExposure(ordered=1000.0)
        down_payment.action_post()
        self.assertExposure(ordered=700.0, receivable=300.0)
        payment = self._pay(down_payment)
        self.assertExposure(ordered=700.0)
        final = self._invoice_order(order)
        self.assertEqual(final.amount_total, 700.0)
        self.assertExposure(receivable=700.0)
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_cancel()
        self.assertExposure(receivable=1000.0)

    def test_a_down_payment_credited_after_its_deduction_is_ordered_again(self):
        order = self._sale(1000.0, product=self.service_delivered, quantity=2)
        down_payment = self._down_payment(order, 300.0)
        order.order_line[:1].qty_delivered = 1
        self._invoice_order(order)
        self.assertExposure(ordered=500.0, receivable=500.0)
        credit_note = self._reverse(down_payment)
        self.assertExposure(ordered=500.0, receivable=500.0)
        credit_note.action_post()
        self.assertExposure(ordered=800.0, receivable=200.0)

    def _reverse(self, invoice):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        return wizard.new_move_ids

    def test_a_down_payment_makes_no_room_before_the_delivery_within_the_horizon(self):
        self.policy.sudo().write({"has_horizon": True, "horizon_days": 90})
        order = self._sale(1000.0)
        order.order_line.customer_lead = 120
        self.assertEqual(self._profile().exposure, 0.0)
        down_payment = self._down_payment(order, 300.0)
        self.assertEqual(self._profile().exposure, 300.0)
        self._pay(down_payment)
        self.assertEqual(self._profile().exposure, 0.0)

    def test_refunds_and_unallocated_money_lower_the_exposure(self):
        invoice = self._invoice(500.0)
        refund = self._invoice(120.0, move_type="out_refund", post=False)
        self.assertExposure(receivable=500.0)
        refund.action_post()
        self.assertExposure(receivable=380.0)
        self._pay_on_account(400.0)
        self.assertExposure(receivable=-20.0)
        (invoice.line_ids + refund.line_ids).filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertExposure(receivable=-20.0)

    def test_drafts_count_and_what_is_cancelled_does_not(self):
        invoice = self._invoice(500.0)
        invoice.button_draft()
        self.assertExposure(draft_invoice=500.0)
        invoice.button_cancel()
        self.assertExposure()
        order = self._sale(200.0)
        order._action_cancel()
        self.assertExposure()

    def test_a_cancelled_order_whose_goods_left_is_judged_whole_when_it_comes_back(self):
        self._limit(250.0)
        order = self._sale(200.0, product=self.service_delivered)
        order.order_line.qty_delivered = 1.0
        self.assertExposure(delivered=200.0)
        order._action_cancel()
        self.assertExposure()
        self.assertEqual(order.invoice_status, "no")
        self._invoice(100.0)
        order.action_draft()
        order.action_confirm()
        self.assertEqual(self.assertHeld(order).excess, 50.0)

    def test_a_customer_who_joins_another_brings_what_is_open(self):
        joined = self._customer("Joined")
        self._invoice(100.0, customer=joined)
        self._sale(40.0, customer=joined)
        self._invoice(7.0, customer=joined, post=False)
        joined.parent_id = self.customer
        joined.is_company = False
        self.env.flush_all()
        self.assertEqual(joined.commercial_partner_id, self.customer)
        self.assertExposure(receivable=100.0, ordered=40.0, draft_invoice=7.0)
        self.assertEqual(self._profile().exposure, 147.0)

    def test_contacts_and_addresses_roll_up_to_their_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Purchases", "parent_id": self.customer.id}
        )
        self._invoice(100.0, customer=contact)
        self._sale(40.0, customer=contact)
        self._invoice(7.0, customer=contact, post=False)
        self.assertExposure(receivable=100.0, ordered=40.0, draft_invoice=7.0)
        self.assertExposure(contact)

    def test_the_invoiced_customer_bears_the_order(self):
        payer = self._customer("Payer")
        self._sale(50.0, partner_invoice_id=payer.id)
        self.assertExposure()
        self.assertExposure(payer, ordered=50.0)

    def test_foreign_orders_at_their_stored_rate_invoices_as_booked(self):
        currency = self.setup_other_currency("GBP", rates=[("2000-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "GBP", "currency_id": currency.id}
        )
        order = self._sale(100.0, pricelist_id=pricelist.id)
        self.assertExposure(ordered=50.0)
        self.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "name": self.today,
                "rate": 4.0,
                "company_id": self.company.id,
            }
        )
        self.assertExposure(ordered=50.0)
        self._invoice_order(order)
        self.assertExposure(receivable=25.0)

    def test_taxes_are_included(self):
        tax = self.percent_tax(20.0)
        order = self._order(100.0)
        order.order_line.tax_ids = tax
        self.company.sudo().credit_management_policy_id = False
        order.action_confirm()
        self.assertExposure(ordered=120.0)

    def test_several_due_dates_are_several_rows(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (0, 30)
                ],
            }
        )
        self._invoice(100.0, invoice_payment_term_id=term.id, invoice_date_due=None)
        rows = self.env["credit.exposure"].sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual(rows.mapped("amount"), [50.0, 50.0])
        self.assertEqual(len(set(rows.mapped("date_due"))), 2)

    def test_a_debt_moved_to_doubtful_customers_stays(self):
        invoice = self._invoice(250.0)
        doubtful = self.env["account.account"].create(
            {
                "name": "Doubtful customers",
                "code": "416990",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        transfer = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {"account_id": doubtful.id, "partner_id": self.customer.id, "debit": 250.0}
                    ),
                    Command.create(
                        {
                            "account_id": receivable.account_id.id,
                            "partner_id": self.customer.id,
                            "credit": 250.0,
                        }
                    ),
                ]
            }
        )
        transfer.action_post()
        (receivable + transfer.line_ids.filtered(lambda line: line.credit)).reconcile()
        self.assertExposure()
        doubtful.doubtful_customers = True
        self.assertExposure(receivable=250.0)

    def test_a_doubtful_account_must_be_reconcilable(self):
        with self.assertRaisesRegex(ValidationError, "Allow reconciliation"):
            self.env["account.account"].create(
                {
                    "name": "Doubtful",
                    "code": "416991",
                    "account_type": "asset_current",
                    "doubtful_customers": True,
                }
            )

    def test_a_branch_counts_in_its_company_and_other_companies_apart(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= branch | other
        for company, amount in ((branch, 30.0), (other, 500.0)):
            order = (
                self.env["sale.order"]
                .with_company(company)
                .create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": company.id,
                        "order_line": [
                            Command.create(
                                {
                                    "product_id": self.service.id,
                                    "price_unit": amount,
                                    "tax_ids": False,
                                }
                            )
                        ],
                    }
                )
            )
            order.action_confirm()
        self._sale(100.0)
        rows = self.env["credit.exposure"].sudo().search([("partner_id", "=", self.customer.id)])
        totals = {
            company: sum(group.mapped("amount"))
            for company, group in rows.grouped("company_id").items()
        }
        self.assertEqual(totals, {self.company: 130.0, other: 500.0})

    def test_archived_customers_stay(self):
        self._invoice(80.0)
        self.customer.action_archive()
        self.assertExposure(receivable=80.0)

    def test_every_row_opens_its_document(self):
        invoice, order = self._invoice(80.0), self._sale(20.0)
        rows = (
            self.env["credit.exposure"]
            .sudo()
            .search([("partner_id", "=", self.customer.id)], order="amount")
        )
        actions = [row.action_open_document() for row in rows]
        self.assertEqual(
            [(action["res_model"], action["res_id"]) for action in actions],
            [("sale.order", order.id), ("account.move", invoice.id)],
        )
        self.assertEqual(rows.mapped("document_name"), [order.display_name, invoice.display_name])

    def test_the_summary_opens_the_rows_behind_each_figure(self):
        self._invoice(80.0)
        self._invoice(20.0)
        self._sale(7.0)
        profile = self._profile()
        summary = {line.source: line for line in profile.exposure_summary_ids}
        self.assertEqual(
            {source: line.amount for source, line in summary.items()},
            {"receivable": 100.0, "ordered": 7.0},
        )
        self.assertEqual(summary["receivable"].document_count, 2)
        action = summary["receivable"].action_open_documents()
        rows = self.env["credit.exposure"].sudo().search(action["domain"])
        self.assertEqual(sum(rows.mapped("amount")), 100.0)

    def test_amounts_are_rounded_to_the_cent(self):
        order = self._sale(100.0, product=self.service_delivered, quantity=3)
        order.order_line.qty_delivered = 1
        delivered = (
            self.env["credit.exposure"]
            .sudo()
            .search([("partner_id", "=", self.customer.id), ("source", "=", "delivered")])
        )
        self.assertEqual(delivered.amount, 33.33)

    def test_the_date_of_an_order_is_its_delivery(self):
        self._sale(10.0, commitment_date=fields.Datetime.to_datetime("2031-05-06 10:00:00"))
        row = self.env["credit.exposure"].sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual(row.date_due, fields.Date.to_date("2031-05-06"))
