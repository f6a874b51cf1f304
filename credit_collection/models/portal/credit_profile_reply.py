from odoo import models


class CreditProfile(models.Model):
    """A reply by e-mail to a statement of account is a contact, and is read first."""

    _inherit = "credit.profile"

    def _message_post_after_hook(self, message, msg_values):
        # EXTENDS 'mail': what the gateway takes in is a contact
        result = super()._message_post_after_hook(message, msg_values)
        answers = self.env["credit.customer.answer"].sudo()
        for file in self.sudo():
            answers._note_reply(file.partner_id, file.company_id, message)
        return result
