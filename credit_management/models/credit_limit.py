from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_date

from ..rules import limit_in_force
from .credit_profile import FIGURES

#: fields editable while the limit is a draft
REQUEST_FIELDS = {
    "profile_id",
    "partner_id",
    "amount",
    "kind",
    "date_from",
    "date_to",
    "reason",
    "conditions",
}
#: fields written only by the actions
DECISION_FIELDS = {
    "state",
    "requested_by",
    "requested_at",
    "decided_by",
    "decided_at",
    "decision_note",
    "decision_reason_id",
    "own_decision",
    "requester_ids",
    "signature_ids",
    "begun",
    "alert_date",
    "previous_limit",
    "exposure",
    "overdue",
}


class CreditLimit(models.Model):
    """Every limit ever requested, granted or not: request and record in one.

    The limit in force is derived from the approved rows. ``amount`` is in the currency of the credit file.
    """

    _name = "credit.limit"
    _description = "Credit Limit"
    _inherit = [
        "credit.owned.mixin",
        "credit.internal.thread",
        "mail.activity.mixin",
        "credit.decision",
    ]
    _order = "id desc"
    _rec_name = "profile_id"
    _own_field = "allow_own_limits"

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
        help="Selects the customer's credit file in the current company",
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    currency_id = fields.Many2one(related="profile_id.currency_id")
    amount = fields.Monetary(required=True, tracking=True)
    kind = fields.Selection(
        [("permanent", "Permanent"), ("temporary", "Temporary")], required=True, default="permanent"
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
    )
    date_to = fields.Date(
        string="Until",
        help="A temporary limit lapses after this day. A permanent one still applies, and the rule for expired limits decides what happens.",
    )
    reason = fields.Text(required=True)
    conditions = fields.Text(help="What the customer must do or provide for this limit")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
            ("superseded", "Superseded"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    requested_by = fields.Many2one("res.users", readonly=True, copy=False)
    requested_at = fields.Datetime(readonly=True, copy=False)
    signature_ids = fields.One2many(
        "credit.signature", "limit_id", string="Signatures", readonly=True, copy=False
    )
    begun = fields.Boolean(
        readonly=True, copy=False, help="Approved and in force since its first day"
    )
    alert_date = fields.Date(
        string="Notified On",
        readonly=True,
        copy=False,
        help="Day the analyst was notified of its end",
    )

    # Figures as they stood when the limit was requested
    previous_limit = fields.Monetary(readonly=True, copy=False)
    exposure = fields.Monetary(readonly=True, copy=False)
    overdue = fields.Monetary(readonly=True, copy=False)

    # Limit supported by the customer's history
    recommended_limit = fields.Monetary(related="profile_id.recommended_limit", related_sudo=False)
    recommended_date = fields.Date(related="profile_id.recommended_date", related_sudo=False)
    recommendation_ids = fields.One2many(
        related="profile_id.recommendation_ids", related_sudo=False
    )

    _amount_not_negative = models.Constraint(
        "CHECK(amount >= 0)", "A credit limit cannot be negative. Enter 0 to grant no credit."
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "A limit cannot end before it begins."
    )
    _in_force_idx = models.Index("(profile_id, kind, date_from) WHERE state = 'approved'")

    # === COMPUTE METHODS === #

    @api.depends("profile_id.partner_id")
    def _compute_partner_id(self):
        for limit in self:
            limit.partner_id = limit.profile_id.partner_id or limit.partner_id

    @api.depends("profile_id", "amount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for limit in self:
            limit.display_name = (
                f"{limit.sudo().partner_id.display_name} {limit.currency_id.format(limit.amount)}"
                if limit.partner_id and limit.currency_id
                else self.env._("New limit")
            )

    def _search_can_decide(self, operator, value):
        """Requests are few, so each is checked individually."""
        if operator != "in" or set(value) - {True}:
            return NotImplemented
        requested = self.search([("state", "=", "requested")])
        return Domain("id", "in", requested.filtered("can_decide").ids)

    # === CONSTRAINTS === #

    @api.constrains("kind", "date_to")
    def _check_last_day(self):
        for limit in self:
            if limit.kind == "temporary" and not limit.date_to:
                raise ValidationError(self.env._("A temporary limit needs an end date."))

    @api.constrains("profile_id", "kind", "date_from", "date_to", "state")
    def _check_no_overlap(self):
        """One temporary limit at a time: with two, it would be undefined which one applies."""
        temporary = self.filtered(
            lambda limit: limit.kind == "temporary" and limit.state in ("requested", "approved")
        )
        temporary._touch_files()
        if found := temporary._find_overlap():
            raise ValidationError(self.browse(found)._get_overlap_sentence())

    def _touch_files(self):
        """Update the files: a concurrent request for the same customer gets a serialisation failure, and Odoo retries
        it."""
        if profiles := self.sudo().profile_id:
            self.env.cr.execute(
                SQL(
                    "UPDATE credit_profile SET write_uid = write_uid WHERE id IN %s",
                    tuple(profiles.ids),
                )
            )

    def _find_overlap(self):
        """The id of a temporary limit, requested or approved, that overlaps one of ``self``; or None."""
        if not self.ids:
            return None
        self.flush_model(["profile_id", "kind", "date_from", "date_to", "state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id FROM credit_limit l
                     JOIN credit_limit o ON o.profile_id = l.profile_id AND o.id <> l.id
                      AND o.date_from <= l.date_to AND o.date_to >= l.date_from
                    WHERE l.id IN %s AND o.kind = 'temporary' AND o.state IN ('requested', 'approved')
                    ORDER BY o.id IN %s, o.id LIMIT 1""",
                tuple(self.ids),
                tuple(self.ids),
            )
        )
        return rows[0][0] if rows else None

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_draft_vals(vals) for vals in vals_list]
        limits = super().create(vals_list)
        limits._remember_requester()
        return limits

    def _prepare_draft_vals(self, vals):
        """Values a client may set on a new limit: everything except its decision, context defaults included."""
        if not self.env.su:
            if vals.get("state", "draft") != "draft" or DECISION_FIELDS & set(vals) - {"state"}:
                self._refuse_typed_decision()
            nothing = dict.fromkeys(DECISION_FIELDS - {"requester_ids", "signature_ids"}, False)
            vals = {**vals, **nothing, "requester_ids": [], "signature_ids": [], "state": "draft"}
            vals.pop("company_id", None)
        return self._with_profile(vals)

    def _remember_requester(self):
        """Whoever writes a limit becomes a requester; the system itself does not."""
        if self.env.uid != SUPERUSER_ID:
            self.sudo().write({"requester_ids": [Command.link(self.env.uid)]})

    def _with_profile(self, vals):
        """Replace a customer by the credit file: the given one if it is theirs, otherwise the one in the current
        company."""
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
            if DECISION_FIELDS & set(vals):
                self._refuse_typed_decision()
            if REQUEST_FIELDS & set(vals) and any(limit.state != "draft" for limit in self):
                raise UserError(
                    self.env._(
                        "A limit that has been requested cannot be changed. Request a new one."
                    )
                )
        result = super().write(self._with_profile(vals))
        if REQUEST_FIELDS - {"profile_id", "partner_id"} & set(vals):
            self._remember_requester()
        return result

    def _refuse_typed_decision(self):
        raise AccessError(
            self.env._("The status of a limit cannot be edited. Use Request, Approve or Refuse.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_journal(self):
        if any(limit.state != "draft" for limit in self):
            raise UserError(
                self.env._("Requested limits are kept as a record. Cancel the request instead.")
            )

    # === ACTIONS === #

    def action_request(self):
        """Submit the request, with the customer's current figures."""
        self._request()
        for limit in self.sudo():
            limit._schedule_decision()
        return True

    def _request(self):
        self.check_access("write")
        self._check_state("draft")
        profiles = self.sudo().profile_id
        profiles.invalidate_recordset(FIGURES)
        self._remember_requester()
        self.sudo().write(
            {
                "state": "requested",
                "requested_by": self.env.uid,
                "requested_at": fields.Datetime.now(),
            }
        )
        for limit in self.sudo():
            profile = limit.profile_id
            limit.update(
                {
                    "previous_limit": profile.credit_limit,
                    "exposure": profile.exposure,
                    "overdue": profile.overdue,
                }
            )

    def _request_or_grant(self):
        """Submit many requests at once: those the user may decide on are granted, the others wait.

        :return: the limits granted
        """
        self._request()
        own = self._filter_decidable()
        own.action_approve()
        for limit in (self - own).sudo():
            limit._schedule_decision()
        return own

    def action_approve(self, note=None, reason=None):
        """Approve the limit: it applies from its first day, and an unlimited customer becomes limited.

        Where two signatures are required, the first one is only recorded.

        :param note: why; may be empty
        :param reason: one of ``credit.decision.reason``, or its id
        """
        reason, note = self._read_reason(reason, "for_grant"), self._to_note(note)
        self._check_may_decide()
        self._check_grantable()
        approved = self.filtered(lambda limit: limit._is_last_signature(note, reason))
        approved._decide("approved", note, reason)
        approved.sudo()._begin(self.env["res.company"]._get_credit_today())
        return True

    def _is_last_signature(self, note, reason):
        """Whether no further signature is needed; otherwise the current user's signature is recorded."""
        able = self._get_authorities()
        if not self._needs_second(self._get_usable(able)) or self._get_first_signature(able):
            return True
        self._sign(note or reason.name or self.env._("Agreed."), reason, amount=self.amount)
        return False

    def action_refuse(self, note=None, reason=None):
        """Refuse the limit. Anyone with an authority may, regardless of ceilings.

        :param note: why; may be empty where a reason is chosen
        :param reason: one of ``credit.decision.reason``, or its id
        """
        reason = self._read_reason(reason, "for_refusal")
        self._check_may_refuse()
        note = self._to_note(note) or reason.name
        if not note:
            raise UserError(self.env._("Enter why the limit is refused."))
        self._decide("refused", note, reason)
        return True

    @api.readonly
    def action_open_refusal(self):
        """Open the form for the reason of the refusal, of one limit or several."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse the Limit"),
            "res_model": "credit.limit.refusal",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_limit_ids": self.ids},
        }

    def action_cancel(self):
        """Withdraw a request, as its requester or as a credit manager."""
        self.check_access("write")
        if any(limit.state not in ("draft", "requested") for limit in self):
            raise UserError(
                self.env._("A limit that has been decided cannot be changed. Request a new one.")
            )
        manager = self.env.user.has_group("credit_management.group_credit_manager")
        if not manager and self.create_uid | self.requested_by != self.env.user:
            raise AccessError(
                self.env._("Only the requester or a credit manager can withdraw a request.")
            )
        self._decide("cancelled")
        return True

    # === BUSINESS METHODS === #

    def _overlaps_any(self, others):
        """Whether it is temporary and overlaps one of ``others`` that is requested or approved."""
        return self.kind == "temporary" and any(
            other.kind == "temporary"
            and other.state in ("requested", "approved")
            and other.date_from <= self.date_to
            and other.date_to >= self.date_from
            for other in others
        )

    def _get_overlap_sentence(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        limit = self.sudo()
        return self.env._(
            "%(customer)s already has a temporary limit of %(amount)s from %(first)s to %(last)s (%(state)s)."
            " Choose other days, or another customer.",
            customer=limit.partner_id.display_name,
            amount=limit.currency_id.format(limit.amount),
            first=format_date(self.env, limit.date_from),
            last=format_date(self.env, limit.date_to),
            state=states[limit.state].lower(),
        )

    def _check_state(self, state):
        for limit in self:
            if limit.state != state:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        'The limit of %(customer)s already has the status "%(state)s". Reload the page.',
                        customer=limit.partner_id.display_name,
                        state=states[limit.state],
                    )
                )

    def _check_may_decide(self):
        self.check_access("read")
        self._check_state("requested")
        self._raise_first(limit._get_refusal_of_decision() for limit in self)

    def _check_may_refuse(self):
        self.check_access("read")
        self._check_state("requested")
        self._raise_first(limit._get_refusal_of_refusing() for limit in self)

    def _raise_first(self, sentences):
        if sentence := next(filter(None, sentences), ""):
            raise AccessError(sentence)

    def _check_grantable(self):
        """A limit needs a customer who buys on credit; a temporary one also needs a permanent limit to revert to."""
        for limit in self:
            mode = limit.profile_id.sudo().credit_mode
            if mode == "prepaid":
                raise UserError(
                    self.env._(
                        "%s is on prepayment. Change the credit mode in the credit file first.",
                        limit.partner_id.display_name,
                    )
                )
            if mode == "unlimited" and limit.kind == "temporary":
                raise UserError(
                    self.env._(
                        "%s has no permanent limit to revert to. Approve one first.",
                        limit.partner_id.display_name,
                    )
                )

    def _begin(self, today):
        """Put limits into force on their first day: the customers become limited."""
        begun = self.filtered(lambda limit: not limit.begun and limit.date_from <= today)
        begun.begun = True
        profiles = begun.profile_id
        profiles.filtered(
            lambda profile: profile.credit_mode == "unlimited"
        ).credit_mode = "limited"
        profiles._mirror_limit()
        profiles.invalidate_recordset()

    @api.model
    def _cron_begin(self):
        """Put limits approved for today into force, end temporary ones, and update Odoo's own field."""
        today = self.env["res.company"]._get_credit_today()
        self.search(
            [("state", "=", "approved"), ("begun", "=", False), ("date_from", "<=", today)]
        )._begin(today)
        self.env["credit.profile"]._mirror_all_limits()

    def _is_to_decide(self):
        return self.state == "requested"

    def _filter_able(self, authorities, measured):
        return authorities._allowing_limit(self.amount, self.sudo().profile_id.oldest_due_days)

    def _covers_now(self, signature):
        return self.currency_id.compare_amounts(signature.amount, self.amount) >= 0

    def _get_own_sentence(self):
        return self.env._(
            "You requested the limit of %s yourself, so somebody else must approve it. Ask a colleague with authority.",
            self.partner_id.display_name,
        )

    def _get_uncovered_sentence(self, names):
        return self.env._(
            "Your authority does not cover a limit of %(amount)s for %(customer)s. It must be decided by: %(holders)s.",
            amount=self.currency_id.format(self.amount),
            customer=self.partner_id.display_name,
            holders=names or self.env._("nobody yet; ask a credit manager"),
        )

    def _filter_decidable(self):
        """The limits that the current user may approve, alone or as one of two."""
        return self.filtered(lambda limit: not limit._get_refusal_of_decision())

    def _ask_second(self):
        self.activity_unlink(["mail.mail_activity_data_todo"])
        self._schedule_decision()

    def _schedule_decision(self):
        deciders = self._list_deciders(self._get_authorities())
        analyst = self.profile_id.analyst_id or self.company_id.credit_management_analyst_id
        if user := analyst if analyst in deciders else deciders[:1]:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Decide on the credit limit request"),
            )

    def _decide(self, state, note=None, reason=None):
        decision = {
            "state": state,
            "decided_by": self.env.uid,
            "decided_at": fields.Datetime.now(),
            "decision_note": note,
            "decision_reason_id": reason.id if reason else False,
        }
        own = self.filtered(lambda limit: state != "cancelled" and limit._is_own())
        own.sudo().write({**decision, "own_decision": True})
        (self - own).sudo().write(decision)
        own._log_own_decision()
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def _log_own_decision(self):
        sentence = self.env._(
            "%s decided on their own limit request, as the authority allows.",
            self.env.user.name,
        )
        self.sudo()._message_log_batch({limit.id: sentence for limit in self})

    def _set_aside(self, note):
        """Mark limits as superseded by others. The caller has ``sudo``."""
        self.write({"state": "superseded", "decision_note": note})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _in_force(self, today):
        """The one approved row that sets the limit on a day: the temporary one if it runs, else the permanent."""
        approved = self.filtered(lambda limit: limit.state == "approved").sorted("id")
        return limit_in_force(approved, today) or self.browse()

    def _permanent_in_force(self, today):
        """The approved permanent row in force on a day without a temporary one; its ``date_to`` is the expiry."""
        return self.filtered(lambda limit: limit.kind == "permanent")._in_force(today)

    def _is_replaced(self):
        """Whether a later permanent limit was approved that begins before this one ends."""
        return any(
            (limit.date_from, limit.id) > (self.date_from, self.id)
            and limit.date_from <= self.date_to + timedelta(1)
            for limit in self.profile_id.limit_ids
            if limit.state == "approved" and limit.kind == "permanent"
        )

    # === EXPIRY === #

    @api.model
    def _search_ending(self, today):
        """Approved limits not yet notified: permanent ones about to expire and temporary ones that lapsed."""
        ending = self.browse()
        for company in self.env["res.company"].search([("parent_id", "=", False)]):
            last = today + timedelta(company.credit_management_alert_days)
            expires = Domain("kind", "=", "permanent") & Domain("date_to", "<=", last)
            fell_back = Domain("kind", "=", "temporary") & Domain("date_to", "<", today)
            ending |= self.search(
                Domain("company_id", "=", company.id)
                & Domain("state", "=", "approved")
                & Domain("alert_date", "=", False)
                & Domain("profile_id.credit_mode", "=", "limited")
                & (expires | fell_back)
            )
        return ending

    def _notify_end(self, today):
        """Notify the person in charge, except about limits that were replaced."""
        replaced = self.filtered(lambda limit: limit.kind == "permanent" and limit._is_replaced())
        replaced.alert_date = today
        for limits in (self - replaced).grouped(lambda limit: (limit.kind, limit.date_to)).values():
            day = limits[0].date_to
            told = limits.profile_id._notify_in_charge(limits[0]._get_end_sentence, max(today, day))
            limits.filtered(lambda limit, told=told: limit.profile_id in told).alert_date = today

    def _get_end_sentence(self, profile):
        """Sentence for all limits of this kind ending on this day, in the language of ``profile``."""
        day = format_date(profile.env, self.date_to)
        if self.kind == "temporary":
            return profile.env._(
                "The temporary limit ended on %s; the previous limit applies again", day
            )
        return profile.env._("The credit limit expires on %s", day)

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Credit limit entered")
