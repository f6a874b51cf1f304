"""A confirmed order that grows: refused over RPC, and the request for release is there afterwards."""

from concurrent.futures import ThreadPoolExecutor

import odoorpc
import pytest
from shop import Shop, connect

LIMIT, AMOUNT, GROWN = 1000, 800, 1200


@pytest.fixture(scope="module", autouse=True)
def people(crowd):
    """A salesperson, and somebody who may release."""
    shop = Shop(connect(crowd))
    shop.user("seller", "sales_team.group_sale_salesman_all_leads")
    shop.user("decider", "credit_management.group_credit_manager")


def sold(shop, name, amount=AMOUNT):
    """A confirmed order of a new customer."""
    customer, product = shop.customer(name), shop.product()
    shop.limit(customer, LIMIT)
    order = shop.order(customer, product, amount)
    shop.confirm([order])
    assert shop.states([order]) == ["sale"]
    return order


def line_of(shop, order):
    [line] = shop.env["sale.order.line"].search([("order_id", "=", order)])
    return line


def set_price(server, line, price, user="seller"):
    """The answer to a changed price: `True`, or the sentence of the refusal."""
    try:
        return (
            Shop(connect(server, user)).env["sale.order.line"].write([line], {"price_unit": price})
        )
    except odoorpc.error.RPCError as error:
        return str(error)


def total(shop, order):
    return shop.env["sale.order"].read([order], ["amount_total"])[0]["amount_total"]


def test_growth_is_refused_requested_released_and_entered_again(crowd):
    shop = Shop(connect(crowd))
    order = sold(shop, "Grower")
    line = line_of(shop, order)
    answer = set_price(crowd, line, GROWN)
    assert "Enter the change again once it is released" in answer
    assert total(shop, order) == AMOUNT, "nothing of the change is kept"
    [hold] = shop.pending_holds([order])
    [values] = shop.env["credit.hold"].read([hold], ["amount", "excess", "requested_by"])
    assert (values["amount"], values["excess"]) == (GROWN, GROWN - LIMIT)
    assert values["requested_by"][1] == "seller"
    Shop(connect(crowd, "decider")).env["credit.hold"].action_release([hold], "Go")
    assert total(shop, order) == AMOUNT
    assert set_price(crowd, line, GROWN) is True
    assert total(shop, order) == GROWN
    assert "Enter the change again" in set_price(crowd, line, GROWN + 1)


def test_an_import_that_enlarges_an_order_says_so_for_its_row(crowd):
    shop = Shop(connect(crowd))
    order = sold(shop, "Importer")
    xmlid = {"name": f"line_{order}", "module": "test", "model": "sale.order.line"}
    shop.env["ir.model.data"].create({**xmlid, "res_id": line_of(shop, order)})
    result = (
        Shop(connect(crowd, "seller"))
        .env["sale.order.line"]
        .load(["id", "price_unit"], [[f"test.line_{order}", str(GROWN)]])
    )
    assert not result["ids"]
    assert "released" in result["messages"][0]["message"]
    assert total(shop, order) == AMOUNT
    assert len(shop.pending_holds([order])) == 1


def test_the_same_growth_asked_by_several_at_once_is_one_request(crowd):
    """They queue for the order, some are tried again by Odoo: one request is filed all the same."""
    shop = Shop(connect(crowd))
    order = sold(shop, "Contested")
    line = line_of(shop, order)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _n: set_price(crowd, line, GROWN), range(6)))
    assert all("Enter the change again" in answer for answer in answers), answers
    assert len(shop.pending_holds([order])) == 1
    assert total(shop, order) == AMOUNT


@pytest.mark.parametrize("attempt", range(3))
def test_two_orders_that_grow_at_once_never_pass_the_limit_together(crowd, attempt):
    """Room for one of them: one grows, the other is refused and requested, nobody waits in vain."""
    shop = Shop(connect(crowd))
    customer, product = shop.customer(f"Pair {attempt}"), shop.product()
    shop.limit(customer, LIMIT)
    orders = shop.orders([customer] * 2, product, LIMIT / 4)
    shop.confirm(orders)
    lines = [line_of(shop, order) for order in orders]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda line: set_price(crowd, line, LIMIT * 0.6), lines))
    assert answers.count(True) == 1, answers
    [refusal] = [answer for answer in answers if answer is not True]
    assert "Enter the change again" in refusal
    assert sum(total(shop, order) for order in orders) == LIMIT * 0.85
    assert len(shop.pending_holds(orders)) == 1
