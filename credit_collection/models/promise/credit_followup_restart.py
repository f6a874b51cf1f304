from odoo import fields, models


class CreditFollowupRestart(models.Model):
    _inherit = "credit.followup.restart"

    reason = fields.Selection(
        selection_add=[("promise_broken", "Promise broken")],
        ondelete={"promise_broken": "cascade"},
    )
