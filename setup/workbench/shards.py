"""Odoo's tests in pieces that keep two cores busy: classes that need no browser, and one piece of all the rest.

One more piece is in a database with neighbours.
"""

import ast
import math
from dataclasses import dataclass
from pathlib import Path

from .addons import Addon

# The Odoo tag of tests that need neighbours, and the classes that run once more beside them.
WITH_NEIGHBOURS = "credit_neighbours"
ONCE_MORE = ("/credit_management:TestGate", "/credit_management:TestPaidOnline")
BROWSER = ("HttpCase", "start_tour", "browser_js")
# Seconds, roughly: what a class sets up, what a test takes, what a browser waits for, and what a piece may take.
SET_UP, TEST, TOUR = 2.4, 0.45, 4
PIECE = 240


@dataclass(frozen=True)
class TestClass:
    """A class of tests, and about how long it takes."""

    tag: str
    tests: int
    browser: bool

    @property
    def weight(self) -> float:
        return SET_UP + self.tests * (TOUR if self.browser else TEST)


@dataclass
class Piece:
    """Odoo's test tags of one run, and about how many seconds it takes."""

    tags: list[str]
    seconds: float


def pieces(addons: list[Addon]) -> list[Piece]:
    """The runs that together are all tests; the first takes whatever is in no other."""
    classes = [each for addon in addons for each in find(addon)]
    taken = _pieces([each for each in classes if not each.browser])
    left = sum(each.weight for each in classes if each.browser)
    everything = [f"/{addon.name}" for addon in addons]
    without = [f"-{tag}" for piece in taken for tag in piece.tags]
    return [Piece([*everything, *without], left), *taken]


def _pieces(classes):
    """Classes shared out to as many pieces as it takes, each about as long as the others."""
    number = math.ceil(sum(each.weight for each in classes) / PIECE)
    found = [Piece([], 0) for _number in range(number)]
    for each in sorted(classes, key=lambda each: each.weight, reverse=True):
        least = min(found, key=lambda piece: piece.seconds)
        least.tags.append(each.tag)
        least.seconds += each.weight
    return found


def beside_neighbours(addons: list[Addon]) -> list[str]:
    """Odoo's test tags of the run in the database with neighbours; none when no test asks for it."""
    apart = [f"/{addon.name}" for addon in addons if addon.is_apart]
    if not apart and not any(_asks(path) for addon in addons for path in _files(addon)):
        return []
    return [WITH_NEIGHBOURS, *apart, *ONCE_MORE]


def needs_neighbours(addons: list[Addon], tag: str) -> bool:
    """Whether a test tag names glue to a neighbour, or a class that is for the database with neighbours."""
    name, _colon, rest = tag.strip("/").partition(":")
    [addon] = [each for each in addons if each.name == name]
    wanted = rest.partition(".")[0]
    return addon.is_apart or any(
        node.name == wanted
        for path in _files(addon)
        if _asks(path)
        for _b, node, _n in _classes(path)
    )


def _files(addon):
    return sorted((addon.path / "tests").glob("test_*.py"))


def _asks(path):
    return f'"{WITH_NEIGHBOURS}"' in path.read_text()


def find(addon: Addon) -> list[TestClass]:
    """The classes of an add-on that have tests of their own, and need no neighbour."""
    return [
        TestClass(f"/{addon.name}:{node.name}", count, browser)
        for path in _files(addon)
        for browser, node, count in _classes(path)
        if count and not _asks(path)
    ]


def _classes(path: Path):
    text = path.read_text()
    browser = any(word in text for word in BROWSER)
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            names = [each.name for each in node.body if isinstance(each, ast.FunctionDef)]
            yield browser, node, sum(name.startswith("test") for name in names)
