from odoo import fields, models


class CreditContactRole(models.Model):
    """What a person does at the customer's: who pays, who approves."""

    _name = "credit.contact.role"
    _description = "Role of a Contact"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)

    _name_unique = models.Constraint(
        "UNIQUE(name)", "A role with this name already exists. Choose another name."
    )
