from odoo import api, fields, models


class CreditLateInvoice(models.TransientModel):
    """Debit notes of late charges: one for each customer, without tax."""

    _name = "credit.late.invoice"
    _description = "Debit Note of Late Charges"

    charge_ids = fields.Many2many("credit.late.charge", required=True, string="Late Charges")
    date = fields.Date(
        string="Invoice Date",
        required=True,
        default=fields.Date.context_today,
        help="The debit note is payable on this day",
    )
    company_id = fields.Many2one("res.company", compute="_compute_totals")
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'sale'), ('company_id', 'parent_of', company_id)]",
        help="Empty: the journal of the settings",
    )
    post = fields.Boolean(help="Otherwise the debit notes are drafts, to look at first")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(compute="_compute_totals", string="Total")
    customer_count = fields.Integer(compute="_compute_totals", string="Customers")

    @api.depends("charge_ids")
    def _compute_totals(self):
        for wizard in self:
            wizard.company_id = wizard.charge_ids.company_id[:1]
            wizard.amount = sum(wizard.charge_ids.mapped("amount_due"))
            wizard.customer_count = len(wizard.charge_ids.partner_id)

    def action_invoice(self):
        """Make the debit notes, and open them."""
        self.ensure_one()
        moves = self.charge_ids._invoice(self.date, self.journal_id)
        if self.post:
            moves.action_post()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Debit Notes"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
        }
        if len(moves) == 1:
            action |= {"views": [(False, "form")], "res_id": moves.id}
        return action
