import base64
import csv
import io

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...report.workbooks import payroll_book

#: first characters that make spreadsheets treat text as a formula
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def _as_text(value):
    """The value of a cell, escaped so that spreadsheets do not run it as a formula."""
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_SIGNS)
    return f"'{value}" if is_formula else value


class CreditCommissionPayroll(models.Model):
    """An export of closed employee statements to payroll, each exported once.

    Amounts are gross commissions in the company's currency. Statements are frozen, so the file is always the same.
    """

    _name = "credit.commission.payroll"
    _description = "Payroll Export of Commissions"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"

    name = fields.Char("Number", readonly=True, copy=False)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    statement_ids = fields.One2many("credit.commission.statement", "payroll_id", readonly=True)
    total = fields.Monetary(compute="_compute_total")
    state = fields.Selection(
        [("done", "Exported"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="done",
        tracking=True,
    )
    file_xlsx = fields.Binary(compute="_compute_files")
    file_csv = fields.Binary(compute="_compute_files")

    # === COMPUTE METHODS === #

    @api.depends("statement_ids.total")
    def _compute_total(self):
        for payroll in self:
            payroll.total = sum(payroll.statement_ids.mapped("payable"))

    @api.depends("statement_ids")
    @api.depends_context("lang")
    def _compute_files(self):
        for payroll in self:
            payroll.file_xlsx = base64.b64encode(payroll._make_xlsx())
            payroll.file_csv = base64.b64encode(payroll._make_csv())

    # === ACTIONS === #

    def action_download_xlsx(self):
        return self._download("xlsx")

    def action_download_csv(self):
        return self._download("csv")

    def _download(self, extension):
        self.ensure_one()
        name = self.name.replace("/", "-")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file_{extension}?download=true&filename={name}.{extension}",
            "target": "download",
        }

    def action_cancel(self):
        """Cancel the export: its statements must be paid again."""
        self.env["credit.commission.statement"]._check_accountant()
        self.check_access("read")
        if any(payroll.state == "cancelled" for payroll in self):
            raise UserError(self.env._("This export is already cancelled. Reload the page."))
        self.sudo().state = "cancelled"

    def _open(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_commission.action_credit_commission_payroll"
        )
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", self.ids)]}

    # === FILES === #

    def _get_columns(self):
        """(heading, format, width) of the columns, in the user's language."""
        return [
            (self.env._("Employee"), "text", 28),
            (self.env._("Reference"), "text", 14),
            (self.env._("Statement"), "text", 18),
            (self.env._("From"), "date", 12),
            (self.env._("To"), "date", 12),
            (self.env._("Currency"), "text", 10),
            (self.env._("Gross Commission"), "money", 18),
        ]

    def _get_rows(self):
        return [
            (
                statement.person_id.name,
                statement.person_id.ref or "",
                statement.name,
                statement.date_from,
                statement.date_to,
                statement.currency_id.name,
                statement.payable,
            )
            for statement in self.statement_ids.sorted(
                lambda one: (one.person_id.name, one.date_to)
            )
        ]

    def _make_xlsx(self):
        columns = self._get_columns()
        total = (self.env._("Total"), self.total)
        places = self.currency_id.decimal_places
        return payroll_book(
            self.name or "", columns, self._get_rows(), len(columns) - 1, total, places
        )

    def _make_csv(self):
        """UTF-8 with a byte order mark, semicolons, ISO dates and decimal points, as payroll programs import.

        Text that looks like a formula is prefixed with an apostrophe.
        """
        content = io.StringIO()
        writer = csv.writer(content, delimiter=";", lineterminator="\r\n")
        writer.writerow([heading for heading, _format, _width in self._get_columns()])
        places = self.currency_id.decimal_places
        writer.writerows(
            [*map(_as_text, row[:-1]), f"{row[-1]:.{places}f}"] for row in self._get_rows()
        )
        return content.getvalue().encode("utf-8-sig")

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Payroll export created")
