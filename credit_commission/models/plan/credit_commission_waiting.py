from odoo import api, fields, models


class CreditCommissionWaiting(models.Model):
    """A collection held back by a plan, with the reason. Written by the plan, never edited."""

    _name = "credit.commission.waiting"
    _description = "Waiting Collection"
    _order = "id desc"
    _rec_name = "collection_id"
    _log_access = False

    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, readonly=True, index=True, ondelete="cascade"
    )
    collection_id = fields.Many2one(
        "credit.commission.collection", required=True, readonly=True, ondelete="cascade"
    )
    reason = fields.Selection(
        [
            ("unpaid", "Not paid in full"),
            ("doubtful", "Doubtful customer"),
            ("blocked", "Blocked: disputed"),
        ],
        "Reason for Waiting",
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    move_id = fields.Many2one(related="collection_id.move_id", string="Invoice")
    partner_id = fields.Many2one(related="collection_id.partner_id", string="Customer")
    currency_id = fields.Many2one(related="collection_id.currency_id")
    amount = fields.Monetary(related="collection_id.amount")
    date = fields.Date(related="collection_id.date")

    _once = models.UniqueIndex(
        "(plan_id, collection_id)",
        "This collection is already waiting for the plan. Reload the page.",
    )

    @api.depends("collection_id")
    def _compute_display_name(self):
        # a user who may see the row sees the name, even of a branch's invoice
        for row in self:
            row.display_name = row.sudo().collection_id.display_name
