from odoo import fields, models


class CreditFollowupPause(models.Model):
    """Who or what is not chased, why, and until when; without an end, who owns it."""

    _name = "credit.followup.pause"
    _description = "Pause of Follow-up"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_to, id"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
    )
    item_ids = fields.Many2many(
        "account.move.line", string="Items", help="Empty: all of the customer's"
    )
    reason = fields.Char(required=True, tracking=True)
    date_from = fields.Date(required=True, default=fields.Date.context_today, tracking=True)
    date_to = fields.Date(string="Until", tracking=True, help="The last day of the pause")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        domain=[("share", "=", False)],
        help="Sees to a pause without an end",
    )
    active = fields.Boolean(default=True)
