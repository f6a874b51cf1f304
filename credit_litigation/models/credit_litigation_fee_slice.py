from odoo import fields, models


class CreditLitigationFeeSlice(models.Model):
    """A percent of the part of an amount above a threshold, up to the next one."""

    _name = "credit.litigation.fee.slice"
    _description = "Percent of a Fee"
    _inherit = ["credit.owned.mixin"]
    _order = "amount_from, id"
    _company_path = "fee_id.company_id"

    fee_id = fields.Many2one("credit.litigation.fee", required=True, index=True, ondelete="cascade")
    amount_from = fields.Float(string="Above", digits="Account")
    percent = fields.Float()

    _in_range = models.Constraint(
        "CHECK(amount_from >= 0 AND percent >= 0 AND percent <= 100)",
        "Enter a threshold of zero or more and a percent between 0 and 100.",
    )
    _threshold_once = models.UniqueIndex(
        "(fee_id, amount_from)", "Enter each threshold of a fee once."
    )
