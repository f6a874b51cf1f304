"""Rules of the house that a look at the source can check."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARKER = re.compile(r"# (?:EXTENDS '[\w.]+'|OVERRIDE\b)")
SERVER_DAY = re.compile(r"\b(?:[Dd]ate|[Dd]atetime)\.today$|\bdatetime\.(?:now|utcnow)$")
FRAGMENT = re.compile(r"(\d+\.(?:feature|bugfix|misc)\.\d+)(?:\.[\w-]+)?\.md")


@dataclass(frozen=True)
class Method:
    """A method of a model, as one file defines it."""

    path: Path
    model: str
    node: ast.FunctionDef
    text: str

    @property
    def calls_super(self) -> bool:
        """Whether it goes on to the method of the same name below it."""
        return bool(re.search(rf"super\([^)]*\)\.{self.node.name}\b", self.text))

    def fault(self, sentence: str) -> str:
        """A fault, with where it is."""
        return f"{self.path}:{self.node.lineno}: {self.model}.{self.node.name}: {sentence}"


def faults(addons: list[Path]) -> list[str]:
    """All that the sources of some add-ons have against the rules."""
    methods = [method for addon in addons for method in _methods(addon)]
    checks = (_misnamed, _clocks)
    return [
        *_unmarked(methods),
        *(fault for check in checks for addon in addons for fault in check(addon)),
    ]


def _methods(addon) -> Iterator[Method]:
    for folder in ("models", "wizards"):
        for path in sorted((addon / folder).rglob("*.py")):
            lines = path.read_text().splitlines()
            for model, node in _defined(ast.parse("\n".join(lines))):
                yield Method(path, model, node, "\n".join(lines[node.lineno - 1 : node.end_lineno]))


def _defined(tree):
    for cls in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        if model := _model(cls):
            yield from ((model, node) for node in cls.body if isinstance(node, ast.FunctionDef))


def _model(cls) -> str:
    """
    >>> _model(ast.parse("class A:\\n    _inherit = ['sale.order', 'mixin']").body[0])
    'sale.order'
    """
    values = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in cls.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in ("_name", "_inherit")
    }
    model = values.get("_name") or values.get("_inherit") or ""
    return model if isinstance(model, str) else model[0]


def _unmarked(methods):
    """Overrides of Odoo's models that do not begin with ``# EXTENDS 'module'``."""
    ours = {method.node.name for method in methods if method.model.startswith("credit.")}
    ours -= {"create", "write", "unlink"}
    return [
        method.fault("an override of Odoo begins with # EXTENDS 'module'")
        for method in methods
        if not method.model.startswith("credit.")
        and method.node.name not in ours
        and method.calls_super
        and not MARKER.search(method.text)
    ]


def _misnamed(addon):
    """A changelog that is missing, and fragments that towncrier would not take, or would take for one."""
    readme = addon / "readme"
    if not (readme / "HISTORY.md").is_file() or not (readme / "newsfragments").is_dir():
        yield f"{readme}: an add-on has a changelog, HISTORY.md and the folder newsfragments"
    seen = set()
    for path in sorted((readme / "newsfragments").glob("*")):
        name = FRAGMENT.fullmatch(path.name)
        if not name or name[1] in seen:
            yield f"{path}: name it ISSUE.TYPE.NUMBER.SLUG.md, with a number of its own"
        seen.add(name and name[1])


def _clocks(addon):
    """Days read from the server's clock: today is the company's, or the user's where no company is at hand."""
    for folder in ("models", "wizards", "report", "controllers"):
        for path in sorted((addon / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and _is_server_day(node):
                    yield f"{path}:{node.lineno}: today is company._get_credit_today() or fields.Date.context_today"


def _is_server_day(node) -> bool:
    """
    >>> found = ("fields.Date.today", "date.today", "datetime.now", "datetime.utcnow", "Datetime.today")
    >>> all(_is_server_day(ast.parse(text, mode="eval").body) for text in found)
    True
    >>> fine = ("fields.Datetime.now", "self.env.cr.now", "fields.Date.context_today")
    >>> any(_is_server_day(ast.parse(text, mode="eval").body) for text in fine)
    False
    """
    return bool(SERVER_DAY.search(ast.unparse(node)))
