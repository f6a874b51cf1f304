from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.calendar import parse_payment_days


class CreditProfile(models.Model):
    """How reliable the promises of a customer are."""

    _inherit = "credit.profile"

    payment_days = fields.Char(
        help="Days of the month on which the customer pays, e.g. 10, 25. Empty: any day",
    )
    promise_ids = fields.Many2many("credit.promise", string="Promises", compute="_compute_promises")
    promises_open = fields.Integer(string="Open Promises", compute="_compute_promises")
    promises_judged = fields.Integer(
        compute="_compute_promises", help="Promises that were kept, kept in part or broken"
    )
    promises_broken = fields.Integer(
        string="Broken Promises", compute="_compute_promises", help="Kept in part, or not at all"
    )
    promise_reliability = fields.Float(
        string="Promises Kept (%)",
        compute="_compute_promises",
        help="Share of the promised amounts received in time, over all closed promises",
    )

    def _compute_promises(self):
        promises = self.env["credit.promise"].search([("partner_id", "in", self.partner_id.ids)])
        by_file = promises.grouped(lambda promise: (promise.partner_id, promise.company_id))
        for file in self:
            mine = by_file.get((file.partner_id, file.company_id), promises.browse())
            states = mine.mapped("state")
            judged = mine.filtered(lambda promise: promise.state in ("kept", "partly", "broken"))
            file.promise_ids = mine
            file.promises_open = states.count("open")
            file.promises_judged = len(judged)
            file.promises_broken = states.count("broken") + states.count("partly")
            shares = judged.mapped("kept_share")
            file.promise_reliability = sum(shares) / len(shares) if shares else 0.0

    @api.constrains("payment_days")
    def _check_payment_days(self):
        for file in self:
            try:
                parse_payment_days(file.payment_days)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "Enter days of the month from 1 to 31, separated by commas, e.g. 10, 25."
                    )
                ) from error

    @api.readonly
    def action_view_promises(self):
        """The promises of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.action_credit_promise"
        )
        return {
            **action,
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
