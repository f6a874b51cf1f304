from odoo import models


class CreditDispute(models.Model):
    """A discount beyond the margin of who grants it needs a manager."""

    _inherit = "credit.dispute"

    def _require_margin(self, amount, decision):
        """:raise RedirectWarning: for a gesture that is too large; a credit note for an error of ours is none"""
        if decision != "discount":
            return
        for dispute in self:
            owed = sum(dispute.line_ids.mapped("amount_open"))
            given = dispute.amount if amount is None else amount
            file = self.env["credit.profile"].sudo()._ensure(dispute.partner_id, dispute.company_id)
            file.with_env(self.env)._require_margin("discount", 100 * given / owed if owed else 0.0)
