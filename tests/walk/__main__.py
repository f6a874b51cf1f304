"""The command: `python3 tests/walk`. See README.md."""

import argparse
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPO / "setup"), str(REPO / "tests")]

from workbench import bench as benches  # noqa: E402
from workbench import command, running  # noqa: E402
from workbench.console import say  # noqa: E402
from workbench.databases import Databases  # noqa: E402
from workbench.home import Home  # noqa: E402
from workbench.problem import Problem  # noqa: E402
from workbench.server import Server  # noqa: E402

from walk.server_log import troubles  # noqa: E402


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    words = argparse.ArgumentParser(prog="tests/walk", description=__doc__)
    words.add_argument("roles", nargs="*", help="these roles only: see walk/jobs")
    words.add_argument("--language", choices=("fr", "en"), action="append", help="both unless told")
    words.add_argument("--phone", action="store_true", help="on a phone, too")
    words.add_argument("--pictures", type=Path, default=Path("pictures"), help="folder to write to")
    words.add_argument("--fresh", action="store_true", help="make the demo anew first")
    words.add_argument("--odoo", metavar="PATH", help="an Odoo 19 package, tree or checkout")
    return words


def main() -> int:
    """Walk through a copy of the demo; 1 when somebody met trouble."""
    options = parser().parse_args()
    try:
        bench = benches.prepare(options.odoo)
        with Home(bench.home).lock():
            demo = running.demo_database(bench, fresh=options.fresh)
        walks = [
            (language, phone)
            for language in options.language or ("fr", "en")
            for phone in ((False, True) if options.phone else (False,))
        ]
        troubles = [_walk(bench, demo, options, *walk) for walk in walks]
        return int(any(troubles))
    except Problem as problem:
        say(f"\n{problem}")
        return 1


def _walk(bench, demo, options, language, phone):
    """One walk through a copy of its own; whether there was trouble."""
    name = f"{language}_phone" if phone else language
    pictures = options.pictures.absolute() / name
    say(f"\n{name}: {pictures}")
    databases = Databases(bench)
    with databases.temporary(demo, "walk") as database, Server(bench, database) as server:
        databases.set_address(database, server.url)
        words = [bench.python, "-m", "walk.play", server.url, *options.roles]
        words += ["--language", language, "--pictures", pictures, *(["--phone"] if phone else [])]
        environ = bench.environ()
        environ["PYTHONPATH"] = f"{REPO / 'tests'}:{environ['PYTHONPATH']}"
        code, _tail = command.stream(words, log=bench.log(f"walk-{name}"), watch=say, env=environ)
        found = troubles(server.log.read_text(errors="replace"), bench.names, set())
        for complaint in found:
            say(f"✗ in the server's log: {complaint}")
    return bool(code or found)


if __name__ == "__main__":
    sys.exit(main())
