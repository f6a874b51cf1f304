"""The table behind a many2many field, for a query."""

from odoo.tools import SQL


def sql_relation(field):
    """Identifiers of the table of a many2many field, of its column of the record and of that of what the record names.

    :param field: ``model._fields["name"]``
    """
    return map(SQL.identifier, (field.relation, field.column1, field.column2))
