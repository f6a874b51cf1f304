from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_amount_prepaid(self):
        # EXTENDS 'credit_management'
        return super()._get_amount_prepaid() + self._get_amount_settled_at_till()

    def _get_amount_paid_unbooked(self):
        # EXTENDS 'credit_management': deducted for good, as the ledger never allocates it to the order
        return super()._get_amount_paid_unbooked() + self._get_amount_settled_at_till()

    def _get_amount_settled_at_till(self):
        """Deposits and lines settled at the till, in the order's currency, with taxes.

        Either paid, or charged to the customer's account, where the source ``till_account`` counts it.
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
