from odoo import fields, models


class CreditInsuranceDeclaration(models.Model):
    """An unpaid item that was declared to the insurer, or handed over to it: when and by whom. Never edited."""

    _name = "credit.insurance.declaration"
    _description = "Declaration to the Insurer"
    _inherit = ["credit.owned.mixin"]
    _order = "date desc, id desc"
    _rec_name = "item_id"

    item_id = fields.Many2one("account.move.line", required=True, index=True, ondelete="restrict")
    guarantee_id = fields.Many2one(
        "credit.guarantee", string="Cover", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="guarantee_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    step = fields.Selection([("declare", "Declared"), ("hand_over", "Handed over")], required=True)
    date = fields.Date(required=True)
    user_id = fields.Many2one("res.users", string="By", required=True)
    amount = fields.Monetary(help="What was unpaid then")

    _step_unique = models.Constraint(
        "UNIQUE(item_id, step)", "This item was already declared. Reload the page."
    )
