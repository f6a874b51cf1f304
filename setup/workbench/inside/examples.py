"""Runs the doctests of pure modules: `examples.py ADDON… PACKAGE…`.

A folder with `rules/` stands for its rules, without its Odoo half: importing `odoo` fails here.
"""

import doctest
import importlib
import sys
import types
from pathlib import Path


def main(folders) -> int:
    """Run the examples of all folders, say how many passed."""
    sys.modules["odoo"] = None
    totals = [_test(name) for folder in folders for name in _modules(folder)]
    failed = sum(failed for failed, _attempted in totals)
    print(f"{sum(attempted for _failed, attempted in totals) - failed} passed, {failed} failed")
    return int(failed > 0)


def _modules(folder):
    """Names of the modules to look into, their package made importable."""
    if (folder / "rules").is_dir():
        package = types.ModuleType(folder.name)
        package.__path__ = [str(folder)]
        sys.modules[folder.name] = package
        paths = sorted((folder / "rules").rglob("*.py"))
    else:
        sys.path.insert(0, str(folder.parent))
        paths = sorted(path for path in folder.glob("*.py") if path.stem != "__main__")
    return [".".join(path.relative_to(folder.parent).with_suffix("").parts) for path in paths]


def _test(name):
    """Failed and tried docstrings of a module."""
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    tests = [test for test in doctest.DocTestFinder().find(module) if test.examples]
    return sum(runner.run(test).failed > 0 for test in tests), len(tests)


if __name__ == "__main__":
    sys.exit(main([Path(word) for word in sys.argv[1:]]))
