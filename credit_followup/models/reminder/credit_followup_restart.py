from odoo import api, fields, models


class CreditFollowupRestart(models.Model):
    """A restart of an item's reminders, after a reversed payment or a new due date. Append-only."""

    _name = "credit.followup.restart"
    _description = "Follow-up Restart"
    _order = "date, id"

    item_id = fields.Many2one(
        "account.move.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Date(required=True, readonly=True)
    reason = fields.Selection(
        [("payment_undone", "Payment reversed"), ("new_terms", "Due date changed")],
        required=True,
        readonly=True,
    )
    last_line_id = fields.Many2one(
        "credit.followup.notice.line",
        string="Last Notice Line Before",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Notice lines of the item up to this one no longer count",
    )

    @api.model
    def _log(self, items, reason, date):
        """Restart the reminders of the items listed on a notice since their last restart.

        :param items: journal items
        """
        named = (
            self.env["credit.followup.notice.line"]
            .sudo()
            .search(
                [
                    ("item_id", "in", items.ids),
                    ("occurrence", ">", 0),
                    ("cancelled", "=", False),
                    ("notice_id.state", "not in", ("proposed", "cancelled")),
                ],
                order="id",
            )
        )
        last = {line.item_id: line for line in named}
        logged = self.sudo().search([("item_id", "in", items.ids)]).last_line_id
        return self.sudo().create(
            [
                {"item_id": item.id, "date": date, "reason": reason, "last_line_id": line.id}
                for item, line in last.items()
                if line not in logged
            ]
        )
