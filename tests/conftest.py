"""What the tests across add-ons share: real servers on copies of the template database."""

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[1] / "setup"), str(Path(__file__).parent)]

SETTINGS = "CREDIT_WORKBENCH"


@pytest.fixture(scope="session")
def settings() -> dict:
    """What setup/test has prepared."""
    if SETTINGS not in os.environ:
        pytest.exit("These tests need a database and a server: run setup/test --only e2e", 1)
    return json.loads(Path(os.environ[SETTINGS]).read_text())


@pytest.fixture(scope="session")
def bench(settings):
    """The installed Odoo."""
    from workbench.bench import Bench

    return Bench.load(settings["bench"])


@pytest.fixture(scope="session")
def databases(bench):
    """Its databases: `temporary(template, label)` makes a copy, `suite` is the template."""
    from workbench.databases import Databases

    return Databases(bench)


@pytest.fixture(scope="session")
def start_server(bench, databases):
    """Starts servers, each on a database of its own unless told which: `start_server(workers=2)`.

    They end, and their databases go, with the session.
    """
    from workbench.server import Server

    with ExitStack() as stack:

        def start(*, workers=0, database=None, label="e2e"):
            if database is None:
                database = stack.enter_context(databases.temporary(databases.suite, label))
            server = Server(bench, database, workers=workers)
            databases.set_address(database, server.url)
            return stack.enter_context(server)

        yield start


@pytest.fixture(scope="session")
def crowd(start_server):
    """A server with several workers, whose company holds orders by the standard policy."""
    from shop import Shop, connect

    server = start_server(workers=6, label="crowd")
    Shop(connect(server)).use_standard_policy()
    return server


@pytest.fixture(scope="session")
def server(start_server):
    """A real Odoo with all our add-ons, shared by the session."""
    return start_server()


@pytest.fixture
def rpc(server):
    """Logs in as an outside program would: `rpc("admin").env["res.partner"]`."""
    import odoorpc

    def login(user="admin", password=None):
        client = odoorpc.ODOO("127.0.0.1", port=server.port, timeout=300)
        client.login(server.database, user, password or user)
        return client

    return login
