from odoo import fields, models
from odoo.exceptions import UserError


class CreditProfile(models.Model):
    """What the customer wrote and nobody has read yet."""

    _inherit = "credit.profile"

    answer_ids = fields.One2many(
        "credit.contact.log",
        "profile_id",
        string="Answers to Read",
        domain=[("to_read", "=", True)],
    )

    def action_answers_read(self):
        """The answers are read: the customer goes back to its place in the worklist."""
        self.check_access("write")
        if not self.answer_ids:
            raise UserError(self.env._("There is no answer to read. Reload the page."))
        self.sudo().answer_ids.to_read = False
        return True
