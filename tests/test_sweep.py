"""The list of the sweep can be read and is in order; the sweep itself is a command: tests/sweep/README.md."""

import doctest
from pathlib import Path

from sweep import outcome

HERE = Path(__file__).parent / "sweep"


#: lists without figures from which whoever owns a dispute chooses
CHOICES = {("read", "credit.dispute.category"), ("read", "credit.dispute.cause")}


def test_the_examples_of_the_list_hold():
    assert doctest.testmod(outcome).failed == 0


def test_the_list_is_in_order_and_names_each_thing_once():
    text = (HERE / "allowed.txt").read_text(encoding="utf-8")
    assert outcome.to_lines(outcome.from_lines(text), outcome.reasons_of(text)) == text


def test_neither_customers_nor_visitors_are_allowed_anything():
    for (kind, what), actors in outcome.from_lines((HERE / "allowed.txt").read_text()).items():
        if kind in ("read", "see", "create", "write", "copy", "unlink"):
            names = {"nobody"} if (kind, what) in CHOICES else set()
            assert not actors & {"portal", "visitor", "nobody"} - names, f"{kind} {what}"


def test_what_does_not_explain_itself_says_why():
    text = (HERE / "allowed.txt").read_text(encoding="utf-8")
    reasons = outcome.reasons_of(text)
    for key, actors in outcome.from_lines(text).items():
        if key[0] == "fault" or actors & {"portal", "visitor", "nobody"}:
            assert key in reasons, " ".join(key)
