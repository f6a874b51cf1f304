from odoo import fields, models


class CreditInsolvencyDividend(models.Model):
    """Money that the proceedings paid out to us."""

    _name = "credit.insolvency.dividend"
    _description = "Dividend of Insolvency Proceedings"
    _inherit = ["credit.owned.mixin"]
    _order = "date desc, id desc"
    _company_path = "insolvency_id.company_id"

    insolvency_id = fields.Many2one(
        "credit.insolvency", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="insolvency_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, default=lambda self: self.env["res.company"]._get_credit_today()
    )
    amount = fields.Monetary(required=True)
    note = fields.Char(string="Notes")

    _positive = models.Constraint("CHECK(amount > 0)", "Enter an amount received above zero.")
