"""The story without Odoo: numbers that check, dates that move with today, the same story each time."""

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from stdnum import iban as stdnum_iban
from stdnum.eu import vat as eu_vat
from stdnum.fr import siren, siret

sys.path.insert(0, str(Path(__file__).parent.parent))

from demo_plan import dates, identity, payers, story
from demo_plan.tables import keyed, rows

DAYS = [date(2024, 2, 29), date(2025, 1, 1), date(2026, 11, 22), date(2027, 8, 31)]
FRENCH = [row["code"] for row in rows("customers") if row["country"] == "FR"]


def invoices(orders):
    return [
        delivery.invoice for order in orders for delivery in order.deliveries if delivery.invoice
    ]


def test_three_dozen_french_companies():
    assert len(FRENCH) == len({identity.siren(code) for code in FRENCH}) == 36


@pytest.mark.parametrize("code", [*FRENCH, "lumiere main", "lumiere export"])
def test_numbers_check(code):
    assert siren.is_valid(identity.siren(code))
    assert siret.is_valid(identity.siret(code))
    assert siret.to_siren(identity.siret(code)) == identity.siren(code)
    assert eu_vat.is_valid(identity.french_vat(code))


@pytest.mark.parametrize("code", ["main", "export"])
def test_bank_accounts_check(code):
    assert stdnum_iban.is_valid(identity.iban(code))


def test_a_branch_is_an_establishment_of_the_same_company():
    first, second = identity.siret("lumiere main"), identity.siret("lumiere main", 2)
    assert siret.is_valid(second)
    assert first != second
    assert first[:9] == second[:9]


@pytest.mark.parametrize("row", rows("vats"), ids=lambda row: row["code"])
def test_foreign_vat_checks(row):
    assert eu_vat.is_valid(row["vat"])


def test_nobody_gets_a_mail():
    assert all(identity.email(row["code"]).endswith(".example.com") for row in rows("customers"))


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("customers", "payer", "payers"),
        ("customers", "terms", "terms"),
        ("customers", "seller", "users"),
        ("contacts", "customer", "customers"),
        ("statuses", "customer", "customers"),
        ("limits", "customer", "customers"),
        ("pauses", "customer", "customers"),
        ("quotations", "customer", "customers"),
        ("guarantees", "customer", "customers"),
        ("statements", "customer", "customers"),
    ],
)
def test_tables_agree(table, column, target):
    assert {row[column] for row in rows(table)} <= keyed(target).keys()


@pytest.mark.parametrize("today", DAYS)
def test_everything_told_lies_in_the_past(today):
    orders = story.orders(today)
    days = [order.day for order in orders]
    days += [delivery.day for order in orders for delivery in order.deliveries]
    days += [invoice.day for invoice in invoices(orders)]
    days += [payment.day for invoice in invoices(orders) for payment in invoice.payments]
    assert dates.month_start(today, dates.MONTHS) <= min(days)
    assert max(days) < today


@pytest.mark.parametrize("today", DAYS)
def test_enough_of_everything(today):
    orders = story.orders(today)
    told = invoices(orders)
    assert 350 <= len(told) <= 550
    assert sum(not order.deliveries for order in orders) >= 3
    assert sum(invoice.credited is not None for invoice in told) >= 5
    assert sum(len(invoice.payments) == 2 for invoice in told) >= 10
    assert any(payment.method == "cheque" for invoice in told for payment in invoice.payments)


@pytest.mark.parametrize("today", DAYS)
def test_stalling_customers_have_invoices_overdue_for_more_than_a_month(today):
    """The gate's demo depends on it: these orders are held because of an old item."""
    stalling = {row["code"]: row for row in rows("customers") if row["payer"] == "stalling"}
    late = {
        order.customer
        for order in story.orders(today)
        for invoice in invoices([order])
        if order.customer in stalling and not invoice.payments and not invoice.draft
        if dates.due_date(invoice.day, stalling[order.customer]["terms"])
        < today - timedelta(days=31)
    }
    assert late == stalling.keys()


def test_every_month_has_orders():
    today = DAYS[2]
    orders = story.orders(today)
    assert all(
        len(story.in_month(orders, today, months_ago)) > 10
        for months_ago in range(dates.MONTHS + 1)
    )


def test_the_same_day_tells_the_same_story():
    assert story.orders(DAYS[0]) == story.orders(DAYS[0])


def test_another_day_tells_it_moved():
    first, last = (min(order.day for order in story.orders(day)) for day in (DAYS[0], DAYS[-1]))
    assert first < last


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("immediate", date(2024, 1, 10)),
        ("30net", date(2024, 2, 9)),
        ("45eom", date(2024, 2, 29)),
        ("60net", date(2024, 3, 10)),
    ],
)
def test_due_dates(terms, due):
    assert dates.due_date(date(2024, 1, 10), terms) == due


@pytest.mark.parametrize("code", ["punctual", "late10", "seasonal", "growing"])
def test_trend_ends_where_the_table_says(code):
    assert payers.trend(code, 0, 16) == float(keyed("payers")[code]["trend"])


def test_seasonal_customers_are_silent_out_of_season():
    assert not payers.orders_in("seasonal", date(2026, 1, 15), 0)
    assert payers.orders_in("seasonal", date(2026, 4, 15), 0)
