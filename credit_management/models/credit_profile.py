from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, formatLang, ormcache

from ..rules import CreditRequest, Position, assess_in_turn
from .res_company import CREDIT_MODES

#: figures read from ``credit.exposure`` and ``credit.limit``: sortable and searchable, never stored
FIGURES = ("credit_limit", "exposure", "overdue", "oldest_due_days", "available", "limit_used")

#: fields analysts may write; all others are managers' decisions
_FREE_FIELDS = {"note", "message_main_attachment_id"}

_COMPARISONS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


def _search_for(name):
    """The search method of a figure."""
    return lambda self, operator, value: self._search_figure(name, operator, value)


class CreditProfile(models.Model):
    """The credit file of a customer in a root company: mode, status, analyst and figures.

    Customer: a commercial entity. Company: a root company; branches share its files. Amounts are in the
    company's currency, taxes included.
    """

    _name = "credit.profile"
    _description = "Credit File"
    _inherit = ["credit.owned.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]
    _parent_store = True
    _mail_post_access = "read"
    _kept_fields = ("partner_id",)

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    credit_mode = fields.Selection(
        CREDIT_MODES,
        required=True,
        tracking=True,
        default=lambda self: self.env.company.root_id.sudo().credit_management_default_mode,
        help="Limited: up to the limit. Unlimited: no limit. Prepaid: no credit at all.",
    )
    status = fields.Selection(
        [("normal", "Normal"), ("watch", "Watch"), ("blocked", "Blocked"), ("legal", "Litigation")],
        required=True,
        default="normal",
        tracking=True,
    )
    status_reason = fields.Char(tracking=True)
    status_date = fields.Date(readonly=True, string="Status Since")
    insolvency_date = fields.Date(
        string="Insolvency Judgment",
        tracking=True,
        help="Date of the opening judgment. Debts that arose before it are no longer claimed from the customer.",
    )
    insolvency_kind = fields.Selection(
        [
            ("safeguard", "Safeguard"),
            ("receivership", "Receivership"),
            ("liquidation", "Liquidation"),
        ],
        string="Insolvency Proceedings",
        tracking=True,
    )
    risk_class_id = fields.Many2one(
        "credit.risk.class",
        tracking=True,
        index="btree_not_null",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    mode_date = fields.Date(
        string="Mode Decided On",
        readonly=True,
        help="Empty if nobody has decided yet: the company's default mode applies",
    )
    parent_id = fields.Many2one(
        "credit.profile",
        string="Group",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id), ('id', '!=', id)]",
        help="Credit file whose limit its members share. Every level is checked, the lowest counts.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("credit.profile", "parent_id", string="Members")
    has_max_payment_days = fields.Boolean(string="Specific Payment Terms Limit", tracking=True)
    max_payment_days = fields.Integer(
        string="Longest Payment Terms (days)",
        tracking=True,
        help="Agreed with this customer. If empty, the risk class's value applies, otherwise the rule's.",
    )
    policy_id = fields.Many2one(
        "credit.policy",
        string="Specific Policy",
        tracking=True,
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
        help="If empty, the policy of the risk class, otherwise the company's",
    )
    effective_policy_id = fields.Many2one(
        "credit.policy", string="Policy", compute="_compute_effective_policy_id"
    )
    analyst_id = fields.Many2one(
        "res.users",
        tracking=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
    )
    review_date = fields.Date(string="Next Review", tracking=True)
    note = fields.Html(string="Notes")

    # Decisions
    limit_ids = fields.One2many("credit.limit", "profile_id", string="Limits")
    limit_expiry = fields.Date(
        compute="_compute_limit_expiry", help="Last day of the permanent limit in force"
    )
    hold_ids = fields.One2many("credit.hold", "profile_id", string="Holds")
    pending_hold_count = fields.Integer(compute="_compute_pending_hold_count")

    # Today's figures of all who share the limit
    group_limit = fields.Monetary(compute="_compute_figures", help="Limit that the members share")
    group_exposure = fields.Monetary(
        compute="_compute_figures", help="Total of all customers who share the group's limit"
    )

    # Today's figures
    credit_limit = fields.Monetary(
        compute="_compute_figures",
        search=_search_for("credit_limit"),
        help="In force today; empty when unlimited",
    )
    exposure = fields.Monetary(compute="_compute_figures", search=_search_for("exposure"))
    overdue = fields.Monetary(
        compute="_compute_figures",
        search=_search_for("overdue"),
        help="Overdue receivables, less unallocated credit notes and payments",
    )
    oldest_due_days = fields.Integer(
        string="Oldest Overdue (days)",
        compute="_compute_figures",
        search=_search_for("oldest_due_days"),
        aggregator="max",
    )
    available = fields.Monetary(
        compute="_compute_figures",
        search=_search_for("available"),
        help="What may still be ordered within the customer's and the group's limits; empty if unlimited",
    )
    limit_used = fields.Float(
        string="Limit Used (%)",
        compute="_compute_figures",
        search=_search_for("limit_used"),
        aggregator=None,
    )
    exposure_summary_ids = fields.One2many(
        "credit.exposure.summary", "profile_id", string="Exposure by Source"
    )

    _payment_days_not_negative = models.Constraint(
        "CHECK(max_payment_days >= 0)", "Payment terms cannot be negative. Enter 0 or more days."
    )
    _customer_unique = models.Constraint(
        "UNIQUE(partner_id, company_id)", "This customer already has a credit file in this company."
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id.name")
    @api.depends_context("allowed_company_ids")
    def _compute_display_name(self):
        several = len(self.env.companies.root_id) > 1
        for profile in self:
            # the customer may be a branch's
            name = profile.sudo().partner_id.display_name or ""
            profile.display_name = f"{name} ({profile.company_id.name})" if several else name

    @api.depends(
        "policy_id.active",
        "risk_class_id.policy_id.active",
        "company_id.credit_management_policy_id.active",
    )
    def _compute_effective_policy_id(self):
        for profile in self:
            policies = (
                profile.policy_id,
                profile.risk_class_id.policy_id,
                profile.company_id.sudo().credit_management_policy_id,
            )
            profile.effective_policy_id = next((p for p in policies if p.active), False)

    @api.depends("limit_ids.state", "limit_ids.date_to", "credit_mode")
    def _compute_limit_expiry(self):
        today = self.env["res.company"]._get_credit_today()
        for profile in self:
            profile.limit_expiry = profile.limit_ids._permanent_in_force(today).date_to

    @api.depends("hold_ids.state")
    def _compute_pending_hold_count(self):
        counts = dict(
            self.env["credit.hold"]._read_group(
                [("profile_id", "in", self.ids), ("state", "=", "pending")],
                ["profile_id"],
                ["__count"],
            )
        )
        for profile in self:
            profile.pending_hold_count = counts.get(profile, 0)

    @api.depends("partner_id", "company_id", "credit_mode", "parent_id")
    @api.depends_context("uid", "tz")
    def _compute_figures(self):
        positions = self._read_positions(
            self._get_own_customers(), self.env["res.company"]._get_credit_today()
        )
        for profile in self:
            profile._set_figures(positions.get(profile._get_customer(), Position()))

    def _set_figures(self, position):
        self.credit_limit = position.credit_limit or 0.0
        self.exposure = position.exposure
        self.overdue = position.overdue
        self.oldest_due_days = position.oldest_due_days
        self.available = position.available or 0.0
        self.limit_used = (
            100 * position.exposure / position.credit_limit if position.credit_limit else 0.0
        )
        group = position.groups[-1] if position.groups else None
        self.group_limit = (group and group.credit_limit) or 0.0
        self.group_exposure = group.exposure if group else 0.0

    def _get_own_customers(self):
        """The customers of these files the user may see: a new form may name any company."""
        roots = self.env.companies.root_id
        return {
            profile._get_customer()
            for profile in self
            if profile.partner_id and (self.env.su or profile.company_id._origin in roots)
        }

    def _get_customer(self):
        """The key of positions."""
        return self.partner_id._origin.id, self.company_id._origin.id

    def _search_figure(self, name, operator, value):
        """Domain over a figure; an empty figure (no limit) matches no comparison."""
        if operator == "in":
            values = tuple({float(item or 0.0) for item in value}) or (None,)
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s IN %s", model._field_to_sql(alias, name, query), values
                )
            )
        if operator not in _COMPARISONS:
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s %s",
                model._field_to_sql(alias, name, query),
                _COMPARISONS[operator],
                float(value or 0.0),
            )
        )

    # === CONSTRAINTS === #

    @api.constrains("partner_id", "company_id")
    def _check_customer(self):
        for profile in self:
            if profile.partner_id.commercial_partner_id != profile.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact and has no credit file of its own. Open the credit file of %(customer)s.",
                        contact=profile.partner_id.display_name,
                        customer=profile.partner_id.commercial_partner_id.display_name,
                    )
                )
            if profile.company_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "A branch shares the credit files of its parent company. Choose %s.",
                        profile.company_id.root_id.name,
                    )
                )

    @api.constrains("parent_id")
    def _check_group(self):
        for profile in self:
            if profile.parent_id and profile.parent_id.company_id != profile.company_id:
                raise ValidationError(
                    self.env._(
                        "A group shares a limit within one company. Choose a credit file of %s.",
                        profile.company_id.name,
                    )
                )

    @api.constrains("insolvency_date", "insolvency_kind")
    def _check_insolvency(self):
        if self.filtered(lambda file: file.insolvency_kind and not file.insolvency_date):
            raise ValidationError(
                self.env._("Enter the date of the judgment that opened the insolvency proceedings.")
            )

    @api.constrains("status", "status_reason")
    def _check_status_reason(self):
        for profile in self:
            if profile.status != "normal" and not (profile.status_reason or "").strip():
                raise ValidationError(self.env._("Enter the reason for this status."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company = self.env["res.company"].browse(
                vals.get("company_id") or self.env.company.root_id.id
            )
            if (
                vals.setdefault("credit_mode", company.sudo().credit_management_default_mode)
                != company.sudo().credit_management_default_mode
            ):
                vals.setdefault("mode_date", self.env["res.company"]._get_credit_today())
        profiles = super().create(vals_list)
        profiles.filtered(
            lambda file: (
                file.credit_mode == "unlimited"
                and file.company_id.sudo().credit_management_default_mode != "unlimited"
            )
        )._check_may_unlimit()
        if any(vals.get("parent_id") for vals in vals_list):
            self.env.registry.clear_cache()
        profiles.sudo()._mirror_limit()
        return profiles

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        # EXTENDS 'base': users who may only write notes see the other fields read-only
        found = super().fields_get(allfields, attributes)
        if not self._may_decide():
            for name in found.keys() - _FREE_FIELDS:
                if "readonly" in found[name]:
                    found[name]["readonly"] = True
        return found

    @api.model
    def _may_decide(self):
        return self.env.su or self.env.user.has_group("credit_management.group_credit_manager")

    def _check_may_write(self, vals):
        """Analysts may write notes; managers decide everything else on a file."""
        if vals.keys() <= _FREE_FIELDS or self._may_decide():
            return
        raise AccessError(
            self.env._(
                "Only a credit manager can change a credit file. Ask one, or request a limit. You can write notes and messages."
            )
        )

    def write(self, vals):
        self._check_may_write(vals)
        if vals.get("credit_mode") == "unlimited":
            self.filtered(lambda file: file.credit_mode != "unlimited")._check_may_unlimit()
        if "status" in vals:
            vals = {**vals, "status_date": self.env["res.company"]._get_credit_today()}
        self._check_no_loop(vals.get("parent_id"))
        if "credit_mode" in vals:
            vals = {**vals, "mode_date": self.env["res.company"]._get_credit_today()}
        result = super().write(vals)
        if "parent_id" in vals:
            self.env.registry.clear_cache()
        if vals.keys() & {"credit_mode", "risk_class_id", "policy_id"}:
            self.sudo()._mirror_limit()
        self.env["credit.hold"]._reassess_soon(self.partner_id)
        return result

    def _check_may_unlimit(self):
        """:raise AccessError: where the user may not grant any limit of these customers alone"""
        if self.env.su:
            return
        today = self.env["res.company"]._get_credit_today()
        for profile in self.sudo():
            authorities = self.env["credit.authority"]._of_company(profile.company_id)
            able = authorities._for_class(profile.risk_class_id.id).filtered("is_unlimited")
            held = able._held_by(self.env.user, today)
            if not held.filtered(lambda a: a.allow_own_limits and not a.two_signatures):
                raise AccessError(
                    self.env._(
                        "Unlimited credit for %(customer)s is more than you may grant alone. Request a limit instead:"
                        " somebody else approves it.",
                        customer=profile.partner_id.display_name,
                    )
                )

    def _check_no_loop(self, parent_id):
        """Refuse loops with a helpful sentence, before Odoo does with a cryptic one."""
        path = self.browse(parent_id or 0).sudo().parent_path or ""
        for profile in self:
            if str(profile.id) in path.split("/"):
                raise ValidationError(
                    self.env._(
                        "%s cannot be a member of its own group. Choose another group.",
                        profile.partner_id.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        self._check_no_history()

    def _check_no_history(self):
        """A file with decisions is kept."""
        for profile in self.sudo():
            if profile.limit_ids or profile.hold_ids or profile.status != "normal":
                raise UserError(
                    self.env._(
                        "%s has a credit file with decisions, which must be kept. Archive the customer instead of deleting it.",
                        profile.partner_id.display_name,
                    )
                )

    @api.model
    def _ensure(self, customers, company):
        """The files of customers in a root company, created where missing.

        :param customers: commercial partners
        :return: one profile for each customer
        """
        company = company.root_id
        domain = [("partner_id", "in", customers.ids), ("company_id", "=", company.id)]
        missing = customers - self.search(domain).partner_id
        if missing:
            self._insert_missing({(customer.id, company.id) for customer in missing})
        return self.search(domain)

    def _insert_missing(self, customers):
        """Create missing files; one created concurrently by another transaction is fine too.

        :param customers: pairs ``(partner_id, company_id)``
        """
        partners, companies = (list(ids) for ids in zip(*sorted(customers), strict=True))
        self.env["res.partner"].flush_model(["active"])
        self.env["res.company"].flush_model(["credit_management_default_mode"])
        self.env.execute_query(
            SQL(
                """INSERT INTO credit_profile (id, parent_path, partner_id, company_id, credit_mode, status,
                                              create_uid, write_uid, create_date, write_date)
                   SELECT n.id, n.id || '/', n.partner_id, n.company_id, r.credit_management_default_mode, 'normal',
                          %(uid)s, %(uid)s, %(now)s, %(now)s
                     FROM (SELECT nextval('credit_profile_id_seq') AS id, a.*
                             FROM UNNEST(%(partners)s, %(companies)s) a(partner_id, company_id)) n
                     JOIN res_company r ON r.id = n.company_id
                   ON CONFLICT (partner_id, company_id) DO NOTHING RETURNING id""",
                uid=self.env.uid,
                now=self.env.cr.now(),
                partners=partners,
                companies=companies,
            )
        )

    @api.model
    def _undecided(self):
        """Domain of files without a decision, neither on mode nor on limit."""
        decided = Domain("state", "in", ("requested", "approved"))
        return Domain("mode_date", "=", False) & Domain("limit_ids", "not any!", decided)

    @api.model
    def _open_files_of_debtors(self):
        """Create credit files for debtors without one; this has no effect on their credit.

        :return: how many were made
        """
        exposure = self.env["credit.exposure"]
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT e.partner_id, e.company_id FROM (%s) e
                    WHERE e.amount > 0
                      AND NOT EXISTS (SELECT FROM credit_profile f
                                       WHERE f.partner_id = e.partner_id AND f.company_id = e.company_id)""",
                exposure._flushing(exposure._rows_sql({"receivable"})),
            )
        )
        if rows:
            self._insert_missing(set(rows))
            self.invalidate_model()
        return len(rows)

    @api.model
    def get_empty_list_help(self, help_message):
        # EXTENDS 'base': an empty list shows the first steps, below what it says itself once there are files
        steps = self.env["credit.setup"]._get_checklist()
        if steps and self.search_count([], limit=1):
            steps = steps.replace("o_view_nocontent_smiling_face", "mt-4 fw-bold")
            return Markup(super().get_empty_list_help(help_message)) + steps
        return steps or super().get_empty_list_help(help_message)

    # === GROUPS === #

    @api.model
    @ormcache()
    def _has_groups(self):
        """Whether any credit file belongs to a group."""
        return bool(self.sudo().search_count([("parent_id", "!=", False)], limit=1))

    # === FIGURES === #

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'base': figures are columns of a join on the positions of all files
        if field_expr not in FIGURES:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        list_name = "late" if field_expr in ("overdue", "oldest_due_days") else "limit"
        figures = query.make_alias(alias, list_name)
        rows = self.env["credit.position"]._list_sql(
            list_name, self.env["res.company"]._get_credit_today()
        )
        query.add_join(
            "LEFT JOIN",
            figures,
            SQL("(%s)", self.env["credit.position"]._flushing(rows)),
            SQL("%s = %s", SQL.identifier(alias, "id"), SQL.identifier(figures, "id")),
        )
        return SQL.identifier(figures, field_expr)

    @api.model
    def _read_positions(self, customers, today):
        """``{(partner_id, company_id): Position}``; without a file the company's defaults apply."""
        return self.env["credit.position"]._read_positions(customers, today)

    # === ASSESSMENT === #

    @api.model
    def _assess(self, requests, today):
        """Assess requests, each including those before it that pass. Read-only: creates no file, takes no lock.

        :param requests: list of :class:`~..rules.CreditRequest`
        :return: ``{request: Assessment}``
        """
        return assess_in_turn(
            requests, self._read_positions({request.customer for request in requests}, today)
        )

    def _find(self, customers):
        """Existing files of ``(partner_id, company_id)`` pairs."""
        partners, companies = {c[0] for c in customers}, {c[1] for c in customers}
        found = self.search(
            [("partner_id", "in", list(partners)), ("company_id", "in", list(companies))]
        )
        return found.filtered(
            lambda profile: (profile.partner_id.id, profile.company_id.id) in customers
        )

    # === WORDS === #

    @api.model
    def _explain_verdict(self, assessment, company):
        """Every reason and the way out, one per line, in the reader's language."""
        explain = self.env["credit.policy.rule"]._explain
        lines = [
            explain(
                reason.kind,
                reason.figure,
                reason.threshold,
                company.currency_id,
                self.browse(reason.level_id).sudo().partner_id.name,
                reason.note,
            )
            for reason in assessment.reasons
        ]
        if assessment.verdict == "hold":
            position = assessment.position
            authority = (
                self.env["credit.authority"]
                ._of_company(company)
                ._for_class(position.risk_class_id)
                ._allowing_release(
                    assessment.excess,
                    position.exposure + assessment.request.amount,
                    position.oldest_due_days,
                )[:1]
            )
            lines.append(
                self._explain_way_out(assessment.payment, assessment.deposit, authority, company)
            )
            lines += self._explain_other_ways(assessment.excess, company)
        return "\n".join(lines)

    @api.model
    def _explain_other_ways(self, excess, company):
        """Sentences about further ways to release a held document. Extend.

        :param excess: excess over the limit with the document, in the company's currency
        """
        return []

    @api.model
    def _explain_way_out(self, payment, deposit, authority, company):
        """What would release the document: a payment, a deposit with the order (percent), or a decision."""
        values = {
            "payment": formatLang(self.env, payment, currency_obj=company.currency_id),
            "deposit": deposit,
            "authority": authority.name,
        }
        ways = (bool(payment), bool(deposit))
        if authority:
            return self._get_ways_by_authority(values)[ways]
        return self._get_ways_by_anyone(values)[ways]

    @api.model
    def _get_ways_by_authority(self, values):
        """``{(by payment, by deposit): sentence}`` where a named authority may release the document."""
        return {
            (True, True): self.env._(
                "To release it: a payment of %(payment)s, a deposit of %(deposit)s %% with the order,"
                " or a release by %(authority)s.",
                **values,
            ),
            (True, False): self.env._(
                "To release it: a payment of %(payment)s or a release by %(authority)s.", **values
            ),
            (False, True): self.env._(
                "To release it: a deposit of %(deposit)s %% with the order or a release by %(authority)s.",
                **values,
            ),
            (False, False): self.env._("To release it: a release by %(authority)s.", **values),
        }

    @api.model
    def _get_ways_by_anyone(self, values):
        """``{(by payment, by deposit): sentence}`` where no authority is large enough yet."""
        return {
            (True, True): self.env._(
                "To release it: a payment of %(payment)s, a deposit of %(deposit)s %% with the order,"
                " or a release by someone granted the authority.",
                **values,
            ),
            (True, False): self.env._(
                "To release it: a payment of %(payment)s or a release by someone granted the authority.",
                **values,
            ),
            (False, True): self.env._(
                "To release it: a deposit of %(deposit)s %% with the order or a release by someone"
                " granted the authority.",
                **values,
            ),
            (False, False): self.env._(
                "To release it: a release by someone granted the authority."
            ),
        }

    # === LIMITS === #

    def _mirror_limit(self):
        """Update Odoo's own ``credit_limit`` of the customers, their contacts and every branch to the limit in force.

        For Odoo, 0 means "no limit".
        """
        if not self:
            return
        self.env["credit.hold"]._reassess_soon(self.partner_id)
        self.env["res.partner"].flush_model()
        self.env["res.company"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p SET credit_limit = COALESCE(p.credit_limit, '{}'::jsonb) || v.limits
                     FROM (SELECT f.partner_id,
                                  jsonb_object_agg(c.id::text, COALESCE(f.credit_limit, 0)) AS limits
                             FROM (%s) f
                             JOIN res_company c ON split_part(c.parent_path, '/', 1)::int = f.company_id
                            GROUP BY f.partner_id) v
                    WHERE p.commercial_partner_id = v.partner_id
                      AND NOT COALESCE(p.credit_limit, '{}'::jsonb) @> v.limits""",
                self._limits_in_force_sql(),
            )
        )
        self.env["res.partner"].invalidate_model(["credit_limit"])

    def _limits_in_force_sql(self):
        today = self.env["res.company"]._get_credit_today()
        positions = self.env["credit.position"]
        return positions._flushing(positions._limits_sql(today, only=self.ids))

    def _decide_unlimited(self):
        """Remove the limit, if the user may."""
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise AccessError(
                self.env._(
                    "Only a credit manager can remove a limit. Request another limit in the credit file."
                )
            )
        self.filtered(lambda file: file.credit_mode != "unlimited")._check_may_unlimit()
        self.sudo().write({"credit_mode": "unlimited"})

    # === ACTIONS === #

    @api.readonly
    def action_view_exposure(self):
        """Open the rows behind the exposure of this customer."""
        return self._action_open_exposure()

    def _action_open_exposure(self, source=None):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_exposure"
        )
        action["domain"] = [
            ("partner_id", "=", self.partner_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        action["context"] = {"search_default_group_source": not source}
        action["domain"] += self._get_counted_domain()
        if source:
            action["domain"].append(("source", "=", source))
        action["display_name"] = self.env._("Exposure of %s", self.partner_id.display_name)
        return action

    def _get_counted_domain(self):
        """Domain of the exposure rows counted by the policy of this file."""
        scopes = self.env["credit.policy"]._get_scopes()
        scope = scopes.scopes[scopes.scope_of_policy.get(self.effective_policy_id.id or 0, 0)]
        domain = [("source", "in", list(scope.sources))]
        if scope.horizon_days is not None:
            last = self.env["res.company"]._get_credit_today() + timedelta(scope.horizon_days)
            domain += ["|", ("source", "!=", "ordered"), ("date_due", "<=", last)]
        return domain

    @api.readonly
    def action_view_overdue(self):
        """Open the overdue receivables and the credits netted against them."""
        action = self._action_open_exposure("receivable")
        today = self.env["res.company"]._get_credit_today()
        action["domain"] += ["|", ("date_due", "<", today), ("amount", "<", 0)]
        return action

    @api.readonly
    def action_view_holds(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_hold"
        )
        return {**action, "domain": [("profile_id", "=", self.id)], "context": {}}

    @api.readonly
    def action_request_limit(self):
        """Open a new limit request."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a Limit"),
            "res_model": "credit.limit",
            "views": [(False, "form")],
            "context": {"default_profile_id": self.id, "default_partner_id": self.partner_id.id},
        }

    # === CRON === #

    @api.model
    def _mirror_all_limits(self, batch=1000):
        """Update Odoo's own field every night, in batches: temporary limits end with the calendar."""
        self.env["ir.cron"]._commit_progress(remaining=self.search_count([]))
        last = 0
        while profiles := self.search([("id", ">", last)], order="id", limit=batch):
            profiles._mirror_limit()
            last = profiles[-1].id
            if not self.env["ir.cron"]._commit_progress(len(profiles)):
                break

    @api.model
    def _request(self, partner, company, amount, **values):
        """A request on the credit of a partner's commercial entity in the root company."""
        return CreditRequest(partner.commercial_partner_id.id, company.root_id.id, amount, **values)

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Credit file created")
