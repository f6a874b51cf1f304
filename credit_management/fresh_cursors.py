"""Second connections for reading, kept open between two readings.

Odoo's pool clears a connection before it lends it again, prepared statements included. What the gate reads takes
longer to plan than to run, so it keeps two connections of a process, none of them inside a transaction while it waits.
"""

from collections import deque
from contextlib import suppress
from weakref import WeakValueDictionary, finalize

from odoo.sql_db import Cursor
from odoo.tools import config
from psycopg2 import InterfaceError, OperationalError

#: for each database, and in all: a process that serves many leaves the others of the pool alone
_KEPT = 2
_KEPT_IN_ALL = 8
#: a pool with fewer connections has none to spare
_POOL_TO_SPARE = 16
#: a cut connection is replaced once; what cuts the next one too is not passing
_NEW = 2
_REGISTRIES = WeakValueDictionary()
_ATTRIBUTE = "credit_management_fresh_cursors"


def read_fresh(registry, reading):
    """What ``reading`` returns for a cursor whose snapshot is taken now; what it writes is undone.

    A connection that is cut is replaced and read again, so ``reading`` returns plain values, not records.
    """
    idle = _get_idle(registry)
    opened = 0
    while True:
        cr = _take(idle)
        opened += cr is None
        cr = cr or registry.cursor()
        try:
            found = reading(cr)
            cr.rollback()
        except BaseException:
            cut = bool(cr.closed)
            _close(cr)
            if cut and opened < _NEW:
                continue
            raise
        _keep(idle, cr)
        return found


def _take(idle):
    # another thread may be quicker
    with suppress(IndexError):
        return idle.pop()


def _keep(idle, cr):
    # its caches know the registry, which must be able to go while the cursor waits
    cr.transaction = None
    if _may_keep(idle, cr):
        idle.append(cr)
    else:
        _close(cr)


def _may_keep(idle, cr):
    """Plain cursors only: those of Odoo's page tests hold a lock until they are closed."""
    return (
        type(cr) is Cursor
        and len(idle) < _KEPT
        and _count_waiting() < _KEPT_IN_ALL
        and config["db_maxconn"] >= _POOL_TO_SPARE
    )


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
    with suppress(InterfaceError, OperationalError):
        cr.close()
