"""Whole jobs of each role on the demo of setup/run, typed by hand from empty forms; no one is an administrator."""

import pytest
from walk.jobs import BARE, JOBS
from walk.play import play
from walk.server_log import troubles as troubles_of
from workbench import running


@pytest.fixture(scope="module")
def demo(bench, databases, start_server):
    """A server on a copy of the demo."""
    name = running.demo_for_tests(bench)
    with databases.temporary(name, "walk") as database:
        yield start_server(database=database)


@pytest.fixture(scope="module")
def bare(databases, start_server):
    """A server on an Odoo that has none of our add-ons."""
    with databases.temporary(databases.base, "bare") as database:
        yield start_server(database=database)


@pytest.fixture(scope="module")
def met():
    """Jobs that met somebody at work."""
    return set()


@pytest.mark.parametrize("role", JOBS)
def test_nothing_that_a_person_does_fails(demo, bench, role, met, tmp_path):
    walk(demo, bench, role, met, tmp_path)


@pytest.mark.parametrize("role", BARE)
def test_nothing_fails_on_the_way_from_a_bare_odoo(bare, bench, role, tmp_path):
    walk(bare, bench, role, set(), tmp_path, language="en")


def walk(server, bench, role, met, pictures, language="fr"):
    begin = len(server.log.read_bytes())
    troubles = play(server.url, [role], language=language, pictures=pictures)
    log = server.log.read_bytes()[begin:].decode(errors="replace")
    found = troubles_of(log, bench.names, met)
    assert not troubles, "\n".join([*troubles, f"pictures: {pictures}"])
    assert not found


STAMP = "2026-01-02 10:00:00,000 42 ERROR db odoo.addons.base.models.ir_cron:"
MET = f"""{STAMP} Job '{{job}}' (27) server action #476 failed{{space}}
Traceback (most recent call last):
  File "/odoo/addons/base/models/ir_cron.py", line 510, in _run_job
    cron._callback(job['cron_name'], job['ir_actions_server_id'])
  File "ir.actions.server(476,)", line 1, in <module>
  File "/x/{{addon}}/models/credit_profile_alert.py", line 44, in _cron_alert
    if not self.env["ir.cron"]._commit_progress(len(batch)):
  File "/x/credit_management/models/credit_profile.py", line 4, in _write_multi
{{error}}: could not serialize access due to concurrent update
"""
MET_ERROR = "psycopg2.errors.SerializationFailure"


@pytest.mark.parametrize(
    ("logs", "number"),
    [
        ([MET.format(space=" ", job="Alerts", addon="credit_management", error=MET_ERROR)], 0),
        ([MET.format(space=" ", job="Alerts", addon="credit_management", error=MET_ERROR)] * 2, 1),
        ([MET.format(space=" ", job="Mails", addon="mail", error=MET_ERROR)], 1),
        ([MET.format(space=" ", job="Alerts", addon="credit_management", error="ValueError")], 1),
    ],
    ids=["once", "twice", "of Odoo", "another error"],
)
def test_a_job_of_ours_that_met_a_person_is_passed_over_once(logs, number):
    met = set()
    found = [each for log in logs for each in troubles_of(log, ["credit_management"], met)]
    assert len(found) == number
