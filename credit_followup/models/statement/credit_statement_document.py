import io
import re
from dataclasses import dataclass

from odoo import models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.tools import format_amount, format_date, split_every
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from ...report.statement_workbook import Sheet, StatementWorkbook, excel_date_format
from ...rules.statement import Statement

#: customers per call of wkhtmltopdf: starting it takes a second, a page a few milliseconds
BATCH = 50


@dataclass
class Page:
    """A statement in the customer's language, for the templates."""

    partner: models.BaseModel
    statement: Statement
    currencies: models.BaseModel
    kinds: dict[str, str]

    @property
    def lang(self):
        return self.partner.env.lang

    @property
    def address(self):
        """The customer's invoice address."""
        return self.partner.browse(self.partner.address_get(["invoice"])["invoice"])

    @property
    def reference(self) -> str:
        """Reference of the statement, used to find its first page."""
        return f"{self.partner.id}/{self.statement.date_to:%Y%m%d}"

    def money(self, amount, account) -> str:
        """An amount in the currency of an account."""
        currency = self.currencies.browse(account.currency_id)
        return format_amount(self.partner.env, amount, currency, lang_code=self.lang)

    def day(self, date) -> str:
        return format_date(self.partner.env, date, lang_code=self.lang)

    def kind(self, line) -> str:
        """Document type of a line."""
        return self.kinds[line.kind]


class CreditStatement(models.AbstractModel):
    """Renders statements of account as PDF or workbook, each in its customer's language."""

    _inherit = "credit.statement"

    # === PDF === #

    def _render_pdf(self, partner, company, date_to, date_from=None):
        """The statement of a customer: open items at the end of a day, or movements of a period.

        :rtype: bytes
        """
        return self._print(partner, company, date_to, date_from)

    def _render_pdfs(self, partners, company, date_to, date_from=None):
        """One PDF per customer, rendered together for speed.

        :return: pairs of customer and PDF
        """
        for batch in split_every(BATCH, partners.commercial_partner_id.ids, self._to_partners):
            content = self._print(batch, company, date_to, date_from)
            yield from self._split(content, batch, company, date_to, date_from)

    def _render_one_pdf(self, partners, company, date_to, date_from=None):
        """One PDF for all customers, each starting on a new page.

        :rtype: bytes
        """
        batches = split_every(BATCH, partners.commercial_partner_id.ids, self._to_partners)
        contents = [self._print(batch, company, date_to, date_from) for batch in batches]
        return contents[0] if len(contents) == 1 else self._join(contents)

    def _to_partners(self, ids):
        return self.env["res.partner"].browse(ids)

    def _print(self, partners, company, date_to, date_from):
        data = {
            "partner_ids": partners.ids,
            "company_id": company.root_id.id,
            "date_to": date_to,
            "date_from": date_from,
        }
        report = self.env["ir.actions.report"].with_company(company.root_id)
        return report._render_qweb_pdf("credit_followup.report_statement", data=data)[0]

    def _join(self, contents):
        writer = PdfFileWriter()
        for content in contents:
            writer.appendPagesFromReader(PdfFileReader(io.BytesIO(content)))
        return self._to_bytes(writer)

    def _split(self, content, partners, company, date_to, date_from):
        """Split a PDF of several customers at the first page of each."""
        reader = PdfFileReader(io.BytesIO(content))
        starts = self._get_first_pages(reader, partners)
        if starts is None:
            for partner in partners:
                yield partner, self._print(partner, company, date_to, date_from)
            return
        ends = [*starts[1:], len(reader.pages)]
        for partner, start, end in zip(partners, starts, ends, strict=True):
            writer = PdfFileWriter()
            for number in range(start, end):
                writer.addPage(reader.getPage(number))
            yield partner, self._to_bytes(writer)

    def _get_first_pages(self, reader, partners):
        """Number of each customer's first page, or ``None`` if it is uncertain."""
        if len(reader.pages) == len(partners):
            return list(range(len(partners)))
        texts = [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]
        found = [
            [n for n, text in enumerate(texts) if f"#{partner.id}/" in text] for partner in partners
        ]
        starts = [pages[0] for pages in found if len(pages) == 1]
        right = len(starts) == len(partners) and starts[0] == 0
        return starts if right and starts == sorted(set(starts)) else None

    def _to_bytes(self, writer):
        stream = io.BytesIO()
        writer.write(stream)
        return stream.getvalue()

    def _get_pages(self, partners, company, date_to, date_from=None):
        """The statements of customers, each in its own language.

        :rtype: list[Page]
        """
        statements = self._read(partners, company, date_to, date_from)
        kinds = {}
        pages = []
        for customer, statement in statements.items():
            lang = customer.lang or company.partner_id.sudo().lang or self.env.lang
            if lang not in kinds:
                kinds[lang] = self.with_context(lang=lang)._get_kinds()
            customer = customer.with_context(lang=lang)
            pages.append(Page(customer, statement, self.env["res.currency"], kinds[lang]))
        return pages

    def _get_kinds(self):
        """Labels of the document types."""
        return {
            "invoice": self.env._("Invoice"),
            "refund": self.env._("Credit note"),
            "payment": self.env._("Payment"),
            "entry": self.env._("Entry"),
            "allocation": self.env._("Allocation"),
        }

    def _get_bank_accounts(self, company):
        """The bank account shown on reminders; at most one."""
        company = company.root_id.sudo()
        return company.partner_id.bank_ids.filtered(
            lambda bank: bank.company_id in (company, bank.company_id.browse())
        )[:1]

    def _has_letterhead(self):
        """Whether wkhtmltopdf repeats headers and footers; Debian's build does not.

        ``_wkhtml`` is private to Odoo, but the only source of this fact; if it moves, the import fails at start-up.
        """
        return _wkhtml().is_patched_qt

    # === WORKBOOK === #

    def _render_xlsx(self, partners, company, date_to, date_from=None):
        """A workbook with a sheet for each customer.

        :rtype: bytes
        """
        pages = self._get_pages(partners, company, date_to, date_from)
        if not date_from:
            return self._to_workbook(pages, pages, company)
        return self._to_workbook(pages, self._get_pages(partners, company, date_to), company)

    def _render_xlsxs(self, partners, company, date_to, date_from=None):
        """A workbook for each customer.

        :return: pairs of customer and workbook
        """
        pages = self._get_pages(partners, company, date_to, date_from)
        items = self._get_pages(partners, company, date_to) if date_from else pages
        for page, open_page in zip(pages, items, strict=True):
            customer = page.partner.with_context(lang=self.env.lang)
            yield customer, self._to_workbook([page], [open_page], company)

    def _to_workbook(self, pages, open_pages, company):
        """:param open_pages: the open items at the end of the period of each page"""
        langs = {page.lang for page in pages}
        words = {
            lang: self.with_context(lang=lang)._get_words() for lang in langs | {self.env.lang}
        }
        currencies = self.env["res.currency"].search_fetch([], ["name", "decimal_places"])
        names = {currency.id: (currency.name, currency.decimal_places) for currency in currencies}
        own = words[pages[0].lang if len(langs) == 1 else self.env.lang]
        workbook = StatementWorkbook(company.root_id.sudo().name, names, own)
        for page, open_page in zip(pages, open_pages, strict=True):
            workbook.add(
                Sheet(
                    customer=page.partner.name or "",
                    reference=page.partner.ref or "",
                    date_format=excel_date_format(self._get_date_format(page.lang)),
                    statement=page.statement,
                    open_items=open_page.statement,
                    words=words[page.lang],
                )
            )
        return workbook.close()

    def _get_date_format(self, lang):
        return self.env["res.lang"]._get_data(code=lang).date_format or "%Y-%m-%d"

    def _get_words(self):
        """Labels of a workbook."""
        return {
            **self._get_kinds(),
            "title": self.env._("Statement of Account"),
            "summary": self.env._("Summary"),
            "customer": self.env._("Customer"),
            "currency": self.env._("Currency"),
            "as_of": self.env._("As of"),
            "from": self.env._("From"),
            "date": self.env._("Date"),
            "document": self.env._("Document"),
            "number": self.env._("Number"),
            "reference": self.env._("Reference"),
            "due": self.env._("Due"),
            "days_late": self.env._("Days Late"),
            "amount": self.env._("Amount"),
            "open": self.env._("Open amount"),
            "debit": self.env._("Debit"),
            "credit": self.env._("Credit"),
            "balance": self.env._("Balance"),
            "opening": self.env._("Opening balance"),
            "closing": self.env._("Closing balance"),
            "open_items": self.env._("Open items"),
            "nothing": self.env._("Nothing is open."),
            "doubtful": self.env._("doubtful"),
            "total": self.env._("Total"),
            "overdue": self.env._("Overdue"),
            "ageing": self.env._("Ageing by due date"),
            "not_due": self.env._("Not due"),
            "days": self.env._("%(first)s-%(last)s days", first="%(first)s", last="%(last)s"),
            "more_days": self.env._("Over %(last)s days", last="%(last)s"),
            "credits": self.env._("Not allocated yet"),
        }
