"""The virtual environment, made from the lock files."""

import sys
from pathlib import Path

from . import command
from .console import step
from .home import Home, digest

LOCKS = ("requirements.txt", "requirements-dev.txt")


def ready(home: Home, setup: Path) -> Path:
    """The Python of the virtual environment that the lock files describe."""
    locks = [setup / name for name in LOCKS]
    folder = home.folder("venv") / digest(sys.version, *(lock.read_text() for lock in locks))
    complete = folder / ".complete"
    if not complete.exists():
        home.require_room()
        with step("Python packages from the lock files") as progress:
            _make(home, folder, locks, progress)
        complete.touch()
    return folder / "bin/python"


def _make(home, folder, locks, progress):
    """Make or complete the environment: pip takes up where it was stopped."""
    remedy = "Check the network and the disk, then start again: what is done is kept"
    venv = [sys.executable, "-m", "venv", folder]
    pip = [folder / "bin/python", "-m", "pip", "install", "--disable-pip-version-check"]
    wanted = [word for lock in locks for word in ("-r", lock)]
    for name, words in (("venv", venv), ("pip", [*pip, "--no-deps", *wanted])):
        command.run(
            words,
            log=home.log(name),
            what="The Python packages could not be installed:",
            remedy=remedy,
            watch=progress,
        )
