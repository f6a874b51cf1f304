import gc
import weakref

from odoo.tests import BaseCase, tagged

from ..fresh_cursors import _KEPT_IN_ALL, fresh_cursor


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

    def execute(self, query):
        if self.failure:
            raise self.failure

    def rollback(self):
        pass

    def close(self):
        self.closed = True


@tagged("-at_install", "post_install")
class TestFreshCursors(BaseCase):
    def _read(self, registry):
        with fresh_cursor(registry, lambda cr: cr.execute("SELECT 1")) as (cr, _rows):
            # what an environment on the cursor leaves there
            cr.transaction = Transaction(registry)
        return cr

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
