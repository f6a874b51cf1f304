from odoo import fields, models
from odoo.addons.credit_followup.models.reminder.credit_followup_level import CHANNELS


class CreditChannelCost(models.Model):
    """What one reminder by a channel costs: time, postage, telephone."""

    _name = "credit.channel.cost"
    _description = "Cost of a Reminder"
    _inherit = ["credit.owned.mixin"]
    _order = "company_id, channel"
    _rec_name = "channel"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel = fields.Selection(CHANNELS, required=True)
    amount = fields.Monetary(string="Cost", required=True, help="Of one reminder, all included")

    _not_negative = models.Constraint(
        "CHECK(amount >= 0)", "A cost cannot be negative. Enter 0 or more."
    )
    _one_each = models.Constraint(
        "UNIQUE(company_id, channel)", "This channel already has a cost. Change that cost instead."
    )
