"""Another add-on brings kinds of rules, a fact, a source, a document and a reason: it is installed, tested and taken away."""

import shutil
import subprocess
from pathlib import Path

import psycopg2
import pytest
from workbench.bench import REPO

ADDON = "credit_test_extension"
SOURCE = Path(__file__).parent / "addons" / ADDON
PATIENCE = 400

_UNINSTALL = f"""
rules = [(0, 0, {{"kind": "long_overdue"}}), (0, 0, {{"kind": "always"}})]
env["credit.policy"].create({{"name": "Of another add-on", "rule_ids": rules}})
only = [(0, 0, {{"kind": "long_overdue"}})]
env["credit.policy"].create({{"name": "By another add-on alone", "rule_ids": only}})
exempt = {{"kind": "always", "action": "exempt", "condition_ids": [(0, 0, {{"kind": "long_overdue"}})]}}
rules = [(0, 0, exempt), (0, 0, {{"kind": "over_limit"}})]
env["credit.policy"].create({{"name": "Exempts by another add-on", "rule_ids": rules}})
env.cr.commit()
env["ir.module.module"].search([("name", "=", "{ADDON}")]).button_immediate_uninstall()
"""


@pytest.fixture(scope="module")
def database(databases):
    with databases.temporary(databases.suite, "extension") as name:
        yield name


def odoo(bench, database, folder, *words, stdin=None):
    """All that it said; a failure if it fails."""
    path = ("--addons-path", f"{REPO},{folder}")
    command, *options = bench.odoo_command(database, *words, *path)[2:]
    assert command == "odoo"
    if stdin:
        options.insert(0, "shell")
    done = subprocess.run(
        [bench.python, "-m", "odoo", *options],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        env=bench.environ(),
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4000:]
    return said


def test_what_another_add_on_brings_works_and_leaves_nothing_behind(bench, database, tmp_path):
    shutil.copytree(SOURCE, tmp_path / ADDON)
    words = ("-i", ADDON, "--test-tags", f"/{ADDON}", "--stop-after-init", "--http-port", "0")
    said = odoo(bench, database, tmp_path, *words)
    assert "0 failed, 0 error(s) of 12 tests" in said, said[-4000:]
    odoo(bench, database, tmp_path, "--no-http", stdin=_UNINSTALL)
    left = {
        "Of another add-on": ["always"],
        "By another add-on alone": ["always"],  # nothing passes that was held before
        "Exempts by another add-on": ["over_limit"],  # an exemption goes with its condition
    }
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cursor:
        cursor.execute(
            """SELECT p.name->>'en_US', array_agg(r.kind::text) FROM credit_policy_rule r
                 JOIN credit_policy p ON p.id = r.policy_id WHERE p.name->>'en_US' = ANY(%s) GROUP BY 1""",
            [list(left)],
        )
        assert dict(cursor.fetchall()) == left
