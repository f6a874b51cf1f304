from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditCommissionCollection(models.Model):
    """Append-only log of payments of customer invoices, one row per reconciliation and event.

    ``amount`` is in the invoice's currency, taxes included, signed: receipts are positive; refunds and undone events
    negative. Rows are written by ``_log_new`` and when a reconciliation is undone; they are never edited or deleted.
    Odoo deletes undone reconciliations, so their id is stored as a number, not a link.
    """

    _name = "credit.commission.collection"
    _description = "Collection"
    _order = "date desc, id desc"
    _rec_name = "move_id"

    event = fields.Selection(
        [("registered", "Registered"), ("cleared", "Cleared at the Bank"), ("undone", "Undone")],
        required=True,
        readonly=True,
    )
    stage = fields.Selection(
        [("registered", "Registered"), ("cleared", "Cleared at the Bank")],
        required=True,
        readonly=True,
        help="The event, or the event undone: registration of the payment, or its clearing at the bank.",
    )
    nature = fields.Selection(
        [
            ("money", "Money"),
            ("credit", "Credit Note"),
            ("factor", "Assigned to a Factor"),
            ("factored", "Money on a Factor's Account"),
            ("loss", "Settled Without Money"),
        ],
        required=True,
        readonly=True,
        help="A credit note that settles an invoice is not money: the two amounts cancel out. For an invoice assigned to a factor, the plan decides whether the assignment earns, or the money that later settles the factor's account.",
    )
    is_cleared = fields.Boolean(
        "Booked Directly at the Bank",
        readonly=True,
        help="The payment was booked directly on a bank or cash account, so there is nothing left to clear.",
    )
    origin_id = fields.Many2one(
        "credit.commission.collection", "Undoes", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partial_id = fields.Integer(
        "Reconciliation",
        required=True,
        readonly=True,
        help="A negative number means an open credit note of a collected invoice: it is the id of its item.",
    )
    via_partial_id = fields.Integer(
        "Reconciliation of the Transfer",
        readonly=True,
        help="If entries transferred the debt: the reconciliation of the last one with the payment.",
    )
    via_path = fields.Char(
        "Intermediate Reconciliations",
        readonly=True,
        help="If several entries transferred the debt in turn: the reconciliations between them.",
    )
    undo_count = fields.Integer(
        readonly=True,
        help="Number of times it was undone before: a payment can be reset to draft and posted again.",
    )
    clearing_partial_id = fields.Integer("Reconciliation with the Bank", readonly=True)
    move_id = fields.Many2one(
        "account.move", "Invoice", readonly=True, index=True, ondelete="set null"
    )
    line_id = fields.Many2one(
        "account.move.line",
        "Receivable",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    payment_move_id = fields.Many2one(
        "account.move",
        "Payment",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The entry of the payment, or the credit note.",
    )
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Customer")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        readonly=True, help="Amount received, taxes included, in the currency of the invoice."
    )
    amount_discount = fields.Monetary(
        "Cash Discount",
        readonly=True,
        help="Cash discount taken with this payment, in the currency of the invoice.",
    )
    amount_lost = fields.Monetary(
        "Settled Without Money",
        readonly=True,
        help="Settled without money: written off, or set off against amounts owed to the customer, in the currency of the invoice.",
    )
    amount_company = fields.Monetary(
        "Amount in Company Currency", currency_field="company_currency_id", readonly=True
    )
    date = fields.Date(required=True, readonly=True, help="Accounting date of the payment.")
    date_due = fields.Date("Due", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="avg")
    entry_ids = fields.One2many("credit.commission.entry", "collection_id", readonly=True)

    _once = models.UniqueIndex(
        "(partial_id, line_id, stage, undo_count, COALESCE(via_partial_id, 0), COALESCE(via_path, ''), "
        "COALESCE(clearing_partial_id, 0)) "
        "WHERE event <> 'undone'",
        "This collection is already in the log. Reload the page.",
    )
    _undone_once = models.UniqueIndex(
        "(origin_id) WHERE event = 'undone'", "This collection is already undone. Reload the page."
    )
    _undone_idx = models.Index("(partial_id) WHERE event = 'undone'")
    _via_idx = models.Index("(via_partial_id) WHERE via_partial_id IS NOT NULL")
    _path_idx = models.Index(
        "USING gin (string_to_array(via_path, ',')) WHERE via_path IS NOT NULL"
    )
    _clearing_idx = models.Index("(clearing_partial_id) WHERE clearing_partial_id IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("move_id")
    def _compute_display_name(self):
        # a user who may see the row sees the name, even of a branch's invoice
        for row in self:
            row.display_name = row.sudo().move_id.display_name

    # === CRUD === #

    def write(self, vals):
        # EXTENDS 'base'
        if vals:
            raise UserError(
                self.env._(
                    "The log of collections cannot be edited. Undo the reconciliation instead."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise UserError(
            self.env._("The log of collections cannot be deleted. Undo the reconciliation instead.")
        )
