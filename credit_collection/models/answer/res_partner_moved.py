from odoo import models


class ResPartner(models.Model):
    """Moves promises, plans and disputes when a customer becomes the contact of another."""

    _inherit = "res.partner"

    def _give_records_to_customer(self):
        # EXTENDS 'credit_followup'
        result = super()._give_records_to_customer()
        for name in ("credit.promise", "credit.payment.plan", "credit.dispute"):
            for customer, records in self._group_records_to_move(name):
                records._move_to(customer)
        return result
