from odoo import api, fields, models


class CreditProfile(models.Model):
    _inherit = "credit.profile"

    litigation_ids = fields.Many2many(
        "credit.litigation", string="Cases", compute="_compute_litigations"
    )
    litigations_open = fields.Integer(string="Open Cases", compute="_compute_litigations")

    def _compute_litigations(self):
        for file, cases in self._read_answers("credit.litigation").items():
            file.litigation_ids = cases
            file.litigations_open = cases.mapped("state").count("open")

    @api.readonly
    def action_view_litigations(self):
        """The cases of this customer."""
        return self._action_view_answers("credit_litigation.action_credit_litigation")

    def action_litigation(self):
        """A new case of this customer, with all that is overdue."""
        return self._action_new_answer("credit.litigation")

    def action_insolvency(self):
        """New insolvency proceedings on this customer, with all that it owes."""
        return self._action_new_answer("credit.insolvency")
