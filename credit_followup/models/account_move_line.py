from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    late_charge_id = fields.Many2one(
        "credit.late.charge",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The late charge that a line of a debit note asks for, or of a credit note takes off",
    )
