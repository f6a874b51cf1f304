from odoo import models


class ResPartner(models.Model):
    """Moves cases and proceedings when a customer becomes the contact of another."""

    _inherit = "res.partner"

    def _give_records_to_customer(self):
        # EXTENDS 'credit_collection'
        result = super()._give_records_to_customer()
        for name in ("credit.litigation", "credit.insolvency"):
            for customer, records in self._group_records_to_move(name):
                records._move_to(customer)
        return result
