from odoo import api, fields, models
from odoo.tools import SQL

from .credit_followup_level import CHANNELS


class CreditFollowupRunFigure(models.Model):
    """Notices of a run by channel, and customers left out by reason."""

    _name = "credit.followup.run.figure"
    _description = "Figures of a Follow-up Run"
    _auto = False
    _order = "run_id, amount desc, id"
    _rec_name = "run_id"
    _depends = {
        "credit.followup.notice": ["amount", "channel", "run_id", "state"],
        "credit.followup.exclusion": ["amount", "item_count", "partner_id", "reason", "run_id"],
    }

    run_id = fields.Many2one("credit.followup.run", readonly=True)
    company_id = fields.Many2one(related="run_id.company_id")
    currency_id = fields.Many2one(related="run_id.currency_id")
    channel = fields.Selection(CHANNELS, readonly=True)
    reason = fields.Selection(
        selection=lambda self: self.env["credit.followup.item"]._get_left_out_selection(),
        readonly=True,
    )
    customer_count = fields.Integer(string="Customers", readonly=True)
    amount = fields.Monetary(readonly=True)

    @property
    def _table_query(self):
        channels = [channel for channel, _name in CHANNELS]
        reasons = list(self.env["credit.followup.item"]._left_out_sources())
        return SQL(
            """SELECT n.run_id::bigint * 64 + array_position(%(channels)s, n.channel::text) AS id, n.run_id,
                      n.channel, NULL::varchar AS reason, COUNT(*) AS customer_count, SUM(n.amount) AS amount
                 FROM credit_followup_notice n
                WHERE n.run_id IS NOT NULL AND n.state <> 'cancelled'
                GROUP BY n.run_id, n.channel
                UNION ALL
               SELECT x.run_id::bigint * 64 + 32 + array_position(%(reasons)s, x.reason::text) AS id, x.run_id,
                      NULL::varchar AS channel, x.reason, COUNT(*) AS customer_count, SUM(x.amount) AS amount
                 FROM credit_followup_exclusion x
                GROUP BY x.run_id, x.reason""",
            channels=channels,
            reasons=reasons,
        )

    @api.readonly
    def action_open(self):
        """Open the notices of the channel, or the customers left out for the reason."""
        self.ensure_one()
        action = (
            self.run_id.action_view_notices()
            if self.channel
            else self.run_id.action_view_exclusions()
        )
        column = "channel" if self.channel else "reason"
        return {**action, "domain": [*action["domain"], (column, "=", self[column])]}
