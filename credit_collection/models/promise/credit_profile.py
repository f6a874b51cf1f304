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
        for file, promises in self._read_answers("credit.promise").items():
            states = promises.mapped("state")
            judged = promises.filtered(
                lambda promise: promise.state in ("kept", "partly", "broken")
            )
            file.promise_ids = promises
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
        return self._action_view_answers("credit_collection.action_credit_promise")
