"""Rules of the house that a look at the source can check."""

import ast
import functools
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

MARKER = re.compile(r"# (?:EXTENDS '[\w.]+'|OVERRIDE\b)")
SERVER_DAY = re.compile(r"\b(?:[Dd]ate|[Dd]atetime)\.today$|\bdatetime\.(?:now|utcnow)$")
FRAGMENT = re.compile(r"(\d+\.(?:feature|bugfix|misc)\.\d+)(?:\.[\w-]+)?\.md")
HOOK = re.compile(r"`(?:[\w.]*\.)?(_[a-z][a-z_]*)[(`]")
#: lines of the methods of an add-on, without their docstrings: half of them, nine of ten, and all
LENGTHS = ((0.5, 8), (0.9, 20), (1.0, 50))
#: fewer methods than these have no typical length
SMALL = 40


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
    checks = (_twice, _strangers, _long, _misnamed, _clocks, _endless, _uncoloured)
    return [
        *_unmarked(methods),
        *_unknown(addons),
        *(fault for check in checks for addon in addons for fault in check(addon)),
    ]


def _sources(addon) -> Iterator[Path]:
    """The Python files of an add-on, without its tests."""
    for path in sorted(addon.rglob("*.py")):
        if "tests" not in path.relative_to(addon).parts:
            yield path


@functools.cache
def _parsed(path) -> tuple[str, ast.Module]:
    text = path.read_text()
    return text, ast.parse(text)


def _models(tree):
    """``(model, class)`` of a file."""
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return [(model, cls) for cls in classes if (model := _model(cls))]


def _methods(addon) -> Iterator[Method]:
    for path in _sources(addon):
        text, tree = _parsed(path)
        lines = text.splitlines()
        for model, cls in _models(tree):
            for node in cls.body:
                if isinstance(node, ast.FunctionDef):
                    body = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                    yield Method(path, model, node, body)


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


def _twice(addon):
    """Methods that an add-on defines in two files for one model."""
    bodies = defaultdict(list)
    for method in _methods(addon):
        bodies[method.model, method.node.name].append(method)
    for found in bodies.values():
        for method in found[1:]:
            yield method.fault(f"one body for each model; the other is in {found[0].path.name}")


def _strangers(addon):
    """Files that are not named for a model they define; Odoo names those of a country's chart otherwise."""
    for path in _sources(addon):
        names = [model.replace(".", "_") for model, _class in _models(_parsed(path)[1])]
        free = path.stem.startswith("template_") or path.parent.name == "report"
        named = any(path.stem.startswith(name) or name.startswith(path.stem) for name in names)
        if names and not named and not free:
            yield f"{path}: name it for its model, {names[0]}"


def _long(addon):
    """Methods that are too long to be read at a glance: half of an add-on's, nine of ten, and each."""
    found = [
        (_length(node), f"{path}:{node.lineno}: {node.name}")
        for path in _sources(addon)
        for node in ast.walk(_parsed(path)[1])
        if isinstance(node, ast.FunctionDef) and not _is_data(node)
    ]
    found.sort()
    for share, most in LENGTHS if len(found) >= SMALL else LENGTHS[-1:] if found else ():
        lines, where = found[min(int(len(found) * share), len(found) - 1)]
        if lines > most:
            yield f"{where} has {lines} lines: {share:.0%} of the methods of {addon.name} have {most} at most"


def _length(node) -> int:
    """
    >>> _length(ast.parse("def a():\\n    'Doc.'\\n    return 1").body[0])
    2
    """
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    spared = docstring.end_lineno - docstring.lineno + 1 if docstring else 0
    return node.end_lineno - node.lineno + 1 - spared


def _is_data(node) -> bool:
    """A table that a method returns, and nothing else.

    >>> _is_data(ast.parse('def a(self):\\n    return {"a": self.b()}').body[0])
    True
    """
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    tables = (ast.Dict, ast.List, ast.Tuple, ast.Set)
    last = body[-1] if len(body) == 1 else None
    return isinstance(last, ast.Return) and isinstance(last.value, tables)


def _unknown(addons):
    """Hooks that a manual names and no code has."""
    code = "\n".join(path.read_text() for addon in addons for path in addon.rglob("*.py"))
    words = set(re.findall(r"\w+", code))
    for addon in addons:
        manual = addon / "readme" / "DEVELOP.md"
        named = set(HOOK.findall(manual.read_text())) if manual.exists() else set()
        yield from (f"{manual}: there is no {hook}" for hook in sorted(named - words))


def _endless(addon):
    """Known limits without what to do until they are gone."""
    roadmap = addon / "readme" / "ROADMAP.md"
    limits = roadmap.read_text().split("\n- ")[1:] if roadmap.exists() else []
    if not limits:
        yield f"{roadmap}: an add-on says what it cannot do"
    for limit in limits:
        if "Meanwhile:" not in limit:
            yield f"{roadmap}: {limit[:60]}…: say what to do until then (Meanwhile: …)"


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


def _uncoloured(addon):
    """Colours of a progress bar that the browser cannot read: the board would not open, and no test of the server sees it."""
    for path in sorted((addon / "views").rglob("*.xml")):
        for bar in ElementTree.parse(path).iter("progressbar"):
            if not _is_json(bar.get("colors", "{}")):
                yield f"{path}: colours of a progress bar are JSON, with double quotes"


def _is_json(text) -> bool:
    """
    >>> _is_json('{"open": "info"}'), _is_json("{'open': 'info'}")
    (True, False)
    """
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


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
