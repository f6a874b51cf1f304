from odoo import api, fields, models


class CreditAnswerLineMixin(models.AbstractModel):
    """An item covered by a promise, a plan or a dispute, and its amount in the item's currency."""

    _name = "credit.answer.line.mixin"
    _description = "Item of an Answer"
    _inherit = ["credit.answer.part.mixin"]

    item_id = fields.Many2one(
        "account.move.line",
        index="btree_not_null",
        ondelete="set null",
        domain="[('partner_id.commercial_partner_id', '=', parent.partner_id), ('account_type', '=', 'asset_receivable'),"
        " ('parent_state', '=', 'posted'), ('reconciled', '=', False), ('balance', '>', 0)]",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        compute="_compute_document",
        store=True,
        ondelete="set null",
        compute_sudo=True,
    )
    document_name = fields.Char(
        string="Number", compute="_compute_document", store=True, compute_sudo=True
    )
    document_date = fields.Date(
        string="Date", compute="_compute_document", store=True, compute_sudo=True
    )
    date_due = fields.Date(string="Due", compute="_compute_document", store=True, compute_sudo=True)
    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary(required=True)
    amount_open = fields.Monetary(
        string="Left to Pay",
        compute="_compute_amount_open",
        compute_sudo=True,
        help="Amount of the item still open today",
    )

    @api.depends("item_id")
    def _compute_document(self):
        """Details of the item, kept when it is deleted because the payment terms of its invoice changed."""
        for line in self:
            item = line.item_id
            if not item:
                continue
            line.move_id = item.move_id
            line.document_name = item.move_id.name or item.name
            line.document_date = item.move_id.invoice_date or item.date
            line.date_due = item.date_maturity or item.date

    @api.depends("item_id.amount_residual_currency")
    def _compute_amount_open(self):
        for line in self:
            line.amount_open = line.item_id.amount_residual_currency

    @api.model
    def _prepare(self, parts):
        """Values to create lines from ``{item: amount}``."""
        return [{"item_id": item.id, "amount": amount} for item, amount in parts.items()]
