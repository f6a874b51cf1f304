from odoo import fields, models


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    count_disputed = fields.Boolean(
        string="Leave Disputes out",
        help="What customers dispute is no exposure until the dispute is decided; what is overdue stays overdue",
    )
