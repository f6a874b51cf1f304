from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_commission_persons(self):
        """Persons whose commissions are the user's own; for a portal user, also the company they work for."""
        self.ensure_one()
        person = self.partner_id
        return person | person.commercial_partner_id if self.share else person
