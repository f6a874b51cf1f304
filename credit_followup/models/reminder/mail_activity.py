from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        # EXTENDS 'mail': completing the activity completes the step of the notice
        steps = (
            self.env["credit.followup.notice"]
            .sudo()
            .search([("step_activity_id", "in", self.ids), ("state", "=", "approved")])
        )
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        steps._after_sending()
        return result
