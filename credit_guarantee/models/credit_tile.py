from datetime import timedelta

from odoo import api, models
from odoo.addons.credit_management.tile import Tile


class CreditTile(models.AbstractModel):
    _inherit = "credit.tile"

    @api.model
    def _get_tiles(self, today):
        # EXTENDS 'credit_management'
        return super()._get_tiles(today) | self._get_tiles_of_guarantees(today)

    def _get_tiles_of_guarantees(self, today):
        ending = (
            ("state", "=", "active"),
            ("date_to", ">=", today),
            ("date_to", "<=", today + timedelta(30)),
        )
        return {
            "guarantees_ending": Tile(
                "due",
                self.env._("Guarantees ending within 30 days"),
                "credit.guarantee",
                ending,
                "credit_guarantee.action_credit_guarantee",
                amount="amount",
            )
        }
