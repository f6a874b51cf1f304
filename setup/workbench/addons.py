"""The add-ons of this checkout, and what their content adds up to."""

import ast
from dataclasses import dataclass
from pathlib import Path

from .home import digest

# Odoo's modules that act on a confirmation too. Our glue to them, and our tests with them, have one database with all of
# them; everywhere else neither is installed.
NEIGHBOURS = ("sale_loyalty", "event_sale", "website_sale", "pos_sale")
NOT_INSTALLED = {"__pycache__", "tests", "readme"}


@dataclass(frozen=True)
class Addon:
    """One folder with a manifest."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def rules(self) -> list[Path]:
        """The pure modules."""
        return sorted((self.path / "rules").rglob("*.py"))

    @property
    def is_apart(self) -> bool:
        """Glue to a neighbour: installed with all of them, or not at all."""
        manifest = ast.literal_eval((self.path / "__manifest__.py").read_text())
        return not set(NEIGHBOURS).isdisjoint(manifest.get("depends", ()))

    def fingerprint(self) -> str:
        """Changes with whatever an installation reads."""
        files = (path for path in sorted(self.path.rglob("*")) if path.is_file())
        read = [
            path for path in files if not NOT_INSTALLED & set(path.relative_to(self.path).parts)
        ]
        return digest(
            *(
                part
                for path in read
                for part in (str(path.relative_to(self.path)), path.read_bytes())
            )
        )


def find(repo: Path) -> list[Addon]:
    """The add-ons at the top level that can be installed."""
    manifests = sorted(repo.glob("*/__manifest__.py"))
    return [Addon(path.parent) for path in manifests if _installable(path)]


def _installable(manifest):
    return ast.literal_eval(manifest.read_text()).get("installable", True)


def fingerprints(addons) -> dict[str, str]:
    """What each add-on is made of."""
    return {addon.name: addon.fingerprint() for addon in addons}
