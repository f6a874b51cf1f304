"""Second connections for reading, kept open between uses.

Odoo's pool resets a connection before lending it again, prepared statements included. The gate's query takes longer to
plan than to run, so each process keeps two connections per database, outside any transaction while idle.
"""

from collections import deque
from contextlib import suppress
from weakref import WeakValueDictionary, finalize

from odoo.sql_db import Cursor
from odoo.tools import config
from psycopg2 import InterfaceError, OperationalError

#: kept per database and in total: a process that serves many databases leaves the rest of the pool alone
_KEPT = 2
_KEPT_IN_ALL = 8
#: smaller pools have no connections to spare
_POOL_TO_SPARE = 16
#: new connections to try: if a replacement is cut too, the problem is not temporary
_NEW = 2
_REGISTRIES = WeakValueDictionary()
_ATTRIBUTE = "credit_management_fresh_cursors"


def read_fresh(registry, reading):
    """Return the result of ``reading`` for a cursor whose snapshot is taken now, and roll back.

    A broken connection is replaced and read again, so ``reading`` must return plain values, not records.
    """
    idle = _get_idle(registry)
    opened = 0
    while True:
        cr = _borrow(idle)
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


def _borrow(idle):
    # another thread may take it first
    with suppress(IndexError):
        return idle.pop()


def _keep(idle, cr):
    # its caches refer to the registry, which must not be kept alive by an idle cursor
    cr.transaction = None
    if _may_keep(idle, cr):
        idle.append(cr)
    else:
        _close(cr)


def _may_keep(idle, cr):
    """Plain cursors only: those of Odoo's HTTP tests hold a lock until they are closed."""
    return (
        type(cr) is Cursor
        and len(idle) < _KEPT
        and _count_waiting() < _KEPT_IN_ALL
        and config["db_maxconn"] >= _POOL_TO_SPARE
    )


def _get_idle(registry):
    """The idle cursors; they are closed with the registry, which is replaced when modules change."""
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
