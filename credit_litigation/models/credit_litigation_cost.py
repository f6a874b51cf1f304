from odoo import fields, models


class CreditLitigationCost(models.Model):
    """A cost advanced for a case: a fee of the court, of a bailiff, of a lawyer."""

    _name = "credit.litigation.cost"
    _description = "Cost of a Case"
    _inherit = ["credit.owned.mixin"]
    _order = "date desc, id desc"
    _company_path = "litigation_id.company_id"

    litigation_id = fields.Many2one(
        "credit.litigation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="litigation_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char(string="Description", required=True)
    date = fields.Date(
        required=True, default=lambda self: self.env["res.company"]._get_credit_today()
    )
    partner_id = fields.Many2one("res.partner", string="Paid To", ondelete="restrict")
    amount = fields.Monetary(required=True)
    is_recoverable = fields.Boolean(
        string="Claimed from the Customer", help="It is part of the claim, as a judge may grant it"
    )
    bill_id = fields.Many2one(
        "account.move",
        ondelete="restrict",
        domain="[('move_type', 'in', ('in_invoice', 'in_receipt')), ('company_id', 'child_of', company_id)]",
        help="The vendor bill of this cost",
    )

    _positive = models.Constraint("CHECK(amount > 0)", "Enter a cost above zero.")
