from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _get_commission_persons(self):
        """Whose commissions are the user's own: of a portal user the company that it works for, too."""
        self.ensure_one()
        person = self.partner_id
        return person | person.commercial_partner_id if self.share else person
