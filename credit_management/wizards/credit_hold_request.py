from odoo import api, fields, models


class CreditHoldRequest(models.TransientModel):
    """The salesperson's request for a release."""

    _name = "credit.hold.request"
    _description = "Request for a Release"

    hold_id = fields.Many2one("credit.hold", required=True, readonly=True)
    reason_summary = fields.Text(string="Reasons in Words", compute="_compute_reason_summary")
    argument = fields.Text(required=True, help="Read by the person who decides")
    attachment_ids = fields.Many2many("ir.attachment", string="Files")

    @api.depends("hold_id")
    @api.depends_context("uid", "lang")
    def _compute_reason_summary(self):
        """Read with the user's own rights: clients can name any hold."""
        for request in self:
            hold = request.hold_id._filtered_access("read")
            request.reason_summary = hold.reason_summary

    def action_ask(self):
        self.hold_id._ask(self.argument, self.attachment_ids)
        return {"type": "ir.actions.act_window_close"}
