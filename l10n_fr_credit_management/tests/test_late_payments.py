import base64
import io

from odoo import fields
from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from openpyxl import load_workbook

CLOSING = "2025-12-31"
PREVIEW = "l10n_fr_credit_management.report_late_payments"


@tagged("post_install", "-at_install", "post_install_l10n")
class TestLatePayments(CreditCommon):
    """The worked example at 31 December 2025: a turnover of 6 000 000, with late and disputed invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls._user("late_biller", "account.group_account_invoice")
        cls.late = {
            due: cls._bill(amount, due)
            for amount, due in (
                (10000, "2025-12-31"),
                (20000, "2025-12-10"),
                (30000, "2025-11-15"),
                (15000, "2025-10-05"),
                (25000, "2025-06-01"),
                (12000, "2025-11-20"),
            )
        }
        cls.late["2025-11-20"].action_toggle_block_payment()
        cls.rest = cls._bill(5888000, "2026-01-31", "2025-03-01")

    @classmethod
    def _bill(cls, amount, due, day="2025-05-02", kind="out_invoice", tax=None):
        line = {
            "name": "Service",
            "price_unit": amount,
            "tax_ids": [Command.set(tax.ids if tax else [])],
        }
        move = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": cls.customer.id,
                "date": day,
                "invoice_date": day,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        return move

    def _wizard(self, user=None, **values):
        wizards = self.env["credit.late.payment.report"].with_user(user or self.biller)
        return wizards.create({"day": CLOSING, "company_id": self.company.id, **values})

    def _block(self, direction="issued", **values):
        return self._wizard(**values)._get_blocks()[direction]

    def _amounts(self, block):
        return [float(amount) for amount in block.amounts]

    def _settle(self, invoice, day, amount=None):
        self._pay(invoice, amount, payment_date=fields.Date.to_date(day))

    # === UNPAID AT THE CLOSING DATE === #

    def test_the_worked_example_comes_from_the_ledger(self):
        self._settle(self.rest, "2025-12-31")
        block = self._block()
        self.assertEqual(block.counts, (1, 1, 1, 1, 1, 4))
        self.assertEqual(self._amounts(block), [10000, 20000, 30000, 15000, 25000, 90000])
        self.assertEqual(
            [str(each) for each in block.percents], ["0.17", "0.33", "0.50", "0.25", "0.42", "1.50"]
        )
        self.assertEqual((block.excluded_count, float(block.excluded_amount)), (1, 12000))
        self.assertEqual(float(block.base), 6000000)

    def test_payments_after_the_closing_date_change_nothing(self):
        before = self._block()
        self._settle(self.late["2025-06-01"], "2026-02-01")
        self._settle(self.late["2025-10-05"], "2026-01-02", 5000)
        self.assertEqual(self._block(), before)
        self.assertEqual(
            self._amounts(self._block(day="2026-02-01"))[-1], 90000 + 10000 - 30000 + 5888000
        )

    def test_a_part_paid_before_the_closing_date_is_not_late(self):
        self._settle(self.late["2025-06-01"], "2025-12-01", 5000)
        block = self._block()
        self.assertEqual(self._amounts(block)[4:], [20000, 85000])
        self.assertEqual(block.counts[4], 1)

    def test_a_credit_note_reduces_the_amount_and_is_not_counted(self):
        self._bill(4000, "2025-12-15", "2025-12-15", "out_refund")
        block = self._block()
        self.assertEqual(self._amounts(block)[1], 16000)
        self.assertEqual(block.counts[1], 1)

    def test_invoices_received_are_a_block_of_their_own_against_purchases(self):
        self._bill(3000, "2025-12-01", kind="in_invoice")
        self._bill(9000, "2026-01-15", "2025-12-15", kind="in_invoice")
        block = self._block("received")
        self.assertEqual(self._amounts(block), [0, 3000, 0, 0, 0, 3000])
        self.assertEqual((str(block.percents[-1]), float(block.base)), ("25.00", 12000))
        self.assertEqual(self._block().counts, (1, 1, 1, 1, 1, 4))

    def test_without_taxes_amount_and_base_are_net(self):
        tax = self.company_data["default_tax_sale"].copy({"name": "Net 20", "amount": 20})
        self._bill(1000, "2025-12-20", "2025-12-20", tax=tax)
        taxed, net = self._block(), self._block(tax="excl")
        self.assertEqual([self._amounts(each)[1] for each in (taxed, net)], [21200, 21000])
        self.assertEqual(float(taxed.base - net.base), 200)

    def test_a_year_without_purchases_has_no_percentage(self):
        block = self._block("received")
        self.assertEqual(block.percents, (None,) * 6)
        page = self._render(self._wizard())
        self.assertIn("–", page)

    def test_an_item_is_excluded_while_its_dispute_was_open(self):
        if "credit.dispute" not in self.env:
            self.skipTest("Disputes are recorded in credit_collection")
        item = self.late["2025-10-05"].line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        line = Command.create({"item_id": item.id, "amount": 15000})
        dispute = (
            self.env["credit.dispute"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "date": CLOSING,
                    "category_id": self.env["credit.dispute.category"].search([], limit=1).id,
                    "line_ids": [line],
                }
            )
        )
        block = self._block()
        self.assertEqual((block.excluded_count, float(block.excluded_amount)), (2, 27000))
        self.assertEqual(self._amounts(block)[3:], [0, 25000, 75000])
        self.assertEqual(self._block(day="2025-12-30").excluded_count, 1)
        dispute.sudo().date_closed = CLOSING
        self.assertEqual(self._block().excluded_count, 1)

    # === PAID LATE DURING THE YEAR === #

    def test_the_table_of_the_year_has_what_was_paid_late_too(self):
        self._settle(self.rest, "2025-12-31")
        self._settle(self.late["2025-10-05"], "2025-10-25")
        self._settle(self.late["2025-12-10"], "2025-12-10")
        block = self._block(variant="year")
        self.assertEqual(self._amounts(block)[1:], [15000, 30000, 0, 25000, 70000])
        self.assertEqual(block.counts[1:], (1, 1, 0, 1, 3))
        self.assertEqual(str(block.count_percent), "42.86")

    def test_a_credit_note_is_no_late_payment(self):
        invoice = self.late["2025-06-01"]
        note = self._bill(25000, "2025-12-20", "2025-12-20", "out_refund")
        items = (invoice + note).line_ids.filtered(lambda line: line.display_type == "payment_term")
        items.reconcile()
        self.assertEqual(self._amounts(self._block(variant="year"))[4], 0)

    def test_an_invoice_paid_in_another_year_is_not_of_this_one(self):
        self._settle(self.late["2025-06-01"], "2026-02-01")
        block = self._block(variant="year", day="2026-12-01")
        self.assertEqual(self._amounts(block)[4], 15000 + 20000 + 30000 + 25000 + 10000 + 5888000)

    # === FILES === #

    def _render(self, wizard):
        reports = self.env["ir.actions.report"].with_user(wizard.env.user)
        return reports._render_qweb_html(PREVIEW, wizard.ids)[0].decode()

    def test_the_page_has_the_words_of_the_decree(self):
        page = self._render(self._wizard())
        self.assertIn("D. 441-6 I 2° : Factures émises non réglées", page)
        self.assertIn("Montant total des factures concernées (TTC)", page)
        self.assertIn("90,000.00", page)

    def test_the_workbook_sums_by_formulas(self):
        wizard = self._wizard()
        self.assertIn("file_xlsx", wizard.action_export()["url"])
        content = io.BytesIO(base64.b64decode(wizard.with_context(bin_size=False).file_xlsx))
        formulas = load_workbook(content).active
        values = load_workbook(content, data_only=True).active
        rows = {
            row[0].value: row for row in values.iter_rows()
        }  # the last block is that of invoices issued
        row = rows["Montant total des factures concernées (TTC)"]
        self.assertEqual(
            [cell.value for cell in row[1:]], [10000, 20000, 30000, 15000, 25000, 90000]
        )
        self.assertEqual(formulas[row[6].coordinate].value, f"=SUM(C{row[0].row}:F{row[0].row})")
        share = rows["Pourcentage du chiffre d'affaires de l'exercice (TTC)"][6]
        self.assertEqual(share.value, 0.015)
        self.assertIn("ROUND(", formulas[share.coordinate].value)

    # === RIGHTS AND BAD INPUT === #

    def test_invoicing_users_and_credit_managers_read_the_tables(self):
        for user in (self.biller, self.manager):
            with self.subTest(user.login):
                wizard = self._wizard(user)
                self.assertEqual(wizard.action_preview()["report_type"], "qweb-html")
                self.assertEqual(wizard.action_print()["report_type"], "qweb-pdf")
                self.assertEqual(self._amounts(wizard._get_blocks()["issued"])[-1], 90000)

    def test_others_do_not_read_the_tables(self):
        wizard = self._wizard()
        for user in (self.salesperson, self.analyst):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    self._wizard(user)
                for action in ("action_preview", "action_print", "action_export"):
                    with self.assertRaises(AccessError):
                        getattr(wizard.with_user(user), action)()
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).action_export()

    def test_the_tables_of_a_company_of_others_are_not_read(self):
        other = self.setup_other_company()["company"]
        wizard = self._wizard(company_id=other.id)
        with self.assertRaises(AccessError):
            wizard.action_export()

    def test_a_day_without_ledger_is_refused(self):
        tomorrow = fields.Date.add(self.today, days=1)
        for day in (tomorrow, "2001-12-31"):
            with self.subTest(day), self.assertRaises(UserError):
                self._wizard(day=day).action_preview()
