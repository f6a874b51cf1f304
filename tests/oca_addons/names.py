"""Names of fields that add-ons define on models of others, read from their source without importing it."""

import ast
from pathlib import Path

BASES = ("Model", "AbstractModel", "TransientModel", "BaseModel")


def extended(folder: Path) -> set[tuple[str, str]]:
    """`(model, field)` of every field in an add-on on a model that it extends and does not make."""
    found, own = set(), set()
    for path in sorted(folder.rglob("*.py")):
        if "tests" in path.relative_to(folder).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and _is_model(node):
                models, made = _models(node)
                own |= made
                found |= {(model, name) for model in models for name in _fields(node)}
    return {(model, name) for model, name in found if model not in own}


def _is_model(node):
    return any(isinstance(base, ast.Attribute) and base.attr in BASES for base in node.bases)


def _models(node):
    """Models that get the fields of the class, and those of them that it makes.

    >>> _models(ast.parse("class A(models.Model):\\n _inherit = 'a'").body[0])
    ({'a'}, set())
    >>> _models(ast.parse("class A(models.Model):\\n _name = 'b'\\n _inherit = ['a']").body[0])
    ({'b'}, {'b'})
    """
    name, inherit = (_value(node, "_name"), _value(node, "_inherit"))
    parents = {inherit} if isinstance(inherit, str) else set(inherit or ())
    if name is None:
        return parents, set()
    return {name}, set() if name in parents else {name}


def _value(node, attribute):
    for each in node.body:
        if isinstance(each, ast.Assign) and _target(each) == attribute:
            try:
                return ast.literal_eval(each.value)
            except ValueError:
                return None
    return None


def _fields(node):
    for each in node.body:
        called = each.value.func if _is_call(each) else None
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            if called.value.id == "fields" and called.attr != "Index":
                yield _target(each)


def _is_call(each):
    return isinstance(each, ast.Assign) and isinstance(each.value, ast.Call)


def _target(each):
    return each.targets[0].id if isinstance(each.targets[0], ast.Name) else ""
