"""Second connections for reading, kept open between two readings.

Odoo's pool clears a connection before it lends it again, prepared statements included. What the gate reads takes
longer to plan than to run, so it keeps two connections of a process, none of them inside a transaction while it waits.
"""

from collections import deque
from contextlib import contextmanager, suppress
from weakref import WeakValueDictionary, finalize

from psycopg2 import InterfaceError, OperationalError

#: for each database, and in all: a process that serves many leaves the others of the pool alone
_KEPT = 2
_KEPT_IN_ALL = 8
_REGISTRIES = WeakValueDictionary()
_GONE = (InterfaceError, OperationalError)
_ATTRIBUTE = "credit_management_fresh_cursors"


@contextmanager
def fresh_cursor(registry, opening):
    """A cursor whose snapshot is taken now, and the rows of its first query; what it writes is undone.

    :param opening: function of a cursor that runs the first query and returns its rows
    """
    idle = _get_idle(registry)
    cr, rows = _open(registry, idle, opening)
    try:
        yield cr, rows
        cr.rollback()
        # its caches know the registry, which must be able to go while the cursor waits
        cr.transaction = None
    except BaseException:
        _close(cr)
        raise
    if len(idle) < _KEPT and _count_waiting() < _KEPT_IN_ALL:
        idle.append(cr)
    else:
        cr.close()


def _open(registry, idle, opening):
    """A cursor that waited, or a new one where the server has gone away from all of them."""
    while idle:
        cr = idle.pop()
        try:
            return cr, opening(cr)
        except _GONE:
            _close(cr)
        except BaseException:
            _close(cr)
            raise
    cr = registry.cursor()
    try:
        return cr, opening(cr)
    except BaseException:
        cr.close()
        raise


def _get_idle(registry):
    """The cursors that wait; they are closed with the registry, which another one replaces when modules change."""
    idle = vars(registry).get(_ATTRIBUTE)
    if idle is None:
        idle = vars(registry).setdefault(_ATTRIBUTE, deque())
        finalize(registry, _close_all, idle)
        _REGISTRIES[id(registry)] = registry
    return idle


def _count_waiting():
    return sum(len(vars(registry)[_ATTRIBUTE]) for registry in list(_REGISTRIES.values()))


def _close_all(idle):
    while idle:
        _close(idle.pop())


def _close(cr):
    with suppress(*_GONE):
        cr.close()
