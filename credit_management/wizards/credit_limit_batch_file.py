import base64
import csv
import io
import re
import zipfile
import zlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from openpyxl import Workbook, load_workbook

from ..rules.limit_file import COLUMNS, read_rows

_XLSX = b"PK\x03\x04"

#: exceptions raised for a damaged or encrypted workbook, or for another kind of file
_UNREADABLE = (
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,  # from its XML
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class CreditLimitBatch(models.TransientModel):
    """Limits from a CSV or XLSX file: each row is matched with a customer, or says why not."""

    _inherit = "credit.limit.batch"

    file = fields.Binary(attachment=False)
    file_name = fields.Char()
    template = fields.Binary(compute="_compute_template")

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_template(self):
        """An empty sheet with headings in the user's language, and a second sheet that explains them."""
        book = Workbook()
        book.active.title = self.env._("Limits")
        titles = self._get_titles()
        book.active.append([titles[name] for name in COLUMNS])
        notes = book.create_sheet(self.env._("Instructions"))
        for name, note in self._get_column_notes().items():
            notes.append([titles[name], note])
        content = io.BytesIO()
        book.save(content)
        self.template = base64.b64encode(content.getvalue())

    # === ACTIONS === #

    def action_download_template(self):
        self.ensure_one()
        name = self.env._("Credit limits")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template?download=true&filename={name}.xlsx",
            "target": "download",
        }

    # === WORDS === #

    @api.model
    def _get_titles(self):
        """``{column: heading}`` in the user's language."""
        return {
            "customer": self.env._("Customer"),
            "amount": self.env._("Amount"),
            "kind": self.env._("Kind"),
            "date_from": self.env._("From"),
            "date_to": self.env._("Until"),
            "reason": self.env._("Reason"),
        }

    def _get_column_notes(self):
        kinds = ", ".join(dict(self._fields["kind"]._description_selection(self.env)).values())
        return {
            "customer": self.env._(
                "SIREN, SIRET or other registration number, VAT number, reference or exact name"
            ),
            "amount": self.env._(
                "In %s, taxes included; 0 grants no credit",
                self.env.company.root_id.currency_id.name,
            ),
            "kind": self.env._("%s; if empty, the first one", kinds),
            "date_from": self.env._("First day, as 2026-12-31; if empty, today"),
            "date_to": self.env._("Last day; required for a temporary limit"),
            "reason": self.env._("If empty, the reason entered with the file"),
        }

    def _get_cell_problem(self, name, why, text):
        """Sentence for a cell that could not be read."""
        return {
            "empty": self.env._("The amount is missing."),
            "ambiguous": self.env._('"%s" is ambiguous. Enter 1250 or 1250.00.', text),
            "number": self.env._('"%s" is not an amount. Enter a number.', text),
            "date": self.env._('"%s" is not a date. Enter it as 2026-12-31.', text),
            "kind": self.env._('"%s" is not a type of limit. Enter permanent or temporary.', text),
        }[why]

    # === READING === #

    def _prepare_lines_from_file(self):
        rows = self._read_file()
        customers = self._match_customers({row.customer for row in rows if row.customer})
        return [self._prepare_line_from_row(row, customers) for row in rows]

    def _prepare_line_from_row(self, row, customers):
        found = customers.get(row.customer, self.env["res.partner"])
        problems = {
            name: self._get_cell_problem(name, *problem) for name, problem in row.problems.items()
        }
        unread_from = "date_from" in problems
        return {
            "number": row.number,
            "customer_text": row.customer,
            "partner_id": found.id if len(found) == 1 else False,
            "customer_problem": self._get_customer_problem(row.customer, found),
            "company_id": self.company_id.id,
            "amount": self.currency_id.round(row.amount),
            "amount_problem": problems.get("amount"),
            "kind": False if "kind" in problems else row.kind,
            "kind_problem": problems.get("kind"),
            "date_from": False if unread_from else row.date_from or self.date_from,
            "from_problem": problems.get("date_from"),
            "date_to": row.date_to,
            "to_problem": problems.get("date_to"),
            "reason": row.reason or self.reason,
        }

    def _get_customer_problem(self, text, found):
        if not text:
            return self.env._("The customer is missing.")
        if not found:
            return self.env._('No customer has the identifier, reference or name "%s".', text)
        if len(found) > 1:
            names = ", ".join(found[:5].mapped("display_name"))
            return self.env._(
                '"%(text)s" matches several customers: %(names)s. Choose one.',
                text=text,
                names=names,
            )
        return False

    def _read_file(self):
        """:rtype: list[LimitRow]"""
        if not self.file:
            raise UserError(self.env._("Choose a file. The template shows the columns."))
        cells = self._read_cells(base64.b64decode(self.file))
        titles = {name: name for name in COLUMNS}
        titles |= {title.lower(): name for name, title in self._get_titles().items()}
        kinds = {"": "permanent"}
        for key, label in self._fields["kind"]._description_selection(self.env):
            kinds |= {key: key, label.lower(): key}
        lang = self.env["res.lang"]._get_data(code=self.env.user.lang or "en_US")
        try:
            rows = read_rows(cells, titles, kinds, lang.date_format or "%Y-%m-%d")
        except KeyError as error:
            missing = self._get_titles()[error.args[0]]
            raise UserError(
                self.env._(
                    'The file has no column "%s". Use the headings of the template.', missing
                )
            ) from error
        if not rows:
            raise UserError(self.env._("The file has no row below its headings."))
        return rows

    def _read_cells(self, content):
        """Rows of cells, from a workbook's first sheet or the lines of a text."""
        if content.startswith(_XLSX):
            return self._read_workbook(content)
        if b"\x00" in content:
            raise UserError(
                self.env._("The file is neither CSV nor XLSX. Save it as one of the two.")
            )
        text = re.sub(r"\r\n?", "\n", self._decode(content))
        head = text.partition("\n")[0]
        delimiter = max(";,\t", key=head.count)
        try:
            return list(csv.reader(io.StringIO(text), delimiter=delimiter))
        except csv.Error as error:
            raise UserError(
                self.env._("The file cannot be read as CSV. Save it again as CSV, or as XLSX.")
            ) from error

    def _read_workbook(self, content):
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        except _UNREADABLE as error:
            raise UserError(
                self.env._("The workbook cannot be read. Save it again as XLSX, or as CSV.")
            ) from error

    def _decode(self, content):
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", errors="replace")

    # === CUSTOMERS === #

    @api.model
    def _match_customers(self, texts):
        """``{text: customers}`` by registration or VAT number, otherwise by SIREN, reference or exact name.

        Only customers the user may read; a contact is replaced by its customer.
        """
        if not texts:
            return {}
        partners = self.env["res.partner"]
        partners.flush_model()
        rows = self.env.execute_query(self._match_sql(sorted(texts)))
        customers = partners.search([("id", "in", [row[2] for row in rows])])
        ranks = {}
        for text, rank, customer in rows:
            if customer in customers._ids:
                ranks.setdefault(text, {}).setdefault(rank, set()).add(customer)
        return {text: partners.browse(sorted(found[min(found)])) for text, found in ranks.items()}

    def _match_sql(self, texts):
        """``text, rank, customer id``: one hash join for each way to name a customer."""

        def bare(column):
            return SQL("regexp_replace(upper(%s), '[^A-Z0-9]', '', 'g')", column)

        registry, vat = bare(SQL("p.company_registry")), bare(SQL("p.vat"))
        siren = SQL("CASE WHEN %s ~ '^\\d{9}(\\d{5})?$' THEN left(%s, 9) END", registry, registry)
        wanted_siren = SQL("CASE WHEN w.bare ~ '^\\d{9}(\\d{5})?$' THEN left(w.bare, 9) END")
        ways = (
            (1, registry, SQL("w.bare")),
            (1, vat, SQL("w.bare")),
            (2, siren, wanted_siren),
            (3, SQL("lower(p.ref)"), SQL("lower(w.text)")),
            (4, SQL("lower(p.name)"), SQL("lower(w.text)")),
        )
        return SQL(
            "WITH w (text, bare) AS (SELECT * FROM unnest(%s, %s)) %s",
            texts,
            [re.sub(r"[^A-Z0-9]", "", text.upper()) or None for text in texts],
            SQL(" UNION ALL ").join(
                SQL(
                    """SELECT w.text, %s, p.commercial_partner_id FROM w
                         JOIN res_partner p ON %s = %s AND p.active""",
                    rank,
                    column,
                    wanted,
                )
                for rank, column, wanted in ways
            ),
        )
