from odoo import fields, models


class CreditContactRoleChoice(models.TransientModel):
    """Lets a collector, who may not edit contacts, set the roles of one."""

    _name = "credit.contact.role.choice"
    _description = "Roles of a Contact"

    contact_id = fields.Many2one("res.partner", required=True, readonly=True)
    role_ids = fields.Many2many("credit.contact.role", string="Roles")

    def action_save(self):
        self.ensure_one()
        self.contact_id._check_credit_user()
        self.contact_id.sudo().credit_contact_role_ids = self.role_ids
