from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CreditFollowupNotice(models.Model):
    """What a run and its notices know of one another."""

    _inherit = "credit.followup.notice"

    _states_of_run = models.Index("(run_id, state)")

    def write(self, vals):
        # EXTENDS 'credit_followup': a run follows its notices
        result = super().write(vals)
        if "state" in vals:
            self.sudo().run_id._update_state()
        return result

    def action_approve(self):
        # EXTENDS 'credit_followup': a proposal is of its day
        today = fields.Date.context_today(self)
        waiting = self.filtered(lambda notice: notice.state == "proposed")
        if old := waiting.filtered(lambda notice: notice.date < today)[:1]:
            raise UserError(
                self.env._(
                    "This was prepared on %s, and much may have been paid since. Prepare a run of today.",
                    format_date(self.env, old.date),
                )
            )
        return super().action_approve()
