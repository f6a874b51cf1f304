from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    _credit_exposure_idx = models.Index(
        "(commercial_partner_id) INCLUDE (company_id, amount_total_signed, invoice_date_due, id)"
        " WHERE state = 'draft' AND move_type IN ('out_invoice', 'out_refund')"
    )

    def _build_credit_warning_message(
        self, record, current_amount=0.0, exclude_current=False, exclude_amount=0.0
    ):
        # OVERRIDE 'account': an order shows its own verdict; a saved draft invoice is in the exposure already
        customer = record.partner_id.commercial_partner_id
        if record._name == "sale.order" or not customer:
            return ""
        amount = 0.0 if record._origin else current_amount - exclude_amount
        return (
            self.env["credit.profile"]
            .sudo()
            ._warn_of_limit(customer, record.company_id.root_id, amount)
        )
