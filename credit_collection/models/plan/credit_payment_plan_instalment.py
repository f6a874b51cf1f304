from odoo import api, fields, models


class CreditPaymentPlanInstalment(models.Model):
    """A part of the debt with its due date. Payments are read from the ledger and settle instalments by date."""

    _name = "credit.payment.plan.instalment"
    _description = "Instalment"
    _inherit = ["credit.answer.part.mixin"]
    _order = "date, id"
    _rec_name = "date"
    _company_path = "plan_id.company_id"
    _decided_fields = ("cumulative",)

    plan_id = fields.Many2one(
        "credit.payment.plan", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date = fields.Date(string="Due", required=True)
    amount = fields.Monetary(required=True, help="Of the debt, without the interest of the plan")
    interest = fields.Monetary(readonly=True, help="Agreed with the plan; invoiced by a debit note")
    cumulative = fields.Monetary(
        readonly=True, help="Total due with this instalment and the previous ones"
    )
    amount_paid = fields.Monetary(string="Paid", compute="_compute_amount_paid")
    state = fields.Selection(
        [("to_come", "To Come"), ("late", "Late"), ("part", "Paid in Part"), ("paid", "Paid")],
        compute="_compute_amount_paid",
    )

    _positive = models.Constraint("CHECK(amount > 0)", "Enter an instalment above zero.")

    @api.depends("plan_id.state", "plan_id.line_ids.amount_open", "plan_id.instalment_ids.amount")
    def _compute_amount_paid(self):
        paid = {plan: plan._get_paid_by_instalment() for plan in self.plan_id}
        for each in self:
            each.amount_paid = paid.get(each.plan_id, {}).get(each, 0.0)
            left = each.currency_id.compare_amounts(each.amount, each.amount_paid) > 0
            late = each.date and each.date < each.plan_id.company_id._get_credit_today()
            each.state = (
                "paid"
                if not left
                else "late"
                if late
                else "part"
                if each.amount_paid
                else "to_come"
            )

    def _get_answer(self):
        return self.plan_id
