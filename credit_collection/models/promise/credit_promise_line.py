from odoo import api, fields, models


class CreditPromiseLine(models.Model):
    """A promised item and the promised amount."""

    _name = "credit.promise.line"
    _description = "Promised Item"
    _inherit = ["credit.answer.line.mixin"]
    _order = "date_due, id"
    _company_path = "promise_id.company_id"
    _decided_fields = ("amount_then",)

    promise_id = fields.Many2one(
        "credit.promise", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="promise_id.currency_id")
    company_id = fields.Many2one(related="promise_id.company_id", store=True)
    state = fields.Selection(related="promise_id.state", store=True)

    amount_then = fields.Monetary(
        string="Open When Promised",
        readonly=True,
        help="What is settled of the item from then on counts towards the promise first",
    )

    _one_open = models.UniqueIndex(
        "(item_id) WHERE state = 'open'",
        "This item is already promised. Withdraw that promise first.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for line in lines.sudo():
            line.amount_then = line.amount_open
        return lines

    def _get_answer(self):
        return self.promise_id
