"""The chances of late payment are as good as promised, on real invoices, without looking ahead."""

from itertools import pairwise

import late_chances
import pytest


@pytest.fixture(scope="module")
def rule():
    return late_chances.load_rule()


@pytest.fixture(scope="module")
def rows():
    path = late_chances.source()
    if not path.exists():
        pytest.skip(f"{path} is not there; LATE_PAYMENTS names another place")
    return late_chances.read(path)


@pytest.fixture(scope="module")
def judged(rows, rule):
    return list(late_chances.predict(rows, rule))


@pytest.mark.parametrize(("place", "days", "goal"), [(0, 1, 0.133), (1, 15, 0.050)])
def test_the_brier_score_is_reached(judged, place, days, goal):
    assert late_chances.brier(judged, place, days) <= goal


def test_said_and_came_are_near_where_most_items_are(judged):
    """Nine of ten items late by 15 days are in tenths where the share that came is within 5 points of what was said."""
    tenths = list(late_chances.reliability(judged, 1, 15))
    near = sum(items for _tenth, items, said, came in tenths if abs(said - came) <= 0.05)
    assert near >= 0.9 * len(judged)


def test_nothing_is_known_of_the_future(rows, rule):
    """What is said of an invoice does not change with what comes on its day or later."""
    day = rows[len(rows) // 2][2]
    before = [row for row in rows if row[2] < day]
    same_day = [row for row in rows if row[2] == day]
    changed = [(*row[:4], max(row[4], day)) if row[4] >= day else row for row in before]
    said = [
        [chances for chances, _late in late_chances.predict(each + same_day, rule, day, day)]
        for each in (before, changed)
    ]
    assert said[0] == said[1]


def test_later_is_less_likely(judged):
    assert all(first >= last for chances, _late in judged for first, last in pairwise(chances))
