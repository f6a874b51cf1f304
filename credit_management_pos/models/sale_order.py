from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_amount_prepaid(self):
        # EXTENDS 'credit_management'
        return super()._get_amount_prepaid() + self._get_amount_settled_at_till()

    def _get_amount_paid_unbooked(self):
        # EXTENDS 'credit_management': the ledger never sets it against the order, so it comes off for good
        return super()._get_amount_paid_unbooked() + self._get_amount_settled_at_till()

    def _get_amount_settled_at_till(self):
        """Deposits and lines that the till took over, in the order's currency, with taxes.

        Paid or put on the customer's account there: then the exposure has it, see ``till_account``.
        """
        settled = self.sudo().pos_order_line_ids.filtered(
            lambda line: line.order_id.state in ("paid", "done")
        )
        return sum(
            line.order_id.currency_id._convert(
                line.price_subtotal_incl,
                self.currency_id,
                self.company_id,
                line.order_id.date_order,
            )
            for line in settled
        )
