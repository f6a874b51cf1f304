"""A statement of account as a workbook with live formulas. No ``odoo`` here."""

import io
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

from ..rules import ageing
from ..rules.statement import Account, Statement

_DATES = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mmm", "%B": "mmmm", "%j": ""}
_DAY = "$B$6"
_HEAD = 7
_LAST = 7  # the column of the balance or open amount


def excel_date_format(text) -> str:
    """The Excel date format of a language.

    >>> excel_date_format("%d/%m/%Y"), excel_date_format("%b %d, %Y"), excel_date_format("%A")
    ('dd/mm/yyyy', 'mmm dd, yyyy', 'yyyy-mm-dd')
    """
    for code, word in _DATES.items():
        text = text.replace(code, word)
    return "yyyy-mm-dd" if "%" in text else text


def unique_name(name, taken) -> str:
    """A unique, short sheet name without characters that Excel refuses.

    >>> unique_name("A/B: [Trading]", set()), unique_name("acme", {"acme"}), unique_name("'", set())
    ('AB Trading', 'acme 2', '1')
    """
    clean = "".join(sign for sign in name if sign not in "[]:*?/\\").strip("' ")[:26]
    number = 1
    found = clean or "1"
    while found.lower() in taken or found.lower() == "history":
        number += 1
        found = f"{clean} {number}".strip()
    return found


@dataclass(frozen=True)
class Sheet:
    """The statement of a customer with its labels."""

    customer: str
    reference: str
    date_format: str
    statement: Statement
    open_items: Statement
    words: dict


class StatementWorkbook:
    """One sheet per customer; with several customers, a summary comes first."""

    def __init__(self, company, currencies, words):
        """:param currencies: ``{id: (name, decimals)}``"""
        self.company = company
        self.currencies = currencies
        self.words = words
        self.sheets = []
        self.stream = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.stream, {"in_memory": True})
        self.book.set_properties({"title": words["title"], "author": company, "company": company})
        self.formats = {}
        self.names = set()

    def add(self, sheet: Sheet) -> None:
        """Add a customer."""
        self.sheets.append(sheet)

    def close(self) -> bytes:
        """Close the workbook and return its bytes."""
        summary = self._add_worksheet(self.words["summary"]) if len(self.sheets) > 1 else None
        rows = [row for sheet in self.sheets for row in self._write(sheet)]
        if summary:
            self._write_summary(summary, rows)
        self.book.close()
        return self.stream.getvalue()

    def format(self, **properties):
        """A cell format, shared between cells with the same properties."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(
                {"font_name": "Arial", "font_size": 10} | properties
            )
        return self.formats[key]

    def _add_worksheet(self, name):
        name = unique_name(name, self.names)
        self.names.add(name.lower())
        worksheet = self.book.add_worksheet(name)
        worksheet.hide_gridlines(2)
        worksheet.set_paper(9)
        worksheet.set_landscape()
        worksheet.fit_to_pages(1, 0)
        return worksheet

    def _write(self, sheet):
        """Write the sheet of a customer; return its rows of the summary."""
        writer = _SheetWriter(self, sheet, self._add_worksheet(sheet.customer))
        return writer.fill()

    def _write_summary(self, worksheet, rows):
        head = self.format(bold=True, bottom=1)
        worksheet.set_column(0, 0, 40)
        worksheet.set_column(1, 1, 10)
        worksheet.set_column(2, 3, 16)
        worksheet.write_string(0, 0, self.words["title"], self.format(bold=True, font_size=14))
        worksheet.write_string(1, 0, self.company, self.format())
        for column, word in enumerate(("customer", "currency", "total", "overdue")):
            worksheet.write_string(3, column, self.words[word], head)
        worksheet.freeze_panes(4, 0)
        for number, row in enumerate(rows, 4):
            self._write_summary_row(worksheet, number, row)

    def _write_summary_row(self, worksheet, number, row):
        customer, name, currency, cells, account = row
        there = quote_sheetname(name)
        money = self.format(num_format=self.money(currency))
        link = self.format(font_color="#0563C1", underline=1)
        worksheet.write_url(number, 0, f"internal:{there}!A1", link, customer)
        worksheet.write_string(number, 1, self.currencies[currency][0], self.format())
        values = (account.ageing.total, account.ageing.overdue)
        for column, (cell, value) in enumerate(zip(cells, values, strict=True), 2):
            worksheet.write_formula(number, column, f"={there}!{cell}", money, value)

    def money(self, currency) -> str:
        """The number format of a currency."""
        decimals = self.currencies[currency][1]
        return "#,##0" + ("." + "0" * decimals if decimals else "")


class _SheetWriter:
    """Writes one sheet from top to bottom."""

    def __init__(self, book, sheet, worksheet):
        self.book = book
        self.sheet = sheet
        self.words = sheet.words
        self.worksheet = worksheet
        self.row = 0
        self.plain = book.format()
        self.bold = book.format(bold=True)
        self.head = book.format(bold=True, bottom=1, text_wrap=True, valign="top")
        self.head_right = book.format(
            bold=True, bottom=1, align="right", text_wrap=True, valign="top"
        )
        self.date = book.format(num_format=sheet.date_format, align="left")

    def fill(self):
        """Write the whole sheet; return its rows of the summary."""
        self._write_head()
        rows = []
        opened = {account.currency_id: account for account in self.sheet.open_items.accounts}
        moved = {account.currency_id: account for account in self.sheet.statement.accounts}
        for currency in moved | opened:
            if self.sheet.statement.date_from:
                self._write_movements(moved.get(currency) or Account(currency))
            rows.append(self._write_open_items(opened.get(currency) or Account(currency)))
        if not rows:
            self.worksheet.write_string(self.row, 0, self.words["nothing"], self.plain)
        return rows

    def _write_head(self):
        words, write = self.words, self.worksheet.write_string
        for column, width in enumerate((18, 16, 22, 26, 13, 13, 15, 15)):
            self.worksheet.set_column(column, column, width)
        write(0, 0, words["title"], self.book.format(bold=True, font_size=14))
        write(1, 0, self.book.company, self.plain)
        write(2, 0, words["customer"], self.plain)
        write(2, 1, self.sheet.customer, self.bold)
        write(3, 1, self.sheet.reference, self.plain)
        if self.sheet.statement.date_from:
            write(4, 0, words["from"], self.plain)
            self.worksheet.write_datetime(4, 1, self.sheet.statement.date_from, self.date)
        write(5, 0, words["as_of"], self.plain)
        self.worksheet.write_datetime(5, 1, self.sheet.statement.date_to, self.date)
        self.row = _HEAD

    def _write_title(self, word, currency, headings):
        name = self.book.currencies[currency][0]
        title = f"{self.words[word]} ({name})"
        self.worksheet.write_string(self.row, 0, title, self.book.format(bold=True, font_size=12))
        for column, heading in enumerate(headings):
            form = self.head if column < 5 else self.head_right
            self.worksheet.write_string(self.row + 1, column, self.words[heading], form)
        self.row += 2

    def _write_document(self, line):
        write = self.worksheet.write_string
        marks = f" ({self.words['doubtful']})" if line.doubtful else ""
        self.worksheet.write_datetime(self.row, 0, line.date, self.date)
        write(self.row, 1, self.words[line.kind] + marks, self.plain)
        write(self.row, 2, line.name or "", self.plain)
        write(self.row, 3, line.reference or "", self.plain)
        self.worksheet.write_datetime(self.row, 4, line.date_due, self.date)

    def _formula(self, column, formula, form, value):
        self.worksheet.write_formula(self.row, column, formula, form, value)

    def _cell(self, row, column):
        return xl_rowcol_to_cell(row, column)

    def _column(self, first, last, column):
        return f"{xl_rowcol_to_cell(first, column, True, True)}:{xl_rowcol_to_cell(last, column, True, True)}"

    # === MOVEMENTS === #

    def _write_movements(self, account):
        headings = ("date", "document", "number", "reference", "due", "debit", "credit", "balance")
        self._write_title("title", account.currency_id, headings)
        money = self.book.format(num_format=self.book.money(account.currency_id))
        self.worksheet.write_string(self.row, 0, self.words["opening"], self.bold)
        self.worksheet.write_number(self.row, _LAST, account.opening, money)
        first = self.row
        for line in account.lines:
            self.row += 1
            self._write_document(line)
            self.worksheet.write_number(
                self.row, 5 if line.amount > 0 else 6, abs(line.amount), money
            )
            above, debit, credit = (
                self._cell(row, column)
                for row, column in ((self.row - 1, _LAST), (self.row, 5), (self.row, 6))
            )
            self._formula(_LAST, f"={above}+{debit}-{credit}", money, line.balance)
        self._write_closing(account, first)

    def _write_closing(self, account, first):
        last = self.row
        self.row += 1
        currency = self.book.money(account.currency_id)
        money = self.book.format(num_format=currency, bold=True, top=1)
        for column in range(5):
            self.worksheet.write_blank(self.row, column, None, self.book.format(top=1))
        self.worksheet.write_string(
            self.row, 0, self.words["closing"], self.book.format(bold=True, top=1)
        )
        for column, value in ((5, account.debits), (6, account.credits)):
            self._formula(column, f"=SUM({self._column(first, last, column)})", money, value)
        self._formula(_LAST, f"={self._cell(last, _LAST)}", money, account.closing)
        self.row += 2

    # === OPEN ITEMS === #

    def _write_open_items(self, account):
        """Write the items, total and ageing; return a row of the summary."""
        headings = ("date", "document", "number", "reference", "due", "days_late", "amount", "open")
        self._write_title("open_items", account.currency_id, headings)
        money = self.book.format(num_format=self.book.money(account.currency_id))
        first = self.row
        for line in account.lines:
            self._write_item(line, money)
        self.row = max(self.row, first + 1)
        last = self.row - 1
        self._write_total(account, first, last)
        cells = self._write_ageing(account, first, last)
        name = self.worksheet.get_name()
        return self.sheet.customer, name, account.currency_id, cells, account

    def _write_item(self, line, money):
        self._write_document(line)
        opened, due = self._cell(self.row, _LAST), self._cell(self.row, 4)
        late = line.count_days_late(self.sheet.statement.date_to)
        number = self.book.format(num_format="0")
        self._formula(5, f"=IF({opened}>0,MAX(0,{_DAY}-{due}),0)", number, late)
        self.worksheet.write_number(self.row, 6, line.amount, money)
        self.worksheet.write_number(self.row, _LAST, line.balance, money)
        self.row += 1

    def _write_total(self, account, first, last):
        top = self.book.format(bold=True, top=1)
        currency = self.book.money(account.currency_id)
        money = self.book.format(num_format=currency, bold=True, top=1)
        for column in range(1, 7):
            self.worksheet.write_blank(self.row, column, None, top)
        self.worksheet.write_string(self.row, 0, self.words["total"], top)
        value = account.ageing.total
        self._formula(_LAST, f"=SUM({self._column(first, last, _LAST)})", money, value)
        self.row += 2

    def _write_ageing(self, account, first, last):
        """Write the ageing table and chart; return the cells of the total and the overdue amount."""
        late, opened = (self._column(first, last, column) for column in (5, _LAST))
        currency = self.book.money(account.currency_id)
        money = self.book.format(num_format=currency)
        begin = self.row
        self.worksheet.write_string(begin, 0, self.words["ageing"], self.head)
        self.worksheet.write_blank(begin, 1, None, self.head)
        bounds = ageing.bounds()
        for bound, value in zip(bounds, account.ageing.buckets, strict=True):
            self.row += 1
            self.worksheet.write_string(self.row, 0, self._bucket_word(*bound), self.plain)
            self._formula(1, self._bucket_formula(late, opened, *bound), money, value)
        buckets = self._column(begin + 1, self.row, 1)
        overdue = self._column(begin + 2, self.row, 1)
        self._insert_chart(begin, self.row, account)
        for word, formula, value in (
            ("credits", f'=SUMIF({opened},"<0")', account.ageing.credits),
            ("total", f"=SUM({buckets})+{self._cell(self.row + 1, 1)}", account.ageing.total),
            ("overdue", f"=SUM({overdue})", account.ageing.overdue),
        ):
            self.row += 1
            bold = word == "total"
            form = self.book.format(bold=bold, num_format=currency, top=int(bold))
            self.worksheet.write_string(
                self.row, 0, self.words[word], self.book.format(bold=bold, top=int(bold))
            )
            self._formula(1, formula, form, value)
        cells = self._cell(self.row - 1, 1), self._cell(self.row, 1)
        self.row = max(self.row, begin + 13) + 2
        return cells

    def _bucket_word(self, first, last):
        if first is None:
            return self.words["not_due"]
        if last is None:
            return self.words["more_days"] % {"last": first - 1}
        return self.words["days"] % {"first": first, "last": last}

    def _bucket_formula(self, late, opened, first, last):
        conditions = [f'{opened},">0"']
        if first is not None:
            conditions.append(f'{late},">={first}"')
        if last is not None:
            conditions.append(f'{late},"<={last}"')
        return f"=SUMIFS({opened},{','.join(conditions)})"

    def _insert_chart(self, begin, last, account):
        name = self.worksheet.get_name()
        chart = self.book.book.add_chart({"type": "column"})
        chart.add_series(
            {
                "categories": [name, begin + 1, 0, last, 0],
                "values": [name, begin + 1, 1, last, 1],
                "fill": {"color": "#71639E"},
                "gap": 60,
            }
        )
        title = f"{self.words['ageing']} ({self.book.currencies[account.currency_id][0]})"
        chart.set_title({"name": title, "name_font": {"size": 11}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}})
        chart.set_size({"width": 560, "height": 260})
        self.worksheet.insert_chart(begin, 3, chart)
