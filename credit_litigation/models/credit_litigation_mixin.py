from odoo import api, fields, models

#: what the customer of a document owes: the items that its lines may name
OWED_ITEMS = (
    "[('partner_id.commercial_partner_id', '=', parent.partner_id), '|', ('account_type', '=', 'asset_receivable'),"
    " ('account_id.doubtful_customers', '=', True), ('parent_state', '=', 'posted'), ('reconciled', '=', False), ('balance', '>', 0)]"
)


class CreditLitigationMixin(models.AbstractModel):
    """What a case and insolvency proceedings share: number, deadlines and the loss that is expected.

    Who inherits has ``name``, ``state`` and ``step_ids``; its numbers come from the sequence whose code is the model's name.
    """

    _name = "credit.litigation.mixin"
    _description = "Case or Insolvency Proceedings"
    _inherit = ["credit.answer.mixin"]

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    expected_loss = fields.Float(
        string="Expected Loss (%)",
        tracking=True,
        help="Share of the claim that will probably not be recovered; used by provisions",
    )
    next_deadline = fields.Date(
        compute="_compute_next_deadline", store=True, help="Of the first step that waits"
    )

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for record in self:
            number = record.name if record.name != "/" else ""
            record.display_name = " – ".join(filter(None, (number, record.partner_id.name)))

    @api.depends("step_ids.deadline", "step_ids.state")
    def _compute_next_deadline(self):
        for record in self:
            waiting = record.step_ids.filtered(lambda step: step.state == "todo" and step.deadline)
            record.next_deadline = min(waiting.mapped("deadline"), default=False)

    def _number(self):
        """Give new records their number."""
        sequence = self.env["ir.sequence"].sudo()
        for record in self:
            number = sequence.with_company(record.company_id).next_by_code(self._name)
            record.sudo().name = number or record.name

    def _is_watched(self):
        """Whether its deadlines run."""
        return self.state in ("draft", "open")
