from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..rules import Policy


class CreditPolicy(models.Model):
    """A named set of rules and their settings; it judges nobody until a company, class or customer uses it."""

    _name = "credit.policy"
    _description = "Credit Policy"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company may use it")
    rule_ids = fields.One2many("credit.policy.rule", "policy_id", string="Rules", copy=True)
    tolerance = fields.Float(
        string="Tolerance (%)", help="Percent by which the limit may be exceeded before it counts"
    )
    release_days = fields.Integer(
        string="Validity of a Release (days)",
        default=30,
        help="A release covers the order up to its amount for so many days. 0: today only.",
    )
    is_company_policy = fields.Boolean(
        string="In Use", compute="_compute_is_company_policy", help="By the company you work in"
    )
    has_default_limit = fields.Boolean(string="Own Default Limit")
    default_limit = fields.Float(
        digits="Account",
        help="In the currency of the customer's company. Limit of a customer of the policy who has none of its own.",
    )

    _default_limit_not_negative = models.Constraint(
        "CHECK(default_limit >= 0)",
        "A credit limit cannot be below zero. Enter 0 to give no credit.",
    )
    _settings_not_negative = models.Constraint(
        "CHECK(tolerance >= 0 AND release_days >= 0)",
        "Tolerance and validity cannot be below zero.",
    )

    @api.constrains("active")
    def _check_not_used(self):
        for policy in self.filtered(lambda policy: not policy.active):
            if holder := policy._get_first_user():
                raise ValidationError(
                    self.env._(
                        'The policy "%(policy)s" judges %(holder)s. Give another policy there before you archive it.',
                        policy=policy.name,
                        holder=holder.display_name,
                    )
                )

    def _get_first_user(self):
        """A company, class or credit file that names this policy."""
        for model, name in (
            ("res.company", "credit_policy_id"),
            ("credit.risk.class", "policy_id"),
            ("credit.profile", "policy_id"),
        ):
            records = self.env[model].sudo().with_context(active_test=False)
            if found := records.search([(name, "=", self.id)], limit=1):
                return found
        return None

    @api.constrains("rule_ids", "active")
    def _check_rules(self):
        for policy in self:
            if not policy.rule_ids:
                raise ValidationError(
                    self.env._(
                        'The policy "%s" has no rule and would let everything pass. Add a rule, or leave the policy out.',
                        policy.name,
                    )
                )

    @api.depends_context("company")
    def _compute_is_company_policy(self):
        in_use = self.env.company.root_id.sudo().credit_policy_id
        for policy in self:
            policy.is_company_policy = policy == in_use

    def action_use(self):
        """Judge the customers of the company in use by this policy, unless class or customer say otherwise."""
        self.ensure_one()
        self.check_access("write")
        self.env.company.root_id.sudo().credit_policy_id = self

    def action_stop_using(self):
        """The company in use judges nobody any more, but those whose class or file names a policy."""
        self.ensure_one()
        self.check_access("write")
        self.env.company.root_id.sudo().filtered("credit_policy_id").credit_policy_id = False

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"has_default_limit", "default_limit"}:
            self.sudo()._mirror_limits()
        return result

    def _mirror_limits(self):
        """The limits that default to these policies are mirrored in Odoo's own field."""
        companies = self.env["res.company"].search([("credit_policy_id", "in", self.ids)])
        companies._mirror_default_limit()
        own = [("policy_id", "in", self.ids)]
        of_class = [("risk_class_id.policy_id", "in", self.ids)]
        self.env["credit.profile"].search(Domain.OR([own, of_class]))._mirror_limit()

    def _to_rules(self):
        """The policy as the pure rules know it; an empty recordset lets everything pass.

        :rtype: Policy
        """
        self = self.sudo()
        return Policy(
            tuple(rule._to_rule() for rule in self.rule_ids),
            self.env["credit.policy.rule"]._get_functions(),
        )
