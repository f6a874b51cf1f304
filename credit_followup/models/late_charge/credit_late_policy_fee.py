from odoo import fields, models


class CreditLatePolicyFee(models.Model):
    """The fixed sum for debts from an amount, in the currency of the policy."""

    _name = "credit.late.policy.fee"
    _description = "Fixed Sum for Recovery Costs"
    _inherit = ["credit.owned.mixin"]
    _order = "policy_id, amount_from"
    _company_path = "policy_id.company_id"

    policy_id = fields.Many2one("credit.late.policy", required=True, index=True, ondelete="cascade")
    currency_id = fields.Many2one(related="policy_id.currency_id")
    amount_from = fields.Monetary(string="Debts From", help="Amount of the debt, taxes included")
    fee = fields.Monetary(string="Fixed Sum", required=True)

    _one_for_each_amount = models.UniqueIndex(
        "(policy_id, amount_from)", "There are two fixed sums for debts of this amount. Keep one."
    )
    _not_negative = models.Constraint(
        "CHECK(amount_from >= 0 AND fee >= 0)",
        "A fixed sum cannot be negative. Enter zero or more.",
    )
