from odoo import fields, models


class CreditCommissionAnswer(models.TransientModel):
    """A manager's answer to a contested line: corrected by an amount, or upheld."""

    _name = "credit.commission.answer"
    _description = "Answer to a Contested Line"

    entry_id = fields.Many2one(
        "credit.commission.entry", string="Line", required=True, readonly=True
    )
    currency_id = fields.Many2one(related="entry_id.currency_id", related_sudo=False)
    reason = fields.Text(related="entry_id.contest_reason", related_sudo=False)
    line_amount = fields.Monetary(
        related="entry_id.amount", string="Commission of the Line", related_sudo=False
    )
    amount = fields.Monetary(
        "Correction",
        help="Added to this statement as a separate line; negative to deduct. Leave 0 to keep the line as it is.",
    )
    answer = fields.Text(required=True, help="The person will read it")

    def action_answer(self):
        self.entry_id._answer(self.answer, self.amount)
        return {"type": "ir.actions.act_window_close"}
