"""`setup/run`: Odoo with the suite and its demo data, at an address."""

import ast
import json
import os
import signal
import time
from pathlib import Path

from . import bench as benches
from . import cluster, system
from .addons import fingerprints
from .bench import REPO, Bench
from .console import say, step
from .databases import Databases, require_addons
from .home import Home, digest
from .problem import Problem
from .server import Server

LOADER = REPO / "setup/demo/load.py"
PORT = 8069


def main(options) -> int:
    """Start Odoo, or stop what was left running."""
    if options.stop:
        return stop()
    bench = benches.prepare(options.odoo)
    require_addons(bench)
    if running := _running(bench):
        say(f"✓ Already running at {running['url']}; setup/run --stop ends it.")
        return 0
    port = system.require_port(options.port, options.host)
    with Home(bench.home).lock():
        name = demo_database(bench, fresh=options.fresh)
    server = Server(bench, name, port=port, host=options.host, workers=options.workers)
    with step("Starting Odoo"):
        Databases(bench).set_address(name, server.url)
        server.start()
    _note(bench).write_text(json.dumps({"pid": server.process.pid, "url": server.url}))
    _welcome(server)
    return 0 if options.detach else _stay(bench, server)


def stop() -> int:
    """End what runs on the data home: detached Odoos, and the project's own PostgreSQL."""
    home = Home.open()
    own = cluster.Own(home)
    for note in home.folder("running").glob("*.json"):
        _end(note)
    if own.data.exists() and own.runs():
        own.stop()
        say("✓ PostgreSQL stopped")
    return 0


def demo_database(bench: Bench, *, fresh: bool = False) -> str:
    """The database for people: made once, updated when our add-ons change."""
    databases = Databases(bench)
    name, wanted = databases.demo, fingerprints(bench.usual)
    if fresh or not databases.exists(name):
        _make_demo(bench, databases, name)
    else:
        _update_demo(bench, databases, wanted)
    return name


def demo_for_tests(bench: Bench) -> str:
    """The demo of this very code: the one for people where it is that, else one beside it, made once for the tests.

    What people have typed in an older demo stays theirs, and whether that one can be updated is no question of a walk.
    """
    databases = Databases(bench)
    names = (databases.demo, f"{databases.demo}_tests")
    of_now = [name for name in names if databases.origin(name) == _demo_origin(bench)]
    if not of_now:
        _make_demo(bench, databases, names[-1])
    return (of_now or names[-1:])[0]


def _make_demo(bench, databases, name):
    databases.ensure_suite()
    with step("Demo database") as progress:
        draft = f"{name}_draft"
        databases.clone(databases.suite, draft)
        if LOADER.exists():
            _load(bench, draft, progress)
        databases.rename(draft, name)
        databases.remember(name, _demo_origin(bench))


def _demo_origin(bench):
    return {"addons": fingerprints(bench.usual), "demo": _demo_key()}


def _load(bench, draft, progress):
    def watch(line):
        if line.startswith("demo: "):
            progress(line.removeprefix("demo: "))

    words = bench.script("load_demo.py", draft, LOADER)
    bench.run(words, log="demo", what="The demo data could not be loaded:", watch=watch)


def _update_demo(bench, databases, wanted):
    origin = databases.origin(databases.demo)
    known = origin.get("addons", {})
    changed = [name for name, key in wanted.items() if known.get(name) != key]
    if origin.get("demo") != _demo_key():
        say("· The demo data has changed since: setup/run --fresh loads it anew.")
    if not changed:
        return
    new, old = ([n for n in changed if (n in known) is there] for there in (False, True))
    words = [
        word
        for flag, names in (("-i", new), ("-u", old))
        if names
        for word in (flag, ",".join(names))
    ]
    try:
        with step(f"Updating {', '.join(changed)}") as progress:
            databases.install(databases.demo, words, "update", progress)
    except Problem as problem:
        raise Problem(
            problem.what, f"setup/run --fresh makes the demo anew. {problem.remedy}"
        ) from None
    databases.remember(databases.demo, origin | {"addons": wanted})


def _demo_key():
    files = sorted(
        path for path in LOADER.parent.rglob("*") if path.is_file() and path.suffix != ".pyc"
    )
    return digest(*(path.read_bytes() for path in files))


def logins(loader: Path = LOADER) -> list[tuple]:
    """Login, password and role of each demo user, as the loader lists them."""
    tree = ast.parse(loader.read_text()) if loader.exists() else ast.Module([], [])
    for node in tree.body:
        targets = [getattr(target, "id", "") for target in getattr(node, "targets", [])]
        if "LOGINS" in targets:
            return [tuple(row) for row in ast.literal_eval(node.value)]
    return [("admin", "admin", "Administrator")]


def _welcome(server):
    say(f"\n  Odoo runs at {server.url}\n")
    width = max(len(f"{login} / {password}") for login, password, _role in logins())
    for login, password, role in logins():
        say(f"    {f'{login} / {password}':<{width}}   {role}")
    say(f"\n  Log: {server.log}")


def _stay(bench, server):
    """Until Ctrl-C, or until Odoo ends by itself."""
    say("  Ctrl-C ends it; PostgreSQL stays up until setup/run --stop.")
    try:
        return server.process.wait()
    except KeyboardInterrupt:
        say("\n· Stopping Odoo …")
        server.stop()
        return 0
    finally:
        _note(bench).unlink(missing_ok=True)


def _note(bench):
    return Home(bench.home).folder("running") / f"{bench.prefix}.json"


def _running(bench):
    """Where an Odoo of this checkout already runs."""
    note = _note(bench)
    found = json.loads(note.read_text()) if note.exists() else {}
    return found if found and is_odoo(found["pid"]) else None


def _end(note):
    pid = json.loads(note.read_text())["pid"]
    if is_odoo(pid):
        os.kill(pid, signal.SIGTERM)
        for _try in range(100):
            if not is_odoo(pid):
                break
            time.sleep(0.1)
        say("✓ Odoo stopped")
    note.unlink()


def is_odoo(pid: int) -> bool:
    """Whether the process is (still) an Odoo, and not another that got its number."""
    try:
        return b"odoo" in Path("/proc", str(pid), "cmdline").read_bytes()
    except OSError:
        return False
