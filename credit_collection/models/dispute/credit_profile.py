from odoo import api, fields, models


class CreditProfile(models.Model):
    _inherit = "credit.profile"

    dispute_ids = fields.Many2many("credit.dispute", string="Disputes", compute="_compute_disputes")
    disputes_open = fields.Integer(string="Open Disputes", compute="_compute_disputes")

    def _compute_disputes(self):
        for file, disputes in self._read_answers("credit.dispute").items():
            file.dispute_ids = disputes
            file.disputes_open = disputes.mapped("state").count("open")

    @api.readonly
    def action_view_disputes(self):
        """The disputes of this customer."""
        return self._action_view_answers("credit_collection.action_credit_dispute")
