from odoo import api, fields, models


class CreditProfile(models.Model):
    _inherit = "credit.profile"

    dispute_ids = fields.Many2many("credit.dispute", string="Disputes", compute="_compute_disputes")
    disputes_open = fields.Integer(string="Open Disputes", compute="_compute_disputes")

    def _compute_disputes(self):
        disputes = self.env["credit.dispute"].search([("partner_id", "in", self.partner_id.ids)])
        by_file = disputes.grouped(lambda dispute: (dispute.partner_id, dispute.company_id))
        for file in self:
            mine = by_file.get((file.partner_id, file.company_id), disputes.browse())
            file.dispute_ids = mine
            file.disputes_open = len(mine.filtered(lambda dispute: dispute.state == "open"))

    @api.readonly
    def action_view_disputes(self):
        """The disputes of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.action_credit_dispute"
        )
        return {
            **action,
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
