from odoo import fields, models


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    count_disputed = fields.Boolean(
        string="Leave Disputes out",
        help="Disputed amounts count neither as exposure nor as overdue until the dispute is decided",
    )
