from odoo import fields, models


class CreditPaymentPlanLine(models.Model):
    """An item whose due date the instalments of a plan replace."""

    _name = "credit.payment.plan.line"
    _description = "Item of a Payment Plan"
    _inherit = ["credit.answer.line.mixin"]
    _order = "date_due, id"
    _company_path = "plan_id.company_id"

    plan_id = fields.Many2one(
        "credit.payment.plan", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    state = fields.Selection(related="plan_id.state", store=True)

    _one_agreed = models.UniqueIndex(
        "(item_id) WHERE state = 'agreed'",
        "This item is already in a payment plan. Cancel or renegotiate that plan first.",
    )

    def _get_answer(self):
        return self.plan_id
