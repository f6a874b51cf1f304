from odoo import models


class CreditFollowupNotice(models.Model):
    """A reply by e-mail to a reminder is on the customer's timeline and is read first."""

    _inherit = "credit.followup.notice"

    def _message_post_after_hook(self, message, msg_values):
        # EXTENDS 'mail': what the gateway takes in is a contact
        result = super()._message_post_after_hook(message, msg_values)
        answers = self.env["credit.customer.answer"].sudo()
        for notice in self.sudo():
            answers._note_reply(notice.partner_id, notice.company_id, message, notice)
        return result
