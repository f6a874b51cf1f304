"""Builds the workbooks of statements and payroll as XLSX bytes. No ``odoo`` here.

Totals are formulas, so that readers see what is summed; each also stores its value, for programs that do not calculate.
"""

import io

import xlsxwriter

_DATE = "yyyy-mm-dd"


def _money(places):
    """The number format of a currency with a number of decimals.

    >>> _money(2), _money(0), _money(3)
    ('#,##0.00', '#,##0', '#,##0.000')
    """
    return "#,##0" + (f".{'0' * places}" if places else "")


def _formats(book, places):
    money = _money(places)
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format(
            {"bold": True, "bg_color": "#EEEEEE", "bottom": 1, "text_wrap": True}
        ),
        "bold": book.add_format({"bold": True}),
        "text": book.add_format({}),
        "money": book.add_format({"num_format": money}),
        "total": book.add_format({"num_format": money, "bold": True, "top": 1}),
        "rate": book.add_format({"num_format": "0.00##"}),
        "date": book.add_format({"num_format": _DATE, "align": "left"}),
    }


def _write_table(sheet, formats, top, columns, rows):
    """Write the headings at row ``top`` and the rows below; ``columns`` are (heading, format, width)."""
    for place, (heading, _format, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(top, place, heading, formats["head"])
    for line, row in enumerate(rows, top + 1):
        for place, ((_heading, name, _width), value) in enumerate(zip(columns, row, strict=True)):
            _write_cell(sheet, line, place, value, formats[name], name)


def _write_cell(sheet, line, place, value, cell_format, name):
    if value in (None, False, ""):
        sheet.write_blank(line, place, None, cell_format)
    elif name == "date":
        sheet.write_datetime(line, place, value, cell_format)
    elif name == "text":
        sheet.write_string(
            line, place, value, cell_format
        )  # text that begins with = is not a formula
    else:
        sheet.write_number(line, place, value, cell_format)


def _column(place):
    return xlsxwriter.utility.xl_col_to_name(place)


def statement_book(title, facts, columns, rows, money, totals, places=2):
    """One statement: details, entries, then totals.

    :param str title: first line and sheet name
    :param facts: pairs (label, value) below the title
    :param columns: (heading, format, width); ``rows`` have one value per column
    :param int money: position of the column to sum
    :param dict totals: ``opening``, ``entries``, ``total``, ``paid``, ``carried``, each a pair (label, value); any
        other entry before ``total`` is added to it
    :param int places: decimals of the currency
    :rtype: bytes
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        formats = _formats(book, places)
        sheet = book.add_worksheet(_sheet_name(title))
        sheet.write_string(0, 0, title, formats["title"])
        for line, (words, value) in enumerate(facts, 1):
            sheet.write_string(line, 0, words, formats["bold"])
            sheet.write_string(line, 1, value)
        top = len(facts) + 2
        _write_table(sheet, formats, top, columns, rows)
        _write_totals(sheet, formats, top + 1, len(rows), money, totals)
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return content.getvalue()


def _write_totals(sheet, formats, first, count, money, totals):
    """Write the opening balance, the sum of the entries, the total, and the amounts paid and carried over."""
    at = first + count + 1  # leave one empty row
    name = _column(money)
    keys = list(totals)
    parts = keys[: keys.index("total")]
    # sheet rows count from 1
    cells = {key: f"{name}{at + place}" for place, key in enumerate(keys, 1)}
    formulas = {
        "entries": f"=SUM({name}{first + 1}:{name}{first + count})" if count else "=0",
        "total": "=" + "+".join(cells[key] for key in parts),
        "paid": f"=MAX({cells['total']},0)",
        "carried": f"=MIN({cells['total']},0)",
    }
    for place, (key, (words, value)) in enumerate(totals.items()):
        formula = formulas.get(key)
        sheet.write_string(at + place, money - 1, words, formats["bold"])
        if formula is None:
            sheet.write_number(at + place, money, value, formats["total"])
        else:
            sheet.write_formula(at + place, money, formula, formats["total"], value)


def payroll_book(title, columns, rows, money, total, places=2):
    """The payroll export: one row per person and the total; ``total`` is a pair (label, value), ``places`` the
    decimals of the currency.

    :rtype: bytes
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        formats = _formats(book, places)
        sheet = book.add_worksheet(_sheet_name(title))
        _write_table(sheet, formats, 0, columns, rows)
        at, name = len(rows) + 1, _column(money)
        sheet.write_string(at, money - 1, total[0], formats["bold"])
        formula = f"=SUM({name}2:{name}{at})" if rows else "=0"
        sheet.write_formula(at, money, formula, formats["total"], total[1])
        sheet.freeze_panes(1, 0)
    return content.getvalue()


def _sheet_name(title):
    """A valid sheet name: allowed characters and length only.

    >>> _sheet_name("Commission [Q3/2026]: Anna & Co, the agents of the South")
    'Commission -Q3-2026-- Anna & Co'
    """
    clean = "".join("-" if sign in "[]:*?/\\" else sign for sign in title)
    return clean[:31].strip("'") or "-"
