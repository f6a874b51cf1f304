from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        # EXTENDS 'base': archived users lose their authorities
        result = super().write(vals)
        if not vals.get("active", True):
            self.env["credit.authority"]._forget_archived(self)
        return result
