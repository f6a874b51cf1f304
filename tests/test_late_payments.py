"""Two years of real invoices: Odoo, the credit gate, reminders and commissions agree with what others computed."""

import doctest
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from late_payments import command, earnings, forecast, history, plan, schedule, table
from late_payments.history import DAY, INVOICED, NOT_OVERDUE, RECEIVABLES

LAST = date(2013, 12, 31)


@pytest.fixture(scope="module")
def path():
    found = command.source()
    if reason := command.absence(found):
        pytest.skip(reason)
    return found.absolute()


@pytest.fixture(scope="module")
def invoices(path):
    return history.read(path)


@pytest.mark.parametrize(
    "module", [earnings, history, plan, schedule, table], ids=lambda module: module.__name__
)
def test_examples(module):
    failed, attempted = doctest.testmod(module)
    assert attempted
    assert not failed


def test_history_has_the_published_figures(invoices):
    unpaid = [invoice for invoice in invoices if invoice.is_open(DAY)]
    not_overdue = [invoice for invoice in unpaid if invoice.due >= DAY]
    assert (history.total(invoices), len(invoices)) == INVOICED
    assert (history.total(unpaid), len(unpaid)) == RECEIVABLES
    assert history.total(not_overdue) == NOT_OVERDUE


def test_plan_tries_both_sides_of_every_limit(invoices):
    """Held and not, with and without open orders, exactly at the limit and a cent above it."""
    cases = plan.make(invoices, DAY)
    assert len(cases) == 100
    assert {(case.is_held, bool(case.open_order)) for case in cases} == {
        (held, opened) for held in (True, False) for opened in (True, False)
    }
    margins = {case.limit - case.exposure - case.order for case in cases}
    assert {Decimal("0.00"), Decimal("-0.01")} <= margins


def test_schedule_names_each_late_invoice_once_at_each_level_it_reaches(invoices):
    """Without a gap every invoice is named on the days of its levels, as long as it is open."""
    notices = schedule.play(invoices, 0, date(2012, 1, 1), LAST)
    named = Counter(level for notice in notices for _number, level in notice.named)

    def late(level):
        days = [(invoice.due + timedelta(level), invoice.settled) for invoice in invoices]
        return [day for day, settled in days if day < settled and day <= LAST]

    assert named == {level: len(late(level)) for level in schedule.LEVELS}


def test_the_forecast_of_cash_is_as_near_as_was_asked(invoices):
    """Sum of absolute errors over what came on 45 Mondays, 0 to 3 weeks ahead."""
    found = forecast.errors(invoices)
    assert [round(error, 2) for error in found["due"]] == [0.18, 0.29, 0.27, 0.86]
    asked = (0.18, 0.18, 0.19, 0.26)
    assert all(error <= most for error, most in zip(found["rule"], asked, strict=True)), found[
        "rule"
    ]


def test_commissions_depend_on_how_late_the_money_came(invoices):
    """Every rate occurs, and no month of a salesperson is forgotten: 3 % of all would be more."""
    rates = Counter(earnings.percent(invoice.due, invoice.settled) for invoice in invoices)
    assert set(rates) == {0, 2, 3}
    assert sum(rates.values()) == len(invoices)
    totals = earnings.by_month(invoices)
    assert {person for person, _month in totals} == set(range(earnings.PEOPLE))
    assert 0 < sum(totals.values()) < history.total(invoices) * 3 / 100


def test_odoo_and_the_gate_agree(bench, databases, settings, path, capsys):
    with databases.temporary(settings["template"], "late") as database:
        code, text = command.run(bench, database, path)
    with capsys.disabled():
        print(f"\n{text}")  # noqa: T201
    assert code == 0, text
