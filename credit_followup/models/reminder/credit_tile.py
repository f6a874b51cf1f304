from odoo import api, models
from odoo.addons.credit_management.tile import Tile


class CreditTile(models.AbstractModel):
    _inherit = "credit.tile"

    @api.model
    def _get_tiles(self, today):
        # EXTENDS 'credit_management'
        return super()._get_tiles(today) | self._get_tiles_of_notices()

    def _get_tiles_of_notices(self):
        failed = (("state", "=", "failed"),)
        return {
            "notices_failed": Tile(
                "decide",
                self.env._("Reminders that failed"),
                "credit.followup.notice",
                failed,
                "credit_followup.action_credit_followup_notice",
                amount="amount",
                is_urgent=True,
            )
        }
