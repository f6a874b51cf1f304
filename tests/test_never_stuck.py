"""Nobody waits for himself, and for others only a moment: installing, updating, scripts, cut connections."""

import shutil
import subprocess
import time
from pathlib import Path

import psycopg2
import pytest
from shop import Caller, Shop, connect
from workbench.bench import REPO

PATIENCE = 240
ADDONS = Path(__file__).parent / "addons"
ADDON = "credit_test_install"

#: one connection is all that this process may have
_ONE_CONNECTION = """
order, other = env["sale.order"].browse(%s)
env.cr.execute("ALTER TABLE credit_limit ADD COLUMN credit_test int")
order.action_confirm()
print("in a changed table:", order.state)
env.cr.rollback()
try:
    other.action_confirm()
except Exception as error:
    print(type(error).__name__, error)
env.cr.rollback()
print("afterwards:", other.state)
"""


@pytest.fixture(scope="module")
def database(databases):
    with databases.temporary(databases.suite, "stuck") as name:
        yield name


@pytest.fixture(scope="module")
def addons(tmp_path_factory):
    """A folder with the add-on, which the tests may change."""
    folder = tmp_path_factory.mktemp("addons")
    shutil.copytree(ADDONS / ADDON, folder / ADDON)
    return folder


def odoo(bench, database, *words, stdin=None):
    """All that it said; a failure if it does not end by itself."""
    command, *options = bench.odoo_command(database, *words)[2:]
    assert command == "odoo"
    if stdin:
        options.insert(0, "shell")
    done = subprocess.run(
        [bench.python, "-m", "odoo", *options, "--no-http"],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=bench.environ(),
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def change(bench, database, addons, *words):
    path = f"{REPO},{addons}"
    odoo(bench, database, *words, "--addons-path", path, "--stop-after-init")


def states(database):
    """`{order of the add-on: state}`."""
    query = """SELECT d.name, o.state FROM sale_order o
                 JOIN ir_model_data d ON d.model = 'sale.order' AND d.res_id = o.id AND d.module = %s"""
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        cursor.execute(query, [ADDON])
        return dict(cursor.fetchall())


def test_an_installation_confirms_orders_by_its_data_and_in_tables_it_changes(
    bench, database, addons
):
    change(bench, database, addons, "-i", ADDON)
    found = states(database)
    assert found["order_by_data"] == found["order_by_hook"] == "sale"


def test_an_update_confirms_orders_by_its_migration(bench, database, addons):
    manifest = addons / ADDON / "__manifest__.py"
    manifest.write_text(manifest.read_text().replace("19.0.1.0.0", "19.0.2.0.0"))
    change(bench, database, addons, "-u", ADDON)
    assert states(database)["order_by_migration"] == "sale"


@pytest.fixture(scope="module")
def shop(server):
    shop = Shop(connect(server))
    shop.use_standard_policy()
    return shop


@pytest.fixture
def orders(shop):
    return shop.orders([shop.customer("Patient")] * 2, shop.product(), 100)


def test_with_a_single_connection_a_script_is_told(bench, server, orders):
    said = odoo(bench, server.database, "--db_maxconn", "1", stdin=_ONE_CONNECTION % orders)
    assert "in a changed table: sale" in said
    assert (
        "UserError The customer's figures cannot be read because no database connection is free"
        in said
    )
    assert "afterwards: draft" in said


def test_a_table_that_somebody_changes_is_not_waited_for_long(server, shop, orders):
    confirm = Caller(server)
    with psycopg2.connect(dbname=server.database) as connection:
        connection.cursor().execute("LOCK TABLE credit_limit IN ACCESS EXCLUSIVE MODE")
        start = time.monotonic()
        _seconds, answer = confirm("sale.order", "action_confirm", orders[:1])
        assert time.monotonic() - start < 30
        connection.rollback()
    assert "Confirm again" in str(answer)
    assert confirm("sale.order", "action_confirm", orders)[1] is True
    assert shop.states(orders) == ["sale", "sale"]


def test_after_all_connections_were_cut_orders_are_confirmed(server, shop, orders):
    confirm = Caller(server)
    assert confirm("sale.order", "action_confirm", orders[:1])[1] is True
    with psycopg2.connect(dbname="postgres") as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [server.database],
        )
    assert confirm("sale.order", "action_confirm", orders[1:])[1] is True
    assert shop.states(orders) == ["sale", "sale"]
