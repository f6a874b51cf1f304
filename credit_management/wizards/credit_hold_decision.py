from odoo import api, fields, models


class CreditHoldDecision(models.TransientModel):
    """Release or refuse holds, with the note that both need."""

    _name = "credit.hold.decision"
    _description = "Decision on Credit Holds"

    hold_ids = fields.Many2many("credit.hold", required=True, readonly=True, string="Holds")
    hold_count = fields.Integer(compute="_compute_hold_count")
    note = fields.Text(required=True, help="The reason; the salesperson and the auditor read it")
    currency_id = fields.Many2one(related="hold_ids.currency_id")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        string="Released up to",
        help="The release covers the order as long as it is not larger than this",
    )
    until = fields.Date(string="Released until", help="Empty: as the policy says")

    @api.depends("hold_ids")
    def _compute_hold_count(self):
        for decision in self:
            decision.hold_count = len(decision.hold_ids)

    @api.depends("hold_ids")
    def _compute_amount(self):
        for decision in self:
            decision.amount = decision.hold_ids.amount if len(decision.hold_ids) == 1 else 0.0

    def action_release(self):
        single = len(self.hold_ids) == 1
        self.hold_ids.action_release(self.note, self.amount if single else None, self.until or None)
        return {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        self.hold_ids.action_refuse(self.note)
        return {"type": "ir.actions.act_window_close"}
