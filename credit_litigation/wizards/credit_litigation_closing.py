from odoo import fields, models

from ..models.credit_litigation import RESULTS


class CreditLitigationClosing(models.TransientModel):
    """Closes a case with its result."""

    _name = "credit.litigation.closing"
    _description = "Closing of a Case"

    litigation_id = fields.Many2one("credit.litigation", required=True, readonly=True)
    result = fields.Selection(RESULTS, required=True)
    note = fields.Text(required=True, help="Kept with the case")

    def action_close(self):
        self.ensure_one()
        self.litigation_id.action_close(self.result, self.note)
        return {"type": "ir.actions.act_window_close"}
