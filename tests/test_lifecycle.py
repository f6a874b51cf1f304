"""Into a database at work, and out of it again: nothing is blocked, nothing is lost."""

import pytest
from shop import Shop, connect
from workbench.server import Server

LIMITED = 40


@pytest.fixture(scope="module")
def company_at_work(bench, databases):
    """A database without our add-ons: customers with and without limits, orders in every state."""
    with databases.temporary(databases.ensure_base(), "life") as database:
        with Server(bench, database) as server:
            facts = fill(Shop(connect(server)))
        databases.install(database, ("-i", "credit_management"), "life", lambda _word: None)
        yield database, facts


def fill(shop):
    product = shop.product()
    limited = shop.customers(
        {"name": f"Limited {number}", "credit_limit": 100 * (number + 1)}
        for number in range(LIMITED)
    )
    free = shop.customers({"name": f"Free {number}"} for number in range(10))
    orders = shop.orders((limited + free) * 3, product, 500)
    shop.confirm(orders[::2])
    return {"limited": limited, "free": free, "orders": orders, "product": product}


def test_install_take_over_uninstall(bench, company_at_work):
    database, facts = company_at_work
    with Server(bench, database) as server:
        shop = Shop(connect(server))
        check_taken_over(shop, facts)
        check_nothing_is_blocked(shop, facts)
        order = check_policy_holds(shop, facts)
        uninstall(shop)
    with Server(bench, database) as server:
        check_as_before(Shop(connect(server)), facts, order)


def check_taken_over(shop, facts):
    """Each value above 0 is an approved opening limit; nobody else has a credit file."""
    profiles = shop.env["credit.profile"].search_read(
        [], ["partner_id", "credit_mode", "credit_limit"]
    )
    assert {row["partner_id"][0]: row["credit_limit"] for row in profiles} == {
        customer: 100.0 * (number + 1) for number, customer in enumerate(facts["limited"])
    }
    assert {row["credit_mode"] for row in profiles} == {"limited"}
    limits = shop.env["credit.limit"].search_read([], ["state", "amount"])
    assert len(limits) == LIMITED
    assert {row["state"] for row in limits} == {"approved"}
    assert shop.states(facts["orders"])[::2] == ["sale"] * len(facts["orders"][::2])


def check_nothing_is_blocked(shop, facts):
    """The customer is over its limit by far; without a policy the order passes."""
    order = shop.order(facts["limited"][0], facts["product"], 99999)
    assert shop.confirm([order]) is True
    assert shop.states([order]) == ["sale"]


def check_policy_holds(shop, facts):
    shop.use_standard_policy()
    order = shop.order(facts["limited"][1], facts["product"], 99999)
    shop.confirm([order])
    assert shop.states([order]) == ["sent"]
    assert len(shop.pending_holds([order])) == 1
    return order


def uninstall(shop):
    [module] = shop.env["ir.module.module"].search([("name", "=", "credit_management")])
    shop.env["ir.module.module"].button_immediate_uninstall([module])


def check_as_before(shop, facts, order):
    """Odoo's own limits are there, the order that was held confirms, and every screen opens."""
    assert not shop.env["ir.model"].search([("model", "=like", "credit.%")])
    assert not shop.env["ir.model.fields"].search([("name", "=like", "credit_profile%")])
    partners = shop.env["res.partner"].read(facts["limited"], ["credit_limit"])
    assert [row["credit_limit"] for row in sorted(partners, key=lambda row: row["id"])] == [
        100.0 * (number + 1) for number in range(LIMITED)
    ]
    assert shop.confirm([order]) is True
    assert shop.states([order]) == ["sale"]
    customer = shop.customer("Afterwards", credit_limit=12)
    assert shop.env["res.partner"].read([customer], ["credit_limit"])[0]["credit_limit"] == 12
    for model in ("sale.order", "res.partner", "account.move", "res.config.settings"):
        assert shop.env[model].get_view()["arch"]
