from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _get_debtor_type(self):
        """The debtor type if the credit file does not set one, as ``DEBTOR_TYPE`` of ``credit.late.measure`` reads it."""
        self.ensure_one()
        customer = self.commercial_partner_id
        numbers = [number for number in (customer.vat, customer.company_registry) if number]
        has_number = any(number != "/" for number in numbers)
        return "business" if customer.is_company or has_number else "consumer"
