from odoo import models


class CreditFollowupLevel(models.Model):
    _inherit = "credit.followup.level"

    def action_preview(self):
        """What the level sends, shown for a customer who owes something; nothing is saved."""
        self.ensure_one()
        return self.env["credit.followup.preview"]._open(level_id=self.id)
