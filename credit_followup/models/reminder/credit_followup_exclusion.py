from odoo import api, fields, models


class CreditFollowupExclusion(models.Model):
    """A customer whom a run does not remind, or only in part, with the reason."""

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
        selection=lambda self: self.env["credit.followup.item"]._get_left_out_selection(),
        required=True,
        readonly=True,
    )
    until = fields.Date(
        string="Resumes On",
        readonly=True,
        help="First day on which one of these items can be included again, if known",
    )
    item_count = fields.Integer(string="Items", readonly=True)
    amount = fields.Monetary(readonly=True, help="Total of these items, in the company's currency")
    detail = fields.Char(readonly=True)

    @api.readonly
    def action_view_items(self):
        """The customer's open items with the reason each is left out."""
        self.ensure_one()
        return self.env["credit.followup.item"]._action_open(self.partner_id, self.company_id)
