import gc
import weakref

from odoo.tests import BaseCase, tagged
from odoo.tools import config

from .. import fresh_cursors
from ..fresh_cursors import _KEPT_IN_ALL, read_fresh


class Registry:
    """As much of a registry as the cursors that wait need."""

    def __init__(self):
        self.opened = []

    def cursor(self):
        self.opened.append(Cursor())
        return self.opened[-1]


class Transaction:
    def __init__(self, registry):
        self.registry = registry


class Cursor:
    transaction = None
    closed = False
    failure = None

    def rollback(self):
        pass

    def close(self):
        self.closed = True


@tagged("-at_install", "post_install")
class TestFreshCursors(BaseCase):
    def setUp(self):
        super().setUp()
        self.patch(fresh_cursors, "Cursor", Cursor)

    def _read(self, registry):
        def reading(cr):
            if cr.failure:
                raise cr.failure
            # what an environment on the cursor leaves there
            cr.transaction = Transaction(registry)
            return cr

        return read_fresh(registry, reading)

    def test_a_cursor_waits_and_is_used_again(self):
        registry = Registry()
        self.assertIs(self._read(registry), self._read(registry))

    def test_a_registry_that_is_replaced_goes_with_its_cursors(self):
        registry = Registry()
        cr = self._read(registry)
        gone = weakref.ref(registry)
        del registry
        gc.collect()
        self.assertIsNone(gone())
        self.assertTrue(cr.closed)

    def test_a_cursor_that_fails_does_not_wait_any_more(self):
        registry = Registry()
        cr = self._read(registry)
        cr.failure = ValueError("anything")
        with self.assertRaises(ValueError):
            self._read(registry)
        self.assertTrue(cr.closed)
        self.assertIsNot(self._read(registry), cr)

    def test_a_process_with_many_databases_keeps_few_connections(self):
        registries = [Registry() for _n in range(30)]
        cursors = [self._read(registry) for registry in registries]
        self.assertLessEqual(sum(not cr.closed for cr in cursors), _KEPT_IN_ALL)
        self.assertTrue(cursors[-1].closed)

    def test_a_small_pool_has_no_connection_to_spare(self):
        self.patch(config, "options", config.options.new_child({"db_maxconn": 4}))
        self.assertTrue(self._read(Registry()).closed)

    def test_a_cursor_of_another_kind_does_not_wait(self):
        self.patch(fresh_cursors, "Cursor", type("Plain", (Cursor,), {}))
        self.assertTrue(self._read(Registry()).closed)
