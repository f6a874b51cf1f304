"""Whole jobs of each role on the demo of setup/run, typed by hand from empty forms; no one is an administrator."""

import pytest
from walk.jobs import BARE, JOBS
from walk.play import play
from workbench import results, running

MET_SOMEBODY = "SerializationFailure"


@pytest.fixture(scope="module")
def demo(bench, databases, start_server):
    """A server on a copy of the demo."""
    name = running.demo_database(bench)
    with databases.temporary(name, "walk") as database:
        yield start_server(database=database)


@pytest.fixture(scope="module")
def bare(databases, start_server):
    """A server on an Odoo that has none of our add-ons."""
    with databases.temporary(databases.base, "bare") as database:
        yield start_server(database=database)


@pytest.mark.parametrize("role", JOBS)
def test_nothing_that_a_person_does_fails(demo, bench, role, tmp_path):
    walk(demo, bench, role, tmp_path)


@pytest.mark.parametrize("role", BARE)
def test_nothing_fails_on_the_way_from_a_bare_odoo(bare, bench, role, tmp_path):
    walk(bare, bench, role, tmp_path, language="en")


def walk(server, bench, role, pictures, language="fr"):
    begin = len(server.log.read_bytes())
    troubles = play(server.url, [role], language=language, pictures=pictures)
    log = server.log.read_bytes()[begin:].decode(errors="replace")
    # a job that met a person at work: Odoo runs it again
    found = [each for each in results.complaints(log, bench.names) if MET_SOMEBODY not in each]
    assert not troubles, "\n".join([*troubles, f"pictures: {pictures}"])
    assert not found
