"""The benchmark measures what it says: its data are consistent, and all give the same figures. No time is tested."""

import doctest

import pytest
from benchmark import figures, sizes, turns
from benchmark.commission import STEPS
from benchmark.competitors import COMMISSION, FOLLOWUP, SUITE, Competitors
from benchmark.figures import Finding
from benchmark.report import markdown
from benchmark.sizes import MEASURED, Sizes
from benchmark.turns import in_turn
from benchmark.worker import Sample, Worker

SIZES = Sizes(customers=60, invoices=1200, open=360, batch=10)


@pytest.fixture(scope="module")
def competitors(bench, databases):
    """A small generated database; the generator itself fails when its checks do."""
    competitors = Competitors(bench, SIZES, "benchtest", databases.ensure_base())
    competitors.generate()
    yield competitors
    competitors.databases.drop(competitors.generated)
    competitors.drop()


@pytest.fixture(scope="module")
def suite(competitors):
    """An Odoo with the suite at work on a copy of it."""
    competitors.copy("suite", SUITE)
    with Worker(competitors.bench, competitors.name("suite")) as worker:
        yield worker


@pytest.fixture(scope="module")
def followup(competitors):
    """An Odoo with reminders on another copy."""
    competitors.copy("followup", SUITE, FOLLOWUP)
    with Worker(competitors.bench, competitors.name("followup")) as worker:
        yield worker


@pytest.fixture(scope="module")
def commission(competitors):
    """An Odoo with commissions on another copy."""
    competitors.copy("commission", COMMISSION)
    with Worker(competitors.bench, competitors.name("commission")) as worker:
        yield worker


def count(competitors, query):
    return int(competitors.sql(competitors.generated, f"SELECT COUNT(*) FROM {query}"))


def test_as_many_rows_as_asked_for(competitors):
    invoices = "account_move WHERE move_type = 'out_invoice' AND state = 'posted' AND name LIKE '%/0______'"
    assert count(competitors, invoices) == SIZES.invoices
    assert count(competitors, f"{invoices} AND amount_residual > 0") == SIZES.open
    assert count(competitors, "sale_order WHERE name LIKE 'B0%'") == SIZES.customers * SIZES.orders
    assert count(competitors, "res_partner WHERE name LIKE 'Customer 0%'") == SIZES.customers


def test_the_measured_customers_have_what_is_said_of_them(competitors, suite):
    for name, (opened, settled) in SIZES.specials.items():
        partner = suite.plan()["customers"][name]["partner"]
        invoices = f"account_move WHERE partner_id = {partner} AND state = 'posted'"
        assert count(competitors, f"{invoices} AND amount_residual > 0") == opened
        assert count(competitors, f"{invoices} AND amount_residual = 0") == settled


def test_the_exposure_of_every_customer_is_the_raw_sum(suite):
    raw = {p: round(e, 2) for p, e in suite.measure("sql", query="EXPOSURES").result}
    assert len(raw) >= SIZES.customers
    assert {p: e for p, e in suite.measure("exposures").result if e} == raw
    files = dict(suite.measure("files").result)
    assert len(files) >= SIZES.customers * 9 // 10
    assert files == {partner: raw.get(partner, 0.0) for partner in files}
    for customer in suite.plan()["customers"].values():
        [[exposure]] = suite.measure("sql", query="EXPOSURE", partner=customer["partner"]).result
        assert round(exposure, 2) == raw[customer["partner"]]


def test_lists_answer_as_raw_sql_does(suite):
    for act, query in (("highest", "HIGHEST"), ("over", "OVER"), ("page", "PAGE")):
        found = suite.measure(act).result
        ids = {row[0] if isinstance(row, list) else row for row in found}
        assert ids == {row[0] for row in suite.measure("sql", query=query).result}
        assert ids


def test_what_is_measured_is_done_and_undone(suite):
    for _time in range(2):
        for name in MEASURED:
            customer = suite.plan()["customers"][name]
            assert suite.measure("confirm", orders=[customer["order"]]).result == ["sale"]
            assert suite.measure("post", moves=[customer["draft"]]).result == ["posted"]
            assert suite.measure("pay", moves=[customer["unpaid"]]).result == ["paid"]
    assert suite.measure("confirm", orders=suite.plan()["batch"]).result == ["sale"]


def test_queries_are_counted_on_the_second_connection_too(suite):
    customers = suite.plan()["customers"].values()
    samples = [
        suite.measure("confirm", orders=[customer["order"]]) for customer in customers for _ in "12"
    ]
    assert len({sample.queries for sample in samples[1::2]}) == 1


def test_a_run_names_what_is_overdue_and_raw_sql_makes_the_same_rows(followup):
    notices, items, amount, memory = followup.measure("remind").result
    raw_notices, raw_items, raw_amount = followup.measure("raw_remind").result
    assert (notices, items, round(amount, 2)) == (raw_notices, raw_items, round(raw_amount, 2))
    assert 0 < notices <= SIZES.customers
    assert items > notices
    assert memory < 200
    some_notices, some_items, *_rest = followup.measure("remind", share=10).result
    assert 0 < some_notices < notices
    assert some_items < items


def test_statements_answer_as_raw_sql_does(followup):
    arguments = {"first": followup.plan()["first"], "count": 50, "months": 12}
    lines, balances, ages = followup.measure("statements", **arguments).result
    assert lines > SIZES.customers
    assert [lines, balances, ages] == followup.measure("raw_statements", **arguments).result
    assert round(sum(balance for _partner, balance in balances), 2) == round(sum(ages), 2)


def test_what_is_earned_is_what_is_owed_and_raw_sql_makes_the_same_rows(commission):
    lines, owed = commission.measure("owed").result
    sample = commission.measure("earn")
    *earned, memory = sample.result
    logged, entries, statements, amount = earned
    assert (logged, entries, round(amount, 2)) == (lines, lines, round(owed, 2))
    assert 0 < statements <= 21
    assert memory < 200
    assert tuple(sample.steps) == STEPS
    *rows, raw_amount = commission.measure("raw_earn").result
    assert (rows, round(raw_amount, 2)) == ([logged, entries, statements], round(owed, 2))
    assert commission.measure("earn", share=10).result[1] == lines // 10


@pytest.mark.parametrize("module", [figures, sizes, turns])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


def test_the_report_says_whether_a_target_is_reached():
    measured = {"a": Sample(12.0, 6.0, 11.0, 5.0, 5, 0), "b": Sample(10.0, 5.0, 9.0, 4.0, 4, 0)}
    asked = in_turn(9, {name: lambda sample=sample: sample for name, sample in measured.items()})
    near = asked.find("Addition", lambda rounds: rounds.added("a", "b"), target=3.0)
    far = Finding("Share", 20.0, 19.0, 21.0, "%", 5.0, 9)
    text = markdown({"cores": 2}, {"confirm": [near, far]}, {"Question": asked})
    assert "| Addition | 2.00 ms | 2.00 to 2.00 | 1.00 | ≤ 3.00 | reached |" in text
    assert "| Share | 20.00 % | 19.00 to 21.00 |  | ≤ 5.00 | NOT reached |" in text
    assert "| Question (9 rounds) | a | 12.0 | 6.0 | 5 |" in text
