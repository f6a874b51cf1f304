from odoo import fields, models


class CreditCommissionContest(models.TransientModel):
    """Contests lines of a statement with a reason."""

    _name = "credit.commission.contest"
    _description = "Contest Lines of a Statement"

    entry_ids = fields.Many2many(
        "credit.commission.entry", string="Lines", required=True, readonly=True
    )
    reason = fields.Text(required=True, help="What is wrong with the line")

    def action_contest(self):
        self.entry_ids.action_contest(self.reason)
        return {"type": "ir.actions.act_window_close"}
