from odoo import api, fields, models


class ResPartner(models.Model):
    """The reminder status of a customer in the current company, with or without a credit file."""

    _inherit = "res.partner"

    followup_next_date = fields.Date(
        string="Next Reminder",
        compute="_compute_followup",
        groups="credit_management.group_credit_user",
        help="First day on which a run can include one of the items, if nothing is paid before then",
    )
    followup_level_id = fields.Many2one(
        "credit.followup.level",
        string="Level Reached",
        compute="_compute_followup",
        groups="credit_management.group_credit_user",
    )
    followup_last_date = fields.Date(
        string="Last Reminder",
        compute="_compute_followup",
        groups="credit_management.group_credit_user",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "uid")
    def _compute_followup(self):
        company = self.env.company.root_id.id
        customers = {(customer.id, company) for customer in self.commercial_partner_id._origin}
        today = self.env["res.company"]._get_credit_today()
        summaries = self.env["credit.followup.item"]._read_summaries(customers, today)
        for partner in self:
            summary = summaries.get((partner.commercial_partner_id._origin.id, company))
            partner.followup_next_date = summary and summary.next_date
            partner.followup_level_id = summary and summary.level_id
            partner.followup_last_date = summary and summary.last_date

    @api.readonly
    def action_view_followup_items(self):
        """Open the customer's open items with their reminders."""
        self.ensure_one()
        return self.env["credit.followup.item"]._action_open(
            self.commercial_partner_id, self.env.company.root_id
        )
