"""The machine: Debian packages, ports, and whether this is Debian 12 at all."""

import os
import shutil
import socket
from pathlib import Path

from . import command
from .console import step
from .home import Home
from .problem import Problem

PACKAGES = ("chromium", "fonts-liberation", "libmagic1", "python3-venv", "wkhtmltopdf", "xz-utils")
SERVER = ("postgresql",)
CLIENT = ("postgresql-client",)


def release(text: str) -> tuple[str, str]:
    """Distribution and version, from the text of /etc/os-release.

    >>> release('ID=debian\\nVERSION_ID="12"\\n')
    ('debian', '12')
    """
    pairs = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return tuple(pairs.get(key, "").strip('"') for key in ("ID", "VERSION_ID"))


def require_debian_12(os_release: Path = Path("/etc/os-release")) -> None:
    """Anything else is for the container."""
    found = release(os_release.read_text()) if os_release.exists() else ("unknown", "")
    if found != ("debian", "12"):
        raise Problem(
            f"This is {' '.join(found).strip()}; the installer is made for Debian 12.",
            "Use the container, which runs everywhere: see docker/ in this repository.",
        )


def install(home: Home, server: bool) -> None:
    """Install the Debian packages that are missing, PostgreSQL's server only where it is ours."""
    missing = absent((*PACKAGES, *(SERVER if server else CLIENT)))
    if not missing:
        return
    home.require_room()
    _require_sudo(missing)
    with step(f"Debian packages: {', '.join(missing)}"):
        _apt(home, "update")
        _apt(home, "install", "-y", "--no-install-recommends", *missing)


def absent(packages) -> list[str]:
    """Those of the packages that are not installed."""
    query = ["dpkg-query", "-W", "-f=${Status}"]
    return [name for name in packages if command.output([*query, name]) != "install ok installed"]


def _require_sudo(missing):
    if os.geteuid() and not shutil.which("sudo"):
        raise Problem(
            f"Debian packages are missing, and you are neither root nor is sudo installed: "
            f"{' '.join(missing)}",
            f"As root: apt-get install {' '.join(missing)}",
        )


def _apt(home, *words):
    environ = ["env", "DEBIAN_FRONTEND=noninteractive"]
    command.run(
        command.as_root([*environ, "apt-get", "-q", *words]),
        log=home.log(f"apt-{words[0]}"),
        what=f"apt-get {words[0]} failed:",
        remedy="Check the network, the disk and the package sources, then start again",
        start_new_session=False,  # sudo may have to ask for a password
    )


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require_port(port: int, host: str = "127.0.0.1") -> int:
    """The port asked for, any free one for 0, or a Problem that names its holder."""
    if not port:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Problem(
                f"Port {port} cannot be used: {error.strerror}{_holder(port)}.",
                f"Choose another, setup/run --port {port + 1}, or any free one: --port 0",
            ) from error
    return port


def _holder(port):
    """Who listens there, as far as this user may see it."""
    listing = command.output(["ss", "-Hltnp", f"sport = :{port}"])
    _, found, users = listing.partition("users:((")
    return f" ({users.split('))')[0]})" if found else ""
