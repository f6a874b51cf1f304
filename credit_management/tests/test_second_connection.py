from contextlib import suppress
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.addons.sale.tests import test_controllers
from odoo.exceptions import UserError
from odoo.fields import Date
from odoo.sql_db import Cursor
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import SQL
from psycopg2 import InterfaceError, OperationalError
from psycopg2.pool import PoolError

from ..fresh_cursors import _ATTRIBUTE, read_fresh
from .common import CreditCommon

CONFIRM = "/web/dataset/call_kw/sale.order/action_confirm"
CUT = "SELECT pg_terminate_backend(pg_backend_pid())"


@tagged("post_install", "-at_install")
class TestSecondConnection(TransactionCase):
    """The gate's own connection, as it is in production, on customers that are committed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].search([("parent_id", "=", False)], order="id", limit=1)
        cls.customers = {(company.partner_id.commercial_partner_id.id, company.id)}
        cls.gate = cls.env["credit.gate"]
        cls.today = Date.today()

    def _read(self):
        return self.gate._read_fresh(self.customers, self.today)

    def _get_waiting(self):
        return vars(self.registry)[_ATTRIBUTE]

    def test_it_reads_what_our_own_connection_reads(self):
        own = self.env["credit.position"]._read_positions(self.customers, self.today)
        self.assertEqual(self._read(), own)
        self.assertIsNot(self._get_waiting()[-1].connection, self.env.cr.connection)

    def test_with_a_prepared_statement_and_without_it_reads_the_same(self):
        prepared = self._read()
        self.patch(type(self.gate), "_prepares", False)
        self.assertEqual(self._read(), prepared)

    def test_it_waits_for_nobody_longer_than_a_moment(self):
        def get_timeouts(cr):
            self.gate._read_positions_on(cr, self.customers, self.today)
            cr.execute(
                "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
            )
            return cr.fetchone()

        self.assertEqual(read_fresh(self.registry, get_timeouts), ("5s", "30s"))

    def test_what_takes_too_long_is_a_sentence(self):
        slow = (
            self.gate._fresh_opening + "; SET LOCAL statement_timeout = '1ms'; SELECT pg_sleep(9)"
        )
        self.patch(type(self.gate), "_fresh_opening", slow)
        with self.assertRaisesRegex(UserError, "Confirm again"):
            self._read()

    def test_a_pool_without_connections_is_a_sentence(self):
        self._forget_waiting()
        with (
            patch.object(self.registry, "cursor", side_effect=PoolError("The Pool Is Full")),
            self.assertRaisesRegex(UserError, "no database connection is free"),
        ):
            self._read()

    def test_a_connection_cut_while_it_waited_is_replaced(self):
        expected = self._read()
        for cr in self._get_waiting():
            with suppress(OperationalError, InterfaceError):
                cr.execute(CUT, log_exceptions=False)
        self.assertEqual(self._read(), expected)

    def test_a_connection_cut_in_the_middle_is_replaced(self):
        self._forget_waiting()
        cut = [CUT]

        def read(cr):
            if cut:
                cr.execute(cut.pop(), log_exceptions=False)
            return self.gate._read_positions_on(cr, self.customers, self.today)

        self.assertEqual(read_fresh(self.registry, read), self._read())

    def test_a_database_that_cuts_every_connection_is_a_sentence(self):
        self.patch(type(self.gate), "_fresh_opening", CUT)
        with self.assertRaisesRegex(UserError, "Confirm again"):
            self._read()

    def test_a_statement_is_prepared_where_the_session_does_not_know_it_or_a_table_has_changed(
        self,
    ):
        name = "credit_test"
        prepare = SQL("PREPARE credit_test(int[], int[], date) AS SELECT a FROM credit_test")
        self.patch(type(self.gate), "_get_statement", lambda _self: (name, prepare))
        arguments = ([1], [1], self.today)
        with self.registry.cursor() as cr:
            cr.execute("CREATE TEMP TABLE credit_test AS SELECT 1 AS a; SAVEPOINT credit_gate")
            execute = self.gate.with_env(api.Environment(cr, SUPERUSER_ID, {}))._execute_prepared
            self.assertEqual(execute(cr, arguments), [(1,)])
            cr.execute("ALTER TABLE credit_test ALTER a TYPE text; SAVEPOINT credit_gate")
            self.assertEqual(execute(cr, arguments), [("1",)])
            cr.rollback()

    def test_a_cursor_of_odoos_page_tests_is_not_kept(self):
        self._forget_waiting()
        self.registry_enter_test_mode()
        self.assertTrue(self.gate._reads_own_view())
        read_fresh(self.registry, lambda cr: self.assertIsNot(type(cr), Cursor))
        self.assertFalse(self._get_waiting())

    def _forget_waiting(self):
        self._read()
        while self._get_waiting():
            self._get_waiting().pop().close()


@tagged("post_install", "-at_install")
class TestOwnView(CreditCommon):
    """Where a second connection would wait for the transaction that asks it."""

    @classmethod
    def gate_reads_own_figures(cls):
        """As in production."""

    def _assert_judged_alone(self):
        self._limit(100.0)
        fits, exceeds = self._order(60.0), self._order(60.0)
        with patch.object(type(self.env["credit.gate"]), "_read_fresh", side_effect=AssertionError):
            (fits | exceeds).action_confirm()
        self.assertPassed(fits)
        self.assertHeld(exceeds, "over_limit")

    def test_while_modules_are_installed_or_updated(self):
        self.patch(self.registry, "ready", False)
        self._assert_judged_alone()

    def test_in_a_transaction_that_changes_a_table(self):
        self.env.cr.execute("ALTER TABLE sale_order ADD COLUMN credit_test int")
        self._assert_judged_alone()

    def test_a_table_of_the_session_alone_hinders_nobody(self):
        self.env.cr.execute("CREATE TEMP TABLE credit_test (id int)")
        order = self._order(60.0)
        asked = []

        def read(gate, customers, today):
            asked.append(customers)
            return gate.env["credit.position"]._read_positions(customers, today)

        with patch.object(type(self.env["credit.gate"]), "_read_fresh", read):
            order.action_confirm()
        self.assertEqual(len(asked), 1)


@tagged("post_install", "-at_install")
class TestPages(CreditCommon, HttpCase):
    """Requests of Odoo's page tests, one after the other, in which nothing of the gate is replaced."""

    def _confirm(self, order):
        values = {"model": "sale.order", "method": "action_confirm", "args": [order.ids]}
        return self.make_jsonrpc_request(CONFIRM, {**values, "kwargs": {}})

    def test_orders_are_confirmed_by_one_request_after_another(self):
        self._limit(100.0)
        self.authenticate(self.salesperson.login, self.salesperson.login)
        fits, exceeds, later = orders = [self._order(amount) for amount in (60.0, 60.0, 40.0)]
        for order in orders:
            self._confirm(order)
        self.assertPassed(fits)
        self.assertHeld(exceeds, "over_limit")
        self.assertPassed(later)

    def test_orders_of_one_request_are_not_counted_twice(self):
        self._limit(100.0)
        self.authenticate(self.salesperson.login, self.salesperson.login)
        orders = self._order(40.0) | self._order(60.0)
        self._confirm(orders)
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])


@tagged("post_install", "-at_install")
class TestTourOfOdoo(test_controllers.TestSaleSignature):
    """Odoo's own tour of a customer who signs, which confirms the order: it runs beside us as without us."""

    allow_inherited_tests_method = True
