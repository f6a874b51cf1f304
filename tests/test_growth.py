"""A confirmed order that grows over RPC: the change is kept, and the growth waits for its release."""

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
    """The answer to a changed price: `True`, or the sentence of an error."""
    try:
        return (
            Shop(connect(server, user)).env["sale.order.line"].write([line], {"price_unit": price})
        )
    except odoorpc.error.RPCError as error:
        return str(error)


def total(shop, order):
    return shop.env["sale.order"].read([order], ["amount_total"])[0]["amount_total"]


def test_growth_is_kept_held_and_released(crowd):
    shop = Shop(connect(crowd))
    order = sold(shop, "Grower")
    line = line_of(shop, order)
    assert set_price(crowd, line, GROWN) is True
    assert total(shop, order) == GROWN, "what was typed is kept"
    [hold] = shop.pending_holds([order])
    [values] = shop.env["credit.hold"].read([hold], ["amount", "added", "excess", "requested_by"])
    assert (values["amount"], values["added"]) == (GROWN, GROWN - AMOUNT)
    assert values["excess"] == GROWN - LIMIT
    assert values["requested_by"][1] == "seller"
    Shop(connect(crowd, "decider")).env["credit.hold"].action_release([hold], "Go")
    assert not shop.pending_holds([order])
    assert set_price(crowd, line, GROWN + 1) is True
    assert len(shop.pending_holds([order])) == 1


def test_growth_refused_goes_back_by_one_click(crowd):
    shop = Shop(connect(crowd))
    order = sold(shop, "Sorry")
    set_price(crowd, line_of(shop, order), GROWN)
    Shop(connect(crowd, "decider")).env["credit.hold"].action_refuse(
        shop.pending_holds([order]), "No"
    )
    Shop(connect(crowd, "seller")).env["sale.order"].action_credit_back([order])
    assert total(shop, order) == AMOUNT


def test_an_import_that_enlarges_an_order_is_kept_and_held(crowd):
    shop = Shop(connect(crowd))
    order = sold(shop, "Importer")
    xmlid = {"name": f"line_{order}", "module": "test", "model": "sale.order.line"}
    shop.env["ir.model.data"].create({**xmlid, "res_id": line_of(shop, order)})
    result = (
        Shop(connect(crowd, "seller"))
        .env["sale.order.line"]
        .load(["id", "price_unit"], [[f"test.line_{order}", str(GROWN)]])
    )
    assert result["ids"], result
    assert total(shop, order) == GROWN
    assert len(shop.pending_holds([order])) == 1


def test_the_same_growth_typed_by_several_at_once_is_one_hold(crowd):
    """They queue for the order, some are tried again by Odoo: there is one hold all the same."""
    shop = Shop(connect(crowd))
    order = sold(shop, "Contested")
    line = line_of(shop, order)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _n: set_price(crowd, line, GROWN), range(6)))
    assert answers == [True] * 6, answers
    assert len(shop.pending_holds([order])) == 1
    assert total(shop, order) == GROWN


@pytest.mark.parametrize("attempt", range(3))
def test_two_orders_that_grow_at_once_never_pass_the_limit_together(crowd, attempt):
    """Room for one of them: the growth of one passes, that of the other is held, nobody waits in vain."""
    shop = Shop(connect(crowd))
    customer, product = shop.customer(f"Pair {attempt}"), shop.product()
    shop.limit(customer, LIMIT)
    orders = shop.orders([customer] * 2, product, LIMIT / 4)
    shop.confirm(orders)
    lines = [line_of(shop, order) for order in orders]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda line: set_price(crowd, line, LIMIT * 0.6), lines))
    assert answers == [True] * 2, answers
    assert len(shop.pending_holds(orders)) == 1
