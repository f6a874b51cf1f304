from odoo import models


class ResPartner(models.Model):
    """When a customer becomes a contact of another, its notices, claims and pauses move to that customer."""

    _inherit = "res.partner"

    def _give_records_to_customer(self):
        # EXTENDS 'credit_management'
        result = super()._give_records_to_customer()
        for name in ("credit.followup.notice", "credit.followup.pause"):
            for customer, records in self._group_records_to_move(name):
                records._move_to(customer)
        for customer, charges in self._group_records_to_move("credit.late.charge"):
            charges.partner_id = customer
        return result

    def _group_records_to_move(self, name):
        """Pairs of a customer and the records of a model, archived ones included, that still belong to its contacts."""
        records = self.env[name].sudo().with_context(active_test=False)
        found = records.search([("partner_id", "in", self.ids)])
        for former, moved in found.grouped("partner_id").items():
            yield former.commercial_partner_id, moved
