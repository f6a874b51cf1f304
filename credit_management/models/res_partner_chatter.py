from odoo import models


class ResPartner(models.Model):
    """Credit users may write notes and activities on customers they may not edit."""

    _inherit = "res.partner"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        # EXTENDS 'mail'
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        if message_operation == "create" and self.env.user.has_group(
            "credit_management.group_credit_user"
        ):
            operations |= dict.fromkeys(self, "read")
        return operations
