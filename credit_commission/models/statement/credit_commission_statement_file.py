import base64

from odoo import api, fields, models
from odoo.addons.base.models.ir_actions_report import _wkhtml

from ...report.workbooks import statement_book

#: rows on the first page of the PDF and on later pages
_FIRST_PAGE, _NEXT_PAGE = 12, 20


class CreditCommissionStatement(models.Model):
    """The statement as a workbook, in the user's language."""

    _inherit = "credit.commission.statement"

    file_xlsx = fields.Binary(compute="_compute_file_xlsx")

    # === COMPUTE METHODS === #

    @api.depends("entry_ids", "state")
    @api.depends_context("lang")
    def _compute_file_xlsx(self):
        for statement in self:
            statement.file_xlsx = base64.b64encode(statement._make_xlsx())

    # === ACTIONS === #

    def action_download_xlsx(self):
        self.ensure_one()
        self.check_access("read")
        name = self.display_name.replace("/", "-")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file_xlsx?download=true&filename={name}.xlsx",
            "target": "download",
        }

    # === BUSINESS METHODS === #

    @api.model
    def _has_letterhead(self):
        """Whether wkhtmltopdf repeats headers and footers on each page; Debian's build does not.

        ``_wkhtml`` is private to Odoo, but the only source of this fact; if it moves, the import fails at start-up.
        """
        return _wkhtml().is_patched_qt

    def _get_columns(self):
        """(heading, format, width) of the columns, in the user's language."""
        return [
            (self.env._("Date"), "date", 12),
            (self.env._("Invoice"), "text", 18),
            (self.env._("Customer"), "text", 26),
            (self.env._("Sold"), "text", 30),
            (self.env._("Paid With"), "text", 18),
            (self.env._("Rule"), "text", 24),
            (self.env._("Share of the Sale (%)"), "rate", 10),
            (self.env._("Net Collected (Your Share)"), "money", 15),
            (self.env._("Rate (%)"), "rate", 10),
            (self.env._("Commission"), "money", 15),
        ]

    def _get_rows(self):
        return [
            (
                entry.date,
                entry.move_id.name or "",
                entry.partner_id.name or "",
                entry._get_sold_name(),
                entry.payment_name or "",
                entry.explanation or "",
                0 if entry.is_override else entry.share,
                entry.base,
                entry.percent,
                entry.amount,
            )
            for entry in self._get_lines()
        ]

    def _get_lines(self):
        """The entries in statement order. They are read with sudo, because reading the statement was already checked."""
        self.check_access("read")
        return self.sudo().entry_ids.sorted(lambda entry: (entry.date, entry.id))

    def _get_pages(self):
        """The lines page by page, so that no row is split and each page has headings."""
        pages, room = [[]], _FIRST_PAGE
        for line in self._get_lines():
            height = line._count_rows()
            if height > room:
                pages.append([])
                room = _NEXT_PAGE
            pages[-1].append(line)
            room -= height
        return pages

    def _make_xlsx(self):
        self.ensure_one()
        columns = self._get_columns()
        states = dict(self._fields["state"]._description_selection(self.env))
        facts = [
            (self.env._("Person"), self.person_id.name or ""),
            (self.env._("Company"), self.company_id.sudo().name),
            (self.env._("Period"), self._get_period_name()),
            (self.env._("Status"), states[self.state]),
            (self.env._("Currency"), self.currency_id.name),
        ]
        totals = {
            "opening": (self.env._("Opening balance"), self.opening),
            "entries": (self.env._("Earned"), self.earned),
            **self._get_advance_totals(),
            "total": (self.env._("Total"), self.total),
            "paid": (self.env._("To pay"), self.payable),
            "carried": (self.env._("Carried over"), self.carried),
        }
        title = self.display_name
        rows, places = self._get_rows(), self.currency_id.decimal_places
        return statement_book(title, facts, columns, rows, len(columns) - 1, totals, places)

    def _get_advance_totals(self):
        """Totals of advances, if any."""
        totals = {
            "advanced": (self.env._("Advances"), self.advanced),
            "kept": (self.env._("Advances not claimed back"), self.advance_kept),
        }
        return {key: total for key, total in totals.items() if total[1]}
