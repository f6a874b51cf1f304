"""What a database says in the end, so that two can be compared: every row of ours without ids and moments."""

#: numbers and words that are new in each run
_IGNORED = {
    "id",
    "create_uid",
    "write_uid",
    "parent_path",
    "access_token",
    "message_main_attachment_id",
}
_PLAIN = ("boolean", "numeric", "double precision", "integer", "character varying", "date")

_TABLES = """
    SELECT relname FROM pg_class
     WHERE relkind = 'r' AND relname LIKE 'credit\\_%%' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
_COLUMNS = """
    SELECT c.column_name, c.data_type, f.target
      FROM information_schema.columns c
      LEFT JOIN (SELECT a.attname, k.confrelid::regclass::text AS target
                   FROM pg_constraint k
                   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
                  WHERE k.contype = 'f' AND k.conrelid = %s::regclass) f ON f.attname = c.column_name
     WHERE c.table_name = %s AND c.table_schema = 'public' ORDER BY 1
"""
#: of Odoo's own, what our work leaves there
_OTHERS = {
    "orders": "SELECT name, state, amount_total FROM sale_order",
    "entries": "SELECT name, state, move_type, partner_id, amount_total, amount_residual FROM account_move",
    "messages": "SELECT model, message_type, subtype_id, count(*) FROM mail_message GROUP BY 1, 2, 3",
    "queue": "SELECT m.model, q.state, q.email_to, count(*) FROM mail_mail q"
    " JOIN mail_message m ON m.id = q.mail_message_id GROUP BY 1, 2, 3",
    "activities": "SELECT res_model, summary, user_id, active, count(*) FROM mail_activity GROUP BY 1, 2, 3, 4",
}


def newest(cr):
    """`{table: highest id}`: what there is before the work begins."""
    cr.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind = 'r' AND a.attname = 'id' AND c.relnamespace = 'public'::regnamespace"
    )
    found = {}
    for (table,) in cr.fetchall():
        cr.execute(f'SELECT COALESCE(max(id), 0) FROM "{table}"')
        found[table] = cr.fetchone()[0]
    return found


def read(cr, before):
    """`{table: rows as texts, sorted}`.

    :param before: of :func:`newest`; what points to something younger says so, and not to what
    """
    found = {name: _rows(cr, query) for name, query in _OTHERS.items()}
    cr.execute(_TABLES)
    for (table,) in cr.fetchall():
        if query := _query(cr, table, before):
            found[table] = _rows(cr, query)
    return found


def _rows(cr, query):
    cr.execute(query)
    return sorted("|".join(map(str, row)) for row in cr.fetchall())


def _query(cr, table, before):
    cr.execute(_COLUMNS, [table, table])
    columns = [
        f'LEAST("{name}", {before.get(target, 0) + 1})' if target else f'"{name}"'
        for name, kind, target in cr.fetchall()
        if name not in _IGNORED and kind in _PLAIN
    ]
    return f'SELECT {", ".join(columns)} FROM "{table}"' if columns else ""
