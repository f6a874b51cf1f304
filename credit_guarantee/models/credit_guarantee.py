from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..rules import Cover, share_exposure
from .credit_guarantee_type import EFFECTS

#: fields that may be corrected once a guarantee is decided
_FREE_FIELDS = {"note", "user_id", "message_main_attachment_id", "alert_date"}
#: fields written by the actions only
_DECIDED_FIELDS = {"state", "decided_by", "decided_at", "decision_note"}


class CreditGuarantee(models.Model):
    """What secures a customer's debt: asked for, granted by its issuer or refused, in force between two dates.

    The amount is in the currency of the guarantee. What was decided is kept: a change is another guarantee.
    """

    _name = "credit.guarantee"
    _description = "Guarantee"
    _inherit = ["credit.owned.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "number"

    profile_id = fields.Many2one(
        "credit.profile", string="Credit File", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index=True,
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    risk_class_id = fields.Many2one(related="profile_id.risk_class_id", store=True, string="Class")
    type_id = fields.Many2one(
        "credit.guarantee.type",
        required=True,
        index=True,
        tracking=True,
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    category = fields.Selection(related="type_id.category")
    number = fields.Char(tracking=True, help="The issuer's reference")
    issuer_id = fields.Many2one(
        "res.partner", tracking=True, ondelete="restrict", help="Insurer, bank or parent company"
    )
    insurance_policy_id = fields.Many2one(
        "credit.insurance.policy",
        string="Insurance Contract",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
    )
    order_id = fields.Many2one(
        "sale.order",
        string="For the Order",
        ondelete="restrict",
        index="btree_not_null",
        help="Secures this order only, such as a letter of credit",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.root_id.currency_id
    )
    amount_requested = fields.Monetary(string="Requested", tracking=True)
    amount = fields.Monetary(tracking=True, help="What the issuer grants")
    quota = fields.Float(
        string="Share (%)",
        digits=(5, 2),
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Share of the amount that counts, such as the insured percentage",
    )
    own_share = fields.Float(
        string="Own Share (%)",
        digits=(5, 2),
        compute="_compute_own_share",
        help="Share of a loss that stays with you",
    )
    effect = fields.Selection(
        EFFECTS,
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Raises the limit: by the share of its amount. Covers the exposure: the share of what the customer owes, up to the amount, is not at your own risk.",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        tracking=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
    )
    date_to = fields.Date(string="Until", tracking=True, help="Last day on which it can be used")
    conditions = fields.Text(help="What the issuer requires")
    note = fields.Text(string="Notes")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        tracking=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    state = fields.Selection(
        [
            ("draft", "Requested"),
            ("active", "In Force"),
            ("refused", "Refused"),
            ("ended", "Ended"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    is_expired = fields.Boolean(
        string="Expired", compute="_compute_is_expired", search="_search_is_expired"
    )
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    decision_note = fields.Text(string="Reason", copy=False, readonly=True)
    alert_date = fields.Date(
        string="Notified On", readonly=True, copy=False, help="Day its expiry was notified"
    )

    _amount_not_negative = models.Constraint(
        "CHECK(amount >= 0 AND amount_requested >= 0)",
        "The amount of a guarantee cannot be negative. Enter 0 or more.",
    )
    _quota_is_a_share = models.Constraint(
        "CHECK(quota > 0 AND quota <= 100)", "Enter a share above 0 and up to 100 %."
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "The guarantee ends before it begins. Correct one of the dates.",
    )
    _active_idx = models.Index("(profile_id) WHERE state = 'active'")

    # === COMPUTE METHODS === #

    @api.depends("profile_id.partner_id")
    def _compute_partner_id(self):
        for guarantee in self:
            guarantee.partner_id = guarantee.profile_id.partner_id or guarantee.partner_id

    @api.depends("type_id")
    def _compute_from_type(self):
        for guarantee in self:
            guarantee.quota = guarantee.type_id.quota or 100.0
            guarantee.effect = guarantee.type_id.effect or "none"

    @api.depends("quota")
    def _compute_own_share(self):
        for guarantee in self:
            guarantee.own_share = 100 - guarantee.quota

    @api.depends("type_id", "amount", "currency_id", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for guarantee in self:
            amount = guarantee.currency_id.format(guarantee.amount) if guarantee.currency_id else ""
            parts = [guarantee.type_id.name, guarantee.number, amount]
            guarantee.display_name = " ".join(filter(None, parts)) or self.env._("New guarantee")

    @api.depends("state", "date_to", "insurance_policy_id.date_to")
    def _compute_is_expired(self):
        today = self.env["res.company"]._get_credit_today()
        for guarantee in self:
            end = guarantee._get_end()
            guarantee.is_expired = guarantee.state == "active" and bool(end) and end < today

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env["res.company"]._get_credit_today()
        ended = Domain("date_to", "<", today) | Domain("insurance_policy_id.date_to", "<", today)
        expired = Domain("state", "=", "active") & ended
        wanted = set(value)
        return Domain.OR(
            [Domain(expired)] * (True in wanted) + [~Domain(expired)] * (False in wanted)
        )

    def _get_end(self):
        """The last day: its own, or the contract's if that ends earlier."""
        ends = [self.date_to, self.insurance_policy_id.date_to]
        return min(filter(None, ends), default=False)

    # === CONSTRAINTS === #

    @api.constrains("state", "currency_id", "company_id", "effect")
    def _check_rate(self):
        """An amount in another currency counts at its rate: without one it would silently count as nothing."""
        today = self.env["res.company"]._get_credit_today()
        for guarantee in self.filtered(lambda g: g.state == "active" and g.effect != "none"):
            currency, company = guarantee.currency_id, guarantee.company_id
            known = currency.sudo().rate_ids.filtered(
                lambda rate, company=company: (
                    rate.company_id.id in (False, company.id) and rate.name <= today
                )
            )
            if currency != company.currency_id and not known:
                raise ValidationError(
                    self.env._(
                        "%(currency)s has no exchange rate in %(company)s. Enter a rate, then put the guarantee in force.",
                        currency=currency.name,
                        company=company.name,
                    )
                )

    @api.constrains("state", "type_id", "profile_id", "date_from", "date_to")
    def _check_no_overlap(self):
        for guarantee in self.filtered(
            lambda g: g.state == "active" and g.sudo().type_id.is_exclusive
        ):
            domain = [
                ("id", "!=", guarantee.id),
                ("state", "=", "active"),
                ("profile_id", "=", guarantee.profile_id.id),
                ("type_id", "=", guarantee.type_id.id),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", guarantee.date_from),
            ]
            if guarantee.date_to:
                domain.append(("date_from", "<=", guarantee.date_to))
            if other := self.search(domain, limit=1):
                raise ValidationError(guarantee._get_overlap_sentence(other))

    def _get_overlap_sentence(self, other):
        return self.env._(
            "%(customer)s already has %(guarantee)s from %(first)s to %(last)s. End it first, or choose other days.",
            customer=self.partner_id.display_name,
            guarantee=other.display_name,
            first=format_date(self.env, other.date_from),
            last=format_date(self.env, other.date_to) if other.date_to else "…",
        )

    @api.constrains("amount", "type_id", "insurance_policy_id", "currency_id", "state")
    def _check_unnamed_limit(self):
        for guarantee in self:
            policy = guarantee.insurance_policy_id
            if guarantee.category != "unnamed" or guarantee.state != "active" or not policy:
                continue
            if (
                guarantee.currency_id != policy.currency_id
                or guarantee.amount > policy.unnamed_limit
            ):
                raise ValidationError(
                    self.env._(
                        "The contract %(contract)s allows unnamed cover up to %(amount)s. Reduce the amount, or request a named cover.",
                        contract=policy.name,
                        amount=policy.currency_id.format(policy.unnamed_limit),
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_draft_vals(vals) for vals in vals_list]
        return super().create(vals_list)

    def _prepare_draft_vals(self, vals):
        """Values a client may set on a new guarantee: everything except its decision, context defaults included."""
        vals = dict(vals)
        if not self.env.su:
            if vals.get("state", "draft") != "draft" or _DECIDED_FIELDS & set(vals) - {"state"}:
                self._refuse_typed_decision()
            vals |= {**dict.fromkeys(_DECIDED_FIELDS, False), "state": "draft"}
            vals.pop("company_id", None)
        return self._with_profile(vals)

    def _with_profile(self, vals):
        """Replace a customer by its credit file in the current company."""
        if not vals.get("partner_id"):
            return vals
        customer = self.env["res.partner"].browse(vals["partner_id"]).commercial_partner_id
        profiles = self.env["credit.profile"].sudo()
        named = vals.get("profile_id") or self.env.context.get("default_profile_id")
        profile = profiles.browse(named).filtered(lambda profile: profile.partner_id == customer)
        profile = profile or profiles._ensure(customer, self.env.company)
        return {**vals, "profile_id": profile.id, "partner_id": customer.id}

    def write(self, vals):
        if not self.env.su:
            if _DECIDED_FIELDS & set(vals):
                self._refuse_typed_decision()
            if vals.keys() - _FREE_FIELDS and any(g.state != "draft" for g in self):
                raise UserError(
                    self.env._(
                        "A guarantee that was decided cannot be changed. End it and enter a new one."
                    )
                )
        return super().write(self._with_profile(vals))

    def _refuse_typed_decision(self):
        raise AccessError(
            self.env._(
                "The status of a guarantee cannot be edited. Use the buttons at the top of the form."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(guarantee.state != "draft" for guarantee in self):
            raise UserError(self.env._("A guarantee that was decided is kept. End it instead."))

    # === ACTIONS === #

    def action_activate(self):
        """Put guarantees in force, as a credit manager who did not enter them."""
        self._check_state("draft")
        for guarantee in self:
            guarantee._check_may_activate()
            if not guarantee.amount and guarantee.effect != "none":
                raise UserError(
                    self.env._("Enter the amount that is granted, or refuse the guarantee.")
                )
        self._decide("active")
        return True

    def action_refuse(self):
        """Record that the issuer refused."""
        self._check_state("draft")
        self._check_manager()
        self._decide("refused")
        return True

    def action_end(self):
        """End guarantees: given back, used up or cancelled by the issuer."""
        self._check_state("active")
        self._check_manager()
        self._decide("ended")
        return True

    def action_renew(self):
        """Open a new request that follows this guarantee."""
        self.ensure_one()
        self.check_access("read")
        start = self._get_end() or self.env["res.company"]._get_credit_today()
        renewed = self.copy(
            {
                "date_from": start + timedelta(1),
                "date_to": False,
                "amount_requested": self.amount,
                "amount": 0.0,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Renewal"),
            "res_model": self._name,
            "res_id": renewed.id,
            "views": [(False, "form")],
        }

    # === BUSINESS METHODS === #

    def _check_state(self, state):
        self.check_access("write")
        if other := self.filtered(lambda guarantee: guarantee.state != state)[:1]:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    'The status of %(guarantee)s is already "%(state)s". Reload the page.',
                    guarantee=other.display_name,
                    state=states[other.state],
                )
            )

    def _check_manager(self):
        if not (self.env.su or self.env.user.has_group("credit_management.group_credit_manager")):
            raise AccessError(
                self.env._("Only a credit manager can decide on a guarantee. Ask one.")
            )

    def _check_may_activate(self):
        """:raise AccessError: unless the user may grant a limit as high as the guarantee makes it"""
        self._check_manager()
        if self.env.su or self.effect == "none":
            return
        today = self.env["res.company"]._get_credit_today()
        profile = self.sudo().profile_id
        reached = profile.credit_limit + self._get_covered_amount(today)
        authorities = self.env["credit.authority"]._of_company(profile.company_id)
        able = authorities._for_class(profile.risk_class_id.id)._allowing_limit(reached)
        held = able._held_by(self.env.user, today)
        if not held:
            raise AccessError(
                self.env._(
                    "Your authority does not cover a limit of %(amount)s, which the guarantee allows. Ask a colleague with a higher authority.",
                    amount=profile.currency_id.format(reached),
                )
            )
        if self.create_uid == self.env.user and not held.filtered("allow_own_limits"):
            raise AccessError(
                self.env._(
                    "You entered this guarantee yourself, so somebody else must put it in force. Ask a colleague with authority."
                )
            )

    def _decide(self, state):
        self.sudo().write(
            {"state": state, "decided_by": self.env.uid, "decided_at": fields.Datetime.now()}
        )
        self.flush_recordset()
        profiles = self.sudo().profile_id
        profiles._mirror_limit()
        profiles.invalidate_recordset()

    def _get_covered_amount(self, today):
        """What it pays at most, in the company's currency."""
        amount = self.currency_id._convert(
            self.amount, self.company_id.currency_id, self.company_id, today
        )
        return amount * self.quota / 100

    @api.model
    def _read_shares(self, profiles, today):
        """``{credit file: Shares}`` of the exposure of today: insured, retained, not insured."""
        covers = {}
        if profiles.ids:
            rows = self.env.execute_query(self._covers_sql(today, profiles))
            for profile_id, amount, quota, effect in rows:
                covers.setdefault(profile_id, []).append(Cover(float(amount), float(quota), effect))
        return {
            profile: share_exposure(profile.exposure, covers.get(profile._origin.id, []))
            for profile in profiles
        }

    def _covers_sql(self, today, profiles):
        """``profile_id, amount, quota, effect`` of what covers some files, in the order in which it is called upon."""
        self.env["credit.position"]._flushing(SQL())
        return SQL(
            """SELECT g.profile_id, %(amount)s, g.quota, g.effect
                 FROM credit_guarantee g
                 JOIN credit_profile f ON f.id = g.profile_id
                 JOIN res_company r ON r.id = f.company_id
                 JOIN credit_guarantee_type y ON y.id = g.type_id
                 LEFT JOIN credit_insurance_policy i ON i.id = g.insurance_policy_id
                WHERE g.profile_id = ANY(%(profiles)s) AND %(in_force)s
                ORDER BY y.sequence, g.id""",
            amount=self._amount_sql(today),
            profiles=profiles.ids,
            in_force=self._in_force_sql(today),
        )

    # === SQL === #

    def _in_force_sql(self, today):
        """Whether guarantee ``g`` under contract ``i`` acts on a day for new deliveries to the customer of file ``f``."""
        return SQL(
            """(g.state = 'active' AND g.effect <> 'none' AND g.order_id IS NULL AND %s
                AND (i.id IS NULL OR NOT EXISTS (%s)))""",
            self._valid_sql(today),
            self._stopping_items_sql(today),
        )

    def _valid_sql(self, today):
        """Whether a day is between the dates of guarantee ``g`` and of its contract ``i``."""
        return SQL(
            """g.date_from <= %(day)s::date AND COALESCE(g.date_to, 'infinity') >= %(day)s::date
               AND (i.id IS NULL OR (i.date_from <= %(day)s::date AND COALESCE(i.date_to, 'infinity') >= %(day)s::date))""",
            day=today,
        )

    def _stopping_items_sql(self, today):
        """Unpaid items of the customer of file ``f`` by which cover under contract ``i`` has stopped: the day after
        which it did. See :func:`~..rules.stop_date`."""
        return SQL(
            """SELECT LEAST(e.due + NULLIF(i.extension_days, 0),
                            CASE WHEN NOT e.declared THEN e.due + NULLIF(i.declaration_days, 0) END) AS last_day
                 FROM (SELECT COALESCE(l.date_maturity, l.date) AS due,
                              EXISTS (SELECT FROM credit_insurance_declaration d WHERE d.item_id = l.id) AS declared
                         FROM res_partner p
                         JOIN account_move_line l ON l.partner_id = p.id
                        WHERE p.commercial_partner_id = f.partner_id AND %(root)s = f.company_id
                          AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual > 0
                          AND l.account_id IN %(accounts)s) e
                WHERE LEAST(e.due + NULLIF(i.extension_days, 0),
                            CASE WHEN NOT e.declared THEN e.due + NULLIF(i.declaration_days, 0) END) < %(today)s::date""",
            root=self.env["credit.exposure"]._roots_sql(SQL("l.company_id"))[0],
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            today=today,
        )

    def _amount_sql(self, today):
        """Amount of guarantee ``g`` in the currency of company ``r``, at the rate of a day; 0 without one."""
        return SQL(
            """CASE WHEN g.currency_id = r.currency_id THEN g.amount
                    ELSE COALESCE(g.amount * COALESCE(%s, 1) / NULLIF(%s, 0), 0) END""",
            self._rate_sql(SQL("r.currency_id"), today),
            self._rate_sql(SQL("g.currency_id"), today),
        )

    def _rate_sql(self, currency_id, today):
        return SQL(
            """(SELECT x.rate FROM res_currency_rate x
                 WHERE x.currency_id = %s AND (x.company_id IS NULL OR x.company_id = r.id)
                   AND x.name <= %s::date
                 ORDER BY x.company_id, x.name DESC LIMIT 1)""",
            currency_id,
            today,
        )

    # === EXPIRY === #

    @api.model
    def _cron_alert(self):
        """Notify the people responsible of guarantees about to expire, once each."""
        today = self.env["res.company"]._get_credit_today()
        ending = self._search_ending(today)
        self.env["ir.cron"]._commit_progress(remaining=len(ending))
        for guarantee in ending:
            guarantee._notify_end(today)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _search_ending(self, today):
        waiting = self.search(
            [("state", "=", "active"), ("date_to", "!=", False), ("alert_date", "=", False)]
        )
        return waiting.filtered(
            lambda guarantee: guarantee.date_to <= today + timedelta(guarantee.type_id.alert_days)
        )

    def _notify_end(self, today):
        user = self.user_id or self.profile_id._get_in_charge().get(self.profile_id)
        if user:
            spoken = self.with_context(lang=user.lang)
            spoken.activity_schedule(
                "credit_guarantee.mail_activity_type_guarantee",
                date_deadline=max(today, self.date_to),
                user_id=user.id,
                summary=spoken.env._(
                    "The guarantee expires on %s", format_date(spoken.env, self.date_to)
                ),
            )
        self.alert_date = today

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Guarantee entered")
