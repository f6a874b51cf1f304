from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_datetime, formatLang, ormcache, plaintext2html

from ..rules import measure_releases
from .res_company import CREDIT_MODES

#: activity types of the decider, on the hold, and of the salesperson, on the document
_DECISION = "mail.mail_activity_data_todo"
NEWS = "credit_management.mail_activity_type_credit"

_COMPARISONS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}

#: above any real document, and below the point where floats lose cents
_LARGEST_AMOUNT = 1e13


class CreditHold(models.Model):
    """A document held by the gate, with the figures and reasons as they stood, and the decision.

    Users do not edit holds: the gate creates them, :meth:`action_ask` requests a release, :meth:`action_release` and
    :meth:`action_refuse` decide.
    """

    _name = "credit.hold"
    _description = "Credit Hold"
    _inherit = ["credit.internal.thread", "mail.activity.mixin", "credit.decision"]
    _order = "state, id desc"
    # readers of the hold may post messages and files for the decider
    _mail_post_access = "read"

    name = fields.Char(required=True, readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, index=True, ondelete="set null")
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    document = fields.Reference(selection="_select_documents", compute="_compute_document")
    profile_id = fields.Many2one(
        "credit.profile", string="Credit File", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        related="profile_id.partner_id", store=True, index=True, string="Customer"
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    currency_id = fields.Many2one(related="profile_id.currency_id")
    checkpoint = fields.Selection(
        [("order", "Order"), ("invoice", "Invoice")], required=True, readonly=True, default="order"
    )
    salesperson_id = fields.Many2one(
        "res.users", compute="_compute_salesperson_id", store=True, index=True
    )
    branch_id = fields.Many2one(
        "res.company",
        compute="_compute_salesperson_id",
        store=True,
        help="Company or branch of the document",
    )

    # Increase of a document that had already gone through
    added = fields.Monetary(
        string="Increase",
        readonly=True,
        help="Increase of a confirmed order, or of a quotation while it was being confirmed",
    )
    allowed = fields.Json(readonly=True, help="What had been approved before the increase")

    # Figures as they stood
    amount = fields.Monetary(readonly=True, help="What the document adds to the exposure")
    exposure = fields.Monetary(readonly=True, help="Exposure of the customer before the document")
    credit_mode = fields.Selection(CREDIT_MODES, readonly=True)
    credit_limit = fields.Monetary(readonly=True)
    excess = fields.Monetary(readonly=True, help="Amount by which the document exceeds the limit")
    payment = fields.Monetary(readonly=True, help="Payment that would have freed the document")
    deposit = fields.Integer(
        readonly=True,
        help="Percentage of the document, paid with the order, that would have freed it",
    )
    overdue = fields.Monetary(readonly=True)
    oldest_due_days = fields.Integer(string="Oldest Overdue (days)", readonly=True)
    reason_ids = fields.One2many("credit.hold.reason", "hold_id", string="Reasons", readonly=True)
    main_reason = fields.Selection(
        selection="_select_kinds",
        compute="_compute_main_reason",
        store=True,
        help="The first reason for the hold",
    )
    reason_summary = fields.Text(string="Reasons in Words", compute="_compute_reason_summary")
    way_out = fields.Text(string="How to Release", compute="_compute_way_out")

    state = fields.Selection(
        [
            ("pending", "Pending"),
            ("released", "Released"),
            ("refused", "Release refused"),
            ("cancelled", "No longer held"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="pending",
        tracking=True,
    )
    ready = fields.Boolean(
        readonly=True, help="The reasons no longer apply: the document can be confirmed again"
    )
    assessed_at = fields.Datetime(
        string="Last Checked", readonly=True, default=fields.Datetime.now, copy=False
    )
    age_days = fields.Integer(
        string="Age (days)",
        compute="_compute_age_days",
        search="_search_age_days",
        aggregator="max",
        help="Full days since it was held; once decided, days it waited",
    )
    manual_reason = fields.Char(
        string="Held Manually",
        readonly=True,
        help="Why credit control holds the document, regardless of the rules",
    )
    send_email = fields.Boolean(
        readonly=True, help="The confirmation e-mail to the customer is still to be sent"
    )

    # Decision
    requested_by = fields.Many2one("res.users", readonly=True)
    argument = fields.Text(
        string="Case for Release", readonly=True, help="The salesperson's reasons for a release"
    )
    asked_by = fields.Many2one("res.users", string="Release Requested By", readonly=True)
    asked_at = fields.Datetime(string="Release Requested At", readonly=True)
    signature_ids = fields.One2many(
        "credit.signature",
        "hold_id",
        string="Signatures",
        groups="credit_management.group_credit_user",
    )
    released_amount = fields.Monetary(readonly=True)
    released_until = fields.Date(readonly=True)
    authority_id = fields.Many2one(
        "credit.authority",
        string="Authority Needed",
        compute="_compute_authority_id",
        compute_sudo=True,
    )

    _one_pending_order = models.UniqueIndex(
        "(order_id) WHERE state = 'pending' AND order_id IS NOT NULL", "This order is already held."
    )
    _one_pending_move = models.UniqueIndex(
        "(move_id) WHERE state = 'pending' AND move_id IS NOT NULL", "This invoice is already held."
    )
    _pending_idx = models.Index("(partner_id) WHERE state = 'pending'")

    # === COMPUTE METHODS === #

    @api.model
    def _select_documents(self):
        names = self.env["ir.model"].sudo()
        return [(model, names._get(model).name) for model in self._document_fields()]

    @api.depends(lambda self: list(self._document_fields().values()))
    def _compute_document(self):
        for hold in self:
            hold.document = hold._get_document()

    @api.depends(lambda self: self._get_salesperson_paths())
    def _compute_salesperson_id(self):
        for hold in self:
            document = hold._get_document()
            hold.salesperson_id = document and document._get_credit_salesperson()
            hold.branch_id = document.company_id if document else hold.branch_id

    @api.model
    def _get_salesperson_paths(self):
        """Paths from a hold to the salesperson of each kind of document."""
        paths = {
            field: self.env[model]._credit_salesperson_path
            for model, field in self._document_fields().items()
        }
        return [f"{field}.{path}" for field, path in paths.items() if path]

    @api.depends("create_date", "decided_at")
    def _compute_age_days(self):
        now = fields.Datetime.now()
        for hold in self:
            hold.age_days = ((hold.decided_at or now) - (hold.create_date or now)).days

    def _search_age_days(self, operator, value):
        if operator == "in":
            condition, value = SQL("IN"), tuple({int(item or 0) for item in value}) or (None,)
        elif operator in _COMPARISONS:
            condition, value = _COMPARISONS[operator], int(value or 0)
        else:
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s %s", model._field_to_sql(alias, "age_days", query), condition, value
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'base': the age is sorted and searched in SQL
        if field_expr != "age_days":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return SQL(
            "EXTRACT(DAY FROM COALESCE(%s, %s) - %s)::int",
            super()._field_to_sql(alias, "decided_at", query),
            fields.Datetime.now(),
            super()._field_to_sql(alias, "create_date", query),
        )

    @api.model
    def _select_kinds(self):
        kinds = self.env["credit.policy.rule"]._fields["kind"]._description_selection(self.env)
        return [
            *kinds,
            ("no_rate", self.env._("Currency without exchange rate")),
            ("missing_kind", self.env._("Rule of an add-on that is not installed")),
            ("manual", self.env._("Held manually")),
        ]

    @api.depends("reason_ids.kind", "reason_ids.action", "manual_reason")
    def _compute_main_reason(self):
        known = dict(self._select_kinds())
        for hold in self:
            holding = hold.reason_ids.filtered(lambda reason: reason.action == "hold")
            kind = "manual" if hold.manual_reason else holding[:1].kind
            hold.main_reason = kind if kind in known else False

    @api.depends("reason_ids.kind", "reason_ids.figure", "reason_ids.threshold", "reason_ids.note")
    @api.depends_context("lang")
    def _compute_reason_summary(self):
        for hold in self:
            hold.reason_summary = "\n".join(hold.reason_ids.mapped("message"))

    @api.depends("payment", "deposit", "authority_id", "ready", "excess")
    @api.depends_context("lang")
    def _compute_way_out(self):
        profiles = self.env["credit.profile"]
        for hold in self:
            way = profiles._explain_way_out(
                hold.payment, hold.deposit, hold.sudo().authority_id, hold.company_id
            )
            others = profiles._explain_other_ways(hold.excess, hold.company_id)
            hold.way_out = not hold.ready and "\n".join([way, *others])

    @api.depends("excess", "exposure", "amount", "oldest_due_days", "company_id")
    def _compute_authority_id(self):
        for hold in self:
            hold.authority_id = hold._get_authorities()[:1]

    @api.model
    def _search_can_decide(self, operator, value):
        """Pending holds the user may decide on within the ceilings of their authorities."""
        if operator != "in" or set(value) - {True}:
            return NotImplemented
        today = self.env["res.company"]._get_credit_today()
        companies = self.env.companies.root_id
        domains = [
            authority._get_hold_domain(self.env.user, company)
            for company in companies
            for authority in self.env["credit.authority"]
            ._of_company(company)
            ._held_by(self.env.user, today)
        ]
        return Domain("state", "=", "pending") & Domain.OR(domains)

    # === CRUD === #

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("Holds cannot be edited. Use Release or Refuse."))
        return super().write(vals)

    # === ACTIONS === #

    def action_release(self, note, amount=None, until=None, reason=None):
        """Release the documents and confirm them, or sign where two signatures are required.

        :param note: why; may be empty where a reason is chosen
        :param amount: what each release covers, in the company's currency; the amount held if not given
        :param until: last day of the release; the validity of the policy if not given
        :param reason: one of ``credit.decision.reason``, or its id
        :return: ``True``, or a notification of what stopped a confirmation; the release remains valid
        :raise AccessError: without sufficient authority, or on one's own hold
        :raise UserError: without a note, or if somebody else has decided in the meantime
        """
        reason = self._read_reason(reason, "for_grant")
        note = self._check_decision(note, reason)
        self._refuse(AccessError, {hold: hold._get_refusal_of_decision() for hold in self})
        amount, until = self._read_ceiling(amount, until)
        granted = {hold: hold.amount if amount is None else amount for hold in self}
        self._refuse(UserError, {hold: hold._get_lack(granted[hold]) for hold in self})
        come_to = self.sudo()._measure_releases(granted)
        self._refuse(
            AccessError, {hold: hold._get_refusal_of_decision(come_to.get(hold)) for hold in self}
        )
        released = self.filtered(
            lambda hold: hold._release_or_sign(
                note, reason, granted[hold], until, come_to.get(hold)
            )
        )
        return released._confirm_released()

    def _release_or_sign(self, note, reason, amount, until, measured):
        """Release to the extent both signatures agree; the first of two is only recorded.

        :return: whether the document may pass
        """
        last_day = until or self._get_last_day()
        able = self._get_authorities(measured)
        if self._needs_second(self._get_usable(able)):
            first = self._get_first_signature(able)
            if not first:
                self._sign(note, reason, amount=amount, until=last_day)
                return False
            amount, last_day = min(amount, first.amount), min(last_day, first.until)
        values = {"released_amount": amount, "released_until": last_day}
        self._decide("released", note, {**values, "decision_reason_id": reason.id})
        return True

    def action_refuse(self, note, reason=None):
        """Refuse the documents: they stay quotations. Anyone with an authority may, regardless of ceilings.

        :param note: why; may be empty where a reason is chosen
        :param reason: one of ``credit.decision.reason``, or its id
        """
        reason = self._read_reason(reason, "for_refusal")
        note = self._check_decision(note, reason)
        self._refuse(AccessError, {hold: hold._get_refusal_of_refusing() for hold in self})
        for hold in self:
            hold._decide("refused", note, {"decision_reason_id": reason.id})
        return True

    def action_ask(self, argument):
        """Request the release, stating the case for it.

        :raise AccessError: unless the user is the salesperson of the document
        """
        return self._ask(argument, self.env["ir.attachment"])

    def _ask(self, argument, attachments):
        """See :meth:`action_ask`, with attachments."""
        self.ensure_one()
        self._check_may_ask()
        attachments.check_access("read")
        if not isinstance(argument, str) or not argument.strip():
            raise UserError(
                self.env._("Enter why it should be released: the person who decides will read it.")
            )
        hold = self.sudo()
        if hold.state != "pending":
            raise UserError(hold._get_decided_sentence())
        hold.write(
            {
                "argument": argument.strip(),
                "asked_by": self.env.uid,
                "asked_at": fields.Datetime.now(),
                "requester_ids": [Command.link(self.env.uid)],
            }
        )
        hold._schedule_decision()
        deciders = hold.activity_search([_DECISION]).user_id - self.env.user
        hold.message_post(
            body=self.env._("Release requested: %s", hold.argument),
            partner_ids=deciders.partner_id.ids,
            attachment_ids=attachments.ids,
            subtype_xmlid="mail.mt_note",
        )
        return True

    @api.readonly
    def action_open_request(self):
        """Open the form in which the salesperson states the case."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request a Release"),
            "res_model": "credit.hold.request",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_hold_id": self.id},
        }

    @api.readonly
    def action_open_decision(self):
        """Open the form to release or refuse one hold or several."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "credit.hold.decision",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_hold_ids": self.ids, "dialog_size": "large"},
        }

    @api.readonly
    def action_view_profile(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.profile_id.display_name,
            "res_model": "credit.profile",
            "res_id": self.profile_id.id,
            "views": [(False, "form")],
        }

    @api.model
    def _get_home_action(self):
        """The holds the user may decide on, or all pending holds if there are none."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_hold"
        )
        if self.search_count([("can_decide", "=", True)], limit=1):
            return {**action, "context": {"search_default_to_decide": 1}}
        return action

    @api.model
    def get_empty_list_help(self, help_message):
        # EXTENDS 'base': without a policy, an empty list means that nothing is checked
        company = self.env.company.root_id
        steps = ""
        if self.env.user.has_group("credit_management.group_credit_user"):
            in_use = self.env["credit.policy"]._is_any_in_use(company)
            headline = "" if in_use else self.env._("No policy is in use yet: no order is held")
            steps = self.env["credit.setup"]._get_checklist(headline)
            if in_use and steps:
                # one picture is enough
                steps = steps.replace("o_view_nocontent_smiling_face", "mt-4 fw-bold")
                return Markup(super().get_empty_list_help(help_message)) + steps
        return steps or super().get_empty_list_help(help_message)

    # === DECISION === #

    def _check_decision(self, note, reason):
        """Raise unless all of ``self`` are pending. Locks the rows, so that two users cannot decide at once.

        :return: the note, or the name of the reason if none was written
        """
        self.check_access("read")
        note = note.strip() if isinstance(note, str) else ""
        if not note and not reason:
            raise UserError(
                self.env._("Enter a note: the salesperson and the auditor will read it.")
            )
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is deciding on this hold. Reload the page.")
            ) from error
        self.invalidate_recordset(["state"])
        decided = self.filtered(lambda hold: hold.state != "pending")
        self._refuse(UserError, {hold: hold._get_decided_sentence() for hold in decided})
        return note or reason.name

    def _refuse(self, error, sentences):
        """Raise ``error`` if any hold has a sentence; with several, each is named.

        :param sentences: ``{hold: why it cannot be decided, or an empty text}``
        """
        found = {hold: sentence for hold, sentence in sentences.items() if sentence}
        if found and len(self) == 1:
            raise error(found[self])
        if found:
            lines = [f"{hold.name}: {sentence}" for hold, sentence in found.items()]
            raise error(
                self.env._(
                    "Nothing was decided. Remove these from the selection, or resolve the following first:"
                )
                + "\n"
                + "\n".join(lines)
            )

    def _check_may_ask(self):
        """Raise unless the user is the salesperson of the document or may edit it."""
        hold = self.sudo()
        document = hold._get_document()
        sellers = hold.salesperson_id | hold.requester_ids
        if document and document.with_env(self.env).has_access("write"):
            return
        if self.env.user in sellers and self.env.user._is_internal():
            return
        raise AccessError(
            self.env._(
                "Only the salesperson of %s can request its release. You may write a message here instead.",
                self.name,
            )
        )

    def _read_ceiling(self, amount, until):
        """Amount and last day of a release, converted and validated."""
        try:
            amount = None if amount is None else self._to_amount(amount)
            until = fields.Date.to_date(until or None)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Enter the amount as a number and the last day as a date (2026-12-31).")
            ) from error
        if until and until < self.env["res.company"]._get_credit_today():
            raise UserError(
                self.env._("The last day of the release is in the past. Choose today or later.")
            )
        return amount, until

    @api.model
    def _to_amount(self, value):
        """:raise ValueError: for anything but a finite amount: "nan" compares as smaller than nothing"""
        amount = float(value)
        if not abs(amount) < _LARGEST_AMOUNT:
            raise ValueError(value)
        return amount

    def _get_lack(self, granted):
        """Why a release of ``granted`` does not suffice for the document as it is now, which may be more than what was
        held; or an empty text.
        """
        asked = self.sudo()._get_asked_amount()
        if self.currency_id.compare_amounts(granted, asked) >= 0:
            return ""
        return self.env._(
            "The release of %(granted)s does not cover %(document)s, which is %(amount)s. Release at least that amount.",
            granted=formatLang(self.env, granted, currency_obj=self.currency_id),
            amount=formatLang(self.env, asked, currency_obj=self.currency_id),
            document=self.name,
        )

    def _get_asked_amount(self):
        """Amount a release must cover now."""
        document = self._get_document()
        return document._get_credit_asked() if document else self.amount

    def _get_decided_sentence(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "The hold of %(document)s is no longer pending: %(state)s by %(user)s. Reload the page.",
            document=self.name,
            state=states[self.state],
            user=self.sudo().decided_by.name or "-",
        )

    def _measure_releases(self, amounts):
        """Figures of releases as the customers stand now. Each includes those before it: several small ones make a
        large one. Files and documents stay locked until commit.

        :param amounts: ``{hold: amount}``, in the company's currency
        :return: ``{hold: Assessment}``, without rules; of documents that exist
        """
        documents = {hold: document for hold in self if (document := hold._get_document())}
        requests = {
            hold: document._get_held_request(hold, whole=True)
            for hold, document in documents.items()
        }
        if not requests:
            return {}
        customers = {request.customer for request in requests.values()}
        positions = self.env["credit.gate"]._read_behind_lock(
            customers, documents.values(), self.env["res.company"]._get_credit_today()
        )
        releases = [(request, amounts[hold]) for hold, request in requests.items()]
        return dict(zip(requests, measure_releases(releases, positions), strict=True))

    def _is_to_decide(self):
        return self.state == "pending"

    def _filter_able(self, authorities, measured):
        able = authorities._allowing_release(
            self.excess, self.exposure + self.amount, self.oldest_due_days
        )
        if not measured:
            return able
        position = measured.position
        return able._allowing_release(
            measured.excess, position.exposure + measured.request.amount, position.oldest_due_days
        )

    def _covers_now(self, signature):
        return (
            signature.until >= self.env["res.company"]._get_credit_today()
            and self.currency_id.compare_amounts(signature.amount, self.sudo()._get_asked_amount())
            >= 0
        )

    def _get_own_sentence(self):
        return self.env._(
            "You cannot decide on a hold of your own order. Ask a colleague with authority."
        )

    def _get_uncovered_sentence(self, names):
        return self.env._(
            "Your authority does not cover this hold. It must be decided by: %s.",
            names or self.env._("nobody yet; ask a credit manager to grant an authority"),
        )

    def _ask_second(self):
        self.activity_unlink([_DECISION])
        self._schedule_decision()

    def _get_last_day(self):
        """Last day of a release given today under the customer's policy."""
        days = self.sudo().profile_id.effective_policy_id.release_days
        return self.env["res.company"]._get_credit_today() + timedelta(days)

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
        hold.activity_unlink([_DECISION])
        hold._notify_salesperson(state, note, own)
        hold._schedule_news(state)
        if document := hold._get_document():
            document._note_credit_decision(state)

    def _notify_salesperson(self, state, note, own):
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
        if order := self._get_news_document():
            order.message_post(
                body=sentence, partner_ids=people.partner_id.ids, subtype_xmlid="mail.mt_note"
            )
        self.message_post(body=sentence, subtype_xmlid="mail.mt_note")

    def _confirm_released(self):
        """Complete what the released holds deferred, including the e-mail of the original confirmation.

        :return: ``True``, or a notification of what another check stopped; the release remains valid for the next
        attempt
        """
        stopped = {hold: words for hold in self if (words := hold.sudo()._confirm_document())}
        for hold, words in stopped.items():
            hold.sudo()._post_stopped(words)
        if not stopped:
            return True
        lines = [f"{hold.name}: {words}" for hold, words in stopped.items()]
        return self._get_notification(self.env._("Released, not confirmed yet"), "\n".join(lines))

    def _confirm_document(self):
        """:return: what stopped the confirmation, or an empty text"""
        document = self._get_document()
        if not document:
            return ""
        try:
            with self.env.cr.savepoint():
                if document.with_context(send_email=self.send_email)._confirm_released():
                    return ""
        except UserError as error:
            return str(error)
        return self.env._(
            "Another check stopped it. Confirm the document itself and answer the question it asks. The release remains valid."
        )

    def _post_stopped(self, words):
        """Post what stopped the confirmation on the hold and on the document, where the salesperson continues."""
        body = self.env._(
            "Released, but it could not be confirmed: %s Resolve this and confirm again. The release covers it until its last day.",
            words,
        )
        for thread in (self, self._get_news_document()):
            if thread:
                thread.message_post(body=plaintext2html(body), subtype_xmlid="mail.mt_note")

    # === NEWS FOR THE SALESPERSON === #

    def _get_news(self):
        """``{event: (summary, note)}`` of the salesperson's activities."""
        return {
            "ready": (
                self.env._("Try again: the reasons for the credit hold no longer apply"),
                self.env._(
                    "The reasons that held %s no longer apply. Confirm it again.", self.name
                ),
            ),
            "released": (
                self.env._("Released by credit control"),
                self.env._(
                    "%(document)s has been released: %(note)s",
                    document=self.name,
                    note=self.decision_note,
                ),
            ),
            "refused": (
                self.env._("Release refused by credit control"),
                self.env._(
                    "%(document)s stays on hold: %(note)s Contact the customer, then change or cancel it.",
                    document=self.name,
                    note=self.decision_note,
                ),
            ),
            "expired": (
                self.env._("The release has expired"),
                self.env._(
                    "The release of %s expired before it was used. Confirm again: it will be checked as it stands now.",
                    self.name,
                ),
            ),
            "manual": (
                self.env._("Held by credit control"),
                self.env._(
                    "%(document)s is held: %(note)s", document=self.name, note=self.manual_reason
                ),
            ),
        }

    def _get_news_document(self):
        """The document on which the salesperson is told the outcome; empty if it was deleted."""
        document = self._get_document()
        return document._get_news_document() if document else self.browse()

    def _schedule_news(self, event):
        """Give the salesperson one activity in their language, replacing earlier news."""
        self._cancel_news()
        user = self.salesperson_id
        order = self._get_news_document()
        if not order or not user.active or user.share or user == self.env.user:
            return
        summary, note = self.with_context(lang=user.lang)._get_news()[event]
        order.with_context(mail_activity_automation_skip=False).activity_schedule(
            NEWS, user_id=user.id, summary=summary, note=plaintext2html(note)
        )

    def _cancel_news(self):
        self._get_news_document().activity_unlink([NEWS])

    # === DOCUMENT === #

    @api.model
    @ormcache()
    def _document_fields(self):
        """``{model: field}``: models that can be held, and the hold's link to them.

        All models of :class:`~.credit_document_mixin.CreditDocumentMixin`, found by their ``credit_hold_ids``.

        :rtype: dict[str, str]
        """
        names = self.env.registry.descendants(["credit.document.mixin"], "_inherit")
        return {
            name: self.env[name]._fields["credit_hold_ids"].inverse_name
            for name in sorted(names)
            if not self.env[name]._abstract
        }

    def _get_document(self):
        """The document held, or ``None`` if it has been deleted."""
        self.ensure_one()
        return next((self[name] for name in self._document_fields().values() if self[name]), None)

    def _get_request(self):
        """State of the release, and in words who requested or refused it, when and why."""
        if self.state == "pending" and self.asked_at:
            return "asked", self.env._(
                "Release requested on %(date)s by %(user)s: %(argument)s",
                date=format_datetime(self.env, self.asked_at, dt_format="short"),
                user=self.asked_by.name,
                argument=self.argument,
            )
        if self.state == "refused":
            return "refused", self.env._(
                "Release refused on %(date)s by %(user)s: %(note)s",
                date=format_datetime(self.env, self.decided_at, dt_format="short"),
                user=self.decided_by.name,
                note=self.decision_note,
            )
        return False, False

    # === HOLDING === #

    @api.model
    def _get_notification(self, title, message):
        """Notification for the user who pressed a button; reloads the page."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": False,
                "title": title,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _hold(self, document, assessment, requesters=None, **values):
        """Hold a document, or update its pending hold; the caller has ``sudo``.

        :param requesters: users who request it besides its sellers; the current user if not given
        :param values: values of the hold that replace those of the assessment
        :return: the pending hold
        """
        hold = document.credit_hold_ids.filtered(lambda hold: hold.state == "pending")
        values = self._prepare_hold_vals(document, assessment) | values
        requesters = self.env.user if requesters is None else requesters
        requesters |= document._get_credit_requesters()
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
        position = assessment.position
        return {
            "name": document._get_credit_name(),
            "profile_id": position.profile_id
            or self.env["credit.profile"]._find({assessment.request.customer}).id,
            "checkpoint": assessment.request.checkpoint,
            "amount": assessment.request.amount,
            "exposure": position.exposure,
            "credit_mode": position.credit_mode,
            "credit_limit": position.credit_limit or 0.0,
            "excess": assessment.excess,
            "payment": assessment.payment,
            "deposit": assessment.deposit or 0,
            "overdue": position.overdue,
            "oldest_due_days": position.oldest_due_days,
            "ready": False,
            "assessed_at": fields.Datetime.now(),
            "manual_reason": assessment.request.manual,
            # the e-mail is due until the order is confirmed, whoever confirms it again in the meantime
            "send_email": bool(self.env.context.get("send_email"))
            or any(document.credit_hold_ids.mapped("send_email")),
            "reason_ids": [
                Command.create(
                    {
                        "kind": reason.kind,
                        "action": reason.action,
                        "rule_id": reason.rule_id or False,
                        "figure": reason.figure,
                        "threshold": reason.threshold,
                        "level_id": reason.level_id or False,
                        "note": reason.note,
                    }
                )
                for reason in assessment.reasons
            ],
        }

    @api.model
    def _hold_by_hand(self, document, reason):
        """Hold a document regardless of the rules, until somebody with authority releases it.

        The caller has checked the user's right, and has ``sudo``.
        """
        request = replace(
            document._get_credit_request(),
            manual=reason,
            source=document._get_credit_source(),
        )
        profiles = self.env["credit.profile"]
        partner_id, company_id = request.customer
        profiles._ensure(
            self.env["res.partner"].browse(partner_id), self.env["res.company"].browse(company_id)
        )
        verdicts = profiles._assess([request], self.env["res.company"]._get_credit_today())
        hold = self._hold(document, verdicts[request], self.env["res.users"])
        document.message_post(
            body=self.env._("Held by credit control: %s", reason),
            partner_ids=(hold.salesperson_id - self.env.user).partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )
        hold._schedule_news("manual")
        return hold

    def _schedule_decision(self):
        """Schedule one activity for the analyst, otherwise for the lowest sufficient authority, with today's
        figures."""
        today = self.env["res.company"]._get_credit_today()
        activity = self.activity_search([_DECISION])
        analyst = self._get_analyst() - self.signed_by_id
        deciders = self._list_deciders(self._get_authorities())
        user = activity.user_id[:1] or analyst or deciders[:1]
        words = self.with_context(lang=user.lang)
        note = "\n".join(filter(None, (words.argument, words.reason_summary)))
        values = {
            "summary": words.env._("Decide on the held document"),
            "note": plaintext2html(note),
            "date_deadline": today,
        }
        if activity:
            activity.write(values)
        elif user:
            self.with_context(mail_activity_automation_skip=False).activity_schedule(
                _DECISION, user_id=user.id, **values
            )

    @api.model
    def _schedule_alert(self, assessment, summary, text):
        """Schedule an alert on a credit file for the analyst, otherwise for the lowest sufficient authority.

        Not repeated while the last one is open. The caller has ``sudo``.
        """
        partner_id, company_id = assessment.request.customer
        profile = self.env["credit.profile"]._ensure(
            self.env["res.partner"].browse(partner_id), self.env["res.company"].browse(company_id)
        )
        hold = self.new(
            {
                "profile_id": profile.id,
                "amount": assessment.request.amount,
                "exposure": assessment.position.exposure,
                "excess": assessment.excess,
                "oldest_due_days": assessment.position.oldest_due_days,
            }
        )
        today = self.env["res.company"]._get_credit_today()
        user = hold._get_analyst() or hold._get_authorities()[:1]._get_holders(today)[:1]
        if user and summary not in profile.activity_ids.mapped("summary"):
            profile.with_context(mail_activity_automation_skip=False).activity_schedule(
                _DECISION, user_id=user.id, summary=summary, note=plaintext2html(text)
            )

    def _get_analyst(self):
        """The customer's analyst, if an active credit user of the company."""
        analyst = self.profile_id.analyst_id or self.company_id.credit_management_analyst_id
        return analyst.filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids.root_id
                and user.has_group("credit_management.group_credit_user")
            )
        )

    def _get_pending(self):
        return self.filtered(lambda hold: hold.state == "pending")

    def _get_pending_of(self, document):
        """The hold that waits.

        :raise UserError: when nothing holds the document any more
        """
        pending = self._get_pending()[:1]
        if not pending:
            raise UserError(
                self.env._(
                    "The reasons that held %s no longer apply. Confirm it again.",
                    document.display_name,
                )
            )
        return pending

    def _get_manual_reason(self):
        """Why credit control holds the document by hand, or an empty text."""
        return self._get_pending().filtered("manual_reason")[:1].manual_reason or ""

    def _cancel(self):
        """Cancel pending holds: the document is gone or passed."""
        pending = self._get_pending()
        if not pending:
            return
        pending.write({"state": "cancelled", "decided_at": fields.Datetime.now()})
        pending.activity_unlink([_DECISION])
        for hold in pending:
            hold._cancel_news()

    def _get_allowed_snapshot(self):
        """What was approved before the increase; see ``sale.order._get_credit_snapshot``."""
        return self.env["sale.order"]._load_snapshot(self.sudo().allowed)

    def _forget_refused(self):
        """Forget refused increases that no longer exist."""
        self.filtered(lambda hold: hold.state == "refused").allowed = False

    def _get_allowed_size(self):
        return self._get_allowed_snapshot()["size"]

    def _reopen_manual(self):
        """Reopen the manual hold of a document that was cancelled and comes back."""
        if self._get_pending():
            return
        last = self.filtered(lambda hold: hold.manual_reason).sorted("id")[-1:]
        if last.state == "cancelled":
            last.write({"state": "pending", "decided_at": False})
            last._schedule_decision()

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Held by credit control")
