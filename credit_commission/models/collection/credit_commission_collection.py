from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditCommissionCollection(models.Model):
    """The append-only log of money that reached customer invoices, one row per reconciliation and kind.

    ``amount`` is in the invoice's currency, taxes included, signed: money that comes in is positive, a refund paid
    back and whatever is undone are negative. Rows are written by ``_log_new`` and when a reconciliation is undone;
    nobody edits or deletes them. Odoo deletes a reconciliation that is undone, so its id is a number, no link.
    """

    _name = "credit.commission.collection"
    _description = "Collection"
    _order = "date desc, id desc"
    _rec_name = "move_id"

    kind = fields.Selection(
        [("registered", "Registered"), ("cleared", "Cleared at the Bank"), ("undone", "Undone")],
        required=True,
        readonly=True,
    )
    stage = fields.Selection(
        [("registered", "Registered"), ("cleared", "Cleared at the Bank")],
        required=True,
        readonly=True,
        help="What happened, or what is undone: the payment registered, or its clearing at the bank.",
    )
    nature = fields.Selection(
        [
            ("money", "Money"),
            ("credit", "Credit Note"),
            ("factor", "Handed to a Factor"),
            ("factored", "Money on a Factor's Account"),
            ("loss", "Given Up"),
        ],
        required=True,
        readonly=True,
        help="A credit note that settles an invoice is no money: what it moves from one document to the other "
        "cancels out. An invoice handed to a factor, and the money that settles the factor's account later: the plan "
        "says which of them earns.",
    )
    is_cleared = fields.Boolean(
        "Straight to the Bank",
        readonly=True,
        help="The money was booked on a bank or cash account at once: there is nothing left to clear.",
    )
    origin_id = fields.Many2one(
        "credit.commission.collection", "Undoes", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partial_id = fields.Integer(
        "Reconciliation",
        required=True,
        readonly=True,
        help="A negative number: an open credit note of an invoice that was collected; the item's.",
    )
    via_partial_id = fields.Integer(
        "Reconciliation of the Transfer",
        readonly=True,
        help="Where entries moved the debt: the reconciliation of the last of them with the money.",
    )
    via_path = fields.Char(
        "Reconciliations Between",
        readonly=True,
        help="Where several entries moved the debt, one after the other: the reconciliations between them.",
    )
    turn = fields.Integer(
        readonly=True,
        help="How often it had been undone before: a payment may be reset to draft and posted again.",
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
        help="The entry with the money, or the credit note.",
    )
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Customer")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount = fields.Monetary(
        readonly=True, help="Money, taxes included, in the currency of the invoice."
    )
    amount_discount = fields.Monetary(
        "Cash Discount",
        readonly=True,
        help="Cash discount taken with this payment, in the currency of the invoice.",
    )
    amount_lost = fields.Monetary(
        "Given Up",
        readonly=True,
        help="Settled without money: written off, or netted with what the customer is owed, in the currency of the "
        "invoice.",
    )
    amount_company = fields.Monetary(
        "Amount in Company Currency", currency_field="company_currency_id", readonly=True
    )
    date = fields.Date(required=True, readonly=True, help="Accounting date of the money.")
    date_due = fields.Date("Due", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="avg")
    entry_ids = fields.One2many("credit.commission.entry", "collection_id", readonly=True)

    _once = models.UniqueIndex(
        "(partial_id, line_id, stage, turn, COALESCE(via_partial_id, 0), COALESCE(via_path, ''), "
        "COALESCE(clearing_partial_id, 0)) "
        "WHERE kind <> 'undone'",
        "This collection is in the log already.",
    )
    _undone_once = models.UniqueIndex(
        "(origin_id) WHERE kind = 'undone'", "This collection is undone already."
    )
    _undone_idx = models.Index("(partial_id) WHERE kind = 'undone'")
    _via_idx = models.Index("(via_partial_id) WHERE via_partial_id IS NOT NULL")
    _path_idx = models.Index(
        "USING gin (string_to_array(via_path, ',')) WHERE via_path IS NOT NULL"
    )
    _clearing_idx = models.Index("(clearing_partial_id) WHERE clearing_partial_id IS NOT NULL")

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._("The log of collections is not edited: undo the reconciliation.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_log(self):
        raise UserError(
            self.env._("The log of collections is kept: undo the reconciliation instead.")
        )
