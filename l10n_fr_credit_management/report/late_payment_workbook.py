"""The tables of late payments as a workbook with live formulas. No ``odoo`` here."""

import io

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

_FIRST = 1  # the column of the first bracket


def build_workbook(data) -> bytes:
    """Write one sheet with both blocks, totals and percentages as formulas."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        writer = _Writer(book, data)
        for part in data["blocks"]:
            writer.write_block(part)
        writer.write_terms()
    return stream.getvalue()


class _Writer:
    """Writes the sheet from top to bottom."""

    def __init__(self, book, data):
        places = data["places"]
        money = "#,##0" + (f".{'0' * places}" if places else "")
        self.data = data
        self.sheet = book.add_worksheet("D441-6")
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.head = book.add_format(
            {"bold": True, "bg_color": "#EEEEEE", "bottom": 1, "align": "right", "text_wrap": True}
        )
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.date = book.add_format({"num_format": "dd/mm/yyyy", "align": "left"})
        self.number = book.add_format({"num_format": "#,##0"})
        self.money = book.add_format({"num_format": money})
        self.rate = book.add_format({"num_format": "0.00%"})
        self._set_page()
        self.row = 4

    def _set_page(self):
        self.sheet.set_column(0, 0, 60)
        self.sheet.set_column(_FIRST, _FIRST + 5, 16)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.freeze_panes(0, 1)
        self.sheet.write_string(0, 0, self.data["title"], self.title)
        self.sheet.write_string(1, 0, f"{self.data['company']} ({self.data['currency']})")
        self.sheet.write_datetime(2, 0, self.data["day"], self.date)

    def write_block(self, part):
        """Write the received or the issued invoices."""
        block, words = part["block"], part["labels"]
        self.sheet.write_string(self.row, 0, part["title"], self.bold)
        for place, column in enumerate(self.data["columns"], _FIRST):
            self.sheet.write_string(self.row, place, column, self.head)
        self._write_label(self.data["brackets"], self.bold)
        self._write_series(words["count"], block.counts, self.number)
        self._write_series(words["amount"], block.amounts, self.money)
        amounts = self.row
        self._write_percents(words, block, amounts)
        if self.data["variant"] == "year":
            self._write_value(words["count_percent"], _share(block.count_percent), self.rate)
        self._write_label(self.data["excluded"], self.bold)
        self._write_value(words["excluded_count"], block.excluded_count, self.number)
        self._write_value(words["excluded_amount"], block.excluded_amount, self.money)
        self.row += 2

    def write_terms(self):
        """Write how delays were counted."""
        self.sheet.write_string(self.row, 0, self.data["terms"], self.bold)
        self._write_label(self.data["terms_used"], self.text)

    def _write_label(self, label, form):
        self.row += 1
        self.sheet.write_string(self.row, 0, label, form)

    def _write_value(self, label, value, form):
        self._write_label(label, self.text)
        if value is not None:
            self.sheet.write_number(self.row, _FIRST, value, form)

    def _write_series(self, label, values, form):
        """Write a row of brackets; its total is a formula."""
        self._write_label(label, self.text)
        for place, value in enumerate(values[:-1], _FIRST):
            self.sheet.write_number(self.row, place, value, form)
        first, last = (xl_rowcol_to_cell(self.row, _FIRST + place) for place in (1, 4))
        self.sheet.write_formula(self.row, _FIRST + 5, f"=SUM({first}:{last})", form, values[-1])

    def _write_percents(self, words, block, amounts):
        """Write the base, then the share of each amount in it."""
        self._write_value(words["base"], block.base, self.money)
        base = xl_rowcol_to_cell(self.row, _FIRST, True, True)
        self._write_label(words["percent"], self.text)
        for place, value in enumerate(block.percents, _FIRST):
            formula = f'=IF({base}=0,"",ROUND({xl_rowcol_to_cell(amounts, place)}/{base},4))'
            value = "" if value is None else _share(value)
            self.sheet.write_formula(self.row, place, formula, self.rate, value)


def _share(percent):
    """The number that a spreadsheet shows as a percentage.

    >>> _share(1.5), _share(None)
    (0.015, None)
    """
    return None if percent is None else float(percent) / 100
