from odoo import fields, models


class CreditCommissionOutlookLine(models.TransientModel):
    """An open invoice and its commission if paid today."""

    _name = "credit.commission.outlook.line"
    _description = "Expected Commission"
    _order = "date_due, id"

    outlook_id = fields.Many2one(
        "credit.commission.outlook", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="outlook_id.currency_id")
    move_id = fields.Many2one("account.move", "Invoice", required=True)
    partner_id = fields.Many2one("res.partner", "Customer")
    date_due = fields.Date("Due")
    base = fields.Monetary("Net to Collect")
    amount = fields.Monetary("Expected Commission")

    def action_view_invoice(self):
        """Open the invoice."""
        return self.env["credit.commission.entry"]._open_document(self.move_id, "invoice")
