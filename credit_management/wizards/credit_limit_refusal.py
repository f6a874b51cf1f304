from odoo import fields, models


class CreditLimitRefusal(models.TransientModel):
    """Refuse limits, with the required reason."""

    _name = "credit.limit.refusal"
    _description = "Refusal of Credit Limits"

    limit_ids = fields.Many2many("credit.limit", required=True, readonly=True)
    reason_id = fields.Many2one("credit.decision.reason", domain=[("for_refusal", "=", True)])
    note = fields.Text()

    def action_refuse(self):
        self.limit_ids.action_refuse(self.note, self.reason_id)
        return {"type": "ir.actions.act_window_close"}
