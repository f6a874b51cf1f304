"""A database of an earlier version is updated: what people stored under earlier names arrives under today's."""

import contextlib

import psycopg2
import pytest

ADDON = "credit_commission"
BEFORE = "19.0.1.0.0"

#: `{table: {name at that version: name today}}`, of what the test stores
NAMES = {
    "res_company": {
        "commission_period": "credit_commission_period",
        "commission_charge_percent": "credit_commission_charge_percent",
        "commission_agent_expense_id": "credit_commission_agent_expense_id",
    },
    "res_partner": {"commission_payout": "credit_commission_payout"},
    "account_move": {"commission_statement_id": "credit_commission_statement_id"},
    "credit_commission_collection": {"kind": "event", "turn": "undo_count"},
}

STORED = """
UPDATE res_company SET commission_period = 'quarter', commission_charge_percent = 42,
       commission_agent_expense_id = (SELECT MIN(id) FROM account_account) WHERE id = 1;
UPDATE res_partner SET commission_payout = 'payroll' WHERE id = 1;
INSERT INTO credit_commission_collection
       (kind, turn, stage, nature, company_id, partial_id, currency_id, amount, date)
SELECT kind, turn, 'registered', 'money', 1, 4711, currency_id, amount, '2026-01-31'
  FROM res_company, (VALUES ('registered', 3, 120), ('undone', 3, -120)) AS log(kind, turn, amount)
 WHERE res_company.id = 1;
"""

ARRIVED = {
    "the company's settings": (
        """SELECT credit_commission_period, credit_commission_charge_percent, credit_commission_agent_expense_id
             FROM res_company WHERE id = 1""",
        [("quarter", 42, "the first account")],
    ),
    "how somebody is paid": (
        "SELECT credit_commission_payout FROM res_partner WHERE id = 1",
        [("payroll",)],
    ),
    "the log": (
        "SELECT event, undo_count, amount FROM credit_commission_collection WHERE partial_id = 4711 ORDER BY id",
        [("registered", 3, 120), ("undone", 3, -120)],
    ),
    "no column of earlier names": (
        "SELECT table_name, column_name FROM information_schema.columns WHERE (table_name, column_name) IN %(old)s",
        [],
    ),
    "the same fields, with the same ids": (
        "SELECT id FROM ir_model_fields WHERE (model, name) IN %(fields)s ORDER BY id",
        "ids of the fields",
    ),
    "one index for each column": (
        """SELECT COUNT(*) FROM pg_indexes
            WHERE tablename = 'account_move' AND indexdef LIKE '%%(credit_commission_statement_id)%%'""",
        [(1,)],
    ),
    "the version": (
        "SELECT latest_version > %(before)s FROM ir_module_module WHERE name = %(addon)s",
        [(True,)],
    ),
}


@pytest.fixture(scope="module")
def cursor_of(databases):
    """`cursor_of()`: the database, its cursor, committed at the end."""
    with databases.temporary(databases.suite, "upgrade") as name:

        @contextlib.contextmanager
        def connect():
            connection = psycopg2.connect(dbname=name)
            with connection, connection.cursor() as cursor:
                yield name, cursor
            connection.close()

        yield connect


def go_back(cursor):
    """The schema of the earlier version, where it differs, with rows in it."""
    for table, names in NAMES.items():
        for old, new in names.items():
            cursor.execute(f"ALTER TABLE {table} RENAME {new} TO {old}")
            cursor.execute(
                f"ALTER INDEX IF EXISTS {table}__{new}_index RENAME TO {table}__{old}_index"
            )
            cursor.execute(
                "UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s",
                (old, table.replace("_", "."), new),
            )
            cursor.execute(
                "UPDATE ir_model_data SET name = replace(name, %s, %s) WHERE module = %s AND name ~ %s",
                (
                    f"{table}__{new}",
                    f"{table}__{old}",
                    ADDON,
                    f"^(field|selection)_+{table}__{new}",
                ),
            )
    cursor.execute(STORED)
    cursor.execute(
        "UPDATE ir_module_module SET latest_version = %s WHERE name = %s", (BEFORE, ADDON)
    )


def test_an_update_keeps_what_was_stored_under_earlier_names(databases, cursor_of):
    with cursor_of() as (database, cursor):
        go_back(cursor)
        old = tuple((table, name) for table, names in NAMES.items() for name in names)
        fields = tuple((table.replace("_", "."), name) for table, name in old)
        cursor.execute(
            "SELECT id FROM ir_model_fields WHERE (model, name) IN %s ORDER BY id", (fields,)
        )
        ids = cursor.fetchall()
        cursor.execute("SELECT MIN(id) FROM account_account")
        [(account,)] = cursor.fetchall()
    assert len(ids) == len(fields)
    databases.install(database, ("-u", ADDON), "upgrade", lambda _word: None)
    now = tuple(
        (table.replace("_", "."), name) for table, names in NAMES.items() for name in names.values()
    )
    values = {"old": old, "fields": now, "before": BEFORE, "addon": ADDON}
    known = {"the first account": account, "ids of the fields": ids}
    with cursor_of() as (_database, cursor):
        for what, (query, expected) in ARRIVED.items():
            cursor.execute(query, values)
            rows = known[expected] if isinstance(expected, str) else expected
            rows = [tuple(known.get(value, value) for value in row) for row in rows]
            assert cursor.fetchall() == rows, what
