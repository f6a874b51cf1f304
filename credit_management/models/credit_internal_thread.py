from odoo import models


class CreditInternalThread(models.AbstractModel):
    """A discussion between colleagues about a customer, who is not proposed as a recipient."""

    _name = "credit.internal.thread"
    _description = "Discussion between Colleagues"
    _inherit = ["mail.thread"]

    def _message_add_suggested_recipients(self, force_primary_email=False):
        # EXTENDS 'mail'
        suggested = super()._message_add_suggested_recipients(force_primary_email)
        for record in self.sudo():
            suggested[record.id]["partners"] -= record.partner_id
            suggested[record.id]["email_to_lst"] = []
        return suggested
