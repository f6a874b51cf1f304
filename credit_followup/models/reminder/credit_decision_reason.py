from odoo import fields, models


class CreditDecisionReason(models.Model):
    _inherit = "credit.decision.reason"

    for_pause = fields.Boolean(
        string="Pauses of Reminders", help="Offered when reminders are paused"
    )
