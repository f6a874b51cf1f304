"""Copies of rows: every column as Odoo wrote it, but for those that are given."""

from contextlib import contextmanager


def copy(cr, table: str, source: str, template: str, values: dict[str, str], order="b.n") -> int:
    """Insert a copy of a template row for each row ``b`` of the source; how many.

    :param source: what follows ``FROM``
    :param template: SQL expression over ``b``, the id of the row ``t`` to copy
    :param values: ``{column: SQL expression over b and t}``
    :param order: in which the rows are to lie on the disk
    """
    columns = _columns(cr, table)
    if unknown := values.keys() - set(columns):
        raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
    names = ", ".join(f'"{column}"' for column in columns)
    expressions = ", ".join(values.get(column, f't."{column}"') for column in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {expressions} FROM {source} JOIN {table} t ON t.id = {template}"
        f" ORDER BY {order}"
    )
    count = cr.rowcount
    cr.execute(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")
    return count


def _columns(cr, table):
    cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position""",
        [table],
    )
    return [name for (name,) in cr.fetchall()]


@contextmanager
def bare_tables(cr, tables, progress):
    """Without secondary indexes, and without checks of foreign keys where we may switch them off."""
    cr.execute(
        """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
             FROM pg_index i
            WHERE i.indrelid = ANY(%s::regclass[])
              AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)""",
        [list(tables)],
    )
    indexes = cr.fetchall()
    for name, _definition in indexes:
        cr.execute(f"DROP INDEX {name}")
    cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    [may] = cr.fetchone()
    if may:
        cr.execute("SET session_replication_role = replica")
    yield
    progress(f"{len(indexes)} indexes")
    for _name, definition in indexes:
        cr.execute(definition)
    if may:
        cr.execute("RESET session_replication_role")
