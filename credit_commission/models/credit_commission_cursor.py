from odoo import fields, models


class CreditCommissionCursor(models.Model):
    """How far the ledger has been read into the log of collections: one row."""

    _name = "credit.commission.cursor"
    _description = "Reading of the Ledger"

    partial_id = fields.Integer(
        "Last Reconciliation Read",
        required=True,
        default=0,
        help="Reconciliations up to this number are in the log; younger ones are looked at again.",
    )
