"""Fields that took the add-on's name, and two of the log: what is stored under the old names is kept.

The log of collections is never written twice, so nothing could make it again.
"""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, make_index_name, rename_column

ADDON = "credit_commission"

#: ``{table: {old name: new name}}``
RENAMED = {
    "res_company": {
        old: f"credit_{old}"
        for old in (
            "commission_accrual_journal_id",
            "commission_accrue_expected",
            "commission_agent_accrual_id",
            "commission_agent_expense_id",
            "commission_agent_vat_id",
            "commission_charge_accrual_id",
            "commission_charge_expense_id",
            "commission_charge_percent",
            "commission_employee_accrual_id",
            "commission_employee_expense_id",
            "commission_journal_id",
            "commission_period",
            "commission_product_id",
        )
    },
    "res_partner": {"commission_payout": "credit_commission_payout"},
    "account_move": {"commission_statement_id": "credit_commission_statement_id"},
    "credit_commission_collection": {"kind": "event", "turn": "undo_count"},
}


def migrate(cr, version):
    for table, names in RENAMED.items():
        for old, new in names.items():
            if column_exists(cr, table, old) and not column_exists(cr, table, new):
                _rename(cr, table, old, new)


def _rename(cr, table, old, new):
    """Rename the column with its index, and what Odoo keeps of the field: filters and exports name it by its id."""
    rename_column(cr, table, old, new)
    indexes = (SQL.identifier(make_index_name(table, name)) for name in (old, new))
    cr.execute(SQL("ALTER INDEX IF EXISTS %s RENAME TO %s", *indexes))
    cr.execute(
        "UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s",
        (new, table.replace("_", "."), old),
    )
    # the ids of the field and of the values it may have
    pattern = f"^(field_|selection__){table}__{old}(__|$)"
    cr.execute(
        """UPDATE ir_model_data SET name = regexp_replace(name, %s, %s)
            WHERE module = %s AND name ~ %s""",
        (pattern, rf"\1{table}__{new}\2", ADDON, pattern),
    )
