"""Reads published reference rates from a table: a date or half-year, and percent per year.

Sources: European Central Bank series from its data portal or data service (one row per change or per day); tables of
statutory rates per half-year or year, such as the French legal interest rate.
"""

import csv
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

#: plausible range of a reference rate in percent; other figures are not rates
LOWEST, HIGHEST = -10.0, 100.0

_HALF_YEAR = ((1, 1), (7, 1))
_DATE_HEADINGS = ("time_period", "date", "time period")
_VALUE_HEADINGS = ("obs_value", "value")
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_FRENCH = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_HALF = re.compile(r"(?<![\d.,])([12])(?![\d.,/])")


@dataclass(frozen=True)
class Row:
    """A rate from ``first`` to ``last``, or an unreadable row, with ``problem`` ``date`` or ``rate``. ``number``: row
    number in the file; the heading is row 1.
    """

    number: int
    text: str
    first: date | None = None
    last: date | None = None
    rate: float | None = None
    problem: str = ""


class UnreadableTable(ValueError):
    """The table has no rows or no rate column."""


def read_changes(text, column, today):
    """Half-yearly rates from a table of rate changes: the rates in force on 1 January and 1 July.

    :param column: part of the heading of the rate column, or of the key of the series
    :param today: rates of later days are not known

    A response of the European Central Bank's data service:

    >>> api = '''KEY,FREQ,REF_AREA,CURRENCY,PROVIDER_FM,INSTRUMENT_FM,PROVIDER_FM_ID,DATA_TYPE_FM,TIME_PERIOD,OBS_VALUE,OBS_STATUS
    ... FM.B.U2.EUR.4F.KR.MRR_FR.LEV,B,U2,EUR,4F,KR,MRR_FR,LEV,2024-12-18,3.15,A
    ... FM.B.U2.EUR.4F.KR.DFR.LEV,B,U2,EUR,4F,KR,DFR,LEV,2024-12-18,3,A
    ... FM.B.U2.EUR.4F.KR.MRR_FR.LEV,B,U2,EUR,4F,KR,MRR_FR,LEV,2025-02-05,2.9,A
    ... FM.B.U2.EUR.4F.KR.MRR_FR.LEV,B,U2,EUR,4F,KR,MRR_FR,LEV,2025-06-11,2.15,A
    ... '''
    >>> [(row.first.isoformat(), row.last.isoformat(), row.rate) for row in read_changes(api, "MRR_FR", date(2026, 1, 2))]
    [('2025-01-01', '2025-06-30', 3.15), ('2025-07-01', '2025-12-31', 2.15), ('2026-01-01', '2026-06-30', 2.15)]

    An export of its data portal, latest first; unreadable rows are reported:

    >>> portal = '''"DATE","TIME PERIOD","Main refinancing operations - fixed rate tenders (FM.B.U2.EUR.4F.KR.MRR_FR.LEV)"
    ... "2025-06-11","11 Jun 2025","2.15"
    ... "2025-04-23","23 Apr 2025","?"
    ... "2024-12-18","18 Dec 2024","3.15"
    ... '''
    >>> for row in read_changes(portal, "MRR_FR", date(2025, 7, 1)):
    ...     print(row.number, row.first, row.rate, row.problem or "-")
    4 2025-01-01 3.15 -
    2 2025-07-01 2.15 -
    3 None None rate

    A daily export says nothing about later days:

    >>> daily = "DATE,MRR_FR" + "".join(f"\\n2025-06-{day:02},2.15" for day in range(1, 13))
    >>> read_changes(daily, "MRR_FR", date(2025, 9, 1))
    []
    """
    headings, rows = _read_table(text)
    day_column = _find(headings, _DATE_HEADINGS)
    value_column, key_column = _find_values(headings, column)
    if day_column is None or value_column is None:
        raise UnreadableTable
    changes, bad = [], []
    for number, cells in rows:
        if key_column is None or _matches(_cell(cells, key_column), column):
            row = _to_change(number, cells, day_column, value_column)
            (bad if row.problem else changes).append(row)
    changes.sort(key=lambda row: row.first)
    return _to_half_years(changes, today) + bad


def read_half_years(text, column):
    """Half-yearly or yearly rates from a table with one row per period.

    :param column: parts of the heading of the rate column, separated by ``|``

    >>> table = '''Période;Créances des particuliers;Autres cas (professionnels)
    ... 1er semestre 2026;6,67 %;2,62 %
    ... 2e semestre 2025;6,65 %;2,76 %
    ... Second semestre 2024;8,16 %;
    ... 2014;0,04;0,04
    ... Source : Journal officiel;;'''
    >>> for row in read_half_years(table, "professionnel|autres cas"):
    ...     print(row.number, row.first, row.last, row.rate, row.problem or "-")
    2 2026-01-01 2026-06-30 2.62 -
    3 2025-07-01 2025-12-31 2.76 -
    4 None None None rate
    5 2014-01-01 2014-12-31 0.04 -
    6 None None None date

    >>> dates = "annee,semestre,date_debut,date_fin,taux_particulier,taux_professionnel\\n2026,1,2026-01-01,2026-06-30,6.67,2.62"
    >>> [(row.first.isoformat(), row.rate) for row in read_half_years(dates, "particulier")]
    [('2026-01-01', 6.67)]
    >>> short = "Semestre\\tTaux particulier\\n2026-S2\\t6,80\\n2027H1\\t6,9"
    >>> [row.first.isoformat() for row in read_half_years(short, "particulier")]
    ['2026-07-01', '2027-01-01']
    """
    headings, rows = _read_table(text)
    value_column, _key = _find_values(headings, column)
    if value_column is None:
        raise UnreadableTable
    rates = {number for number, heading in enumerate(headings) if _is_rate(heading)}
    found = []
    for number, cells in rows:
        words = [cell for place, cell in enumerate(cells) if place not in rates | {value_column}]
        period = _to_period(" ".join(words))
        rate = _to_rate(_cell(cells, value_column))
        problem = "date" if period is None else "rate" if rate is None else ""
        first, last = (None, None) if problem else period
        found.append(Row(number, _join(cells), first, last, None if problem else rate, problem))
    return found


def _to_change(number, cells, day_column, value_column):
    """The rate that a row announces, or its problem."""
    day, rate = _to_day(_cell(cells, day_column)), _to_rate(_cell(cells, value_column))
    problem = "date" if day is None else "rate" if rate is None else ""
    if problem:
        return Row(number, _join(cells), problem=problem)
    return Row(number, _join(cells), first=day, rate=rate)


def _to_half_years(changes, today):
    """The half-years up to today for which a rate was in force on the first day."""
    if not changes:
        return []
    known_to = min(today, changes[-1].first + timedelta(7)) if _is_daily(changes) else today
    found = []
    for year in range(changes[0].first.year, known_to.year + 1):
        for month, day in _HALF_YEAR:
            begin = date(year, month, day)
            before = [row for row in changes if row.first <= begin]
            if before and begin <= known_to:
                row = before[-1]
                found.append(Row(row.number, row.text, begin, _end_of_half_year(begin), row.rate))
    return found


def _is_daily(changes):
    """Whether the table has one row per working day rather than per change."""
    steps = [(after.first - before.first).days for before, after in pairwise(changes)]
    return bool(steps) and sorted(steps)[len(steps) // 2] <= 4


def _end_of_half_year(begin):
    """Last day of the half-year that begins on a day."""
    return date(begin.year, 6, 30) if begin.month < 7 else date(begin.year, 12, 31)


def _read_table(text):
    """Headings, and ``(number, cells)`` of the rows that are not empty."""
    lines = text.lstrip("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    table = [
        (number, cells)
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), start=1)
        if any(cell.strip() for cell in cells)
    ]
    if len(table) < 2:
        raise UnreadableTable
    return [_plain(heading) for heading in table[0][1]], table[1:]


def _find(headings, names):
    """Position of the first of these headings."""
    return next((headings.index(name) for name in names if name in headings), None)


def _find_values(headings, column):
    """``(position of the rates, position of the key of the series)``."""
    place = next((n for n, heading in enumerate(headings) if _matches(heading, column)), None)
    if place is not None:
        return place, None
    return _find(headings, _VALUE_HEADINGS), _find(headings, ("key",))


def _matches(text, column):
    """Whether a heading or key contains one of the parts of a column name."""
    return any(part and part in _plain(text) for part in _plain(column).split("|"))


def _is_rate(heading):
    """Whether the heading is that of a rate column, for any type of creditor.

    >>> _is_rate("taux_particulier"), _is_rate("semestre")
    (True, False)
    """
    words = ("taux", "particulier", "professionnel", "rate", "cas", "%")
    return any(word in heading for word in words)


def _plain(text):
    """Lower case, without accents.

    >>> _plain(" Créances des Particuliers ")
    'creances des particuliers'
    """
    parts = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _cell(cells, place):
    """The cell at a position; empty in a short row."""
    return cells[place].strip() if place < len(cells) else ""


def _join(cells):
    """The row as one line of text, for messages."""
    return " | ".join(cell.strip() for cell in cells if cell.strip())[:200]


def _to_rate(text):
    """
    >>> [_to_rate(text) for text in ("2,62 %", "-0.88", "\\xa06.67", "", "n/a", "2024")]
    [2.62, -0.88, 6.67, None, None, None]
    """
    figure = re.sub(r"[\s%]", "", text).replace(",", ".")
    try:
        rate = float(figure)
    except ValueError:
        return None
    return rate if LOWEST <= rate <= HIGHEST else None


def _to_day(text):
    """The first date in a text.

    >>> _to_day("2025-06-11"), _to_day("11/06/2025"), _to_day("2025-13-01"), _to_day("")
    (datetime.date(2025, 6, 11), datetime.date(2025, 6, 11), None, None)
    """
    iso, french = _ISO.search(text), _FRENCH.search(text)
    parts = iso.groups() if iso else french.groups()[::-1] if french else None
    if not parts:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def _to_period(text):
    """First and last day of the half-year or year in a text; ``None`` if there is none.

    >>> [str(_to_period(text)[0]) for text in ("Premier semestre 2026", "S2 2025", "du 01/07/2024 au 31/12/2024")]
    ['2026-01-01', '2025-07-01', '2024-07-01']
    """
    if day := _to_day(text):
        begin = date(day.year, 1 if day.month < 7 else 7, 1)
        return begin, _end_of_half_year(begin)
    year = _YEAR.search(text)
    if not year:
        return None
    number, words = int(year[1]), _plain(_YEAR.sub(" ", text, count=1))
    half = 1 if "premier" in words else 2 if re.search("second|deuxieme", words) else 0
    if not half and (found := _HALF.search(words)):
        half = int(found[1])
    if not half:
        return date(number, 1, 1), date(number, 12, 31)
    begin = date(number, *_HALF_YEAR[half - 1])
    return begin, _end_of_half_year(begin)
