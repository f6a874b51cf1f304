from odoo import api, fields, models


class CreditProfile(models.Model):
    _inherit = "credit.profile"

    payment_plan_ids = fields.Many2many(
        "credit.payment.plan", string="Payment Plans", compute="_compute_payment_plans"
    )
    payment_plans_open = fields.Integer(string="Active Plans", compute="_compute_payment_plans")

    def _compute_payment_plans(self):
        for file, plans in self._read_answers("credit.payment.plan").items():
            file.payment_plan_ids = plans
            file.payment_plans_open = plans.mapped("state").count("agreed")

    @api.readonly
    def action_view_payment_plans(self):
        """The payment plans of this customer."""
        return self._action_view_answers("credit_collection.action_credit_payment_plan")
