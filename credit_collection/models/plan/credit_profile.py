from odoo import api, fields, models


class CreditProfile(models.Model):
    _inherit = "credit.profile"

    payment_plan_ids = fields.Many2many(
        "credit.payment.plan", string="Payment Plans", compute="_compute_payment_plans"
    )
    payment_plans_open = fields.Integer(string="Active Plans", compute="_compute_payment_plans")

    def _compute_payment_plans(self):
        plans = self.env["credit.payment.plan"].search([("partner_id", "in", self.partner_id.ids)])
        by_file = plans.grouped(lambda plan: (plan.partner_id, plan.company_id))
        for file in self:
            mine = by_file.get((file.partner_id, file.company_id), plans.browse())
            file.payment_plan_ids = mine
            file.payment_plans_open = len(mine.filtered(lambda plan: plan.state == "agreed"))

    @api.readonly
    def action_view_payment_plans(self):
        """The payment plans of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.action_credit_payment_plan"
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
