from odoo import models


class ResPartner(models.Model):
    """A customer that becomes the contact of another: what it promised, agreed and disputes is of that one now."""

    _inherit = "res.partner"

    def _give_records_to_customer(self):
        # EXTENDS 'credit_followup'
        result = super()._give_records_to_customer()
        for name in ("credit.promise", "credit.payment.plan", "credit.dispute"):
            for customer, records in self._group_records_to_move(name):
                records._move_to(customer)
        return result
