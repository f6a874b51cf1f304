from odoo import fields, models


class CreditHoldRequest(models.TransientModel):
    """What the salesperson says for a release."""

    _name = "credit.hold.request"
    _description = "Request for a Release"

    hold_id = fields.Many2one("credit.hold", required=True, readonly=True)
    reason_summary = fields.Text(related="hold_id.reason_summary")
    argument = fields.Text(required=True, help="Whoever decides reads it")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    def action_ask(self):
        self.hold_id._ask(self.argument, self.attachment_ids)
        return {"type": "ir.actions.act_window_close"}
