"""Reads the rows of a file of credit limits; unreadable cells are reported, not guessed."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

#: columns of the file, in the order of the template
COLUMNS = ("customer", "amount", "kind", "date_from", "date_to", "reason")
REQUIRED = ("customer", "amount")

_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
_MARKS = re.compile(r"[\s\u00a0\u202f'’€$£]")


@dataclass(frozen=True)
class LimitRow:
    """One row of the file; ``number`` counts from 1, headings included.

    ``problems`` lists unreadable cells: ``{column: (problem, cell as text)}``.
    """

    number: int
    customer: str = ""
    amount: float = 0.0
    kind: str = "permanent"
    date_from: date | None = None
    date_to: date | None = None
    reason: str = ""
    problems: dict = field(default_factory=dict)


class UnreadableError(ValueError):
    """An unreadable cell; the argument is the problem: ``empty``, ``ambiguous``, ``number``, ``date``, ``kind``."""


def read_rows(rows, titles, kinds, date_format):
    """Convert rows of cells to :class:`LimitRow`, without empty ones.

    :param rows: lists of cells (text, numbers, dates or None), headings first
    :param titles: ``{heading in lower case: column}``; other headings are ignored
    :param kinds: ``{word in lower case: kind}``
    :param date_format: accepted in addition to ``2026-12-31``, such as ``%d/%m/%Y``
    :raise KeyError: a required column is missing; the argument is its name

    >>> rows = [["Customer", "Amount", "Until", "Note"], ["ACME", "1 250,50", "31/12/2026", "x"], [None, ""], ["B", "ten", "soon", ""]]
    >>> titles = {"customer": "customer", "amount": "amount", "until": "date_to"}
    >>> first, second = read_rows(rows, titles, {"permanent": "permanent"}, "%d/%m/%Y")
    >>> first.customer, first.amount, first.date_to, first.problems
    ('ACME', 1250.5, datetime.date(2026, 12, 31), {})
    >>> second.number, second.problems
    (4, {'amount': ('number', 'ten'), 'date_to': ('date', 'soon')})
    >>> read_rows([["Customer"]], titles, {}, "%d/%m/%Y")
    Traceback (most recent call last):
    KeyError: 'amount'
    """
    headings, *body = rows or [[]]
    columns = {titles.get(_text(cell).lower()): place for place, cell in enumerate(headings)}
    for name in REQUIRED:
        if name not in columns:
            raise KeyError(name)
    readers = _get_readers(kinds, date_format)
    found = []
    for number, cells in enumerate(body, start=2):
        if any(_text(cell) for cell in cells):
            found.append(_read_row(number, cells, columns, readers))
    return found


def _get_readers(kinds, date_format):
    """``{column: function}`` that converts a cell."""

    def read_day(cell):
        return read_date(cell, date_format)

    def read_kind(cell):
        word = _text(cell).lower()
        if word and word not in kinds:
            raise UnreadableError("kind")
        return kinds.get(word, "permanent")

    return {
        "customer": _text,
        "amount": read_amount,
        "kind": read_kind,
        "date_from": read_day,
        "date_to": read_day,
        "reason": _text,
    }


def _read_row(number, cells, columns, readers):
    """One row; unreadable cells are listed in its problems."""
    values, problems = {}, {}
    for name in COLUMNS:
        place = columns.get(name)
        cell = cells[place] if place is not None and place < len(cells) else None
        try:
            values[name] = readers[name](cell)
        except UnreadableError as error:
            problems[name] = (str(error), _text(cell))
    return LimitRow(number, **values, problems=problems)


def _text(cell):
    """A cell as text; spreadsheets store identifiers as numbers (732829320.0).

    >>> _text(732829320.0), _text("  a "), _text(None), _text(12)
    ('732829320', 'a', '', '12')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_amount(cell):
    """An amount in any common notation; ambiguous ones are refused.

    >>> [read_amount(text) for text in ("1250", "1 250,50", "1.250,50", "1,250.50", "-3", 12.5, "1.250.000", "0,5")]
    [1250.0, 1250.5, 1250.5, 1250.5, -3.0, 12.5, 1250000.0, 0.5]
    >>> def why(text):
    ...     try:
    ...         read_amount(text)
    ...     except UnreadableError as error:
    ...         return str(error)
    >>> why("1,250"), why("1.250"), why(""), why("ten"), why("1,2.3,4"), why("nan"), why(float("inf"))
    ('ambiguous', 'ambiguous', 'empty', 'number', 'number', 'number', 'number')
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) < 1e15:
            return float(cell)
        raise UnreadableError("number")
    text = _MARKS.sub("", _text(cell))
    if not text:
        raise UnreadableError("empty")
    plain = _to_plain(text)
    if not _PLAIN.fullmatch(plain) or len(plain) > 18:
        raise UnreadableError("number")
    return float(plain)


def _to_plain(text):
    """Remove thousands separators and use a decimal point."""
    marks = re.findall(r"[.,]", text)
    if not marks:
        return text
    last = marks[-1]
    if len(set(marks)) == 2:
        other = "," if last == "." else "."
        head, _mark, tail = text.rpartition(last)
        if last in head or other in tail or not re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", head):
            raise UnreadableError("number")
        return f"{head.replace(other, '')}.{tail}"
    if len(marks) > 1:
        if re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", text):
            return text.replace(last, "")
        raise UnreadableError("number")
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", text):
        raise UnreadableError("ambiguous")
    return text.replace(",", ".")


def read_date(cell, date_format):
    """A date, as ``2026-12-31`` or in ``date_format``; None for an empty cell.

    >>> [read_date(cell, "%d/%m/%Y") for cell in ("2026-12-31", "31/12/2026", date(2026, 12, 31))]
    [datetime.date(2026, 12, 31), datetime.date(2026, 12, 31), datetime.date(2026, 12, 31)]
    >>> read_date("", "%d/%m/%Y") is None
    True
    >>> try:
    ...     read_date("31/02/2026", "%d/%m/%Y")
    ... except UnreadableError as error:
    ...     str(error)
    'date'
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    if not text:
        return None
    for form in ("%Y-%m-%d", date_format):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise UnreadableError("date")
