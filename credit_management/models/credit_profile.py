from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_list, formatLang
from psycopg2.errors import LockNotAvailable

from ..rules import Demand, Standing, assess_in_turn, excess_over
from .res_company import CREDIT_MODES

#: figures read from ``credit.exposure`` and ``credit.limit``: sortable and searchable, never stored
FIGURES = ("credit_limit", "exposure", "overdue", "oldest_due_days", "available", "limit_used")

_COMPARISONS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


def _search_for(name):
    """The search method of a figure."""
    return lambda self, operator, value: self._search_figure(name, operator, value)


class CreditProfile(models.Model):
    """The credit file of a customer in a root company: mode, status, who follows it, and its figures.

    Customer: a commercial entity. Company: a root company; branches share its files. Amounts are in the
    company's currency, taxes included.
    """

    _name = "credit.profile"
    _description = "Credit File"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]

    #: how long a confirmation waits for others of the same customer
    _lock_timeout = "10s"

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
        default=lambda self: self.env.company.root_id.sudo().credit_default_mode,
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
    risk_class_id = fields.Many2one("credit.risk.class", tracking=True, index="btree_not_null")
    policy_id = fields.Many2one(
        "credit.policy",
        string="Own Policy",
        tracking=True,
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Empty: the policy of the risk class, else of the company",
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
    note = fields.Html()

    # Decisions
    limit_ids = fields.One2many("credit.limit", "profile_id", string="Limits")
    limit_expiry = fields.Date(
        compute="_compute_limit_expiry", help="Last day of the limit in force"
    )
    hold_ids = fields.One2many("credit.hold", "profile_id", string="Holds")
    pending_hold_count = fields.Integer(compute="_compute_pending_hold_count")

    # Figures of today
    credit_limit = fields.Monetary(
        compute="_compute_figures",
        search=_search_for("credit_limit"),
        help="In force today; empty when unlimited",
    )
    exposure = fields.Monetary(compute="_compute_figures", search=_search_for("exposure"))
    overdue = fields.Monetary(
        compute="_compute_figures",
        search=_search_for("overdue"),
        help="Receivables past due, less credit notes and payments not allocated yet",
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
        help="What may still be ordered; empty when unlimited",
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

    _customer_unique = models.Constraint(
        "UNIQUE(partner_id, company_id)", "This customer already has a credit file in this company."
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "company_id.name")
    @api.depends_context("allowed_company_ids")
    def _compute_display_name(self):
        several = len(self.env.companies.root_id) > 1
        for profile in self:
            name = profile.partner_id.display_name or ""
            profile.display_name = f"{name} ({profile.company_id.name})" if several else name

    @api.depends(
        "policy_id.active", "risk_class_id.policy_id.active", "company_id.credit_policy_id.active"
    )
    def _compute_effective_policy_id(self):
        for profile in self:
            policies = (
                profile.policy_id,
                profile.risk_class_id.policy_id,
                profile.company_id.sudo().credit_policy_id,
            )
            profile.effective_policy_id = next((p for p in policies if p.active), False)

    @api.depends("limit_ids.state", "limit_ids.date_to", "credit_mode")
    def _compute_limit_expiry(self):
        today = fields.Date.context_today(self)
        for profile in self:
            profile.limit_expiry = profile.limit_ids._in_force(today).date_to

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

    @api.depends("partner_id", "company_id", "credit_mode")
    @api.depends_context("uid", "tz")
    def _compute_figures(self):
        standings = self._get_standings(fields.Date.context_today(self))
        for profile in self:
            standing = standings[profile]
            limit = standing.credit_limit
            profile.credit_limit = limit or 0.0
            profile.exposure = standing.exposure
            profile.overdue = standing.overdue
            profile.oldest_due_days = standing.oldest_due_days
            profile.available = 0.0 if limit is None else limit - standing.exposure
            profile.limit_used = 100 * standing.exposure / limit if limit else 0.0

    def _search_figure(self, name, operator, value):
        """Domain over a figure; an empty one (no limit) satisfies no comparison."""
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
                        "%(contact)s has no credit of its own: open the credit file of %(customer)s.",
                        contact=profile.partner_id.display_name,
                        customer=profile.partner_id.commercial_partner_id.display_name,
                    )
                )
            if profile.company_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "A branch shares the credit files of its company: choose %s.",
                        profile.company_id.root_id.name,
                    )
                )

    @api.constrains("status", "status_reason")
    def _check_status_reason(self):
        for profile in self:
            if profile.status != "normal" and not (profile.status_reason or "").strip():
                raise ValidationError(self.env._("Give the reason of this status."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company = self.env["res.company"].browse(
                vals.get("company_id") or self.env.company.root_id.id
            )
            vals.setdefault("credit_mode", company.sudo().credit_default_mode)
        profiles = super().create(vals_list)
        profiles.sudo()._mirror_limit()
        return profiles

    def write(self, vals):
        if "status" in vals:
            vals = {**vals, "status_date": fields.Date.context_today(self)}
        result = super().write(vals)
        if vals.keys() & {"credit_mode", "risk_class_id", "policy_id"}:
            self.sudo()._mirror_limit()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        self._check_no_history()

    def _check_no_history(self):
        """A file with decisions is kept."""
        for profile in self.sudo():
            if profile.limit_ids or profile.hold_ids:
                raise UserError(
                    self.env._(
                        "%(customer)s has a credit file with %(limits)s limits and %(holds)s holds, which is kept."
                        " Archive the customer instead of deleting it.",
                        customer=profile.partner_id.display_name,
                        limits=len(profile.limit_ids),
                        holds=len(profile.hold_ids),
                    )
                )

    @api.model
    def _ensure(self, customers, company):
        """The files of customers in a root company, made where they are missing.

        :param customers: commercial partners
        :return: one profile for each customer
        """
        company = company.root_id
        domain = [("partner_id", "in", customers.ids), ("company_id", "=", company.id)]
        missing = customers - self.search(domain).partner_id
        if missing:
            self._insert_missing(missing, company)
        return self.search(domain)

    def _insert_missing(self, customers, company):
        """Somebody else may make the same file at this moment: theirs is then as good as ours."""
        now = self.env.cr.now()
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s, 'normal', %s, %s, %s, %s)",
                customer.id,
                company.id,
                company.sudo().credit_default_mode,
                self.env.uid,
                self.env.uid,
                now,
                now,
            )
            for customer in customers
        )
        self.env["res.partner"].flush_model()
        self.env.execute_query(
            SQL(
                """INSERT INTO credit_profile
                          (partner_id, company_id, credit_mode, status, create_uid, write_uid, create_date, write_date)
                   VALUES %s ON CONFLICT (partner_id, company_id) DO NOTHING RETURNING id""",
                rows,
            )
        )

    # === FIGURES === #

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'base': figures are columns of a join on the exposure
        if field_expr not in FIGURES:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        today = fields.Date.context_today(self)
        figures = query.make_alias(alias, "figures")
        query.add_join(
            "LEFT JOIN",
            figures,
            SQL("(%s)", self._exposure_figures_sql(today)),
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(alias, "partner_id"),
                SQL.identifier(figures, "partner_id"),
                SQL.identifier(alias, "company_id"),
                SQL.identifier(figures, "company_id"),
            ),
        )
        return self._figure_to_sql(field_expr, alias, figures, today)

    def _figure_to_sql(self, name, alias, figures, today):
        limit = self._limit_sql(alias, today)
        exposure = SQL("COALESCE(%s, 0)", SQL.identifier(figures, "exposure"))
        if name == "credit_limit":
            return limit
        if name == "available":
            return SQL("(%s - %s)", limit, exposure)
        if name == "limit_used":
            return SQL("(100 * %s / NULLIF(%s, 0))", exposure, limit)
        return SQL("COALESCE(%s, 0)", SQL.identifier(figures, name))

    def _exposure_figures_sql(self, today, condition=SQL("TRUE")):  # noqa: B008
        """``SELECT partner_id, company_id, exposure, overdue, oldest_due_days``, one row a customer.

        :param condition: on ``partner_id`` and ``company_id``; it sinks into every source
        """
        return SQL(
            """SELECT partner_id, company_id, exposure, GREATEST(due, 0) AS overdue,
                      CASE WHEN due > 0 THEN %(today)s::date - oldest ELSE 0 END AS oldest_due_days
                 FROM (SELECT partner_id, company_id, SUM(amount) AS exposure,
                              COALESCE(SUM(amount) FILTER (
                                  WHERE source = 'receivable' AND (date_due < %(today)s::date OR amount < 0)
                              ), 0) AS due,
                              MIN(date_due) FILTER (
                                  WHERE source = 'receivable' AND date_due < %(today)s::date AND amount > 0
                              ) AS oldest
                         FROM %(rows)s e
                        WHERE %(condition)s
                        GROUP BY partner_id, company_id) f""",
            today=today,
            rows=self.env["credit.exposure"]._table_sql,
            condition=condition,
        )

    def _limit_sql(self, alias, today):
        """Limit in force on a day: NULL when unlimited, 0 when prepaid; temporary, permanent, then the defaults."""
        for model in ("credit.limit", "credit.risk.class", "credit.policy", "res.company"):
            self.env[model].flush_model()
        self.flush_model(["credit_mode", "risk_class_id", "policy_id"])
        return SQL(
            """CASE %(profile)s.credit_mode WHEN 'prepaid' THEN 0 WHEN 'limited' THEN COALESCE(
                 (SELECT l.amount FROM credit_limit l
                   WHERE l.profile_id = %(profile)s.id AND l.state = 'approved' AND l.date_from <= %(today)s
                     AND (l.kind = 'permanent' OR l.date_to >= %(today)s)
                   ORDER BY l.kind DESC, l.date_from DESC, l.id DESC LIMIT 1),
                 (SELECT c.default_limit FROM credit_risk_class c
                   WHERE c.id = %(profile)s.risk_class_id AND c.has_default_limit),
                 (SELECT y.default_limit FROM credit_policy y
                   WHERE y.has_default_limit AND y.id = COALESCE(
                         %(profile)s.policy_id,
                         (SELECT c.policy_id FROM credit_risk_class c WHERE c.id = %(profile)s.risk_class_id),
                         (SELECT r.credit_policy_id FROM res_company r WHERE r.id = %(profile)s.company_id))),
                 (SELECT r.credit_default_limit FROM res_company r WHERE r.id = %(profile)s.company_id),
                 0) END""",
            profile=SQL.identifier(alias),
            today=today,
        )

    def _read_exposures(self, today):
        """``{(partner_id, company_id): (exposure, overdue, oldest_due_days)}`` of the customers of ``self``."""
        partners, companies = self.partner_id.ids, self.company_id.ids
        if not partners or not companies:
            return {}
        condition = SQL("partner_id IN %s AND company_id IN %s", tuple(partners), tuple(companies))
        rows = self.env.execute_query(self._exposure_figures_sql(today, condition))
        return {
            (partner, company): (float(e), float(o), days) for partner, company, e, o, days in rows
        }

    def _read_limits(self, today):
        """``{profile: limit in force}``, ``None`` when unlimited; without an id, the company's default."""
        limits = {}
        saved = self._origin
        if saved:
            query = SQL(
                "SELECT id, %s FROM credit_profile WHERE id IN %s",
                self._limit_sql(self._table, today),
                tuple(saved.ids),
            )
            limits = {
                id_: None if limit is None else float(limit)
                for id_, limit in self.env.execute_query(query)
            }
        return {
            profile: limits[profile._origin.id]
            if profile._origin
            else profile.company_id._get_default_limit()
            for profile in self
        }

    def _get_standings(self, today):
        """``{profile: Standing}`` on a day, in as many queries whatever the number of profiles."""
        exposures = self._read_exposures(today)
        limits = self._read_limits(today)
        used = [*self.effective_policy_id, self.env["credit.policy"]]
        policies = {policy: policy._to_rules() for policy in used}
        return {
            profile: profile._to_standing(
                limits[profile], exposures, policies[profile.effective_policy_id]
            )
            for profile in self
        }

    def _to_standing(self, limit, exposures, policy):
        """:rtype: Standing"""
        exposure, overdue, days = exposures.get(
            (self.partner_id.id, self.company_id.id), (0.0, 0.0, 0)
        )
        return Standing(
            credit_mode=self.credit_mode,
            status=self.status or "normal",
            credit_limit=limit,
            exposure=exposure,
            overdue=overdue,
            oldest_due_days=days,
            rounding=self.currency_id.rounding,
            profile_id=self._origin.id or 0,
            policy=policy,
        )

    # === ASSESSMENT === #

    @api.model
    def _assess(self, demands, today):
        """Judge demands, each seeing those before it that pass. Reads only: makes no profile, takes no lock.

        :param demands: list of :class:`~..rules.Demand`
        :return: ``{demand: Assessment}``
        """
        return assess_in_turn(
            demands, self._read_standings({demand.customer for demand in demands}, today)
        )

    @api.model
    def _read_standings(self, customers, today):
        """``{(partner_id, company_id): Standing}``; without a file the company's defaults count."""
        profiles = self._find(customers)
        for partner_id, company_id in customers - {
            (p.partner_id.id, p.company_id.id) for p in profiles
        }:
            profiles |= self._new_default(partner_id, company_id)
        standings = profiles._get_standings(today)
        return {(p.partner_id.id, p.company_id.id): standing for p, standing in standings.items()}

    def _read_committed_standings(self, customers, today):
        """Standings in the companies that this connection can see: not those that are just being made."""
        companies = self.env["res.company"].browse(
            {company_id for _partner_id, company_id in customers}
        )
        visible = companies.exists().ids
        return self._read_standings({key for key in customers if key[1] in visible}, today)

    def _find(self, customers):
        """Files of ``(partner_id, company_id)`` pairs; those that do not exist are left out."""
        partners, companies = {c[0] for c in customers}, {c[1] for c in customers}
        found = self.search(
            [("partner_id", "in", list(partners)), ("company_id", "in", list(companies))]
        )
        return found.filtered(
            lambda profile: (profile.partner_id.id, profile.company_id.id) in customers
        )

    def _new_default(self, partner_id, company_id):
        company = self.env["res.company"].browse(company_id)
        return self.new(
            {
                "partner_id": partner_id,
                "company_id": company_id,
                "credit_mode": company.credit_default_mode,
            }
        )

    @api.model
    def _assess_at_gate(self, demands, today, counted=False):
        """Judge demands so that no other transaction can pass the same limit meanwhile.

        The files are locked by :meth:`_lock`. Reads on a second connection, whose snapshot is younger than
        the lock: under repeatable read our own would not show what others committed while we waited. Own
        figures complete it: what this transaction let pass already.

        :param counted: whether our own figures contain the demands already
        :return: ``{demand: Assessment}``
        """
        customers = {demand.customer for demand in demands}
        own = self._read_standings(customers, today)
        for demand in demands if counted else ():
            own[demand.customer] = own[demand.customer].less(demand.amount)
        with self._fresh_env() as fresh_env:
            if fresh_env.cr is self.env.cr:
                standings = own
            else:
                seen = fresh_env[self._name]._read_committed_standings(customers, today)
                passed = self._get_passed_amounts()
                standings = {
                    key: seen[key].with_own(mine, passed.get(key, 0.0)) if key in seen else mine
                    for key, mine in own.items()
                }
        verdicts = assess_in_turn(demands, standings)
        self._remember_passed(
            demand for demand, assessment in verdicts.items() if assessment.verdict != "hold"
        )
        return verdicts

    def _lock(self, documents):
        """Queue behind whoever decides for the same customers, lowest id first; others do not notice.

        The documents are touched, not just locked: whoever judges one of them at the same moment must not do
        so on its old face, but gets a serialisation failure, which Odoo answers by trying again.
        """
        files = SQL(
            "SELECT id FROM credit_profile WHERE id IN %s ORDER BY id FOR NO KEY UPDATE",
            tuple(self.ids) or (0,),
        )
        touch = SQL(
            "UPDATE %s SET write_uid = write_uid WHERE id IN %s",
            SQL.identifier(documents._table),
            tuple(documents.ids) or (0,),
        )
        timeout = "SELECT current_setting('lock_timeout'), set_config('lock_timeout', %s, true)"
        [[before, _now]] = self.env.execute_query(SQL(timeout, self._lock_timeout))
        documents.flush_recordset()
        try:
            self.env.execute_query(files)
            self.env.cr.execute(touch)
        except LockNotAvailable as error:
            raise UserError(
                self.env._(
                    "Another order of the same customer is being decided at this moment. Confirm again."
                )
            ) from error
        self.env.cr.execute(SQL("SELECT set_config('lock_timeout', %s, true)", before))

    @contextmanager
    def _fresh_env(self):
        """An environment whose snapshot is taken now, on a connection of its own; for reading only."""
        with self.env.registry.cursor() as cr:
            yield self.env(cr=cr)

    def _get_passed(self):
        """``{document: Demand}`` that passed the gate in this transaction; forgotten when it ends."""
        return self.env.cr.postcommit.data.setdefault("credit_management.passed", {})

    def _remember_passed(self, demands):
        """These documents passed the gate, by a verdict or by a release."""
        self._get_passed().update({demand.document: demand for demand in demands})

    def _get_passed_amounts(self):
        """``{customer: amount}`` that this transaction let pass."""
        amounts = {}
        for demand in self._get_passed().values():
            amounts[demand.customer] = amounts.get(demand.customer, 0.0) + demand.amount
        return amounts

    # === WORDS === #

    @api.model
    def _explain_verdict(self, assessment, company):
        """The verdict with every reason and the way out, a line each, in the reader's language."""
        explain = self.env["credit.policy.rule"]._explain
        lines = [
            explain(reason.kind, reason.figure, reason.threshold, company.currency_id)
            for reason in assessment.reasons
        ]
        if assessment.verdict == "hold":
            lines.append(self._explain_way_out(assessment, company))
        return "\n".join(lines)

    @api.model
    def _explain_way_out(self, assessment, company):
        """What would free the document: a payment, a deposit with the order, or somebody's release."""
        ways = []
        if assessment.payment:
            amount = formatLang(self.env, assessment.payment, currency_obj=company.currency_id)
            ways.append(self.env._("a payment of %s", amount))
        if assessment.deposit:
            ways.append(self.env._("a deposit of %s %% with the order", assessment.deposit))
        standing = assessment.standing
        authority = (
            self.env["credit.authority"]
            ._of_company(company)
            ._allowing_release(
                assessment.excess,
                standing.exposure + assessment.demand.amount,
                standing.oldest_due_days,
            )[:1]
        )
        ways.append(
            self.env._(
                "a release by %s", authority.name or self.env._("someone who gets the authority")
            )
        )
        return self.env._("To free it: %s.", format_list(self.env, ways, "or"))

    # === LIMITS === #

    def _mirror_limit(self):
        """Odoo's own ``credit_limit`` of the customers, their contacts and every branch follows the limit in force.

        Core reads 0 as "no limit" and has no other word for it.
        """
        if not self:
            return
        self.env["res.partner"].flush_model()
        self.env["res.company"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p SET credit_limit = COALESCE(p.credit_limit, '{}'::jsonb) || v.limits
                     FROM (SELECT f.partner_id,
                                  jsonb_object_agg(c.id::text, COALESCE(%s, 0)) AS limits
                             FROM credit_profile f
                             JOIN res_company c ON split_part(c.parent_path, '/', 1)::int = f.company_id
                            WHERE f.id IN %s GROUP BY f.partner_id) v
                    WHERE p.commercial_partner_id = v.partner_id
                      AND NOT COALESCE(p.credit_limit, '{}'::jsonb) @> v.limits""",
                self._limit_sql("f", fields.Date.context_today(self)),
                tuple(self.ids),
            )
        )
        self.env["res.partner"].invalidate_model(["credit_limit"])

    def _decide_unlimited(self):
        """Take the limit away, as somebody who may."""
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise AccessError(
                self.env._(
                    "Only a credit manager takes a limit away. Request another limit in the credit file."
                )
            )
        self.sudo().write({"credit_mode": "unlimited"})

    @api.model
    def _warn_of_limit(self, customer, company, amount):
        """The sentence for a draft invoice whose customer is over the limit, or an empty text.

        :param amount: what the exposure does not contain yet, in the company's currency, taxes included
        """
        key = (customer.id, company.id)
        standing = self._read_standings({key}, fields.Date.context_today(self))[key]
        if not excess_over(standing.credit_limit, standing.exposure, amount, standing.rounding):
            return ""
        return self.env._(
            "%(customer)s is over its credit limit of %(limit)s.",
            customer=customer.name,
            limit=formatLang(self.env, standing.credit_limit, currency_obj=company.currency_id),
        )

    # === ACTIONS === #

    @api.readonly
    def action_view_exposure(self):
        """Every row behind the exposure of this customer."""
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
        if source:
            action["domain"].append(("source", "=", source))
        action["display_name"] = self.env._("Exposure of %s", self.partner_id.display_name)
        return action

    @api.readonly
    def action_view_overdue(self):
        """The receivables past due, with the credits that are set off against them."""
        action = self._action_open_exposure("receivable")
        today = fields.Date.context_today(self)
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
        """Ask for another limit: a row to fill in and send."""
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
        """Temporary limits end by the calendar: every night the mirror follows, a batch at a time."""
        self.env["ir.cron"]._commit_progress(remaining=self.search_count([]))
        last = 0
        while profiles := self.search([("id", ">", last)], order="id", limit=batch):
            profiles._mirror_limit()
            last = profiles[-1].id
            if not self.env["ir.cron"]._commit_progress(len(profiles)):
                break

    @api.model
    def _demand(self, partner, company, amount, **values):
        """A demand on the credit of a partner's commercial entity in a company's root."""
        return Demand(partner.commercial_partner_id.id, company.root_id.id, amount, **values)
