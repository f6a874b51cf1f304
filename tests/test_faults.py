"""A small round of tests/faults: killed or cut off at random, confirmations end as if nothing had been."""

import random

import pytest
from faults.rounds import Round, World, differences


@pytest.fixture(scope="module")
def world(databases):
    with (
        databases.temporary(databases.suite, "faults") as name,
        World(databases, name, (12, 3), random.Random(1)) as found,
    ):
        yield found


def test_confirmations_that_are_killed_and_cut_off_end_like_others(world):
    rounds = world.play(("confirmations",), kills=2, cuts=1)
    assert sum(each.kills for each in rounds) >= 2
    assert not [difference for each in rounds for difference in each.differences]


def test_what_differs_is_named():
    expected = {"orders": ["S1|sale", "S2|sale"], "entries": []}
    found = {"orders": ["S1|sale", "S2|draft"], "entries": ["INV/1"]}
    assert differences(expected, found) == [
        "entries: too much INV/1",
        "orders: missing S2|sale",
        "orders: too much S2|draft",
    ]
    assert Round("confirmations", kills=1, differences=["x"]).line.startswith("✗")
