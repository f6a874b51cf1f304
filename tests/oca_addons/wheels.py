"""OCA's add-ons as wheels of the registry, in a folder of their own."""

import re
import zipfile
from email import message_from_bytes
from pathlib import Path

from beside import Beside
from workbench import command
from workbench.bench import Bench
from workbench.console import step

SERIES = "19"
NEEDS = re.compile(r"odoo-addon[-_]([\w-]+)", re.IGNORECASE)
#: what some of them import and Odoo does not bring
PYTHON = ("openupgradelib",)


def folder(bench: Bench) -> Path:
    """Where they are."""
    return bench.home / "oca"


def fetch(bench: Bench, names) -> Beside:
    """The add-ons with all that they need of OCA's.

    What is there already is not asked for again; without the folder, all come anew.
    """
    wheels, addons = folder(bench) / "wheels", folder(bench) / "addons"
    wheels.mkdir(parents=True, exist_ok=True)
    waiting, seen = set(names), set()
    with step("OCA's add-ons from the registry") as progress:
        while waiting:
            progress(f"{len(seen) + len(waiting)} add-ons")
            _download(bench, wheels, [name for name in waiting if not _wheel(wheels, name)])
            seen |= waiting
            waiting = {each for name in waiting for each in needs(_wheel(wheels, name))} - seen
        _download_python(bench, folder(bench) / "python")
    for name in seen:
        with zipfile.ZipFile(_wheel(wheels, name)) as archive:
            inside = [each for each in archive.namelist() if each.startswith("odoo/addons/")]
            archive.extractall(addons, inside)
    return Beside(addons / "odoo/addons", folder(bench) / "python")


def versions(bench: Bench) -> list[str]:
    """What was fetched."""
    return sorted(wheel.name for wheel in (folder(bench) / "wheels").iterdir())


def needs(wheel: Path) -> set[str]:
    """The add-ons of OCA's that a wheel needs."""
    with zipfile.ZipFile(wheel) as archive:
        [path] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        message = message_from_bytes(archive.read(path))
    found = (NEEDS.match(line) for line in message.get_all("Requires-Dist") or ())
    return {match[1].replace("-", "_") for match in found if match}


def _wheel(wheels, name):
    return next(wheels.glob(f"odoo_addon_{name}-*.whl"), None)


def _download(bench, wheels, names):
    if names:
        words = [f"odoo-addon-{name.replace('_', '-')}=={SERIES}.*" for name in sorted(names)]
        _pip(bench, "download", "--no-deps", "--dest", wheels, *words)


def _download_python(bench, target):
    if not target.exists():
        _pip(bench, "install", "--no-deps", "--target", target, *PYTHON)


def _pip(bench, *words):
    command.run(
        [bench.python, "-m", "pip", *words, "--quiet", "--disable-pip-version-check"],
        log=bench.log("oca-pip"),
        what="pip could not fetch OCA's add-ons:",
        remedy="Read the whole output; the registry must answer",
    )
