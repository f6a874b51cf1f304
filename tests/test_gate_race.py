"""At once: orders of one customer never pass the limit together, and a hold is decided once."""

from concurrent.futures import ThreadPoolExecutor

import odoorpc
import pytest
from shop import Shop, connect

ORDERS, AMOUNT, LIMIT, AT_ONCE = 24, 100, 900, 8


@pytest.fixture(scope="module")
def crowd(start_server):
    """A server with several workers."""
    server = start_server(workers=4, label="race")
    Shop(connect(server)).use_standard_policy()
    return server


def at_once(server, jobs, user="admin"):
    """Run ``job(shop)`` for each job, as many at a time as there are sessions; results or errors."""

    def run(job):
        try:
            return job(Shop(connect(server, user)))
        except odoorpc.error.RPCError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, jobs))


def confirming(order):
    return lambda shop: shop.confirm([order])


@pytest.mark.parametrize("attempt", range(2))
def test_orders_confirmed_at_once_never_pass_the_limit_together(crowd, attempt):
    shop = Shop(connect(crowd))
    customer, product = shop.customer(f"Crowd {attempt}"), shop.product()
    shop.limit(customer, LIMIT)
    orders = shop.orders([customer] * ORDERS, product, AMOUNT)
    results = at_once(crowd, [confirming(order) for order in orders])
    errors = [result for result in results if isinstance(result, Exception)]
    assert not errors, f"{len(errors)} of {ORDERS} callers saw an error: {errors[0]}"
    states = shop.states(orders)
    assert states.count("sale") == LIMIT // AMOUNT
    assert states.count("sent") == ORDERS - LIMIT // AMOUNT == len(shop.pending_holds(orders))


def test_the_first_orders_of_new_customers_need_no_credit_file(crowd):
    """The file is made at the gate: two at the same moment make one."""
    shop = Shop(connect(crowd))
    customer, product = shop.customer("Newcomer"), shop.product()
    orders = shop.orders([customer] * AT_ONCE, product, AMOUNT)
    results = at_once(crowd, [confirming(order) for order in orders])
    assert not [result for result in results if isinstance(result, Exception)]
    assert set(shop.states(orders)) == {"sale"}
    assert len(shop.env["credit.profile"].search([("partner_id", "=", customer)])) == 1


@pytest.mark.parametrize(("amount", "state"), [(AMOUNT, "sale"), (LIMIT + 1, "sent")])
def test_an_order_confirmed_twice_at_the_same_moment_is_confirmed_or_held_once(
    crowd, amount, state
):
    shop = Shop(connect(crowd))
    customer, product = shop.customer(f"Twice {amount}"), shop.product()
    shop.limit(customer, LIMIT)
    for order in shop.orders([customer] * 3, product, amount):
        shop.env["sale.order"].write([order], {"state": "sent"})
        results = at_once(crowd, [confirming(order)] * 2)
        errors = [str(result) for result in results if isinstance(result, Exception)]
        assert all("requiring confirmation" in error for error in errors), errors
        assert shop.states([order]) == [state]
        assert len(shop.pending_holds([order])) == (state == "sent")


def test_a_hold_is_released_once_by_two_at_the_same_moment(crowd):
    shop = Shop(connect(crowd))
    shop.user("first", "credit_management.group_credit_manager")
    shop.user("second", "credit_management.group_credit_manager")
    customer, product = shop.customer("Contested"), shop.product()
    shop.limit(customer, 0)
    for _attempt in range(3):
        order = shop.order(customer, product, AMOUNT)
        shop.confirm([order])
        [hold] = shop.pending_holds([order])

        def release(user, hold=hold):
            try:
                return Shop(connect(crowd, user)).env["credit.hold"].action_release([hold], "Go")
            except odoorpc.error.RPCError as error:
                return str(error)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(release, ("first", "second")))
        assert answers.count(True) == 1, answers
        [refusal] = [answer for answer in answers if answer is not True]
        assert "Reload the page" in refusal
        assert shop.states([order]) == ["sale"]
        posts = [("model", "=", "sale.order"), ("res_id", "=", order), ("body", "like", "released")]
        assert len(shop.env["mail.message"].search(posts)) == 1
