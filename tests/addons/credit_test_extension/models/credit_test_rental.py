from odoo import api, fields, models
from odoo.fields import Domain


class CreditTestRental(models.Model):
    """A rental that starts when the gate lets it: a document in one file, beside the access rights of any model."""

    _name = "credit.test.rental"
    _description = "Rental"
    _inherit = ["mail.thread", "mail.activity.mixin", "credit.document.mixin"]
    _rec_name = "number"
    _credit_salesperson_path = "user_id"

    number = fields.Char(required=True)
    partner_id = fields.Many2one("res.partner", required=True)
    company_id = fields.Many2one("res.company", required=True)
    user_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    amount = fields.Float()
    started = fields.Boolean()
    credit_hold_ids = fields.One2many("credit.hold", "rental_id")

    def action_start(self):
        held = self._hold_failing()
        (self - held).started = True
        return held._get_held_notification() if held else True

    def _get_credit_request(self):
        return self.env["credit.profile"]._request(
            self.partner_id.commercial_partner_id,
            self.company_id,
            self.amount,
            checkpoint="rental",
            document=self._credit_key(),
        )

    def _get_credit_requesters(self):
        return self.user_id

    @api.model
    def _get_passed_domain(self):
        return Domain("started", "=", True)

    def _confirm_released(self):
        self.started = True
        return True


class CreditHold(models.Model):
    _inherit = "credit.hold"

    rental_id = fields.Many2one("credit.test.rental", readonly=True, ondelete="set null")
    checkpoint = fields.Selection(
        selection_add=[("rental", "Rental")], ondelete={"rental": "cascade"}
    )

    _one_pending_rental = models.UniqueIndex(
        "(rental_id) WHERE state = 'pending' AND rental_id IS NOT NULL",
        "This rental is already held.",
    )


class CreditPolicyRule(models.Model):
    _inherit = "credit.policy.rule"

    checkpoint = fields.Selection(
        selection_add=[("rental", "Rental")], ondelete={"rental": "cascade"}
    )
