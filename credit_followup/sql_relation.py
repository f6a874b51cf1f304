"""The table of a many2many field, for queries."""

from odoo.tools import SQL


def sql_relation(field):
    """Identifiers of the table of a many2many field, of its column of the record, and of its column of the related records.

    :param field: ``model._fields["name"]``
    """
    return map(SQL.identifier, (field.relation, field.column1, field.column2))
