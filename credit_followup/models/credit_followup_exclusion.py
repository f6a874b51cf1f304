from odoo import fields, models


class CreditFollowupExclusion(models.Model):
    """A customer to whom a run sends nothing, or not all, and why."""

    _name = "credit.followup.exclusion"
    _description = "Left Out of a Follow-up Run"
    _order = "amount desc, id"

    run_id = fields.Many2one(
        "credit.followup.run", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="run_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    reason = fields.Selection(
        [
            ("paused", "Paused"),
            ("no_followup", "Marked as not to follow up"),
            ("in_payment", "Payment in process"),
            ("doubtful", "Doubtful customer"),
            ("unmatched", "Unmatched money waiting"),
            ("below_minimum", "Below the minimum"),
            ("too_recent", "Last contact too recent"),
            ("not_yet", "Next level not reached"),
            ("other_run", "Waiting in another run"),
            ("no_address", "No address"),
            ("no_procedure", "No procedure"),
        ],
        required=True,
        readonly=True,
    )
    until = fields.Date(readonly=True, help="When it comes back by itself")
    item_count = fields.Integer(string="Items", readonly=True)
    amount = fields.Monetary(readonly=True, help="Of these items, in the company's currency")
    detail = fields.Char(readonly=True)
