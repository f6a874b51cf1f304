from odoo import api, fields, models


class CreditLateWaiver(models.TransientModel):
    """Waives late charges with a reason."""

    _name = "credit.late.waiver"
    _description = "Waiver of Late Charges"
    _inherit = ["credit.number.mixin"]

    charge_ids = fields.Many2many("credit.late.charge", required=True, string="Late Charges")
    charge_count = fields.Integer(compute="_compute_charge_count")
    reason = fields.Char(required=True, help="Kept with the charge")
    currency_id = fields.Many2one(related="charge_ids.currency_id")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        string="Waived",
        help="A single charge can be waived in part",
    )

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        for wizard in self:
            wizard.charge_count = len(wizard.charge_ids)

    @api.depends("charge_ids")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = sum(wizard.charge_ids.mapped("amount_due"))

    def action_waive(self):
        self.ensure_one()
        single = len(self.charge_ids) == 1
        self.charge_ids.action_waive(self.reason, self.amount if single else None)
        return {"type": "ir.actions.act_window_close"}
