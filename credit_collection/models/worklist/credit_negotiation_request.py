from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: what only the buttons write
_DECIDED = {"state", "decided_by", "decided_at", "requested_by", "margin"}
KINDS = [
    ("days", "Days to pay"),
    ("instalments", "Number of instalments"),
    ("discount", "Discount (%)"),
    ("waiver", "Late charges waived"),
]


class CreditNegotiationRequest(models.Model):
    """A concession beyond what a collector may grant alone: asked, and granted or refused by a manager. Kept for ever."""

    _name = "credit.negotiation.request"
    _description = "Concession Asked For"
    _inherit = [
        "credit.owned.mixin",
        "credit.derived.mixin",
        "credit.internal.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _kept_fields = ("profile_id",)
    _company_path = "profile_id.company_id"
    _rec_name = "partner_id"

    profile_id = fields.Many2one(
        "credit.profile", string="Credit File", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    kind = fields.Selection(KINDS, required=True)
    asked = fields.Float(string="Asked For", required=True)
    margin = fields.Float(readonly=True, help="What the collector may grant alone")
    reason = fields.Text(required=True, help="Why it is worth it")
    state = fields.Selection(
        [("asked", "Asked"), ("granted", "Granted"), ("refused", "Declined")],
        required=True,
        readonly=True,
        default="asked",
        index=True,
        tracking=True,
    )
    requested_by = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, default=lambda self: self.env.user
    )
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decision_note = fields.Char(string="Answer", tracking=True)
    valid_until = fields.Date(
        help="Last day on which a granted concession may be agreed with the customer",
        default=lambda self: fields.Date.add(self.env["res.company"]._get_credit_today(), days=30),
    )

    _positive = models.Constraint("CHECK(asked > 0)", "Enter a value above zero.")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.keys() & _DECIDED for vals in vals_list):
            raise AccessError(
                self.env._(
                    "The status of a request cannot be entered. Use the Grant and Refuse buttons."
                )
            )
        requests = super().create(vals_list)
        for request in requests.sudo():
            request.margin = request.profile_id._get_margin(request.kind) or 0.0
            request._notify_manager()
        return requests

    def write(self, vals):
        if not self.env.su and vals.keys() - {"decision_note", "valid_until"}:
            raise AccessError(self.env._("A request cannot be changed. Make a new request."))
        if not self.env.su:
            self._check_decider()
            self._refuse_own()
        return super().write(vals)

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': a default of the context decides nothing either
        return super()._get_derived_fields(creating) | _DECIDED

    # === ACTIONS === #

    def action_grant(self):
        """The collector may agree it with the customer."""
        self._decide("granted")

    def action_refuse(self):
        """The collector stays within the margin."""
        self._decide("refused")

    def action_done(self):
        """Close the dialog in which it was asked for."""
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _notify_manager(self):
        """The analyst of the file if that is a manager, else the first manager of the company, has it to do."""
        manager = self._get_managers()[:1]
        if manager:
            self.activity_schedule(
                "credit_collection.mail_activity_type_negotiation",
                summary=self.env._("Concession to decide"),
                user_id=manager.id,
            )

    def _get_managers(self):
        group = self.env.ref("credit_management.group_credit_manager")
        managers = group.all_user_ids.filtered(
            lambda user: (
                self.company_id in user.company_ids.root_id
                and user != self.requested_by
                and not user.share
                and user.active
            )
        )
        return (managers & self.profile_id.analyst_id) | managers.sorted("id", reverse=True)

    def _check_decider(self):
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise AccessError(
                self.env._("Only a credit manager can decide a concession. Wait for the answer.")
            )

    def _refuse_own(self):
        if self.env.user in self.requested_by:
            raise AccessError(
                self.env._("You cannot decide your own request. Ask another credit manager.")
            )

    def _decide(self, state):
        self.check_access("read")
        self._check_decider()
        for request in self:
            if request.state != "asked":
                raise UserError(self.env._("This request is already decided. Make a new request."))
            request._refuse_own()
        self.sudo().write(
            {"state": state, "decided_by": self.env.uid, "decided_at": self.env.cr.now()}
        )
        self.sudo().activity_feedback(["credit_collection.mail_activity_type_negotiation"])
        for request in self.sudo():
            request.message_post(
                body=self.env._(
                    "%(state)s: %(asked)s. %(note)s",
                    state=dict(self._fields["state"]._description_selection(self.env))[state],
                    asked=request.profile_id._describe_concession(request.kind, request.asked),
                    note=request.decision_note or "",
                ),
                partner_ids=request.requested_by.partner_id.ids,
                subtype_xmlid="mail.mt_comment",
            )
