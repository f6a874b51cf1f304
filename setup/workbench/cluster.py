"""PostgreSQL: a cluster of the project's own, or the server that PGHOST or PGPORT name."""

import os
import pwd
import shutil
from pathlib import Path

from . import command
from .console import step
from .home import Home, digest
from .problem import Problem

ROLE = "credit"
RUNNER = "postgres"  # runs the cluster when we are root, which PostgreSQL refuses
SOCKET_LIMIT = 90
SETTINGS = """
# Credit management: local, reachable through its socket only, and rebuilt in a minute.
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
synchronous_commit = off
"""


def is_named(environ) -> bool:
    """Whether the environment names a server, which we then use instead of our own."""
    return bool(environ.get("PGHOST") or environ.get("PGPORT"))


def ready(home: Home) -> dict[str, str]:
    """A PostgreSQL that answers: the variables that lead to it."""
    if is_named(os.environ):
        return _named()
    own = Own(home)
    own.start()
    return own.variables


def _named():
    """The server of the environment, if we may make databases there."""
    names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGSSLMODE")
    variables = {name: os.environ[name] for name in names if os.environ.get(name)}
    if variables.get("PGUSER") == "postgres":
        raise Problem(
            "Odoo refuses to work as PostgreSQL's user postgres.",
            "Make another role: createuser --createdb credit, and set PGUSER=credit.",
        )
    _require_createdb(variables)
    return variables


def _require_createdb(variables):
    query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    words = ["psql", "-XAtw", "-d", "postgres", "-c", query]
    answer = command.output(words, env=os.environ | variables)
    where = " ".join(f"{key}={value}" for key, value in variables.items() if key != "PGPASSWORD")
    if not answer:
        raise Problem(
            f"No PostgreSQL answers to {where}.",
            "Check PGHOST, PGPORT, PGUSER and PGPASSWORD; unset them to use the project's own.",
        )
    if answer != "t":
        raise Problem(
            f"The PostgreSQL role of {where} may not make databases.",
            "As its administrator: ALTER ROLE … CREATEDB",
        )


class Own:
    """The project's own cluster, reachable through a socket that others cannot enter."""

    def __init__(self, home: Home):
        self.home = home
        self.root = home.root / "postgres"
        self.data = self.root / "data"
        self.log = self.root / "log"
        self.socket = socket_folder(self.root)
        self.as_runner = ["runuser", "-u", RUNNER, "--"] if os.geteuid() == 0 else []

    @property
    def variables(self) -> dict[str, str]:
        """How libpq finds it."""
        return {"PGHOST": str(self.socket), "PGPORT": "5432", "PGUSER": ROLE}

    def start(self) -> None:
        """Make it the first time, start it when it is down."""
        if not (self.data / "PG_VERSION").exists():
            with step("PostgreSQL cluster"):
                self._make()
        if not self.runs():
            with step("Starting PostgreSQL"):
                self._folder(self.socket)
                self._do(
                    "pg_ctl", "-D", self.data, "-l", self.log, "-w", "-o", self._where(), "start"
                )

    def runs(self) -> bool:
        """Whether it is up."""
        return bool(
            command.output(
                [*self.as_runner, self._program("pg_ctl"), "-D", self.data, "status"], cwd="/"
            )
        )

    def stop(self) -> None:
        """Stop it, ending whoever is connected."""
        self._do("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def _where(self):
        return f"-c unix_socket_directories='{self.socket}'"

    def _make(self):
        draft = self.root / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        self._folder(self.root)
        words = ("--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", f"--username={ROLE}")
        self._do("initdb", "-D", draft, *words)
        with (draft / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        draft.rename(self.data)

    def _folder(self, path):
        """A folder that only the one who runs the cluster may enter."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        if self.as_runner:
            owner = pwd.getpwnam(RUNNER)
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def _do(self, program, *words):
        command.run(
            [*self.as_runner, self._program(program), *words],
            log=self.home.log(program),
            what=f"PostgreSQL: {program} failed:",
            remedy=f"Read {self.log}; every folder above {self.root} must let {RUNNER} pass",
            cwd="/",
        )

    def _program(self, name):
        """A server program of the version the cluster was made with, else of the newest."""
        version = self.data / "PG_VERSION"
        wanted = version.read_text().strip() if version.exists() else "*"
        found = sorted(Path("/usr/lib/postgresql").glob(f"{wanted}/bin/{name}"))
        if not found:
            raise Problem(
                f"PostgreSQL {wanted.strip('*')} is not installed, but the cluster in {self.root} needs it.",
                f"Install it, or remove {self.root} to begin with empty databases.",
            )
        return found[-1]


def socket_folder(root: Path) -> Path:
    """Where the socket is; a path that is too long for one gives way to a short one.

    >>> socket_folder(Path("/srv/credit/postgres"))
    PosixPath('/srv/credit/postgres/run')
    >>> len(str(socket_folder(Path("/" + "x" * 200)))) < SOCKET_LIMIT
    True
    """
    inside = root / "run"
    return (
        inside if len(str(inside)) < SOCKET_LIMIT else Path("/tmp", f"credit-{digest(str(root))}")
    )
