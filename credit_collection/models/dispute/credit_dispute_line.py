from odoo import fields, models


class CreditDisputeLine(models.Model):
    """A disputed item, the disputed amount and the part currently left out of reminders."""

    _name = "credit.dispute.line"
    _description = "Disputed Item"
    _inherit = ["credit.answer.line.mixin"]
    _order = "date_due, id"
    _company_path = "dispute_id.company_id"
    _decided_fields = ("withheld",)

    dispute_id = fields.Many2one(
        "credit.dispute", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    company_id = fields.Many2one(related="dispute_id.company_id", store=True)
    withheld = fields.Monetary(
        readonly=True,
        help="Amount without reminders or late charges: all of it while the dispute is open, then the accepted part until it is credited",
    )

    _positive = models.Constraint("CHECK(amount > 0)", "Enter a disputed amount above zero.")

    def _get_answer(self):
        return self.dispute_id
