from odoo import api, models
from odoo.tools import str2bool


class PaymentTransaction(models.Model):
    """What was paid online: the provider alone says how much, and for which orders.

    While its order is held it is never lost, and invoiced when the order is confirmed.
    """

    _name = "payment.transaction"
    _inherit = ["payment.transaction", "credit.derived.mixin"]

    @api.model
    def _is_derived(self, field):
        # a form shows what the provider and Odoo's own payments wrote; nothing of it is computed
        return bool(field.store and field.readonly)

    # === CREDIT === #

    def _get_credit_amount(self, order):
        """Value of these payments for an order, in its currency: each at the rate of its day, shared out by the totals
        of the orders it pays. Payments in a currency without a rate count as nothing."""
        return sum(
            transaction._get_credit_value(order) * transaction._get_credit_share(order)
            for transaction in self
        )

    def _get_credit_value(self, order):
        if self.currency_id == order.currency_id:
            return self.amount
        if not self._has_credit_rate(order.company_id.root_id):
            return 0.0
        day = (self.last_state_change or self.create_date).date()
        return self.currency_id._convert(self.amount, order.currency_id, order.company_id, day)

    def _get_credit_share(self, order):
        totals = [max(paid.amount_total, 0.0) for paid in self.sale_order_ids]
        return max(order.amount_total, 0.0) / sum(totals) if sum(totals) else 0.0

    def _has_credit_rate(self, company):
        if self.currency_id == company.currency_id:
            return True
        return any(
            rate.company_id in (company, rate.company_id.browse())
            for rate in self.currency_id.rate_ids
        )

    # === LATE INVOICES === #

    def _invoice_late(self):
        """Create the automatic invoice of orders that were held when their payment was processed; called as
        superuser."""
        get_param = self.env["ir.config_parameter"].get_param
        if not str2bool(get_param("sale.automatic_invoice", "False")):
            return
        for order in self.sale_order_ids:
            paid = order.transaction_ids.filtered(lambda tx: tx._is_processed_payment())
            # Odoo invoices the sum of all payments of the order with the last one
            if paid and not paid.invoice_ids:
                paid.sorted("id")[-1:]._invoice_and_reconcile(paid)
        self._send_invoices_late()

    def _is_processed_payment(self):
        return self.state == "done" and self.is_post_processed and self.operation != "validation"

    def _invoice_and_reconcile(self, paid):
        """:param paid: all payments of the order, whose entries await an invoice"""
        self._invoice_sale_orders()
        self.invoice_ids.filtered(lambda invoice: invoice.state == "draft").action_post()
        lines = (paid.payment_id.move_id | self.invoice_ids).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )
        for same_account in lines.grouped("account_id").values():
            same_account.reconcile()

    def _send_invoices_late(self):
        """Send invoices now, or by Odoo's scheduled job if e-mails are sent later."""
        if self.env.context.get("skip_sale_auto_invoice_send"):
            return
        deferred = str2bool(self.env["ir.config_parameter"].get_param("sale.async_emails", "False"))
        cron = self.env.ref("sale.send_invoice_cron", raise_if_not_found=False)
        if deferred and cron:
            cron._trigger()
        else:
            self._send_invoice()
