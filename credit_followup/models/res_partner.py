from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _get_kind_sentences(self):
        # EXTENDS 'credit_management'
        return super()._get_kind_sentences() | {
            "followup_level": self.env._("Reminders were sent and the invoices are still open.")
        }
