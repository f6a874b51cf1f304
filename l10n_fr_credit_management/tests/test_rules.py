import doctest
import importlib
import pkgutil

from odoo.addons.l10n_fr_credit_management import rules
from odoo.tests import BaseCase, tagged


@tagged("post_install", "-at_install", "post_install_l10n")
class TestRules(BaseCase):
    def test_every_example_of_the_rules_holds(self):
        for module in pkgutil.iter_modules(rules.__path__, rules.__name__ + "."):
            with self.subTest(module.name):
                result = doctest.testmod(importlib.import_module(module.name))
                self.assertGreater(result.attempted, 0, "a rule without example")
                self.assertFalse(result.failed)
