from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        # EXTENDS 'base': who leaves decides nothing any more
        result = super().write(vals)
        if not vals.get("active", True):
            self.env["credit.authority"]._forget_archived(self)
        return result
