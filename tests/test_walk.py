"""Whole jobs of each role on the demo of setup/run, typed by hand from empty forms; no one is an administrator."""

import pytest
from walk.jobs import JOBS
from walk.play import play
from workbench import results, running
from workbench.databases import Databases


@pytest.fixture(scope="module")
def demo(bench, start_server):
    """A server on a copy of the demo."""
    databases = Databases(bench)
    name = running.demo_database(bench)
    with databases.temporary(name, "walk") as database:
        yield start_server(database=database)


@pytest.mark.parametrize("role", JOBS)
def test_nothing_that_a_person_does_fails(demo, bench, role, tmp_path):
    troubles = play(demo.url, [role], pictures=tmp_path)
    log = demo.log.read_text(errors="replace")
    assert not troubles, "\n".join([*troubles, f"pictures: {tmp_path}"])
    assert not results.complaints(log, bench.names)
