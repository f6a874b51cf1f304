from odoo import fields, models


class CreditFollowupNoticeLine(models.Model):
    """An item that a notice names, with its level and its amounts as they stood; without a level, a credit it deducts."""

    _name = "credit.followup.notice.line"
    _description = "Item of a Follow-up Notice"
    _order = "date_due, id"

    notice_id = fields.Many2one(
        "credit.followup.notice", required=True, readonly=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    move_id = fields.Many2one(related="item_id.move_id", string="Document")
    level_id = fields.Many2one("credit.followup.level", readonly=True, ondelete="set null")
    level_days = fields.Integer(readonly=True, help="Days of the level as they were")
    occurrence = fields.Integer(
        readonly=True, help="How often the level has named the item, with this time"
    )
    date = fields.Date(required=True, readonly=True, help="Of the notice")
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

    _once = models.UniqueIndex(
        "(item_id, level_id, occurrence) WHERE cancelled IS NOT TRUE AND level_id IS NOT NULL",
        "This item was named at this level already.",
    )

    def _is_named(self):
        """Whether the notice asks for the item; what it deducts has no level, then nor now."""
        return bool(self.occurrence)

    def _is_too_small(self):
        """What is left to pay is not worth a reminder in the procedure of the notice."""
        tolerance = self.notice_id.procedure_id.tolerance
        return self.company_currency_id.compare_amounts(self.amount, tolerance) <= 0

    def _refresh(self, open_now, left_out):
        """Take the amounts of now, or drop the item.

        :param open_now: ``(amount, amount in currency)``, ``None`` when nothing is open
        :param left_out: why the item is not followed now, ``None`` when it is
        """
        if not open_now or left_out or not open_now[0]:
            self.cancelled = True
        elif (self.amount, self.amount_currency) != open_now:
            self.amount, self.amount_currency = open_now
