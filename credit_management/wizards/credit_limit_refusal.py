from odoo import fields, models


class CreditLimitRefusal(models.TransientModel):
    """Refuse limits, with the note that a refusal needs."""

    _name = "credit.limit.refusal"
    _description = "Refusal of Credit Limits"

    limit_ids = fields.Many2many("credit.limit", required=True, readonly=True)
    note = fields.Text(required=True)

    def action_refuse(self):
        self.limit_ids.action_refuse(self.note)
        return {"type": "ir.actions.act_window_close"}
