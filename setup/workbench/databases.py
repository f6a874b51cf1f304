"""Databases and their file stores: templates that are built once, copies that take a second.

A database remembers what it was made from in its comment, so there is no other state to lose.
"""

import contextlib
import json
import os
import re
import shutil
from pathlib import Path

from . import command
from .addons import fingerprints
from .bench import Bench, watcher
from .console import step
from .home import Home, digest
from .problem import Problem

# Odoo's own modules below the suite: installed once, and every other database is a copy.
BASE_MODULES = ("sale_management", "l10n_fr_account", "sale_stock")
LANGUAGES = ("en_US", "fr_FR")  # the first is the default
RECIPE = "1"  # changes when a database is made in another way


class Databases:
    """The databases of one checkout."""

    def __init__(self, bench: Bench):
        self.bench = bench

    # === What there is === #

    @property
    def base(self) -> str:
        """Odoo's own modules, in French and English; shared by all checkouts of this data home."""
        bench = self.bench
        return f"credit_base_{digest(str(bench.home), bench.odoo_key, *BASE_MODULES, *LANGUAGES, RECIPE)}"

    @property
    def suite(self) -> str:
        """The base with our add-ons."""
        return f"{self.bench.prefix}_suite"

    @property
    def demo(self) -> str:
        """The suite with its demo data, for people."""
        return f"{self.bench.prefix}_demo"

    def exists(self, name: str) -> bool:
        """Whether there is such a database."""
        return bool(self._sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def origin(self, name: str) -> dict:
        """What the database was made from, as far as it says."""
        query = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{name}'"
        with contextlib.suppress(ValueError):
            return json.loads(self._sql(query))
        return {}

    # === Templates === #

    def ensure_base(self) -> str:
        """The base template, built if need be."""
        if not self.exists(self.base):
            Home(self.bench.home).require_room()
            self._drop_bases()
            with (
                step("Base database: Odoo's own modules, once") as progress,
                self._draft(self.base) as draft,
            ):
                words = ("-i", ",".join(BASE_MODULES), "--load-language", ",".join(LANGUAGES))
                self.install(draft, words, "base", progress)
            self.remember(self.base, self._base_origin)
        return self.base

    @property
    def _base_origin(self):
        return {"home": str(self.bench.home), "odoo": self.bench.odoo_key}

    def _drop_bases(self):
        """Bases of this Odoo with other modules serve nobody any more."""
        for name in self._names("credit\\_base\\_%"):
            if self.origin(name) == self._base_origin:
                self.drop(name)

    def _names(self, like="%"):
        return self._sql(
            f"SELECT datname FROM pg_database WHERE datname LIKE '{like}'"
        ).splitlines()

    def ensure_suite(self) -> str:
        """The base with our add-ons, rebuilt when one of them has changed."""
        wanted = {"base": self.ensure_base(), "addons": fingerprints(self.bench.usual)}
        if self.origin(self.suite) != wanted:
            self.drop(self.suite)
            with (
                step("Template database with our add-ons") as progress,
                self._draft(self.suite) as draft,
            ):
                self.clone(self.base, draft)
                if names := ",".join(addon.name for addon in self.bench.usual):
                    self.install(draft, ("-i", names), "suite", progress)
            self.remember(self.suite, wanted)
        return self.suite

    def install(self, name: str, words, log: str, progress) -> Path:
        """Let Odoo install or update modules in a database."""
        words = self.bench.odoo_command(name, *words, "--stop-after-init", "--no-http")
        what = "Odoo could not install the modules:"
        return self.bench.run(words, log=log, what=what, watch=watcher(progress))

    # === Making, copying, dropping === #

    @contextlib.contextmanager
    def temporary(self, template: str, label: str):
        """A copy that is dropped at the end."""
        name = f"{self.bench.prefix}_{label}_{os.getpid()}"
        self.clone(template, name)
        try:
            yield name
        finally:
            self.drop(name)

    def clone(self, template: str, name: str) -> None:
        """Copy a database with its file store."""
        self.drop(name)
        self._admin("createdb", "-T", template, name)
        source = self.filestore(template)
        if (
            source.exists()
        ):  # files are named after their content and never rewritten: a link will do
            shutil.copytree(source, self.filestore(name), copy_function=os.link)

    def drop(self, name: str) -> None:
        """Remove a database with its file store."""
        self._admin("dropdb", "--if-exists", "--force", name)
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def rename(self, name: str, new: str) -> None:
        """Give a database and its file store another name."""
        self.drop(new)
        if self.filestore(name).exists():
            self.filestore(name).rename(self.filestore(new))
        self._sql(f'ALTER DATABASE "{name}" RENAME TO "{new}"', must=True)

    def remember(self, name: str, origin: dict) -> None:
        """Note in the database what it was made from."""
        text = json.dumps(origin).replace("'", "''")
        self._sql(f"COMMENT ON DATABASE \"{name}\" IS '{text}'", must=True)

    def set_address(self, name: str, url: str) -> None:
        """Where links in e-mails and the style sheets of PDFs come from, also before an administrator has logged in."""
        query = f"UPDATE ir_config_parameter SET value = '{url}' WHERE key = 'web.base.url'"
        self._sql(query, must=True, name=name)

    def sweep(self) -> None:
        """Drop what runs that were killed have left."""
        for name in self._names():
            if is_stale(name, self.bench.prefix):
                self.drop(name)

    def filestore(self, name: str) -> Path:
        """Where Odoo keeps the attachments of a database."""
        return self.bench.data / "filestore" / name

    @contextlib.contextmanager
    def _draft(self, name):
        """A database under another name until it is complete."""
        draft = f"{name}_draft"
        self.drop(draft)
        yield draft
        self.rename(draft, name)

    def _sql(self, query, must=False, name="postgres"):
        words = ["psql", "-XAtwq", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", query]
        return self._admin(*words) if must else command.output(words, env=self._environ)

    def _admin(self, *words):
        log = self.bench.log(words[0])
        what = f"PostgreSQL: {words[0]} failed:"
        remedy = "Free the disk or end what uses the database, then start again"
        command.run(words, log=log, what=what, remedy=remedy, env=self._environ)

    @property
    def _environ(self):
        return os.environ | self.bench.postgres


def is_stale(name: str, prefix: str) -> bool:
    """Whether a database is left over from a process that has ended.

    >>> is_stale("credit_1234_test_999999999", "credit_1234"), is_stale("credit_1234_demo", "credit_1234")
    (True, False)
    """
    found = re.fullmatch(rf"{prefix}_[a-z0-9]+_(\d+)", name)
    return bool(found) and not Path("/proc", found[1]).exists()


def require_addons(bench: Bench) -> None:
    """There is nothing to run without add-ons."""
    if not bench.addons:
        raise Problem("This checkout holds no add-on.", "Check it out again: git status, git pull.")
