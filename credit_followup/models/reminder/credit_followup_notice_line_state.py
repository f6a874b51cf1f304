from odoo import fields, models


class CreditFollowupNoticeLine(models.Model):
    """What the panels show of the notice behind a line."""

    _inherit = "credit.followup.notice.line"

    notice_channel = fields.Selection(related="notice_id.channel", string="Channel")
    notice_state = fields.Selection(related="notice_id.state", string="State")
