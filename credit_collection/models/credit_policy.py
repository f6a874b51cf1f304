from odoo import fields, models


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    count_disputed = fields.Boolean(
        string="Leave Disputes out",
        help="Disputed amounts do not count as exposure until the dispute is decided; overdue amounts stay overdue",
    )
