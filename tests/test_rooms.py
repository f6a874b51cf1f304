"""How the code is laid out: a method has one body per model and add-on, files are named for their model, hooks exist."""

import ast
import functools
import re
from collections import defaultdict
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
ADDONS = [manifest.parent for manifest in sorted(REPO.glob("*/__manifest__.py"))]
#: methods that still have two bodies: add none
TWO_BODIES = {}
HOOK = re.compile(r"`(?:[\w.]*\.)?(_[a-z][a-z_]*)[(`]")

each_addon = pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)


def sources(addon):
    """``(path, tree)`` of the Python files of an add-on, without its tests."""
    for path in sorted(addon.rglob("*.py")):
        if "tests" not in path.relative_to(addon).parts:
            yield path, ast.parse(path.read_text())


def models(tree):
    """``(name of the model, class)`` of the classes of a file.

    >>> tree = ast.parse('class A(models.Model):\\n    _inherit = "res.partner"')
    >>> [name for name, _class in models(tree)]
    ['res.partner']
    """
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names = {
                line.targets[0].id: line.value.value
                for line in node.body
                if isinstance(line, ast.Assign)
                and isinstance(line.targets[0], ast.Name)
                and isinstance(line.value, ast.Constant)
            }
            if name := names.get("_name") or names.get("_inherit"):
                yield name, node


@each_addon
def test_a_method_has_one_body_per_model(addon):
    bodies = defaultdict(list)
    for path, tree in sources(addon):
        for name, node in models(tree):
            for line in node.body:
                if isinstance(line, ast.FunctionDef):
                    bodies[name, line.name].append(path.name)
    twice = {key for key, files in bodies.items() if len(files) > 1}
    assert twice - TWO_BODIES.get(addon.name, set()) == set()


@each_addon
def test_a_file_of_models_is_named_for_its_model(addon):
    strangers = []
    for path, tree in sources(addon):
        names = [name.replace(".", "_") for name, _class in models(tree)]
        named = any(path.stem.startswith(name) or name.startswith(path.stem) for name in names)
        charts = path.stem.startswith("template_")  # as Odoo names those of a country
        if names and not named and not charts and path.parent.name != "report":
            strangers.append(path.name)
    assert strangers == []


@functools.cache
def code():
    """All Python of the add-ons."""
    return "\n".join(path.read_text() for addon in ADDONS for path in addon.rglob("*.py"))


@each_addon
def test_the_hooks_that_the_manual_names_exist(addon):
    manual = addon / "readme" / "DEVELOP.md"
    named = set(HOOK.findall(manual.read_text())) if manual.exists() else set()
    assert sorted(hook for hook in named if not re.search(rf"\b{hook}\b", code())) == []


@each_addon
def test_a_known_limit_says_what_to_do_meanwhile(addon):
    limits = (addon / "readme" / "ROADMAP.md").read_text().split("\n- ")[1:]
    assert limits
    assert [limit for limit in limits if "Meanwhile:" not in limit] == []
