from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Command
from odoo.tools import formatLang, plaintext2html

from .res_company import CREDIT_MODES


class CreditHold(models.Model):
    """A document held by the gate: the figures and reasons as they stood, and what was decided.

    Users write nothing here: the gate holds, :meth:`action_release` and :meth:`action_refuse` decide.
    """

    _name = "credit.hold"
    _description = "Credit Hold"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state, id desc"

    name = fields.Char(required=True, readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="set null")
    profile_id = fields.Many2one(
        "credit.profile", string="Credit File", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="profile_id.partner_id", store=True, index=True, string="Customer"
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    currency_id = fields.Many2one(related="profile_id.currency_id")
    checkpoint = fields.Selection(
        [("order", "Order")], required=True, readonly=True, default="order"
    )
    salesperson_id = fields.Many2one(
        "res.users", compute="_compute_salesperson_id", store=True, index=True
    )

    # Figures as they stood
    amount = fields.Monetary(readonly=True, help="What the document adds to the exposure")
    exposure = fields.Monetary(readonly=True, help="Exposure of the customer before the document")
    credit_mode = fields.Selection(CREDIT_MODES, readonly=True)
    credit_limit = fields.Monetary(readonly=True)
    excess = fields.Monetary(readonly=True, help="How far the document goes over the limit")
    payment = fields.Monetary(readonly=True, help="Payment that would have freed the document")
    deposit = fields.Integer(
        readonly=True, help="Percent of the document paid with it that would have"
    )
    overdue = fields.Monetary(readonly=True)
    oldest_due_days = fields.Integer(string="Oldest Overdue (days)", readonly=True)
    reason_ids = fields.One2many("credit.hold.reason", "hold_id", string="Reasons", readonly=True)
    reason_summary = fields.Text(string="Reasons in Words", compute="_compute_reason_summary")
    way_out = fields.Text(compute="_compute_way_out")

    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("released", "Released"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="pending",
        tracking=True,
    )
    ready = fields.Boolean(
        readonly=True, help="The reasons are gone: the order can be confirmed again"
    )
    send_email = fields.Boolean(
        readonly=True, help="The confirmation asked for a mail to the customer"
    )

    # Decision
    requester_ids = fields.Many2many(
        "res.users",
        string="Requesters",
        readonly=True,
        help="Who confirmed, sold or wrote the document while it waited: none of them decides it",
    )
    requested_by = fields.Many2one("res.users", readonly=True)
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decision_note = fields.Text(readonly=True)
    own_decision = fields.Boolean(
        readonly=True, help="Decided by the one who asked, as the authority allows"
    )
    released_amount = fields.Monetary(readonly=True)
    released_until = fields.Date(readonly=True)
    authority_id = fields.Many2one(
        "credit.authority",
        string="Authority Needed",
        compute="_compute_authority_id",
        compute_sudo=True,
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _one_pending_order = models.UniqueIndex(
        "(order_id) WHERE state = 'pending' AND order_id IS NOT NULL", "This order is held already."
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id.user_id")
    def _compute_salesperson_id(self):
        for hold in self:
            hold.salesperson_id = hold.order_id.user_id

    @api.depends("reason_ids.kind", "reason_ids.figure", "reason_ids.threshold")
    @api.depends_context("lang")
    def _compute_reason_summary(self):
        for hold in self:
            hold.reason_summary = "\n".join(hold.reason_ids.mapped("message"))

    @api.depends("payment", "deposit", "authority_id")
    @api.depends_context("lang")
    def _compute_way_out(self):
        for hold in self:
            hold.way_out = self.env["credit.profile"]._explain_way_out(
                hold.payment, hold.deposit, hold.sudo().authority_id, hold.company_id
            )

    @api.depends("excess", "exposure", "amount", "oldest_due_days", "company_id")
    def _compute_authority_id(self):
        for hold in self:
            hold.authority_id = hold._get_authorities()[:1]

    @api.depends("state", "authority_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for hold in self:
            hold.can_decide = hold.state == "pending" and not hold._get_refusal_of_decision()

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            raise AccessError(
                self.env._("A hold is written by the gate and decided by its buttons alone.")
            )
        return super().write(vals)

    # === ACTIONS === #

    def action_release(self, note, amount=None, until=None):
        """Let the documents pass and confirm them.

        :param note: why; required
        :param amount: what each release covers, in the company's currency; the amount held if not given
        :param until: last day of the release; the validity of the policy if not given
        :raise AccessError: without an authority that suffices, or on one's own hold
        :raise UserError: without a note, or when somebody else decided meanwhile
        """
        self._check_decision(note)
        amount, until = self._read_ceiling(amount, until)
        for hold in self:
            granted = hold._check_covered(hold.amount if amount is None else amount)
            last_day = until or fields.Date.context_today(self) + timedelta(
                hold._get_release_days()
            )
            hold._decide("released", note, {"released_amount": granted, "released_until": last_day})
        self._confirm_released()
        return True

    def action_refuse(self, note):
        """Refuse the documents: they stay quotations. ``note`` says why; required."""
        self._check_decision(note)
        for hold in self:
            hold._decide("refused", note, {})
        return True

    @api.readonly
    def action_open_decision(self):
        """Ask for the note of a release or refusal, of one hold or several."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "credit.hold.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_hold_ids": self.ids},
        }

    @api.readonly
    def action_view_profile(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "credit.profile",
            "res_id": self.profile_id.id,
            "views": [(False, "form")],
        }

    # === DECISION === #

    def _check_decision(self, note):
        """Raise unless the current user may decide all of ``self`` now. Locks the rows: two do not decide at once."""
        self.check_access("read")
        if not isinstance(note, str) or not note.strip():
            raise UserError(
                self.env._("Say why: the note is what the salesperson and the auditor read.")
            )
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is deciding this hold at this moment. Reload the page.")
            ) from error
        self.invalidate_recordset(["state"])
        for hold in self:
            if hold.state != "pending":
                raise UserError(hold._get_decided_sentence())
            if refusal := hold._get_refusal_of_decision():
                raise AccessError(refusal)

    def _read_ceiling(self, amount, until):
        """Amount and last day of a release as numbers and dates, or a sentence about what they should be."""
        try:
            amount = None if amount is None else float(amount)
            until = fields.Date.to_date(until or None)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Give the amount as a number and the last day as a date (2026-12-31).")
            ) from error
        if until and until < fields.Date.context_today(self):
            raise UserError(
                self.env._("The last day of the release is over. Choose today or later.")
            )
        return amount, until

    def _check_covered(self, granted):
        """A release covers the document as it is now, which may be more than what was held.

        :return: the amount granted
        """
        document = self.sudo()._get_document()
        asked = document._get_credit_demand().amount if document else self.amount
        if self.currency_id.compare_amounts(granted, asked) < 0:
            raise UserError(
                self.env._(
                    "The release of %(granted)s does not cover the %(amount)s of %(document)s. Release at least that.",
                    granted=formatLang(self.env, granted, currency_obj=self.currency_id),
                    amount=formatLang(self.env, asked, currency_obj=self.currency_id),
                    document=self.name,
                )
            )
        return granted

    def _get_decided_sentence(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "The hold of %(document)s is not pending any more: %(state)s by %(user)s. Reload the page.",
            document=self.name,
            state=states[self.state],
            user=self.sudo().decided_by.name or "-",
        )

    def _get_authorities(self):
        """Authorities whose ceilings cover this hold, the lowest first."""
        authorities = self.env["credit.authority"]._of_company(self.company_id)
        authorities = authorities._for_class(self.sudo().profile_id.risk_class_id.id)
        return authorities._allowing_release(
            self.excess, self.exposure + self.amount, self.oldest_due_days
        )

    def _get_refusal_of_decision(self):
        """Why the current user may not decide this hold, or an empty text."""
        today = fields.Date.context_today(self)
        held = self._get_authorities()._held_by(self.env.user, today)
        if not held:
            names = ", ".join(self._get_authorities()[:1]._get_holders(today).mapped("name"))
            return self.env._(
                "Your authority does not cover this hold. It is for: %s.",
                names
                or self.env._("nobody yet; ask for an authority in the configuration of Credit"),
            )
        if self._is_own() and not any(held.mapped("allow_own")):
            return self.env._(
                "Nobody decides a hold of their own order. Ask a colleague with authority."
            )
        return ""

    def _is_own(self):
        """The current user asked for it, sold it or wrote it while it waited."""
        return self.env.user in self.sudo().requester_ids

    def _get_release_days(self):
        return self.sudo().profile_id.effective_policy_id.release_days

    def _decide(self, state, note, values):
        own = self._is_own()
        hold = self.sudo()
        hold.write(
            {
                "state": state,
                "decision_note": note,
                "decided_by": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "own_decision": own,
                "ready": False,
                **values,
            }
        )
        hold.activity_unlink(["mail.mail_activity_data_todo"])
        hold._tell_salesperson(state, note, own)

    def _tell_salesperson(self, state, note, own):
        sentence = {
            "released": self.env._(
                "Credit hold released by %(user)s: %(note)s", user=self.env.user.name, note=note
            ),
            "refused": self.env._(
                "Release refused by %(user)s: %(note)s", user=self.env.user.name, note=note
            ),
        }[state]
        if own:
            sentence += " " + self.env._("(decided on their own order, as the authority allows)")
        people = self.requester_ids.filtered(lambda user: not user.share) - self.env.user
        if document := self._get_document():
            document.message_post(
                body=sentence, partner_ids=people.partner_id.ids, subtype_xmlid="mail.mt_note"
            )
        self.message_post(body=sentence, subtype_xmlid="mail.mt_note")

    def _confirm_released(self):
        """Confirm what was held, with the mail that the confirmation had asked for."""
        for hold in self.sudo():
            if document := hold._get_document():
                document.with_context(send_email=hold.send_email)._confirm_released()

    # === DOCUMENT === #

    @api.model
    def _document_fields(self):
        """``{model: field}``: what can be held, and the field of the hold that names it. Extend with a new model.

        The model has ``credit_hold_ids``, ``_get_credit_demand()``, ``_get_credit_release()``,
        ``_get_credit_requesters()``, ``_confirm_released()``, and is a ``mail.thread``.

        :rtype: dict[str, str]
        """
        return {"sale.order": "order_id"}

    def _get_document(self):
        """The one document held, or ``None`` when it was deleted since."""
        self.ensure_one()
        return next((self[name] for name in self._document_fields().values() if self[name]), None)

    # === HOLDING === #

    @api.model
    def _hold(self, document, assessment):
        """Hold a document, or bring its pending hold up to date; the caller has ``sudo``.

        :return: the pending hold
        """
        hold = document.credit_hold_ids.filtered(lambda hold: hold.state == "pending")
        values = self._prepare_hold_vals(document, assessment)
        requesters = self.env.user | document._get_credit_requesters()
        values["requester_ids"] = [Command.link(user.id) for user in requesters]
        if hold:
            hold.reason_ids.unlink()
            hold.write(values)
            return hold
        values |= {
            self._document_fields()[document._name]: document.id,
            "requested_by": self.env.uid,
        }
        hold = self.create(values)
        hold._schedule_decision()
        return hold

    def _prepare_hold_vals(self, document, assessment):
        standing = assessment.standing
        return {
            "name": document.name,
            "profile_id": standing.profile_id
            or self.env["credit.profile"]._find({assessment.demand.customer}).id,
            "checkpoint": assessment.demand.checkpoint,
            "amount": assessment.demand.amount,
            "exposure": standing.exposure,
            "credit_mode": standing.credit_mode,
            "credit_limit": standing.credit_limit or 0.0,
            "excess": assessment.excess,
            "payment": assessment.payment,
            "deposit": assessment.deposit or 0,
            "overdue": standing.overdue,
            "oldest_due_days": standing.oldest_due_days,
            "ready": False,
            "send_email": bool(self.env.context.get("send_email")),
            "reason_ids": [
                Command.create(
                    {
                        "kind": reason.kind,
                        "action": reason.action,
                        "rule_id": reason.rule_id or False,
                        "figure": reason.figure,
                        "threshold": reason.threshold,
                        "level_id": reason.level_id or False,
                    }
                )
                for reason in assessment.reasons
            ],
        }

    def _schedule_decision(self):
        """One activity: to the analyst, else to the lowest authority that may decide."""
        holders = self._get_authorities()[:1]._get_holders(fields.Date.context_today(self))
        user = self._get_analyst() or (holders - self.requester_ids)[:1]
        if user:
            self.with_context(mail_activity_automation_skip=False).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Decide the order held"),
                note=plaintext2html(self.reason_summary),
            )

    def _get_analyst(self):
        """Who follows the customer, as long as that is somebody who works with credit in the company."""
        analyst = self.profile_id.analyst_id or self.company_id.credit_analyst_id
        return analyst.filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids.root_id
                and user.has_group("credit_management.group_credit_user")
            )
        )

    def _cancel(self):
        """The document is gone: nothing to decide any more."""
        pending = self.filtered(lambda hold: hold.state == "pending")
        pending.write({"state": "cancelled"})
        pending.activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    def _cron_reassess(self):
        """Mark the pending holds whose reasons are gone as ready."""
        pending = self.search([("state", "=", "pending")])
        demands = {
            hold: document._get_credit_demand()
            for hold in pending
            if (document := hold._get_document())
        }
        verdicts = self.env["credit.profile"]._assess(
            list(demands.values()), fields.Date.context_today(self)
        )
        for hold, demand in demands.items():
            ready = verdicts[demand].verdict != "hold"
            if hold.ready != ready:
                hold.ready = ready
