from odoo import SUPERUSER_ID, models


class SaleOrder(models.Model):
    """What a hold defers: the customer is informed at once, and gets the rest when the order is confirmed."""

    _inherit = "sale.order"

    def _confirm_with_deferred(self, confirm):
        """Confirm orders that pass, and complete once what holds had deferred.

        :param confirm: the method of all other modules
        """
        deferred = self.sudo().credit_hold_ids.filtered("send_email")
        late = self & deferred.order_id.with_env(self.env)
        if not late:
            return confirm(self)
        result = confirm(late.with_context(send_email=True))
        if on_time := self - late:
            result = confirm(on_time)
        done = late.filtered(lambda order: order.state == "sale")
        deferred.filtered(lambda hold: hold.order_id.with_env(self.env) in done).send_email = False
        # as superuser, like the processing of a payment: the decider has no rights on orders and invoices
        done.with_user(SUPERUSER_ID).transaction_ids._invoice_late()
        return result

    def _send_check_email(self):
        """Send an e-mail instead of the confirmation: the order is being checked. No figures."""
        template = self.env.ref(
            "credit_management.mail_template_order_checked", raise_if_not_found=False
        )
        self._send_order_notification_mail(template)

    def _confirmation_error_message(self):
        # EXTENDS 'sale'
        if message := super()._confirmation_error_message():
            return message
        if not self.partner_invoice_id:
            return self.env._(
                "%s has no invoice address, so no customer's credit can be checked. Enter the invoice address, then confirm again.",
                self.name,
            )
        return False
