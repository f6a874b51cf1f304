"""The data home: everything that is installed or made, outside the checkout."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from .console import say
from .problem import Problem

FREE_GIB = 4


def digest(*parts: str | bytes) -> str:
    """A short, stable name for what it is made of.

    >>> digest("a", "b") == digest("a", "b") != digest("ab")
    True
    """
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        whole.update(len(raw).to_bytes(8, "big") + raw)
    return whole.hexdigest()[:12]


def locate(environ, uid: int) -> Path:
    """Where the data home is.

    >>> locate({"CREDIT_HOME": "/srv/credit"}, 1000)
    PosixPath('/srv/credit')
    >>> locate({}, 0)
    PosixPath('/var/lib/credit-management')
    >>> locate({"HOME": "/home/lea"}, 1000)
    PosixPath('/home/lea/.local/share/credit-management')
    """
    if environ.get("CREDIT_HOME"):
        return Path(environ["CREDIT_HOME"]).absolute()
    if uid == 0:
        return Path("/var/lib/credit-management")
    return Path(environ["HOME"], ".local/share/credit-management")


class Home:
    """Folders of the data home, made when first asked for."""

    def __init__(self, root: Path):
        self.root = root

    @classmethod
    def open(cls) -> "Home":
        """The data home of this user, writable and with room."""
        home = cls(locate(os.environ, os.geteuid()))
        try:
            home.root.mkdir(parents=True, exist_ok=True)
            home.folder("logs")
        except OSError as error:
            raise Problem(
                f"The data home {home.root} cannot be written: {error.strerror}.",
                "Name another folder: CREDIT_HOME=/some/folder setup/run",
            ) from error
        return home

    def folder(self, *names: str) -> Path:
        """A folder of the data home."""
        path = self.root.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def log(self, name: str) -> Path:
        """Where a program writes what it has to say."""
        return self.folder("logs") / f"{name}.log"

    def require_room(self) -> None:
        """Stop before a full disk stops us."""
        free = shutil.disk_usage(self.root).free / 2**30
        if free < FREE_GIB:
            raise Problem(
                f"{self.root} has {free:.1f} GiB free, {FREE_GIB} are needed.",
                "Make room, or name a folder on another disk: CREDIT_HOME=/some/folder setup/run",
            )

    @contextlib.contextmanager
    def lock(self):
        """Let one run at a time install things."""
        with (self.root / "lock").open("a+") as file:
            _wait_for(file)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)


def _wait_for(file):
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("· Another run is installing: waiting for it …")
        fcntl.flock(file, fcntl.LOCK_EX)


@contextlib.contextmanager
def made(target: Path):
    """Make a folder under a temporary name; it gets its own when it is complete."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{target.name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    draft.chmod(0o755)
    yield draft
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
