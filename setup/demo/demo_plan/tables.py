"""The tables in `data/`, read as rows."""

import csv
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


@cache
def rows(name):
    """The rows of `data/<name>.csv`, each a dict of texts."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))


@cache
def keyed(name):
    """The rows of a table by its first column."""
    return {next(iter(row.values())): row for row in rows(name)}
