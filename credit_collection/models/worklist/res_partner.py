from odoo import api, fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """Contacts of a customer: their roles in payment, and wrong persons."""

    _inherit = "res.partner"

    credit_contact_role_ids = fields.Many2many(
        "credit.contact.role",
        "credit_contact_role_partner_rel",
        "partner_id",
        "role_id",
        string="Roles in Payment",
        groups="credit_management.group_credit_user",
        help="Who pays, who approves invoices, …",
    )
    credit_wrong_person_date = fields.Date(
        string="Wrong Person Since",
        groups="credit_management.group_credit_user",
        help="Not responsible for payments; do not call again",
    )

    def _check_credit_user(self):
        if self.env.su:  # the customer says so itself, in the portal or by the link of a reminder
            return
        if not self.env.user.has_group("credit_management.group_credit_user"):
            raise AccessError(
                self.env._("Only users with credit access can mark contacts. Ask one of them.")
            )
        self.check_access("read")

    def _mark_wrong_person(self):
        """Mark the contact as a wrong person; the only change collectors make to contacts."""
        self._check_credit_user()
        self.sudo().credit_wrong_person_date = self.env["res.company"]._get_credit_today()

    def action_credit_mark_wrong_person(self):
        self._mark_wrong_person()

    def action_credit_mark_right_person(self):
        """Remove the mark."""
        self._check_credit_user()
        self.sudo().credit_wrong_person_date = False

    @api.readonly
    def action_credit_contact_roles(self):
        """Choose the roles of a contact."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Roles of %s", self.name),
            "res_model": "credit.contact.role.choice",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_contact_id": self.id,
                "default_role_ids": self.credit_contact_role_ids.ids,
            },
        }
