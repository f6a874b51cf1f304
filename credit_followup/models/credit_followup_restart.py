from odoo import fields, models


class CreditFollowupRestart(models.Model):
    """The reminders of an item begin anew: its payment came back, its promise was broken. Written once, never edited."""

    _name = "credit.followup.restart"
    _description = "Follow-up Begins Anew"
    _order = "date, id"

    item_id = fields.Many2one(
        "account.move.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date(required=True, readonly=True)
    reason = fields.Selection([("payment_undone", "Payment undone")], required=True, readonly=True)
