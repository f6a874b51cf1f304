"""Runs classes of Odoo's `test_lint` on some add-ons: `odoo_lint.py ADDON… -- ODOO OPTIONS`.

Those that read files see the add-ons only. Those that read the registry see all of it; of what
they find, what names one of the add-ons counts.
"""

import importlib
import logging
import sys
import threading
import unittest

ON_FILES = {
    "test_dunderinit": ("TestDunderinit",),
    "test_jstranslate": ("TestJsTranslations",),
    "test_l10n": ("L10nLinter",),
    "test_manifests": ("ManifestLinter",),
    "test_markers": ("TestConflictMarkers",),
    "test_naming": ("TestNaming",),
    "test_onchange_domains": ("TestOnchangeDomains",),
    "test_orm_import": ("TestDunderinit",),
    "test_test_holes": ("TestTestHoles",),
}
ON_REGISTRY = {
    "test_index": ("TestIndex",),
    "test_override_signatures": ("TestLintOverrideSignatures",),
    "test_pofile": ("PotLinter",),
    "test_routes": ("RoutesLinter",),
}


class Result(unittest.TestResult):
    """Keeps the output of what fails, and the warnings that the linters log."""

    _soft_fail = False

    def __init__(self):
        super().__init__()
        self.found = []

    def addError(self, test, err):
        super().addError(test, err)
        self.found.append((test.id(), str(err[1])))

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err:
            self.addError(subtest, err)


def main(addons, options) -> int:
    """Run the classes, print what is about the add-ons, say how many passed."""
    _open(options)
    models = _models(addons)
    _narrow(addons)
    words = [f"'{addon}'" for addon in addons] + [f"odoo.addons.{addon}" for addon in addons]
    words += [f"{addon}/" for addon in addons] + [f"{model}." for model in models]
    passed = failed = 0
    for name, found in _run({**ON_FILES, **ON_REGISTRY}):
        about_us = [
            text for text in found if name in ON_FILES or any(word in text for word in words)
        ]
        print("\n".join(about_us), end="\n" if about_us else "")
        passed, failed = passed + (not about_us), failed + bool(about_us)
    print(f"{passed} passed, {failed} failed")
    return int(failed > 0)


def _open(options):
    """Load the registry that the linters look at."""
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    config.parse_config(options, setup_logging=True)
    logging.getLogger().setLevel(logging.WARNING)
    server.start(preload=[], stop=True)
    threading.current_thread().dbname = config["db_name"][0]
    Registry(config["db_name"][0])


def _models(addons):
    """The models that the add-ons bring."""
    from odoo.modules.registry import Registry

    registry = Registry(threading.current_thread().dbname)
    return [name for name, model in registry.items() if model._original_module in addons]


def _narrow(addons):
    """Let the linters of files see the add-ons only."""
    from odoo.modules import Manifest

    whole = Manifest.all_addon_manifests
    Manifest.all_addon_manifests = lambda: [each for each in whole() if each.name in addons]


def _run(classes):
    """Each module of `test_lint` with what its classes found."""
    for name, wanted in classes.items():
        module = importlib.import_module(f"odoo.addons.test_lint.tests.{name}")
        result = Result()
        for each in wanted:
            unittest.defaultTestLoader.loadTestsFromTestCase(getattr(module, each)).run(result)
        yield name, [f"{test}: {text}" for test, text in result.found]


if __name__ == "__main__":
    cut = sys.argv.index("--")
    sys.exit(main(sys.argv[1:cut], sys.argv[cut + 1 :]))
