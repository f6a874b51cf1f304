from odoo import api, fields, models

from ...rules import steps


class CreditFollowupNoticeLine(models.Model):
    """An item listed on a notice, with its level and its amounts at that time; without a level, a deducted credit."""

    _name = "credit.followup.notice.line"
    _description = "Item of a Follow-up Notice"
    _order = "date_due, id"

    notice_id = fields.Many2one(
        "credit.followup.notice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        index=True,
        ondelete="set null",
        help="Empty once the due dates of the document were changed; the notice keeps what it said",
    )
    move_id = fields.Many2one(
        "account.move", compute="_compute_move_id", compute_sudo=True, string="Document"
    )
    former_move_id = fields.Many2one(
        "account.move",
        string="Former Document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Document of a deleted item",
    )
    former_name = fields.Char(
        string="Former Number", readonly=True, help="Number of the document of that item"
    )
    former_date = fields.Date(readonly=True, help="Date of the document of that item")
    former_amount = fields.Monetary(
        readonly=True, help="Amount of that item, in the currency of the document"
    )
    level_id = fields.Many2one("credit.followup.level", readonly=True, ondelete="set null")
    level_days = fields.Integer(readonly=True, help="Days of the level at that time")
    occurrence = fields.Integer(
        readonly=True, help="Number of times the level has listed the item, including this one"
    )
    date = fields.Date(required=True, readonly=True, help="Date of the notice")
    date_due = fields.Date(string="Due", readonly=True)
    company_currency_id = fields.Many2one(
        related="notice_id.currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        currency_field="company_currency_id", readonly=True, help="Open, in the company's currency"
    )
    amount_currency = fields.Monetary(
        string="In Currency", readonly=True, help="Open, in the currency of the document"
    )
    cancelled = fields.Boolean(readonly=True)
    notice_channel = fields.Selection(related="notice_id.channel", string="Channel")
    notice_state = fields.Selection(related="notice_id.state", string="State")

    _once = models.UniqueIndex(
        "(item_id, level_id, occurrence) WHERE cancelled IS NOT TRUE AND level_id IS NOT NULL",
        "This item was already listed at this level. Prepare the run again.",
    )

    # === COMPUTE METHODS === #

    @api.depends("item_id.move_id", "former_move_id")
    def _compute_move_id(self):
        for line in self:
            line.move_id = line.item_id.move_id or line.former_move_id

    # === ITEMS THAT CHANGE === #

    @api.model
    def _drop_waiting(self, items):
        """Remove changed items from unsent notices; a later run includes them as they are."""
        waiting = self.sudo().search(
            [
                ("item_id", "in", items.ids),
                ("cancelled", "=", False),
                ("notice_id.state", "in", ("proposed", "approved", "failed")),
            ]
        )
        waiting.cancelled = True

    @api.model
    def _keep_named(self, items):
        """Before items are deleted, keep the number, date and amount of their document on the notices."""
        lines = self.sudo().search([("item_id", "in", items.ids)])
        for item, named in lines.grouped("item_id").items():
            named.write(
                {
                    "former_move_id": item.move_id.id,
                    "former_name": item.move_id.name or item.name,
                    "former_date": item.invoice_date or item.date,
                    "former_amount": item.amount_currency,
                }
            )

    def _get_document(self):
        """Number, date and amount (in its currency) of the item's document, as shown on the notice."""
        item = self.item_id
        if not item:
            return self.former_name or "", self.former_date, self.former_amount
        number = item.move_id.name or item.name or ""
        return number, item.invoice_date or item.date, item.amount_currency

    # === BUSINESS METHODS === #

    def _is_named(self):
        """Whether the line claims the item; deducted credits never have a level."""
        return bool(self.occurrence)

    def _is_due(self):
        """Whether the notice still claims it."""
        return not self.cancelled and self._is_named() and self.amount > 0

    def _is_too_small(self):
        """The open amount is below the minimum of the notice's procedure."""
        tolerance = self.notice_id.procedure_id.tolerance
        return self.company_currency_id.compare_amounts(self.amount, tolerance) <= 0

    def _get_level_rule(self):
        """The level at which the item was listed; a deleted level has no minimum.

        :rtype: steps.Level
        """
        level = self.level_id
        return steps.Level(level.id, self.level_days, min_amount=level.min_amount)

    def _refresh(self, open_now, left_out):
        """Update the amounts, or remove the item.

        :param open_now: ``(amount, amount in currency)``, or ``None`` if nothing is open
        :param left_out: why the item is left out, or ``None``
        """
        if not open_now or left_out or not open_now[0]:
            self.cancelled = True
        elif (self.amount, self.amount_currency) != open_now:
            self.amount, self.amount_currency = open_now
