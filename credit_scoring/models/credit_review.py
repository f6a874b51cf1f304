from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class CreditReview(models.Model):
    """What a review decided on a customer: class, limit, conditions and the date of the next one."""

    _name = "credit.review"
    _description = "Credit Review"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "profile_id"
    _kept_fields = ("profile_id",)

    profile_id = fields.Many2one(
        "credit.profile", string="Credit File", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", store=True)
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    currency_id = fields.Many2one(related="profile_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Author",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    date = fields.Date(
        required=True, default=lambda self: self.env["res.company"]._get_credit_today()
    )
    score_id = fields.Many2one("credit.score", readonly=True, copy=False)
    exposure = fields.Monetary(
        readonly=True, copy=False, help="As it stood when the review was closed"
    )
    previous_limit = fields.Monetary(readonly=True, copy=False)
    limit_amount = fields.Monetary(string="Proposed Limit")
    limit_id = fields.Many2one("credit.limit", string="Limit Request", readonly=True, copy=False)
    conclusion = fields.Text()
    conditions = fields.Text(help="Terms, guarantees and what else the customer must provide")
    next_date = fields.Date(string="Next Review")
    state = fields.Selection(
        [("draft", "In Progress"), ("done", "Closed")],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )

    _limit_not_negative = models.Constraint(
        "CHECK(limit_amount >= 0)", "A credit limit cannot be negative. Enter 0 to grant no credit."
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_decided(vals)
        return super().create(
            [{**vals, "user_id": self.env.uid, "state": "draft"} for vals in vals_list]
        )

    def write(self, vals):
        self._refuse_decided(vals)
        if not self.env.su and any(review.state == "done" for review in self):
            raise UserError(self.env._("A closed review is kept. Begin another one."))
        return super().write(vals)

    def _refuse_decided(self, vals):
        decided = {"score_id", "exposure", "previous_limit", "limit_id", "user_id"}
        if not self.env.su and (decided & vals.keys() or vals.get("state", "draft") != "draft"):
            raise AccessError(
                self.env._(
                    "What a review records by itself cannot be entered. Use the button Close."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(review.state == "done" for review in self):
            raise UserError(self.env._("A closed review is kept. Begin another one."))

    def action_done(self):
        """Close the review: the figures are kept, the next date is set and a changed limit is requested."""
        self.check_access("write")
        for review in self:
            if review.state == "done" or not (review.conclusion and review.next_date):
                raise UserError(
                    self.env._(
                        "Enter the conclusion and the date of the next review, then close it once."
                    )
                )
            profile = review.sudo().profile_id
            review.sudo().write(
                {
                    "state": "done",
                    "score_id": profile.score_id.id,
                    "exposure": profile.exposure,
                    "previous_limit": profile.credit_limit,
                    "limit_id": review._request_limit().id,
                }
            )
            profile.review_date = review.next_date
        return True

    def _request_limit(self):
        """The request for the proposed limit, as its author; none where the limit stays."""
        limits = self.env["credit.limit"]
        profile = self.profile_id
        if not self.limit_amount or self.limit_amount == profile.credit_limit:
            return limits
        limit = limits.create(
            {
                "profile_id": profile.id,
                "amount": self.limit_amount,
                "reason": self.conclusion,
                "conditions": self.conditions,
            }
        )
        limit.action_request()
        return limit
