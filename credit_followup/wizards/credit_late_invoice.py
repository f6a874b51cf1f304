from odoo import api, fields, models


class CreditLateInvoice(models.TransientModel):
    """Creates debit notes of late charges, one per customer, without tax."""

    _name = "credit.late.invoice"
    _description = "Debit Note of Late Charges"

    charge_ids = fields.Many2many("credit.late.charge", required=True, string="Late Charges")
    date = fields.Date(
        string="Invoice Date",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
        help="The debit note is due on this date",
    )
    company_id = fields.Many2one("res.company", compute="_compute_totals")
    journal_id = fields.Many2one(
        "account.journal",
        domain="[('type', '=', 'sale'), ('company_id', 'parent_of', company_id)]",
        help="Leave empty to use the journal in the settings",
    )
    post = fields.Boolean(help="Leave unticked to create draft debit notes for review")
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(compute="_compute_totals", string="Total")
    customer_count = fields.Integer(compute="_compute_totals", string="Customers")
    lowered_amount = fields.Monetary(
        compute="_compute_totals",
        string="No Longer Owed",
        help="Paid or credited in time, or disputed, since it was claimed: not invoiced",
    )

    @api.depends("charge_ids")
    def _compute_totals(self):
        """Totals after measuring the claims again, as done before invoicing."""
        measure = self.env["credit.late.measure"]
        for wizard in self:
            charges = wizard.charge_ids._origin or wizard.charge_ids
            left = measure._measure_again(charges)
            due = {charge: charge._get_left(left[charge.id]) for charge in charges}
            wizard.company_id = charges.company_id[:1]
            wizard.amount = sum(due.values())
            wizard.customer_count = len({charge.partner_id for charge in charges if due[charge]})
            wizard.lowered_amount = sum(charges.mapped("amount_due")) - wizard.amount

    def action_invoice(self):
        """Create the debit notes and open them."""
        self.ensure_one()
        moves = self.charge_ids._invoice(self.date, self.journal_id)
        if not moves:
            return self._notify_nothing_left()
        if self.post:
            moves.action_post()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Debit Notes"),
            "res_model": "account.move",
            # the list of invoices names the customers, the one of entries does not
            "views": [(self.env.ref("account.view_out_invoice_tree").id, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
        }
        if len(moves) == 1:
            action |= {"views": [(False, "form")], "res_id": moves.id}
        return action

    def _notify_nothing_left(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "No debit note was created: these charges are no longer owed. Each one states why."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
