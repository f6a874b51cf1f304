from odoo import api, models


class CreditSetup(models.AbstractModel):
    _inherit = "credit.setup"

    @api.model
    def _get_steps(self, company):
        # EXTENDS 'credit_management': the reminder procedure and the mail server
        servers = self.env["ir.mail_server"].sudo()
        return [
            *super()._get_steps(company),
            (
                bool(company.sudo().credit_followup_procedure_id),
                self.env._("Choose the reminder procedure and review its texts"),
                "credit_followup.action_credit_followup_procedure",
            ),
            (
                bool(servers.search_count([], limit=1)),
                self.env._("Set up the outgoing mail server that sends reminders"),
                "base.action_ir_mail_server_list",
            ),
        ]
