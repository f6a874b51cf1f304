from odoo import api, fields, models


class CreditDisputeDecision(models.TransientModel):
    """Decides a dispute: full or partial credit note or discount, or refusal."""

    _name = "credit.dispute.decision"
    _description = "Decision on a Dispute"
    _inherit = ["credit.number.mixin"]

    dispute_id = fields.Many2one("credit.dispute", required=True, readonly=True)
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    disputed = fields.Monetary(related="dispute_id.amount", related_sudo=False, string="In Dispute")
    decision = fields.Selection(
        [
            ("credit_note", "The customer is right: credit note"),
            ("discount", "Discount as a gesture"),
            ("refusal", "The customer is wrong: refuse"),
        ],
        required=True,
        default="credit_note",
    )
    amount = fields.Monetary(
        string="Accepted",
        compute="_compute_amount",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Taxes included. The rest is refused and collected again",
    )
    reason = fields.Text(required=True, help="Kept with the dispute")

    @api.depends("dispute_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.dispute_id.amount

    def action_decide(self):
        self.ensure_one()
        if self.decision == "refusal":
            self.dispute_id.action_refuse(self.reason)
        else:
            self.dispute_id.action_accept(self.amount, self.decision, self.reason)
        return {"type": "ir.actions.act_window_close"}
