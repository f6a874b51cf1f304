"""Everything that is needed to run Odoo here, once it is installed."""

import json
import os
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from . import addons, cluster, command, odoo_source, python_env, system
from .console import say
from .home import Home, digest

REPO = Path(__file__).resolve().parents[2]
INSIDE = Path(__file__).parent / "inside"
LOADING = re.compile(r"Loading module (\S+) \((\d+)/(\d+)\)")
STARTING = re.compile(r": Starting (\S+) \.\.\.$")


@dataclass(frozen=True)
class Bench:
    """An installed Odoo, the Python and the PostgreSQL that it runs with, and our add-ons."""

    home: Path
    python: Path
    odoo: Path
    odoo_key: str
    postgres: dict

    @cached_property
    def addons(self) -> list[addons.Addon]:
        """Our add-ons."""
        return addons.find(REPO)

    @property
    def names(self) -> list[str]:
        """Our add-ons' names."""
        return [addon.name for addon in self.addons]

    @property
    def usual(self) -> list:
        """Those that are installed without neighbours."""
        return [addon for addon in self.addons if not addon.is_apart]

    @property
    def prefix(self) -> str:
        """What the databases of this checkout are called, so that no two share one."""
        return f"credit_{digest(str(REPO), str(self.home))[:8]}"

    @property
    def data(self) -> Path:
        """Odoo's data folder."""
        return self.home / "data"

    def log(self, name: str) -> Path:
        """Where a program of this checkout writes what it has to say."""
        return Home(self.home).log(f"{self.prefix}-{name}")

    def environ(self) -> dict[str, str]:
        """The environment Odoo runs in."""
        pycache = {"PYTHONPYCACHEPREFIX": str(self.home / "pycache")}
        inherited = {
            key: value for key, value in os.environ.items() if key not in ("ODOO_RC", "PYTHONHOME")
        }
        return (
            inherited
            | self.postgres
            | pycache
            | {"PYTHONPATH": str(self.odoo), "PYTHONUNBUFFERED": "1"}
        )

    def options(self, database: str, *words) -> list[str]:
        """Odoo's options that lead to a database with our add-ons."""
        config = self.home / "odoo.conf"
        if not config.exists():
            config.write_text("[options]\nhttp_interface = 127.0.0.1\n")
        where = ["-c", config, "--addons-path", REPO, "--data-dir", self.data, "-d", database]
        return [str(word) for word in (*where, *words)]

    def odoo_command(self, database: str, *words) -> list[str]:
        """An Odoo on a database."""
        return [str(self.python), "-m", "odoo", *self.options(database, *words)]

    def script(self, name: str, database: str, *words) -> list[str]:
        """A script of `inside/`, which finds Odoo's options after its own words."""
        return [
            str(self.python),
            str(INSIDE / name),
            *map(str, words),
            "--",
            *self.options(database),
        ]

    def run(self, words, *, log: str, what: str, watch=None) -> Path:
        """Run a program in Odoo's environment; a Problem when it fails."""
        path = self.log(log)
        remedy = "Read the whole output, mend what it names, then start again"
        command.run(words, log=path, what=what, remedy=remedy, watch=watch, env=self.environ())
        return path

    def save(self, path: Path, **more) -> None:
        """Write down how to find all this, for another process."""
        fields = {
            key: str(value) if isinstance(value, Path) else value
            for key, value in asdict(self).items()
        }
        path.write_text(json.dumps({"bench": fields, **more}))

    @classmethod
    def load(cls, fields: dict) -> "Bench":
        """What `save` wrote down."""
        paths = {key: Path(fields[key]) for key in ("home", "python", "odoo")}
        return cls(**(fields | paths))


def watcher(progress):
    """Turns Odoo's log lines into progress."""

    def watch(line):
        if found := LOADING.search(line):
            progress(f"module {found[2]} of {found[3]}: {found[1]}")
        elif found := STARTING.search(line):
            progress(found[1])

    return watch


def prepare(odoo: str | None = None) -> Bench:
    """Install what is missing. The second time this takes a second."""
    system.require_debian_12()
    home = Home.open()
    with home.lock():
        system.install(home, server=not cluster.is_named(os.environ))
        source = odoo_source.find(home, odoo)
        python = python_env.ready(home, REPO / "setup")
        postgres = cluster.ready(home)
    say(f"· Odoo {odoo_source.SERIES} in {source.path}")
    return Bench(home.root, python, source.path, source.key, postgres)
