from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

#: written by the actions alone
DECISION_FIELDS = {
    "state",
    "requested_by",
    "requested_at",
    "decided_by",
    "decided_at",
    "decision_note",
    "previous_limit",
    "exposure",
    "overdue",
}


class CreditLimit(models.Model):
    """Every limit ever asked for, granted or not: request and journal in one.

    The limit in force is derived from the approved rows. ``amount`` is in the currency of the credit file.
    """

    _name = "credit.limit"
    _description = "Credit Limit"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "profile_id"

    profile_id = fields.Many2one(
        "credit.profile", string="Credit File", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="profile_id.partner_id", store=True, index=True, string="Customer"
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    currency_id = fields.Many2one(related="profile_id.currency_id")
    amount = fields.Monetary(required=True, tracking=True)
    kind = fields.Selection(
        [("permanent", "Permanent"), ("temporary", "Temporary")], required=True, default="permanent"
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(
        string="Until", help="A temporary limit falls back by itself after this day"
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
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    requested_by = fields.Many2one("res.users", readonly=True, copy=False)
    requested_at = fields.Datetime(readonly=True, copy=False)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    decision_note = fields.Text(readonly=True, copy=False)

    # Figures as they stood when the limit was asked for
    previous_limit = fields.Monetary(readonly=True, copy=False)
    exposure = fields.Monetary(readonly=True, copy=False)
    overdue = fields.Monetary(readonly=True, copy=False)

    can_decide = fields.Boolean(compute="_compute_can_decide")

    _amount_not_negative = models.Constraint(
        "CHECK(amount >= 0)", "A credit limit cannot be below zero. Enter 0 to give no credit."
    )
    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "A limit cannot end before it begins."
    )
    _in_force_idx = models.Index("(profile_id, kind, date_from) WHERE state = 'approved'")

    @api.depends("profile_id", "amount")
    def _compute_display_name(self):
        for limit in self:
            limit.display_name = f"{limit.partner_id.display_name or ''} {limit.amount:.2f}".strip()

    @api.depends_context("uid")
    @api.depends("state", "amount", "company_id")
    def _compute_can_decide(self):
        for limit in self:
            limit.can_decide = limit.state == "requested" and limit._get_deciding_authorities()

    @api.constrains("kind", "date_to")
    def _check_temporary(self):
        for limit in self:
            if limit.kind == "temporary" and not limit.date_to:
                raise ValidationError(self.env._("A temporary limit needs its last day."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_no_decision(set().union(*vals_list) - {"state"})
        if not self.env.su and any(vals.get("state", "draft") != "draft" for vals in vals_list):
            self._check_no_decision({"state"})
        return super().create(vals_list)

    def write(self, vals):
        self._check_no_decision(vals)
        if not self.env.su and any(
            limit.state in ("approved", "refused", "cancelled") for limit in self
        ):
            raise UserError(
                self.env._("A limit that was decided is not changed. Request another one.")
            )
        return super().write(vals)

    def _check_no_decision(self, names):
        if not self.env.su and DECISION_FIELDS & set(names):
            raise AccessError(
                self.env._("A limit is requested, approved and refused by its buttons alone.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_journal(self):
        if any(limit.state != "draft" for limit in self):
            raise UserError(
                self.env._(
                    "Limits that were requested are kept as a journal. Cancel the request instead."
                )
            )

    # === ACTIONS === #

    def action_request(self):
        """Send the request, with the customer's figures of this moment."""
        self.check_access("write")
        self._check_state("draft")
        for limit in self:
            profile = limit.profile_id.sudo()
            limit.sudo().write(
                {
                    "state": "requested",
                    "requested_by": self.env.uid,
                    "requested_at": fields.Datetime.now(),
                    "previous_limit": profile.credit_limit,
                    "exposure": profile.exposure,
                    "overdue": profile.overdue,
                }
            )
            limit.sudo()._schedule_decision()
        return True

    def action_approve(self):
        """Grant the limit: it counts from its first day, and the customer buys within a limit from now on."""
        self._check_may_decide()
        self.sudo()._decide("approved")
        profiles = self.profile_id.sudo()
        profiles.filtered(lambda profile: profile.credit_mode != "limited").write(
            {"credit_mode": "limited"}
        )
        profiles._mirror_limit()
        profiles.invalidate_recordset()
        return True

    def action_refuse(self, note=None):
        """Refuse the limit; ``note`` says why."""
        self._check_may_decide()
        if not (note or "").strip():
            raise UserError(self.env._("Say why the limit is refused."))
        self.sudo()._decide("refused", note)
        return True

    def action_cancel(self):
        """Withdraw a request, as the one who made it or a credit manager."""
        self.check_access("write")
        if any(limit.state not in ("draft", "requested") for limit in self):
            raise UserError(
                self.env._("A limit that was decided is not changed. Request another one.")
            )
        self.sudo()._decide("cancelled")
        return True

    # === BUSINESS METHODS === #

    def _check_state(self, state):
        for limit in self:
            if limit.state != state:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "The limit of %(customer)s is already: %(state)s. Reload the page.",
                        customer=limit.partner_id.display_name,
                        state=states[limit.state],
                    )
                )

    def _check_may_decide(self):
        self.check_access("read")
        self._check_state("requested")
        for limit in self:
            if not limit._get_deciding_authorities():
                raise AccessError(
                    self.env._(
                        "You have no authority over a limit of %(amount)s for %(customer)s. It is for: %(holders)s.",
                        amount=limit.currency_id.format(limit.amount),
                        customer=limit.partner_id.display_name,
                        holders=limit.sudo()._get_holder_names()
                        or self.env._("nobody yet; ask a credit manager"),
                    )
                )

    def _get_deciding_authorities(self):
        """The current user's authorities that cover this limit."""
        authorities = self.env["credit.authority"]._of_company(self.company_id)
        return authorities._held_by(self.env.user, fields.Date.context_today(self))._allowing_limit(
            self.amount
        )

    def _get_holders(self):
        authorities = (
            self.env["credit.authority"]._of_company(self.company_id)._allowing_limit(self.amount)
        )
        return authorities[:1]._get_holders(fields.Date.context_today(self))

    def _get_holder_names(self):
        return ", ".join(self._get_holders().mapped("name"))

    def _schedule_decision(self):
        decider = self.profile_id.analyst_id or self.company_id.credit_analyst_id
        holders = self._get_holders()
        user = decider if decider in holders else holders[:1]
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Decide the credit limit requested"),
            )

    def _decide(self, state, note=None):
        self.write(
            {
                "state": state,
                "decided_by": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "decision_note": note,
            }
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _in_force(self, today):
        """The one approved row that sets the limit on a day: the temporary one if it runs, else the permanent."""
        running = self.filtered(
            lambda limit: (
                limit.state == "approved"
                and limit.date_from <= today
                and (limit.kind == "permanent" or limit.date_to >= today)
            )
        )
        return running.sorted(lambda limit: (limit.kind, limit.date_from, limit.id))[-1:]
