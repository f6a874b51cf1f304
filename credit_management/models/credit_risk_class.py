from odoo import fields, models


class CreditRiskClass(models.Model):
    """A class of customers of similar risk, with default limit and policy."""

    _name = "credit.risk.class"
    _description = "Credit Risk Class"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="Leave empty to allow every company to use it",
    )
    has_default_limit = fields.Boolean(string="Specific Default Limit", tracking=True)
    default_limit = fields.Float(
        digits="Account",
        tracking=True,
        help="Limit of customers of this class who have none of their own, in the currency of the customer's company",
    )
    has_max_payment_days = fields.Boolean(string="Specific Payment Terms Limit")
    max_payment_days = fields.Integer(
        string="Longest Payment Terms (days)",
        help="For customers of the class without terms of their own. If empty, the rule's value applies.",
    )
    limit_share = fields.Float(
        string="Share of the Need (%)",
        default=100.0,
        tracking=True,
        help="Share of a customer's need that is recommended as the limit",
    )
    policy_id = fields.Many2one(
        "credit.policy",
        tracking=True,
        help="Applies to customers of the class who have no policy of their own",
    )

    _default_limit_not_negative = models.Constraint(
        "CHECK(default_limit >= 0)",
        "A credit limit cannot be negative. Enter 0 to grant no credit.",
    )
    _payment_days_not_negative = models.Constraint(
        "CHECK(max_payment_days >= 0)", "Payment terms cannot be negative. Enter 0 or more days."
    )

    _limit_share_not_negative = models.Constraint(
        "CHECK(limit_share >= 0)", "The share of the need cannot be negative. Enter 0 or more."
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"has_default_limit", "default_limit", "policy_id"}:
            profiles = self.env["credit.profile"].sudo()
            profiles.search([("risk_class_id", "in", self.ids)])._mirror_limit()
        return result

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Risk class created")
