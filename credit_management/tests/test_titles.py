import ast
from pathlib import Path

from lxml import etree
from odoo.tests import BaseCase

ADDONS = Path(__file__).parents[2]
OURS = [path.parent for path in sorted(ADDONS.glob("*credit_*/__manifest__.py"))]


class TestTitles(BaseCase):
    """No window of ours is called "Untitled"."""

    def test_every_window_opened_by_code_has_a_name(self):
        for path in (file for addon in OURS for file in addon.rglob("*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Dict) and self._is_window(node):
                    keys = [key.value if key else "**" for key in node.keys]
                    with self.subTest(file=path.relative_to(ADDONS), line=node.lineno):
                        self.assertTrue({"name", "**"} & set(keys))

    def _is_window(self, node):
        return any(
            isinstance(value, ast.Constant) and value.value == "ir.actions.act_window"
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and key.value == "type"
        )

    def test_every_pivot_and_graph_has_a_title_for_the_list_behind_a_figure(self):
        for path in (file for addon in OURS for file in addon.rglob("*.xml")):
            if "static" in path.parts:
                continue
            for node in etree.parse(path).iter("pivot", "graph"):
                with self.subTest(file=path.relative_to(ADDONS), line=node.sourceline):
                    self.assertTrue(node.get("string"))


#: what makes words of values
_WORDS = {"_", "_description_selection"}
_FORMATS = {"format_date", "format_datetime", "format_list", "formatLang"}


class TestLanguage(BaseCase):
    """What is computed in words is computed for each reader, not kept in the language of the first one."""

    def test_what_is_computed_in_words_depends_on_the_reader_s_language(self):
        for path in (file for addon in OURS for file in addon.rglob("*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    self._check_class(node, path.relative_to(ADDONS))

    def _check_class(self, node, path):
        methods = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
        for name, method in methods.items():
            context = [ast.unparse(each) for each in method.decorator_list]
            told = any("depends_context" in each and "lang" in each for each in context)
            if name.startswith("_compute") and not told:
                with self.subTest(file=path, method=name):
                    self.assertFalse(self._speaks(method, methods))

    def _speaks(self, method, methods, seen=()):
        """The method, or one of its class that it calls, makes words."""
        for node in ast.walk(method):
            if isinstance(node, ast.Name) and node.id in _FORMATS:
                return True
            if not isinstance(node, ast.Attribute):
                continue
            if node.attr in _WORDS:
                return True
            if node.attr in methods and node.attr not in (*seen, method.name):
                helper = node.attr.startswith(("_get_", "_describe", "_explain", "_say", "_format"))
                if helper and self._speaks(methods[node.attr], methods, (*seen, node.attr)):
                    return True
        return False
