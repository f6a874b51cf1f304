from odoo import api, models
from odoo.addons.credit_management.tile import Tile


class CreditTile(models.AbstractModel):
    _inherit = "credit.tile"

    @api.model
    def _get_tiles(self, today):
        # EXTENDS 'credit_management'
        return super()._get_tiles(today) | self._get_tiles_of_answers(today)

    def _get_tiles_of_answers(self, today):
        is_open = ("state", "=", "open")
        unread = (("contact_log_ids.to_read", "=", True),)
        late = (is_open, ("date_target", "<", today))
        promised = (is_open, ("date", "=", today))
        return {
            "answers_to_read": Tile(
                "decide",
                self.env._("Customers who answered"),
                "credit.profile",
                unread,
                "credit_collection.action_credit_worklist_today",
                is_urgent=True,
            ),
            "disputes_late": Tile(
                "late",
                self.env._("Disputes past their target date"),
                "credit.dispute",
                late,
                "credit_collection.action_credit_dispute",
                amount="amount",
                is_urgent=True,
            ),
            "promises_today": Tile(
                "due",
                self.env._("Payments promised for today"),
                "credit.promise",
                promised,
                "credit_collection.action_credit_promise",
                amount="amount",
            ),
        }
