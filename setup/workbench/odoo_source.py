"""Finds Odoo 19: a package, a tree or a checkout that is named, else Debian unstable's package."""

import contextlib
import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import command
from .console import step
from .home import Home, digest, made
from .problem import Problem

SERIES = "19.0"
IN_PREFIX = Path("usr/lib/python3/dist-packages")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# What the package's web assets link to; the versions of Debian 12 still have the files in place.
LINKED = (
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
MONTSERRAT = "fonts-montserrat"  # in unstable only
LEFT_OUT = Path("odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js")
TELL = "Name an Odoo 19 package, tree or checkout: setup/run --odoo PATH (or ODOO_SOURCE=PATH)"


@dataclass(frozen=True)
class Odoo:
    """An Odoo ready to run: the folder for PYTHONPATH and a key that changes with its content."""

    path: Path
    key: str

    @property
    def package(self) -> Path:
        """The folder `odoo` itself."""
        return self.path / "odoo"


def find(home: Home, named: str | None) -> Odoo:
    """The Odoo that is named, else the one used last, else Debian unstable's."""
    last = home.root / "odoo-source"
    named = named or os.environ.get("ODOO_SOURCE")
    if not named and last.exists():
        return _checked(Path(last.read_text()))
    path = _from_path(home, Path(named).absolute()) if named else _from_debian(home)
    odoo = _checked(path)
    last.write_text(str(path))
    return odoo


def kind(path: Path) -> str:
    """What a path holds: `package`, `folder` of packages, `prefix`, `tree`, or nothing."""
    if path.is_file() and path.suffix == ".deb":
        return "package"
    if (path / IN_PREFIX / "odoo/release.py").is_file():
        return "prefix"
    if (path / "odoo/release.py").is_file():
        return "tree"
    return "folder" if any(path.glob("odoo[-_]*.deb")) else ""


def series(text: str) -> str:
    """The series an `odoo/release.py` is of.

    >>> series("version_info = (19, 0, 0, FINAL, 0, '')")
    '19.0'
    >>> series("version_info = ('saas~18', 2, 0, FINAL, 0, '')")
    'saas~18.2'
    """
    found = re.search(r"^version_info = \(([^,]+), *(\d+)", text, re.M)
    return f"{found[1].strip(chr(39))}.{found[2]}" if found else "unknown"


def _from_path(home, path):
    found = kind(path)
    if found == "package":
        return _unpacked(home, path)
    if found == "folder":
        return _unpacked(home, max(path.glob("odoo[-_]*.deb")))
    if found:
        return path / IN_PREFIX if found == "prefix" else path
    raise Problem(f"{path} holds no Odoo: no package, no unpacked tree, no checkout.", TELL)


def _checked(path):
    """The Odoo in a folder, if it is one that works."""
    release = path / "odoo/release.py"
    if not release.is_file():
        raise Problem(f"The Odoo used last, {path}, is gone.", TELL)
    found = series(release.read_text())
    if found != SERIES:
        raise Problem(f"{path} is Odoo {found}; the suite is made for {SERIES}.", TELL)
    _require_assets(path)
    return Odoo(path, digest(str(path), release.read_text(), _revision(path)))


def _require_assets(path):
    """One dangling link, and every page answers 500."""
    dangling = command.output(["find", path / "odoo", "-xtype", "l"]).splitlines()
    if dangling:
        raise Problem(
            f"{len(dangling)} files of {path} are links to nothing, such as {dangling[0]}.",
            "Unpack the packages they come from into the same prefix, or name the .deb instead.",
        )


def _revision(path):
    """The commit of a checkout; nothing for a package, which never changes in place."""
    return command.output(["git", "-C", path, "rev-parse", "HEAD"]) if _is_checkout(path) else ""


def _is_checkout(path):
    return (path / ".git").exists()


def _from_debian(home):
    """Debian unstable's package, downloaded once."""
    folder = home.folder("downloads")
    if not any(folder.glob("odoo-19_*.deb")):
        home.require_room()
        with step("Odoo 19 from Debian unstable"):
            _download(home, folder, [f"{MONTSERRAT}/unstable", "odoo-19/unstable"])
    return _unpacked(home, max(folder.glob("odoo-19_*.deb")))


def _unpacked(home, deb):
    """The package and what its assets link to, unpacked under its checksum."""
    checksum = _checksum(deb)
    target = home.folder("odoo") / checksum[:16]
    if not target.exists():
        home.require_room()
        _verify(deb, checksum)
        linked = _linked(home, deb.parent)
        with step(f"Unpacking {deb.name}") as progress, made(target) as prefix:
            for package in (deb, *linked):
                progress(package.name)
                _unpack(home, package, prefix)
            _fill_in(prefix / IN_PREFIX)
    return target / IN_PREFIX


def _checksum(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _verify(deb, checksum):
    sums = deb.parent / "SHA256SUMS"
    listed = dict(line.split()[::-1] for line in _lines(sums))
    if listed.get(deb.name, checksum) != checksum:
        raise Problem(
            f"{deb} is not the file that {sums} lists: its checksum differs.",
            "Copy or download it again.",
        )


def _lines(path):
    return path.read_text().splitlines() if path.exists() else []


def _linked(home, beside):
    """The packages that the assets link to; one that lies beside Odoo's spares a download."""
    folder = home.folder("downloads")
    given = [*beside.glob(f"{MONTSERRAT}_*.deb"), *folder.glob(f"{MONTSERRAT}_*.deb")][:1]
    wanted = [f"{name}/bookworm" for name in LINKED if not any(folder.glob(f"{name}_*.deb"))]
    wanted += [] if given else [f"{MONTSERRAT}/unstable"]
    if wanted:
        with step("Fonts and scripts that Odoo links to"):
            _download(home, folder, wanted)
    for deb in given:
        _verify(deb, _checksum(deb))
    names = LINKED if given else (*LINKED, MONTSERRAT)
    return [*given, *(max(folder.glob(f"{name}_*.deb")) for name in names)]


def _unpack(home, package, prefix):
    command.run(
        ["dpkg", "-x", package, prefix],
        log=home.log("unpack"),
        what=f"{package.name} cannot be unpacked:",
        remedy="Check the disk, and that the file is complete, then start again",
    )


def _fill_in(path):
    """An empty file where Debian leaves one out: without it every page logs an error."""
    script = path / LEFT_OUT
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        script.touch()


def _download(home, folder, packages):
    """Fetch packages `name/suite` through a private apt, leaving the system's own as it is."""
    apt = _private_apt(home, {name.split("/")[1] for name in packages})
    remedy = f"Check the network, then start again. {TELL}"
    what = "The packages could not be downloaded:"
    for words in (["update"], ["download", *packages]):
        command.run([*apt, *words], log=home.log("apt"), what=what, remedy=remedy, cwd=folder)
    with contextlib.suppress(OSError):
        (home.root / "apt").chmod(0o755)


def _private_apt(home, suites):
    """An apt-get with its own sources and lists, on the mirror that the machine uses."""
    folder = home.folder("apt")
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    signed = f" [signed-by={KEYRING}]" if KEYRING.exists() else ""
    lines = [f"deb{signed} {_mirror()} {suite} main\n" for suite in sorted(suites)]
    (folder / "sources.list").write_text("".join(lines))
    options = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "Acquire::Languages": "none",
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
    }
    return ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items())]


def _mirror():
    """The Debian mirror that this machine is configured for."""
    form = "$(REPO_URI) $(CODENAME) $(COMPONENT)"
    for line in command.output(["apt-get", "indextargets", "--format", form]).splitlines():
        if line.split()[1:] == ["bookworm", "main"]:
            return line.split()[0]
    raise Problem(
        "apt knows no Debian 12 mirror, so Odoo cannot be fetched from Debian.",
        f"Configure apt's sources and run apt-get update. {TELL}",
    )


def forget(home: Home) -> None:
    """Remove what was unpacked, for those who want the room back."""
    shutil.rmtree(home.root / "odoo", ignore_errors=True)
