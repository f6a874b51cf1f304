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
