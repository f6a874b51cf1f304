from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


def _get_stored_facts(records):
    """Fields a decision depends on; none on the abstract model, which has neither."""
    return [name for name in ("state", "signature_ids") if name in records._fields]


class CreditDecision(models.AbstractModel):
    """What holds and limits share: requesters, decision, reason and signatures.

    A requester cannot decide unless an authority allows it. An authority may require a second signature.
    """

    _name = "credit.decision"
    _description = "Subject of a Credit Decision"

    #: field of an authority that allows deciding one's own requests
    _own_field = "allow_own"

    requester_ids = fields.Many2many(
        "res.users",
        string="Requesters",
        readonly=True,
        copy=False,
        help="Those who requested, sold or changed it while it was waiting; none of them may decide on it",
    )
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    decision_reason_id = fields.Many2one(
        "credit.decision.reason",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    decision_note = fields.Text(readonly=True, copy=False)
    written_note = fields.Text(
        string="Note of the Decision",
        compute="_compute_written_note",
        help="What was written, where it says more than the reason chosen",
    )
    own_decision = fields.Boolean(
        string="Own Request Decided",
        readonly=True,
        copy=False,
        help="Decided by one of the requesters, as the authority allows",
    )
    can_decide = fields.Boolean(
        string="To Decide by Me", compute="_compute_can_decide", search="_search_can_decide"
    )
    can_refuse = fields.Boolean(compute="_compute_can_decide")
    refusal_of_decision = fields.Text(
        string="Why Not Me",
        compute="_compute_can_decide",
        help="Why the current user may not grant it, and who may",
    )
    signed_by_id = fields.Many2one(
        "res.users",
        string="First Signature",
        compute="_compute_signed_by_id",
        compute_sudo=True,
        help="Who has signed; a second authorised person decides",
    )

    # === WHAT A MODEL ANSWERS === #

    def _is_to_decide(self):
        """It waits for a decision."""
        raise NotImplementedError

    def _filter_able(self, authorities, measured):
        """The authorities whose ceilings cover it.

        :param measured: its current figures, where they may exceed what was requested
        """
        raise NotImplementedError

    def _covers_now(self, signature):
        """Whether a signature covers at least what is requested now."""
        raise NotImplementedError

    def _get_own_sentence(self):
        """Why a requester may not decide it."""
        raise NotImplementedError

    def _get_uncovered_sentence(self, names):
        """The authority of the current user does not suffice.

        :param names: who may decide; empty when nobody may
        """
        raise NotImplementedError

    # === COMPUTE METHODS === #

    @api.depends(_get_stored_facts)
    @api.depends_context("uid", "lang")
    def _compute_can_decide(self):
        for record in self:
            waits = record._is_to_decide()
            sentence = record._get_refusal_of_decision() if waits else ""
            record.can_decide = waits and not sentence
            record.can_refuse = waits and not record._get_refusal_of_refusing()
            record.refusal_of_decision = sentence

    @api.depends("decision_note", "decision_reason_id")
    def _compute_written_note(self):
        """Without a note the reason stands for it, in the language of who decided: it is not shown twice."""
        for record in self:
            names = record.decision_reason_id._get_all_names()
            record.written_note = record.decision_note not in names and record.decision_note

    @api.depends(_get_stored_facts)
    def _compute_signed_by_id(self):
        for record in self:
            signature = self.env["credit.signature"]
            if record._is_to_decide():
                signature = record._get_valid_signatures(record._get_authorities())[:1]
            record.signed_by_id = signature.user_id

    # === WHO DECIDES === #

    def _get_all_authorities(self):
        """Authorities valid for the customer, regardless of ceilings, lowest first."""
        profile = self.sudo().profile_id
        authorities = self.env["credit.authority"]._of_company(profile.company_id)
        return authorities._for_class(profile.risk_class_id.id)

    def _get_authorities(self, measured=None):
        """Authorities whose ceilings cover it, the lowest first.

        :param measured: see :meth:`_filter_able`
        """
        return self._filter_able(self._get_all_authorities(), measured)

    def _is_own(self, user=None):
        """Whether a user (by default the current one) requested it, or changed it while it was waiting."""
        return (user or self.env.user) in self.sudo().requester_ids

    def _get_usable(self, authorities, user=None):
        """The authorities with which a user may decide this record today."""
        user = user or self.env.user
        held = authorities._held_by(user, self.env["res.company"]._get_credit_today())
        return held.filtered(self._own_field) if self._is_own(user) else held

    def _get_refusal_of_decision(self, measured=None):
        """Why the current user may not grant it, or an empty text.

        :param measured: see :meth:`_get_authorities`
        """
        able = self._get_authorities(measured)
        usable = self._get_usable(able)
        if not usable:
            return self._get_lacking_sentence(able)
        if self._needs_second(usable) and self._has_signed(able):
            return self.env._(
                "You have already signed. A second person must decide: %s.",
                self._get_deciders(able) or self.env._("nobody else has the authority yet"),
            )
        return ""

    def _get_lacking_sentence(self, able):
        """Why the user's authorities do not suffice, or may not be used here."""
        if able._held_by(self.env.user, self.env["res.company"]._get_credit_today()):
            return self._get_own_sentence()
        return self._get_uncovered_sentence(self._get_deciders(able[:1]))

    def _get_refusal_of_refusing(self):
        """Why the current user may not refuse it, or an empty text. A refusal carries no risk, so ceilings do not
        matter."""
        authorities = self._get_all_authorities()
        if self._get_usable(authorities):
            return ""
        return self._get_lacking_sentence(authorities)

    def _list_deciders(self, authorities):
        """Users who may still decide with some authorities, in their order: no signatories, and no requesters unless
        allowed."""
        today = self.env["res.company"]._get_credit_today()
        signed = self._get_valid_signatures(authorities).user_id
        users = self.env["res.users"].union(
            *(authority._get_holders(today) for authority in authorities)
        )
        return (users - signed).filtered(lambda user: self._get_usable(authorities, user))

    def _get_deciders(self, authorities):
        """Their names."""
        return ", ".join(self._list_deciders(authorities).sudo().mapped("name"))

    # === SIGNATURES === #

    def _needs_second(self, usable):
        """Whether every authority the user may use requires a second signature."""
        return all(usable.mapped("two_signatures"))

    def _get_valid_signatures(self, authorities):
        """Valid signatures: they cover what is requested now, and their authors still hold one of the authorities."""
        return self.sudo().signature_ids.filtered(
            lambda signature: (
                signature.user_id.active
                and self._covers_now(signature)
                and self._get_usable(authorities, signature.user_id)
            )
        )

    def _has_signed(self, authorities):
        return self.env.user in self._get_valid_signatures(authorities).user_id

    def _get_first_signature(self, authorities):
        """The latest valid signature of another user; may be empty."""
        valid = self._get_valid_signatures(authorities)
        return valid.filtered(lambda signature: signature.user_id != self.env.user)[:1]

    def _sign(self, note, reason, **values):
        """Record the signature of the current user and notify whoever may give the second one."""
        record = self.sudo()
        signature = {"user_id": self.env.uid, "note": note, "reason_id": reason.id, **values}
        record.write({"signature_ids": [Command.create(signature)]})
        record.message_post(
            body=self.env._(
                "Signed by %(user)s: %(note)s A second signature is needed from: %(deciders)s.",
                user=self.env.user.name,
                note=note,
                deciders=self._get_deciders(self._get_authorities())
                or self.env._("nobody else has the authority yet"),
            ),
            subtype_xmlid="mail.mt_note",
        )
        record._ask_second()

    def _ask_second(self):
        """Notify somebody who may give the second signature."""
        raise NotImplementedError

    # === REASONS === #

    def _read_reason(self, reason, use):
        """The chosen reason as a record; refuse one meant for the other kind of decision.

        :param reason: a ``credit.decision.reason``, its id, or nothing
        :param use: ``for_grant`` or ``for_refusal``
        """
        reasons = self.env["credit.decision.reason"]
        if isinstance(reason, int) and not isinstance(reason, bool):
            reason = reasons.browse(reason).exists()
        reason = reason or reasons
        known = isinstance(reason, type(reasons))
        if reason and not (known and reason[use]):
            raise UserError(
                self.env._(
                    '"%s" is not a reason for this decision. Choose another one.',
                    reason.name if known else reason,
                )
            )
        return reason
