from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ..rules import Policy, sums_that_count

_ALL = [("id", "!=", False)]


class ExposureScope(NamedTuple):
    """What a policy counts as exposure: sources, and how many days ahead orders count (``None``: all)."""

    sources: tuple
    horizon_days: int | None


class ExposureScopes(NamedTuple):
    """All exposure scopes in use: ``scopes``, the sums each of them adds up, the index of each policy's scope (``0``: no
    policy), the sources any of them needs, the days late for which a rule needs a sum, and the facts rules need."""

    scopes: tuple
    sums_of_scope: tuple
    scope_of_policy: dict
    sources: frozenset
    cutoffs: tuple
    facts: frozenset

    @property
    def sums(self):
        """Every sum that some scope adds up: see :func:`~..rules.sums_that_count`."""
        return tuple(dict.fromkeys(pair for sums in self.sums_of_scope for pair in sums))

    def get_sums(self, policy_id):
        """The sums of a policy's scope, or of the scope without a policy."""
        return self.sums_of_scope[self.scope_of_policy.get(policy_id, 0)]

    @property
    def has_horizon(self):
        return any(scope.horizon_days is not None for scope in self.scopes)


class CreditPolicy(models.Model):
    """A named set of rules and settings; it has no effect until a company, risk class or customer uses it."""

    _name = "credit.policy"
    _description = "Credit Policy"
    _inherit = ["credit.owned.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env.company.root_id,
        help="Leave empty to allow every company to use it",
    )
    rule_ids = fields.One2many(
        "credit.policy.rule",
        "policy_id",
        string="Rules",
        domain=[("condition_of_id", "=", False)],
        copy=True,
    )
    # What counts as exposure, besides receivables
    count_uncleared = fields.Boolean(
        string="Payments not Cleared",
        help="Payments registered but not yet matched with the bank still count as exposure: cheques, bills of exchange, direct debits",
    )
    count_draft_invoice = fields.Boolean(string="Draft Invoices", default=True)
    count_delivered = fields.Boolean(string="Delivered, to Invoice", default=True)
    count_ordered = fields.Boolean(string="Ordered, to Deliver", default=True)
    has_horizon = fields.Boolean(
        string="Credit Horizon", help="Orders to be delivered later than this do not count yet"
    )
    horizon_days = fields.Integer(string="Horizon (days)", default=90)

    # How documents are checked
    tolerance = fields.Float(
        string="Tolerance (%)", help="Percentage by which the limit may be exceeded without a hold"
    )
    release_days = fields.Integer(
        string="Validity of a Release (days)",
        default=30,
        help="Days during which a release covers the order up to its amount. 0: today only.",
    )
    grace_days = fields.Integer(
        string="Grace (days)",
        help="Days of grace before an item counts as overdue, a limit as expired or a review as due",
    )
    auto_release = fields.Boolean(
        string="Automatic Release",
        help="When the reasons no longer apply, the hold is released and the order confirmed. Manual holds are never released automatically.",
    )
    is_company_policy = fields.Boolean(
        string="In Use", compute="_compute_is_company_policy", help="Used by your current company"
    )
    has_default_limit = fields.Boolean(string="Specific Default Limit")
    default_limit = fields.Float(
        digits="Account",
        help="Limit of customers under this policy who have none of their own, in the currency of the customer's company",
    )

    _default_limit_not_negative = models.Constraint(
        "CHECK(default_limit >= 0)",
        "A credit limit cannot be negative. Enter 0 to grant no credit.",
    )
    _settings_not_negative = models.Constraint(
        "CHECK(tolerance >= 0 AND release_days >= 0 AND horizon_days >= 0 AND grace_days >= 0)",
        "Tolerance, validity, horizon and grace cannot be negative. Enter 0 or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company")
    def _compute_is_company_policy(self):
        in_use = self.env.company.root_id.sudo().credit_management_policy_id
        for policy in self:
            policy.is_company_policy = policy == in_use

    # === CONSTRAINTS === #

    @api.constrains("active")
    def _check_not_used(self):
        for policy in self.filtered(lambda policy: not policy.active):
            if holder := policy._get_first_user():
                raise ValidationError(
                    self.env._(
                        'The policy "%(policy)s" is used by %(holder)s. Assign another policy there before archiving it.',
                        policy=policy.name,
                        holder=holder.display_name,
                    )
                )

    def _get_first_user(self):
        """A company, risk class or credit file that uses this policy."""
        for model, name in (
            ("res.company", "credit_management_policy_id"),
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
                        'The policy "%s" has no rules and would let everything pass. Add a rule, or choose no policy.',
                        policy.name,
                    )
                )

    def _holds(self):
        """Some rule holds documents."""
        return "hold" in self.rule_ids.mapped("action")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        self.env.registry.clear_cache()
        return policies

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        self.env["credit.hold"]._reassess_soon()
        if vals.keys() & {"has_default_limit", "default_limit"}:
            self.sudo()._mirror_limits()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _mirror_limits(self):
        """Update Odoo's own field where limits default to these policies."""
        companies = self.env["res.company"].search(
            [("credit_management_policy_id", "in", self.ids)]
        )
        companies._mirror_default_limit()
        own = [("policy_id", "in", self.ids)]
        of_class = [("risk_class_id.policy_id", "in", self.ids)]
        self.env["credit.profile"].search(Domain.OR([own, of_class]))._mirror_limit()

    # === ACTIONS === #

    @api.readonly
    def action_ask_use(self):
        """Ask for confirmation before the policy takes effect, showing the last simulation."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Use in This Company"),
            "res_model": "credit.policy.use",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_policy_id": self.id},
        }

    def action_simulate(self):
        """Prepare a simulation of this policy on the last twelve months."""
        self.ensure_one()
        self.env["credit.policy.simulation"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulate %s", self.name),
            "res_model": "credit.policy.simulation",
            "views": [(False, "form")],
            "context": {"default_policy_id": self.id},
        }

    def action_use(self):
        """Use this policy for the customers of the current company, unless their class or file has its own."""
        self.ensure_one()
        self.check_access("write")
        self.env.company.root_id.sudo().credit_management_policy_id = self

    def action_stop_using(self):
        """Stop using a policy in the current company, except where a class or file has its own."""
        self.ensure_one()
        self.check_access("write")
        self.env.company.root_id.sudo().filtered(
            "credit_management_policy_id"
        ).credit_management_policy_id = False

    # === BUSINESS METHODS === #

    @api.model
    def _is_any_in_use(self, company):
        """Whether any policy is used for customers of a root company."""
        if company.sudo().credit_management_policy_id:
            return True
        files = self.env["credit.profile"].sudo()
        by_file_or_class = Domain("policy_id", "!=", False) | Domain(
            "risk_class_id.policy_id", "!=", False
        )
        return bool(
            files.search_count(Domain("company_id", "=", company.id) & by_file_or_class, limit=1)
        )

    # === FOR THE RULES === #

    @api.model
    @ormcache("policy_id")
    def _get_rules(self, policy_id):
        """The policy as a value for the pure rules; without one everything passes.

        :rtype: Policy
        """
        policy = self.sudo().browse(policy_id)
        scope = (policy or self.new())._get_scope()
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return Policy(
            rules=tuple(rule._to_rule() for rule in policy.rule_ids),
            kinds=self.env["credit.policy.rule"]._get_kinds(),
            grace_days=policy.grace_days,
            horizon_days=scope.horizon_days,
            sources=scope.sources,
            intercompany=frozenset(companies.search(_ALL).partner_id.ids),
        )

    @api.model
    @ormcache()
    def _get_scopes(self):
        """:rtype: ExposureScopes"""
        policies = self.sudo().with_context(active_test=False).search(_ALL)
        scopes = {self.new()._get_scope(): 0}
        scope_of_policy = {0: 0}
        for policy in policies:
            scope_of_policy[policy.id] = scopes.setdefault(policy._get_scope(), len(scopes))
        sources = self.env["credit.exposure"]._exposure_sources()
        return ExposureScopes(
            tuple(scopes),
            tuple(sums_that_count(sources, scope.sources, scope.horizon_days) for scope in scopes),
            scope_of_policy,
            frozenset(source for scope in scopes for source in scope.sources),
            tuple(
                sorted({days for policy in policies for days in self._get_rules(policy.id).cutoffs})
            ),
            frozenset(fact for policy in policies for fact in self._get_rules(policy.id).facts),
        )

    def _get_scope(self):
        """What this policy counts: every source, unless its field ``count_<source>`` is off.

        :rtype: ExposureScope
        """
        sources = self.env["credit.exposure"]._get_source_names()
        counted = (s for s in sources if f"count_{s}" not in self._fields or self[f"count_{s}"])
        return ExposureScope(tuple(counted), self.horizon_days if self.has_horizon else None)
